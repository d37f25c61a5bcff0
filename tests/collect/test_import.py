"""Submissions that come as a file: each line is taken or named, and none keeps back another."""

import base64
import hashlib
import json
import uuid

import pytest
from sqlalchemy import select

from observer.access.models import Person
from observer.cli import cli
from observer.collect.models import Attachment, Status, Submission, Visit
from tests.collect.builders import build_collecting, payload, photo
from tests.missions.builders import token_headers

OBSERVER = {"email": "Observer@example.org"}


@pytest.fixture
def run(app, session, tmp_path):
    build_collecting(session)
    session.close()

    def run(*lines, options=()):
        file = tmp_path / "waiting.ndjson"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        file.write_text("\n".join(texts))
        return app.test_cli_runner().invoke(cli, ["submission", "import", str(file), *options])

    return run


def stored(session):
    found = session.scalars(select(Submission).order_by(Submission.change)).all()
    session.close()
    return found


def test_each_line_is_taken_or_named(run, session):
    good, held = payload(), payload(place="nowhere")
    done = run(
        good | OBSERVER,
        "",
        "no json",
        held | OBSERVER,
        payload() | {"email": "stranger@example.org"},
        payload(),
        payload() | {"email": "analyst@example.org"},
        good | OBSERVER,
    )
    assert done.exit_code == 1
    assert [line.split(":")[:2] for line in done.output.splitlines()[:5]] == [
        ["line 3", " not taken"],
        ["line 4", " stored and held"],
        ["line 5", " not taken"],
        ["line 6", " not taken"],
        ["line 7", " not taken"],
    ]
    assert "1 stored, 4 not taken, 1 stored and held, 1 stored before" in done.output
    assert [str(one.id) for one in stored(session)] == [good["id"], held["id"]]


def test_a_file_saved_on_the_phone_brings_its_photo_and_nothing_twice(run, client, session):
    content = photo()
    name = hashlib.sha256(content).hexdigest()
    sent = payload(
        answers={"opened_on_time": "yes", "photo": name},
        attachments=[{"question": "photo", "sha256": name, "type": "image/jpeg"}],
    )
    client.post("/api/v1/submissions", json=sent, headers=token_headers(client, "observer"))
    saved = sent | OBSERVER | {"files": {name: base64.b64encode(content).decode()}}
    done = run(saved)
    assert (done.exit_code, done.output) == (0, "waiting.ndjson: 1 stored before\n")
    attachment = session.scalars(select(Attachment)).one()
    assert attachment.stored_sha256


def test_lines_that_name_nobody_may_be_given_a_sender(run, session):
    assert run(payload(), options=["--as", "observer@example.org"]).exit_code == 0
    assert [one.status for one in stored(session)] == [Status.RECEIVED]


def test_what_somebody_disabled_left_behind_is_held(run, session):
    person = session.scalars(select(Person).where(Person.role == "observer")).one()
    person.active = False
    session.commit()
    session.close()
    assert run(payload() | OBSERVER).exit_code == 0
    assert [one.status for one in stored(session)] == [Status.HELD]


def visit(**more):
    return OBSERVER | {
        "visit": {
            "id": str(uuid.uuid4()),
            "round": "runoff",
            "place": "1501-01",
            "arrived_at": "2026-06-07T06:00:00-05:00",
            "left_at": None,
            "position": {"lat": -12.0, "lon": -77.0, "accuracy_m": 8},
        }
        | more
    }


def visits(session):
    found = session.scalars(select(Visit).order_by(Visit.arrived_at)).all()
    session.close()
    return found


def test_visits_come_along_and_are_counted_for_themselves(run, session):
    first = visit()
    lost = visit(place="nowhere", arrived_at="2026-06-07T09:00:00-05:00")
    on_it = payload(visit=first["visit"]["id"])
    done = run(first, lost, on_it | OBSERVER, first)
    assert (done.exit_code, done.output) == (
        0,
        "waiting.ndjson: submissions: 1 stored; visits: 2 stored, 1 stored before\n",
    )
    assert [(one.place_code, one.place_id is None) for one in visits(session)] == [
        ("1501-01", False),
        ("nowhere", True),
    ]
    assert run(visit()).output == "waiting.ndjson: submissions: none; visits: 1 stored\n"


def test_a_file_tells_when_a_visit_ended_and_opens_none_again(run, session):
    begun = visit()
    run(begun)
    ended = OBSERVER | {"visit": begun["visit"] | {"left_at": "2026-06-07T07:00:00-05:00"}}
    for line in (ended, begun):
        assert run(line).exit_code == 0
        (stored_visit,) = visits(session)
        assert stored_visit.left_at.isoformat() == "2026-06-07T12:00:00+00:00"


def test_what_a_phone_has_sent_since_is_not_put_back_by_an_older_file(run, session):
    saved = visit(sent_at="2026-06-07T06:30:00-05:00")
    moved = OBSERVER | {
        "visit": saved["visit"] | {"place": "1501-02", "sent_at": "2026-06-07T08:00:00-05:00"}
    }
    for line in (moved, saved):
        assert run(line).exit_code == 0
        (stored_visit,) = visits(session)
        assert (stored_visit.place_code, stored_visit.clock_error_s) == ("1501-02", None)


def test_a_visit_that_cannot_be_taken_is_named_and_keeps_back_no_other(run, session):
    done = run(
        visit(id="x"),
        visit(id=None),
        visit(arrived_at="noon"),
        visit(round="third"),
        visit(place=7),
        visit() | {"email": "stranger@example.org"},
        visit() | {"email": "analyst@example.org"},
        visit(round=None),
        visit(position="here"),
        visit(),
    )
    assert done.exit_code == 1
    lines = done.output.splitlines()
    reasons = ("UUID", "UUID", "arrived_at", "this round", "place", "stranger@", "role", "round is")
    said = (*reasons, "position")
    for number, (line, reason) in enumerate(zip(lines, said, strict=False), start=1):
        assert line.startswith(f"line {number}: not taken: ")
        assert reason in line
    assert lines[9:] == ["waiting.ndjson: submissions: none; visits: 9 not taken, 1 stored"]
    assert len(visits(session)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        '{"files": 7}',
        '{"files": {"a": 7}}',
        '{"files": {"a": "?"}}',
        "[]",
        '{"email": 7}',
        '{"email": "a\\u0000"}',
        '{"email": "\\ud800"}',
        '{"visit": {}, "email": "\\ud800"}',
    ],
)
def test_a_bad_line_is_one_line_of_output(run, wrong):
    done = run(wrong)
    assert done.exit_code == 1
    assert done.output.startswith("line 1: not taken: ")
    assert len(done.output.splitlines()) == 2
