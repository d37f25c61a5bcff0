"""The migrations make the very tables that the code expects, and keep the data."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Phone
from observer.collect.models import Revision, Visit
from observer.database import make_engine
from observer.migrating import is_current, migrate
from observer.missions.models import Mission
from observer.schema import METADATA
from tests.missions.builders import build_mission

OLD_ROWS = Path(__file__).with_name("schema_0001.sql").read_text().split(";\n")
"""A mission with one submission, as the release of the first schema wrote it."""


def test_migrations_lead_to_the_tables_of_the_code(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    assert is_current(engine)


def test_an_older_database_is_upgraded_with_its_submissions(databases):
    engine = make_engine(databases.copy_of("template_0001", lambda new: migrate(new, "0001")))
    with engine.begin() as connection:
        for statement in filter(None, OLD_ROWS):
            connection.exec_driver_sql(statement)
    assert not is_current(engine)
    migrate(engine)
    assert is_current(engine)
    with Session(engine) as session:
        revision = session.scalars(select(Revision)).one()
        assert revision.answers == {"opened_on_time": "no"}
        assert revision.submission.form.code == "opening"
        assert revision.instance_id is None
        assert revision.visit_id is None
        assert revision.submission.urgent is False
        assert revision.submission.round.closed_at is None
        assert revision.submission.assigned_to is None
        assert session.scalars(select(Phone)).all() == []
        assert session.scalars(select(Visit)).all() == []
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_migrating_again_keeps_what_is_there(engine):
    with Session(engine) as session:
        build_mission(session)
    migrate(engine)
    with Session(engine) as session:
        assert session.scalars(select(Mission.code)).one() == "demo"


def test_times_come_back_in_utc_and_naive_ones_are_refused(session):
    build_mission(session)
    session.expire_all()
    mission = session.scalars(select(Mission)).one()
    assert mission.created_at.utcoffset().total_seconds() == 0
