"""The migrations make the very tables that the code expects, and keep the data."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.missions.models import Mission
from observer.schema import METADATA, is_current, migrate
from tests.missions.builders import build_mission


def test_migrations_lead_to_the_tables_of_the_code(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    assert is_current(engine)


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
