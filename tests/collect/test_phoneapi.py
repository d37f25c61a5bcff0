"""What the application on a phone asks: who it is, whether it may go on, its visits."""

import base64
import hashlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from observer.access.models import Person, Phone
from observer.cli import cli
from observer.collect.models import Submission, Visit
from observer.database import now
from observer.missions.models import Round
from observer.missions.operations import add_mission, add_round
from tests.collect.builders import build_collecting, payload, photo
from tests.missions.builders import mission_in, sign_in, token_headers

SUBMISSIONS = "/api/v1/submissions"
VISIT = {
    "round": "runoff",
    "place": "1501-01",
    "arrived_at": "2026-06-07T06:00:00-05:00",
    "left_at": None,
    "position": {"lat": -12.0, "lon": -77.0, "accuracy_m": 8},
    "sent_at": "2026-06-07T06:01:00-05:00",
}


@dataclass
class OnPhone:
    """The application on a phone on which somebody is signed in."""

    client: FlaskClient
    role: str = "observer"

    def me(self):
        return self.client.get("/api/v1/me")

    def send(self, method, address, given):
        headers = {"X-CSRFToken": self.me().json["csrf"], "Content-Type": "application/json"}
        text = given if isinstance(given, str | bytes) else json.dumps(given)
        return self.client.open(address, method=method, data=text, headers=headers)

    def register(self, phone_id=None, name="Mozilla/5.0 (Linux; Android 14)"):
        given = {"id": str(phone_id or uuid.uuid4()), "name": name}
        return self.send("POST", "/api/v1/phones", given)

    def visit(self, visit_id=None, **changes):
        return self.send("PUT", f"/api/v1/visits/{visit_id or uuid.uuid4()}", VISIT | changes)


@pytest.fixture
def built(begin, session):
    begin(build_collecting)
    return mission_in(session)


@pytest.fixture
def on_phone(app, built):
    def sign_in_on_phone(role="observer"):
        client = app.test_client()
        sign_in(client, role)
        return OnPhone(client, role)

    return sign_in_on_phone


@pytest.fixture
def phone(on_phone):
    return on_phone()


@pytest.fixture
def change(session):
    """Changes what is stored, and lets others write again."""

    def changed(table, condition, **values):
        row = session.scalars(select(table).where(condition)).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()

    return changed


def stored(session, table, id_):
    row = session.get(table, uuid.UUID(id_), populate_existing=True)
    session.close()
    return row


def sha256_of(content):
    return hashlib.sha256(content).hexdigest()


def test_who_is_signed_in_and_what_the_phone_has_to_know(phone, on_phone):
    answer = phone.me()
    assert answer.headers["Cache-Control"] == "no-store"
    me = answer.json
    assert (me["person"]["email"], me["active"], me["phone"]) == (
        "observer@example.org",
        True,
        None,
    )
    assert me["mission"] == {
        "code": "demo",
        "name": "Demonstration",
        "timezone": "America/Lima",
    }
    assert [(one["code"], one["current"]) for one in me["rounds"]] == [
        ("first", False),
        ("runoff", True),
    ]
    assert me["photo"] == {"longest_edge": 1600, "most_bytes": 400_000}
    assert set(me["languages"]) == {"en", "es", "fr", "ar"}
    assert me["pages"] == []
    assert phone.client.post("/api/v1/phones", json={}).status_code == 400
    assert "CSRF" in phone.client.post("/api/v1/phones", json={}).json["detail"]
    assert phone.register().status_code == 201
    desk = on_phone("coordinator").me().json["pages"]
    assert {"label": "Mission room", "href": "/room"} in desk


def test_a_phone_keeps_its_secret_and_is_one_persons(phone, on_phone):
    phone_id = uuid.uuid4()
    first = phone.register(phone_id)
    assert first.status_code == 201
    assert len(base64.b64decode(first.json["recovery"])) == 32
    assert phone.me().json["phone"] == str(phone_id)
    again = phone.register(phone_id)
    assert (again.status_code, again.json) == (200, first.json)
    assert on_phone("coordinator").register(phone_id).status_code == 409
    assert phone.register().json["recovery"] != first.json["recovery"]


