"""What is missing and who is silent: compared with counting it by hand, and on the pages."""

import csv
import io
import re
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from observer.access.models import Person, Phone
from observer.collect.models import Status, Submission, Visit
from observer.database import now
from observer.findings.contacts import silent
from observer.findings.day import look_at_day
from observer.findings.deployment import deployment
from observer.findings.hours import clock_of, hours_of_clock
from observer.findings.linechart import line_chart
from observer.missions.models import Assignment, Round
from observer.missions.rounds import today
from tests.findings.builders import question
from tests.missions.builders import sign_in

HOUR = timedelta(hours=1)
STATIONS = [
    f"{region}-0{centre}-{box}"
    for region in ("1501", "16")
    for centre in (1, 2)
    for box in (1, 2, 3)
]
CENTRES = ["1501-01", "1501-02", "16-01"]


@pytest.fixture
def as_of_today(session, built):
    """The run-off is today, so that its day is not over."""
    session.execute(
        update(Round).where(Round.id == built.runoff.id).values(voting_day=today(built.mission))
    )
    session.execute(delete(Assignment))
    session.refresh(built.runoff)
    session.commit()


@pytest.fixture
def field(session, built, station):
    """Puts assignments, visits and reports in the place of those there were."""
    made = []

    def put(assigned=(), visits=(), reports=()):
        for table in (Assignment, Visit):
            session.execute(delete(table))
        for code in assigned:
            session.add(
                Assignment(
                    round_id=built.runoff.id, team_id=built.team.id, place_id=built.places[code].id
                )
            )
        for code, left_h_ago in visits:
            session.add(visit(built, code, left_h_ago))
        session.commit()
        while made:
            station.judge(made.pop(), Status.REJECTED)
        for code, status in reports:
            made.append(station.submit({"sealed": "yes"}, place=code, status=status))

    return put


def visit(built, code, left_h_ago):
    left = None if left_h_ago is None else now() - left_h_ago * HOUR
    return Visit(
        id=uuid.uuid4(),
        round_id=built.runoff.id,
        person_id=built.people["observer"].id,
        team_id=built.team.id,
        place_id=built.places[code].id,
        place_code=code,
        arrived_at=now() - 9 * HOUR,
        left_at=left,
        changed_at=now() - 2 * HOUR,
    )


@pytest.fixture
def read(app):
    def as_(role, address, expected=200, **query):
        client = app.test_client()
        sign_in(client, role)
        answer = client.get(address, query_string=query)
        assert answer.status_code == expected
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    return as_


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    assigned=st.sets(st.sampled_from(STATIONS + CENTRES), max_size=6),
    visits=st.lists(
        st.tuples(st.sampled_from(STATIONS + CENTRES), st.sampled_from([None, 0.5, 3])), max_size=4
    ),
    reports=st.lists(
        st.tuples(st.sampled_from(STATIONS), st.sampled_from(list(Status))), max_size=4
    ),
)
def test_states_are_those_counted_by_hand(
    *, session, built, scope, coordinator, as_of_today, field, assigned, visits, reports
):
    field(assigned, visits, reports)
    for reader in (scope, coordinator):
        found = deployment(session, reader, built.runoff, patience=HOUR).whole()
        stations = {
            code
            for code in STATIONS
            if (code in assigned or code[:-2] in assigned)
            and (reader is scope or code.startswith("15"))
        }
        reported = {code for code, status in reports if status is not Status.REJECTED}
        left = {}
        for code, ago in visits:
            left.setdefault(code, []).append(ago)
        came = {code for code in stations if code in left or code[:-2] in left}

        def gone(code, left=left):
            return any(
                all(ago == 3 for ago in left[place]) for place in (code, code[:-2]) if place in left
            )

        assert (found.assigned, found.visited, found.reported, found.overdue) == (
            len(stations),
            len(came | (stations & reported)),
            len(stations & reported),
            len([code for code in stations - reported if gone(code)]),
        )
    session.rollback()


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    report=st.sampled_from([None, 0.5, 3]),
    came=st.sampled_from([None, 0.5, 3]),
    phone=st.sampled_from([None, 0.5, 3]),
)
def test_silent_is_who_was_not_heard_of_by_any_way(
    *, session, built, scope, station, as_of_today, field, report, came, phone
):
    field(["1501-01-1"])
    session.execute(delete(Phone))
    person = built.people["observer"].id
    if report is not None:
        station.submit({}).received_at = now() - report * HOUR
    if came is not None:
        one = visit(built, "1501-01-1", came)
        one.changed_at = now() - came * HOUR
        session.add(one)
    if phone is not None:
        seen = now() - phone * HOUR
        session.add(
            Phone(id=uuid.uuid4(), person_id=person, name="P", recovery=b"", last_seen_at=seen)
        )
    session.commit()
    session.execute(
        update(Submission)
        .where(Submission.received_at < now() - 4 * HOUR)
        .values(received_at=datetime(2026, 1, 1, tzinfo=UTC), round_id=built.first.id)
    )
    session.commit()
    deployed = deployment(session, scope, built.runoff, patience=HOUR)
    people, count = silent(session, built.runoff, deployed, patience=HOUR)
    ways = [way for way in (report, came, phone) if way is not None]
    assert [one.person_id for one in people] == ([] if 0.5 in ways else [person])
    assert count == len(people)
    if people:
        assert (people[0].last_contact is None) == (not ways)
    session.execute(
        update(Submission).values(
            round_id=built.first.id, received_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
    )
    session.commit()


def test_the_pages_say_what_is_missing_and_whom_to_ask(
    *, session, built, as_of_today, field, read, app
):
    field(["1501-01-1", "1501-01-2", "16-01-1"], [("1501-01", 3)], [("16-01-1", Status.HELD)])
    session.execute(
        update(Person)
        .where(Person.id == built.people["observer"].id)
        .values(phone="+51 999 111 222", language="es", name="=Ana")
    )
    session.execute(update(Submission).values(received_at=now() - 2 * HOUR))
    session.commit()
    page = read("analyst", "/room/missing")
    assert "Opening 1 2" in page
    assert re.search(r"School 1 of Lima West 1501-01-1 Lima West T01 late the team was there", page)
    assert "Every team that is sent somewhere has sent a report." in page
    assert "Américas abroad 6 polling stations" in page
    assert "Lima 12 polling stations" in page
    assert "Loreto" not in page.split("Regions without coverage")[1]
    page = read("analyst", "/room/silent")
    assert "1 person was not heard of for 60 minutes" in page
    assert "2 of 3 1501-01-1, 1501-01-2" in page
    client = app.test_client()
    sign_in(client, "analyst")
    html = client.get("/room/silent").text
    assert 'href="tel:+51999111222"' in html
    text = unquote(re.search(r'href="sms:\+51999111222\?body=([^"]*)"', html)[1])
    assert "1501-01-1, 1501-01-2" in text
    answer = client.get("/room/silent.csv")
    assert answer.content_type.startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["name"], row["phone"], row["missing"]) == ("'=Ana", "+51 999 111 222", "2")


