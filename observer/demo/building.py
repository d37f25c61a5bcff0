"""Building a demonstration from nothing: the mission, and all that happens in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from observer.access.audit import forget_all
from observer.access.models import Person
from observer.access.signin import hash_password
from observer.checklists.library import import_builtin
from observer.checklists.models import FormVersion
from observer.collect.models import Submission
from observer.demo.faults import plant_faults
from observer.demo.fieldreports import make_field_reports
from observer.demo.files import bring_files
from observer.demo.geography import REGIONS_FILE, make_centres
from observer.demo.handling import handle_incidents
from observer.demo.people import SIGN_IN, make_people
from observer.demo.plan import make_plan
from observer.demo.reports import ROUNDS, Report, make_reports
from observer.demo.sizes import SIZES
from observer.demo.sources import SOURCES
from observer.demo.storing import receive_and_review, store_in_bulk
from observer.demo.visits import add_visits
from observer.demo.writing import share_out
from observer.missions.boundaries import import_regions
from observer.missions.models import Mission
from observer.missions.operations import add_mission, add_round
from observer.missions.reports import Track, untracked
from observer.review.checking import check_round
from observer.review.models import Flag
from observer.statements.drafts import read_draft
from observer.statements.models import Source, Statement, StatementEdit
from observer.statements.operations import keep_edit
from observer.statements.recommendations import import_recommendations

CODE = "peru-2026"
STATEMENT = "preliminary-statement"
STATEMENTS = {
    "press-release": Path(__file__).with_name("press-release.md"),
    STATEMENT: Path(__file__).with_name("statement.md"),
}
RECOMMENDATIONS_FILE = Path(__file__).with_name("recommendations.csv")

MADE_AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
"""When everything was set up: the same seed gives the same database on any day."""

MOST_ONE_BY_ONE = 2_000
"""Up to so many reports are received one by one; more are written in bulk."""

WITHOUT_FAULTS = ("national",)
"""Sizes that are there for their size: no faults are planted in them and no checks run."""


def build(
    session: Session,
    *,
    size: str = "small",
    seed: int = 1,
    password: str,
    media: Path,
    track: Track = untracked,
    bulk: bool | None = None,
) -> Mission:
    """Build the demonstration mission in an empty database, committing on the way.

    The same size and seed give the same rows, but for the salts of the password hashes. Photos
    are kept in the folder ``media``. Whether reports are written in ``bulk`` follows from how many
    there are, unless it is said.
    """
    measures = SIZES[size]
    centres = list(make_centres(measures, seed))
    people = make_people(measures, seed)
    plan = make_plan(measures, seed, centres)

    mission = _add_mission(session)
    bring_files(session, mission, centres, people, plan, track=track)
    set_passwords(session, password)
    import_builtin(session, mission)
    _add_sources(session, mission)
    import_recommendations(session, mission, RECOMMENDATIONS_FILE)
    for slug, file in STATEMENTS.items():
        _add_statement(session, mission, file, slug)
    _date_back(session)
    session.commit()

    reports: Iterable[Report] = make_reports(plan, centres, people, seed, track)
    if size not in WITHOUT_FAULTS:
        reports = list(reports)
        plant_faults(reports, seed)
    analyst = _person(session, "analyst@example.org")
    total = len(plan.tasks)
    if bulk if bulk is not None else total > MOST_ONE_BY_ONE:
        store_in_bulk(session, mission, reports, analyst, media=media, total=total)
    else:
        receive_and_review(session, mission, reports, analyst, media)
    add_visits(session, mission)
    # Long-term observers write from their desks: what they send is part of no visit.
    field_reports = make_field_reports(centres, people)
    receive_and_review(session, mission, field_reports, analyst, media)
    handle_incidents(session, mission)
    if size not in WITHOUT_FAULTS:
        _check_quality(session, mission, track)
    share_out(session, _statement(session, mission))
    # What was done to set it up was done by nobody; its log begins with its users.
    forget_all(session)
    session.commit()
    return mission


def _check_quality(session: Session, mission: Mission, track: Track) -> None:
    """Run the checks as if each report had been checked when it came, however they were written."""
    session.execute(delete(Flag))
    check_round(session, mission, track=track)
    came = (
        select(Submission.received_at).where(Submission.id == Flag.submission_id).scalar_subquery()
    )
    session.execute(update(Flag).values(found_at=came))
    session.commit()


def set_passwords(session: Session, password: str) -> None:
    """Let the people of the demonstration who sign in do so with this password."""
    for _role, email, _name in SIGN_IN:
        _person(session, email).password_hash = hash_password(password)
    session.flush()


def _person(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def _add_mission(session: Session) -> Mission:
    mission = add_mission(
        session,
        code=CODE,
        name="Demonstration mission to Peru 2026",
        country="Peru",
        timezone="America/Lima",
        language="en",
    )
    for code, name, voting_day in ROUNDS:
        add_round(session, mission, code=code, name=name, voting_day=voting_day)
    import_regions(session, mission, REGIONS_FILE)
    return mission


def _add_sources(session: Session, mission: Mission) -> None:
    session.add_all(Source(mission_id=mission.id, **cited._asdict()) for cited in SOURCES)


def _add_statement(session: Session, mission: Mission, file: Path, slug: str) -> None:
    _scope, draft = read_draft(session, file.read_bytes(), file.name, mission.code)
    editor = _person(session, "editor@example.org")
    statement = Statement(
        mission=mission,
        round=draft.round,
        slug=slug,
        title=draft.title,
        subtitle=draft.subtitle,
        dated=draft.dated,
        language=draft.language,
        kind=draft.kind,
        text=draft.text,
        changed_by=editor,
    )
    session.add(statement)
    session.flush()
    keep_edit(session, statement, editor)


def _statement(session: Session, mission: Mission) -> Statement:
    return session.scalars(
        select(Statement).where(Statement.mission_id == mission.id, Statement.slug == STATEMENT)
    ).one()


def _date_back(session: Session) -> None:
    """Give what was set up a time of its own instead of the server's."""
    session.flush()
    session.execute(update(Mission).values(created_at=MADE_AT))
    session.execute(update(Person).values(created_at=MADE_AT))
    session.execute(update(FormVersion).values(imported_at=MADE_AT, published_at=MADE_AT))
    session.execute(update(Statement).values(changed_at=MADE_AT))
    session.execute(update(StatementEdit).values(saved_at=MADE_AT))