def test_a_phone_whose_use_was_ended_is_signed_out_and_told_to_wipe_itself(
    app, phone, session, change
):
    phone_id = phone.register().json["id"]
    stranger = app.test_client()
    address = f"/api/v1/phones/{phone_id}"
    assert stranger.get(address).status_code == 204
    assert stranger.get(f"/api/v1/phones/{uuid.uuid4()}").status_code == 404
    change(Phone, Phone.id == uuid.UUID(phone_id), ended_at=now())
    assert phone.me().status_code == 401
    assert stored(session, Phone, phone_id).wiped_at is None
    assert stranger.get(address).status_code == 410
    told_at = stored(session, Phone, phone_id).wiped_at
    assert told_at is not None
    assert stranger.get(address).status_code == 410
    assert stored(session, Phone, phone_id).wiped_at == told_at
    sign_in(phone.client, phone.role)
    assert phone.me().status_code == 200
    assert phone.register(phone_id).status_code == 410
    assert phone.register().status_code == 201


def test_who_signs_in_again_on_an_ended_phone_is_told_and_that_is_known(phone, session, change):
    phone_id = phone.register().json["id"]
    change(Phone, Phone.id == uuid.UUID(phone_id), ended_at=now())
    sign_in(phone.client, phone.role)
    assert phone.register(phone_id).status_code == 410
    assert stored(session, Phone, phone_id).wiped_at is not None


def test_a_contact_is_noted_now_and_then(phone, session, change):
    phone_id = phone.register().json["id"]
    lately, long_ago = now() - timedelta(minutes=2), now() - timedelta(days=2)
    for before, noted in ((lately, False), (long_ago, True)):
        change(Phone, Phone.id == uuid.UUID(phone_id), last_seen_at=before)
        phone.me()
        assert (stored(session, Phone, phone_id).last_seen_at > before) is noted


def test_a_phone_need_not_wait_for_who_writes_to_learn_who_is_signed_in(phone, session):
    phone_id = phone.register().json["id"]
    # On SQLite this takes the one place of a writer, as a long import does.
    session.get(Phone, uuid.UUID(phone_id))
    assert phone.me().status_code == 200


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "no json",
        "[]",
        "7",
        "[" * 100_000,
        '{"id": 7, "name": "x"}',
        '{"id": "x", "name": "x"}',
        '{"id": null, "name": "x"}',
        '{"id": "00000000-0000-4000-8000-000000000000"}',
        '{"id": "00000000-0000-4000-8000-000000000000", "name": 7}',
        '{"id": "00000000-0000-4000-8000-000000000000", "name": " "}',
        '{"id": "00000000-0000-4000-8000-000000000000", "name": "a\\u0000"}',
        '{"id": "00000000-0000-4000-8000-000000000000", "name": "\\ud800"}',
    ],
)
def test_what_is_no_phone_is_400(phone, odd):
    answer = phone.send("POST", "/api/v1/phones", odd)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_a_visit_is_stored_and_what_is_known_of_it_later(phone, built, session):
    visit_id, place_id, team_id = str(uuid.uuid4()), built.places["1502-01"].id, built.team.id
    session.close()
    first = phone.visit(visit_id)
    assert first.status_code == 201
    assert phone.visit(visit_id).status_code == 200
    left = phone.visit(visit_id, left_at="2026-06-07T07:30:00-05:00")
    assert left.json == first.json | {"left_at": "2026-06-07T12:30:00+00:00"}
    assert stored(session, Visit, visit_id).left_at == datetime.fromisoformat(left.json["left_at"])
    moved = phone.visit(visit_id, place="1502-01", position=None)
    assert moved.status_code == 200
    visit = stored(session, Visit, visit_id)
    assert (visit.place_id, visit.team_id) == (place_id, team_id)
    assert (visit.place_code, visit.left_at, visit.lat) == ("1502-01", None, None)
    assert visit.clock_error_s == pytest.approx((visit.sent_at - visit.changed_at).total_seconds())
    nowhere = phone.visit(visit_id, place="a new school")
    assert (nowhere.status_code, nowhere.json["place"]) == (200, "a new school")
    earlier = phone.visit(arrived_at="2026-06-07T05:00:00-05:00").json["id"]
    (before, after) = phone.client.get("/api/v1/visits").json
    assert (before["id"], after["id"]) == (earlier, visit_id)
    assert before["position"] == VISIT["position"]
    assert datetime.fromisoformat(before["arrived_at"]) == datetime.fromisoformat(
        "2026-06-07T05:00:00-05:00"
    )


def test_a_visit_that_was_overtaken_on_its_way_changes_nothing(phone, session):
    visit_id = str(uuid.uuid4())
    phone.visit(visit_id, left_at="2026-06-07T07:30:00-05:00", sent_at="2026-06-07T07:30:05-05:00")
    late = phone.visit(visit_id, left_at=None, sent_at="2026-06-07T07:29:00-05:00")
    assert late.status_code == 200
    assert stored(session, Visit, visit_id).left_at is not None
    # A clock that was put right is no overtaking.
    phone.visit(visit_id, left_at=None, sent_at="2026-06-06T07:29:00-05:00")
    assert stored(session, Visit, visit_id).left_at is None