def test_a_coordinator_is_shown_their_own_regions(built, as_of_today, field, read):
    field(["1501-01-1", "16-01-1"])
    for address in ("/room/missing", "/room/day", "/room/silent"):
        page = read("coordinator", address)
        assert "16-01-1" not in page
        assert "Loreto" not in page
        read("observer", address, 403)
        read("coordinator", address, 404, region="16")
    assert "1 of 1" not in read("analyst", "/room/silent", team="T99")
    read("analyst", "/room/missing", 404, form="nothing")


def test_without_assignments_the_pages_say_what_to_do(as_of_today, built, read):
    for address in ("/room/missing", "/room/day", "/room/silent"):
        assert "observer assignment import" in read("analyst", address)


def test_the_lines_end_where_the_numbers_are(session, built, scope, as_of_today, field):
    field(["1501-01-1", "1501-02-1", "16-01"], [("1501-01", 3)], [("16-01-2", Status.HELD)])
    deployed = deployment(session, scope, built.runoff, patience=HOUR)
    day, whole = look_at_day(session, built.runoff, deployed), deployed.whole()
    assert (day.visited.total, day.reported.total) == (whole.visited, whole.reported) == (2, 1)
    assert list(day.visited.counts) == sorted(day.visited.counts)


def test_the_day_by_its_hours(station, as_of_today, read):
    station.publish_next(
        "opening", question("opened_at", "time"), question("sealed", "select_one", "yes", "no")
    )
    for place, clock in (
        ("1501-01-1", "07:10"),
        ("1501-01-1", "07:50"),
        ("1501-01-2", "08:00"),
        ("16-01-1", "01:30"),
        ("91-01-1", "unknown"),
    ):
        station.submit({"opened_at": clock}, place=place)
    page = read("analyst", "/room/day")
    table = page.split("What the observers wrote down", 1)[1]
    assert "08:00 2" in table
    assert "In all 3" in table
    assert "02:00 3" in table
    assert "In all 2" in read("coordinator", "/room/day")


@given(hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_an_hour_of_the_night_is_of_the_day_before(hour, minute):
    hours = hours_of_clock(f"{hour:02}:{minute:02}")
    assert 4 <= hours < 28
    assert clock_of(int(hours)) == f"{hour:02}:00"


@given(counts=st.lists(st.integers(0, 10**6), min_size=2, max_size=24))
def test_a_chart_holds_what_it_draws(counts):
    chart = line_chart(range(len(counts)), [("", counts)])
    points = [tuple(map(float, point.split(","))) for point in chart.lines[0].points.split()]
    assert all(chart.left <= x <= chart.right and 0 <= y <= chart.base for x, y in points)
    assert chart.up[-1][1] >= max(counts)
    assert len(chart.up) <= 6
