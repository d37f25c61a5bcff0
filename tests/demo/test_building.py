"""What a demonstration holds, and that a seed says all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer import ROOT
from observer.access.models import Person, Role
from observer.access.signin import authenticate
from observer.collect.models import Revision, Status, Submission
from observer.database import make_engine, make_sessions
from observer.demo.building import CODE, build
from observer.demo.faults import plant_faults
from observer.demo.geography import make_centres
from observer.demo.people import make_people
from observer.demo.plan import make_plan
from observer.demo.reports import make_reports
from observer.demo.sizes import SIZES, Size
from observer.migrating import migrate
from observer.missions.location import strays
from observer.missions.models import Assignment, Membership, Mission, Place, Region, Round
from observer.missions.scope import Scope, whole_mission
from observer.review import queue
from observer.review.casemodels import CaseStep, State
from observer.review.cases import cases
from observer.review.flags import TITLES, is_open
from observer.review.models import Flag, Verification
from observer.schema import METADATA
from tests.conftest import Databases
from tests.demo.conftest import PASSWORD

TINY = Size(
    name="tiny",
    centres=120,
    stations=500,
    teams=20,
    stations_per_team=(4, 5),
    voting_visits=(1, 2),
    evenness=0.7,
    stations_per_visit=3,
    submissions=400,
    incidents=25,
)


def contents(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the hashes of passwords, which are salted."""
    found = {}
    for table in METADATA.sorted_tables:
        columns = [column for column in table.c if column.name != "password_hash"]
        found[table.name] = [
            tuple(row) for row in session.execute(select(*columns).order_by(*table.primary_key))
        ]
    return found