def test_a_visit_is_its_own_persons_and_of_their_mission(phone, on_phone, session):
    visit_id = str(uuid.uuid4())
    phone.visit(visit_id)
    other = on_phone("coordinator")
    assert other.visit(visit_id, place="1502-01").status_code == 403
    assert other.client.get("/api/v1/visits").json == []
    assert stored(session, Visit, visit_id).place_code == "1501-01"
    elsewhere = add_mission(session, code="other", name="Other")
    add_round(session, elsewhere, code="theirs", name="Theirs", voting_day=date(2026, 6, 7))
    session.commit()
    assert phone.visit(round="theirs").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"round": None}, "round"),
        ({"round": ["runoff"]}, "round"),
        ({"place": None}, "place"),
        ({"place": 7}, "place"),
        ({"place": " "}, "place"),
        ({"place": "a\0"}, "place"),
        ({"place": "\ud800"}, "place"),
        ({"arrived_at": None}, "arrived_at"),
        ({"arrived_at": "noon"}, "arrived_at"),
        ({"arrived_at": 7}, "arrived_at"),
        ({"arrived_at": "2026-06-07T06:00:00"}, "arrived_at"),
        ({"left_at": []}, "left_at"),
        ({"left_at": "0001-01-01T00:00:00+14:00"}, "left_at"),
        ({"sent_at": "9999-12-31T23:59:59-14:00"}, "sent_at"),
        ({"position": 7}, "position"),
        ({"position": {"lat": 91, "lon": 0}}, "position"),
        ({"position": {"lat": 1, "lon": True}}, "position"),
        ({"position": {"lat": 1, "lon": 1, "accuracy_m": 1e300}}, "position"),
    ],
)
def test_what_is_no_visit_is_400_and_says_why(phone, wrong, named):
    answer = phone.visit(**wrong)
    assert answer.status_code == 400
    assert named in answer.json["detail"]
    assert phone.client.get("/api/v1/visits").json == []


@pytest.mark.parametrize(
    "odd",
    ["", "x", "[]", "null", "[" * 100_000, '{"a": NaN}', '"\\ud800"', b"\xff", '{"a": 1, "a": 2}'],
)
def test_odd_json_is_no_visit_and_no_fault(phone, odd):
    answer = phone.send("PUT", f"/api/v1/visits/{uuid.uuid4()}", odd)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_two_tabs_at_the_same_moment_make_one_phone_and_one_visit(app, built):
    headers = token_headers(app.test_client(), "observer")
    phone_id, visit_id = uuid.uuid4(), uuid.uuid4()
    barrier = Barrier(4)

    def both(_number):
        client = app.test_client()
        barrier.wait()
        given = {"id": str(phone_id), "name": "x"}
        phone = client.post("/api/v1/phones", json=given, headers=headers)
        barrier.wait()
        visit = client.put(f"/api/v1/visits/{visit_id}", json=VISIT, headers=headers)
        return phone.status_code, visit.status_code, phone.json["recovery"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(both, range(4)))
    assert sorted(answer[0] for answer in answers) == [200, 200, 200, 201]
    assert sorted(answer[1] for answer in answers) == [200, 200, 200, 201]
    assert len({answer[2] for answer in answers}) == 1


def test_somebody_disabled_may_hand_in_what_they_have_and_nothing_else(phone, change):
    change(Person, Person.role == "observer", active=False)
    me = phone.me()
    assert (me.status_code, me.json["active"]) == (200, False)
    answer = phone.send("POST", SUBMISSIONS, payload())
    assert (answer.status_code, answer.json["status"]) == (202, "held")
    assert [one["message"] for one in answer.json["errors"]] == [
        "The person who sent it had been disabled before."
    ]
    assert phone.visit().status_code == 201
    for address in (SUBMISSIONS, "/api/v1/visits", "/api/v1/places", "/api/v1/forms"):
        assert phone.client.get(address).status_code == 401, address
    assert phone.register().status_code == 401
    assert phone.client.get("/room").status_code == 302