def build_tiny(address: str, **options: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Build a demonstration smaller than small; gives what it holds."""
    engine = make_engine(address)
    with (
        pytest.MonkeyPatch.context() as patch,
        make_sessions(engine)() as session,
        TemporaryDirectory() as media,
    ):
        patch.setitem(SIZES, "tiny", TINY)
        build(session, size="tiny", seed=4, password=PASSWORD, media=Path(media), **options)
        rows = contents(session)
    engine.dispose()
    return rows


@pytest.fixture
def new_address(databases: Databases) -> Callable[[], str]:
    return lambda: databases.copy_of("template_empty", migrate)


@pytest.fixture(scope="module")
def in_bulk(databases: Databases) -> dict[str, list[tuple[Any, ...]]]:
    """What a demonstration holds that was written in bulk."""
    return build_tiny(databases.copy_of("template_empty", migrate), bulk=True)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_a_seed_says_every_row(
    new_address: Callable[[], str], in_bulk: dict[str, list[tuple[Any, ...]]]
) -> None:
    """In every process alike: the order of sets is another one in each."""
    address = new_address()
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from tests.demo.test_building import build_tiny; "
            "build_tiny(sys.argv[1], bulk=True)",
            address,
        ],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "3"},
    )
    engine = make_engine(address)
    with make_sessions(engine)() as session:
        there = contents(session)
    engine.dispose()
    for table, rows in in_bulk.items():
        assert rows == there[table], table
    assert list(make_centres(TINY, seed=4)) != list(make_centres(TINY, seed=5))


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_bulk_writes_what_intake_and_review_write(
    new_address: Callable[[], str], in_bulk: dict[str, list[tuple[Any, ...]]]
) -> None:
    """Which also says that intake holds those reports alone that are meant to be held."""
    bulk = dict(in_bulk)
    one_by_one = build_tiny(new_address(), bulk=False)
    for built in (bulk, one_by_one):
        # What was flagged on arrival and checked anew later has taken numbers.
        built["flag"] = sorted(row[1:4] for row in built["flag"])
    for table, rows in one_by_one.items():
        assert rows == bulk[table], table
    status = list(Submission.__table__.c).index(Submission.__table__.c.status)
    assert {row[status] for row in bulk["submission"]} == set(Status)


def count(session: Session, *conditions: Any) -> int:
    return session.scalar(select(func.count()).where(*conditions))


def test_the_small_demonstration_has_what_it_promises(demo: Session) -> None:
    mission = demo.scalars(select(Mission)).one()
    assert (mission.code, mission.timezone) == (CODE, "America/Lima")
    assert [round_.code for round_ in mission.rounds] == ["first", "runoff"]
    assert count(demo, Region.geometry.is_not(None)) == 25
    assert count(demo, Region.abroad, Region.geometry.is_(None)) == 4
    assert count(demo, Place.kind == "centre") == 400
    assert count(demo, Place.kind == "station") == 2400
    assert demo.scalar(select(func.max(Place.registered_voters))) <= 300
    assert count(demo, Person.role == Role.OBSERVER) == 60
    of_the_days = Submission.received_at >= datetime(2026, 6, 6, tzinfo=UTC)
    before = Submission.round_id == mission.rounds[1].id
    assert count(demo, Submission.id.is_not(None), ~(before & ~of_the_days)) == 1500
    assert strays(demo, mission) == []


def test_the_submissions_stand_where_a_mission_leaves_them(demo: Session) -> None:
    statuses = Counter(demo.scalars(select(Submission.status)))
    assert statuses[Status.VERIFIED] > 1200
    assert 3 <= statuses[Status.HELD] <= 20
    assert 5 <= statuses[Status.REJECTED] <= 40
    assert statuses[Status.RECEIVED] >= 30
    reviewed = statuses[Status.VERIFIED] + statuses[Status.REJECTED]
    assert count(demo, Verification.id.is_not(None)) == reviewed
    held = select(Revision.errors).join(Submission).where(Submission.status == Status.HELD)
    assert all(demo.scalars(held))
    changes = demo.scalars(select(Submission.change)).all()
    assert max(changes) == demo.scalars(select(Mission.changes)).one()


def test_every_planted_fault_waits_in_the_queue_under_its_check(demo: Session) -> None:
    size = SIZES["small"]
    centres = list(make_centres(size, seed=1))
    plan = make_plan(size, 1, centres)
    reports = list(make_reports(plan, centres, make_people(size, seed=1), seed=1))
    planted = plant_faults(reports, seed=1)
    assert len(planted) == 20
    flagged = {
        tuple(row) for row in demo.execute(select(Flag.submission_id, Flag.check).where(is_open()))
    }
    assert {(each, fault.check) for fault in planted for each in fault.submissions} <= flagged
    scope = whole_mission(demo, CODE)
    filters = queue.QueueFilters(round_id=scope.mission.rounds[-1].id)
    shown = queue.page(demo, scope, filters, limit=200)
    queued = {submission.id for submission, _level in shown.waiting}
    assert {each for fault in planted for each in fault.submissions} <= queued
    assert {fault.check for fault in planted} == set(TITLES)


def answers(session: Session, form: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Region, round and answers of each submission of a form."""
    return [
        (region, round_, given)
        for region, round_, given, sent in session.execute(
            select(Region.code, Round.code, Revision.answers, Revision.payload)
            .join(Submission, Submission.region_id == Region.id)
            .join(Round, Round.id == Submission.round_id)
            .join(Revision, Revision.submission_id == Submission.id)
        )
        if sent["form"] == form
    ]


def share(given: list[dict[str, Any]], question: str, answer: str) -> float:
    asked = [one[question] for one in given if one.get(question, "not_observed") != "not_observed"]
    return asked.count(answer) / len(asked)


def test_the_story_is_in_the_figures(demo: Session) -> None:
    opening = answers(demo, "opening")
    amazon = [given for region, _, given in opening if region in ("16", "25")]
    elsewhere = [given for region, _, given in opening if region not in ("16", "25")]
    assert share(amazon, "opened_on_time", "no") > 3 * share(elsewhere, "opened_on_time", "no") > 0
    voting = answers(demo, "voting")
    andes = [given for region, _, given in voting if region in ("03", "05", "09", "21")]
    others = [given for region, _, given in voting if region not in ("03", "05", "09", "21")]
    assert share(andes, "staff_short", "yes") > 2 * share(others, "staff_short", "yes")
    agents = [given for _, _, given in answers(demo, "party_agents")]
    assert 0.84 < share(agents, "agents_present", "yes") < 0.95
    counting = [given for _, _, given in answers(demo, "counting")]
    assert len(counting) > 30
    assert 0 < sum(given["check_box"] == "no" for given in counting) < 0.2 * len(counting)
    assert all(given["check_valid"] == "yes" for given in counting)
    assert {region for region, _, _ in opening} == set(demo.scalars(select(Region.code)))


def test_incidents_are_few_and_some_critical(demo: Session) -> None:
    incidents = [given for _, _, given in answers(demo, "incident")]
    assert 20 <= len(incidents) <= 30
    assert 4 <= [given["gravity"] for given in incidents].count("critical") <= 6
    assert all(given["what_happened"] for given in incidents)


def test_the_desk_has_dealt_with_incidents_and_left_some_to_do(demo: Session) -> None:
    mission = demo.scalars(select(Mission)).one()
    found = cases(demo, Scope(mission), mission.rounds[-1])
    assert {case.state for case in found} == set(State)
    assert max(len(case.reports) for case in found) == 2
    assert {case.responsible.email for case in found if case.responsible} == {
        "analyst@example.org",
        "coordinator@example.org",
    }
    assert count(demo, CaseStep.kind == "note") > 3
    assert all(case.title for case in found if case.state == State.CONFIRMED)


def test_each_role_signs_in_and_the_observer_has_work_left(demo: Session) -> None:
    people = {role: authenticate(demo, f"{role}@example.org", PASSWORD) for role in Role}
    assert all(person is not None and person.role == role for role, person in people.items())
    team = demo.scalars(
        select(Membership.team_id).where(Membership.person_id == people[Role.OBSERVER].id)
    ).one()
    runoff = select(Round.id).where(Round.code == "runoff").scalar_subquery()
    assigned = set(
        demo.scalars(
            select(Assignment.place_id).where(
                Assignment.team_id == team, Assignment.round_id == runoff
            )
        )
    )
    reported = set(
        demo.scalars(
            select(Submission.place_id).where(
                Submission.team_id == team, Submission.round_id == runoff
            )
        )
    )
    assert 6 <= len(assigned) <= 8
    assert reported < assigned
    assert len(reported) >= 3