def test_what_is_filled_after_a_round_was_closed_comes_in_and_is_held(phone, change):
    closed_at = datetime.fromisoformat("2026-06-07T20:00:00-05:00")
    change(Round, Round.code == "runoff", closed_at=closed_at)
    before = payload(finished_at="2026-06-07T19:59:59-05:00")
    after = payload(finished_at="2026-06-07T20:00:01-05:00")
    of_another = payload(round="first", finished_at="2026-06-07T20:00:01-05:00")
    assert phone.send("POST", SUBMISSIONS, before).status_code == 201
    held = phone.send("POST", SUBMISSIONS, after)
    assert held.status_code == 202
    assert [one["message"] for one in held.json["errors"]] == [
        "The round had been closed before it was filled."
    ]
    assert phone.send("POST", SUBMISSIONS, of_another).status_code == 201


def test_a_round_is_closed_and_opened_by_command(app, phone):
    def observer(*arguments):
        return app.test_cli_runner().invoke(cli, ["round", *arguments])

    undated = payload(finished_at=None)
    closed = observer("close", "runoff")
    assert (closed.exit_code, "runoff" in closed.output) == (0, True)
    assert phone.send("POST", SUBMISSIONS, undated).status_code == 202
    admin = app.test_client()
    sign_in(admin, "admin")
    assert "closed on" in admin.get("/mission").text
    assert observer("open", "runoff").exit_code == 0
    assert phone.send("POST", SUBMISSIONS, payload(finished_at=None)).status_code == 201
    assert "closed on" not in admin.get("/mission").text
    for command in ("close", "open"):
        unknown = observer(command, "third")
        assert (unknown.exit_code, unknown.output.count("\n")) == (1, 1)


def test_urgency_and_visit_are_kept_with_a_submission(phone, session):
    visit_id = str(uuid.uuid4())
    sent = payload(urgent=True, visit=visit_id)
    assert phone.send("POST", SUBMISSIONS, sent).status_code == 201
    (own,) = phone.client.get(SUBMISSIONS).json
    assert (own["urgent"], own["visit"]) == (True, visit_id)
    assert stored(session, Submission, sent["id"]).urgent is True
    calmer = sent | {"revision": 2, "urgent": False, "visit": None}
    assert phone.send("POST", SUBMISSIONS, calmer).status_code == 201
    (own,) = phone.client.get(SUBMISSIONS).json
    assert (own["urgent"], own["visit"]) == (False, None)


@pytest.mark.parametrize(
    "wrong", [{"urgent": "yes"}, {"urgent": []}, {"urgent": {}}, {"visit": 7}, {"visit": "school"}]
)
def test_odd_urgency_and_visits_hold_a_submission_and_refuse_nothing(phone, wrong):
    answer = phone.send("POST", SUBMISSIONS, payload(**wrong))
    assert answer.status_code == 202
    (reason,) = answer.json["errors"]
    assert reason["message"].startswith(next(iter(wrong)))


def test_what_is_not_said_is_the_same_as_said_to_be_so(phone):
    plain, urgent = payload(), payload(urgent=True)
    assert phone.send("POST", SUBMISSIONS, plain).status_code == 201
    said = plain | {"urgent": False, "visit": None}
    assert phone.send("POST", SUBMISSIONS, said).status_code == 200
    assert phone.send("POST", SUBMISSIONS, urgent).status_code == 201
    assert phone.send("POST", SUBMISSIONS, urgent | {"urgent": False}).status_code == 202


def test_a_phone_is_given_back_all_that_it_needs_to_show_and_correct_a_submission(phone):
    content, other = photo(), photo(size=(60, 20))
    names = [sha256_of(content), sha256_of(other)]
    sent = payload(
        answers={"opened_on_time": "no", "delay_minutes": 4, "photo": names[0]},
        attachments=[{"question": "photo", "sha256": name, "type": "image/jpeg"} for name in names],
    )
    assert phone.send("POST", SUBMISSIONS, sent).json["missing"] == names
    parts = {
        "submission": (BytesIO(json.dumps(sent).encode()), "submission.json"),
        names[0]: (BytesIO(content), "photo.jpg"),
    }
    headers = {"X-CSRFToken": phone.me().json["csrf"]}
    answer = phone.client.post(SUBMISSIONS, data=parts, headers=headers)
    assert (answer.status_code, answer.json["missing"]) == (200, names[1:])
    (own,) = phone.client.get(SUBMISSIONS).json
    for name in ("id", "form", "form_version", "round", "place", "answers", "position"):
        assert own[name] == sent[name], name
    for name in ("started_at", "finished_at"):
        assert datetime.fromisoformat(own[name]) == datetime.fromisoformat(sent[name])
    assert (own["status"], own["status_reason"], own["code"]) == (
        "received",
        "",
        answer.json["code"],
    )
    assert own["attachments"] == [
        {"question": "photo", "sha256": name, "type": "image/jpeg", "arrived": arrived}
        for name, arrived in zip(names, (True, False), strict=True)
    ]
