"""The submissions API as a program sees it: every answer of its contract."""

import json
import uuid
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.checklists.operations import import_form
from observer.collect.models import Revision, Status, Submission
from observer.settings import Settings
from observer.web import create_app
from tests.collect.builders import OPENING, build_collecting, payload
from tests.missions.builders import mission_in, sign_in, token_headers

URL = "/api/v1/submissions"


@pytest.fixture
def built(begin, session):
    begin(build_collecting)
    return mission_in(session)


@pytest.fixture
def headers(client, built):
    return token_headers(client, "observer")


def count(session, table):
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


def post_text(client, headers, sent):
    """Send it as Python writes it, with what Flask's own JSON would not write."""
    text = json.dumps(sent)
    return client.post(URL, data=text, content_type="application/json", headers=headers)


def the_submission(session, sent):
    session.rollback()
    session.expire_all()
    return session.get(Submission, uuid.UUID(sent["id"]))


def test_a_submission_is_stored_once_however_often_it_is_sent(client, headers, session):
    sent = payload()
    first = client.post(URL, json=sent, headers=headers)
    assert first.status_code == 201
    assert first.json["status"] == "received"
    assert first.json["code"] == sent["id"][:8].upper()
    assert first.json["errors"] == []
    again = client.post(URL, json=sent | {"sent_at": "2026-06-07T10:00:00Z"}, headers=headers)
    assert again.status_code == 200
    assert again.json == first.json
    assert count(session, Revision) == count(session, Submission) == 1
    stored = the_submission(session, sent)
    assert (stored.place.code, stored.region.code, stored.team.code) == ("1501-01-1", "1501", "T01")
    revision = stored.revisions[0]
    assert revision.payload == sent
    assert revision.answers == sent["answers"]
    assert revision.finished_at.isoformat() == "2026-06-07T12:31:40+00:00"
    assert (revision.lat, revision.lon, revision.accuracy_m) == (-12.046, -77.043, 12)
    late = (revision.sent_at - revision.received_at).total_seconds()
    assert revision.clock_error_s == pytest.approx(late)


def test_the_same_spelled_otherwise_is_the_same(client, headers, session):
    sent = payload()
    assert client.post(URL, json=sent, headers=headers).status_code == 201
    bare = {name: value for name, value in sent.items() if name not in ("revision", "attachments")}
    for id_ in (sent["id"].upper(), sent["id"].replace("-", "")):
        assert client.post(URL, json=bare | {"id": id_}, headers=headers).status_code == 200
    assert the_submission(session, sent).status == Status.RECEIVED


@pytest.mark.parametrize(
    "odd",
    [
        {"answers": {"photo": 1, "opened_on_time": "yes"}},
        {"attachments": 7},
        {"started_at": "0001-01-01T00:00:00Z"},
        {"position": {"lat": 1, "lon": 1, "accuracy_m": 1e300}},
    ],
)
def test_whatever_was_sent_can_be_looked_at(client, app, headers, odd):
    sent = payload(**odd)
    assert client.post(URL, json=sent, headers=headers).status_code == 202
    for role, address in (("observer", "/my/submissions"), ("analyst", "/submissions")):
        looking = app.test_client()
        sign_in(looking, role)
        assert looking.get(f"{address}/{sent['id']}").status_code == 200
        assert looking.get("/").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"answers": {"opened_on_time": "no", "delay_minutes": 9000}}, "delay_minutes"),
        ({"answers": {"opened_on_time": "perhaps"}}, "opened_on_time"),
        ({"answers": {"opened_on_time": "no", "delay_minutes": "a lot"}}, "delay_minutes"),
        ({"answers": {}}, "opened_on_time"),
        ({"form": "nothing"}, None),
        ({"form_version": 9}, None),
        ({"form_version": 10**30}, None),
        ({"place": "nowhere"}, None),
        ({"place": 7}, None),
        ({"place": "1501-01"}, None),
        ({"place": None}, None),
        ({"place": " \u00a0"}, None),
        ({"place": "x" * 500}, None),
        ({"finished_at": "0001-01-02T00:00:00Z"}, None),
        ({"started_at": "9999-12-30T00:00:00Z"}, None),
        ({"position": {"lat": 1, "lon": 1, "accuracy_m": 1e300}}, None),
        ({"started_at": "yesterday"}, None),
        ({"finished_at": "2026-06-07T06:12:03"}, None),
        ({"sent_at": "0001-01-01T00:00:00+14:00"}, None),
        ({"position": {"lat": 912, "lon": 0}}, None),
        ({"position": {"lat": 10**400, "lon": 0}}, None),
        ({"attachments": [{"question": "photo"}]}, None),
        ({"attachments": "photo"}, None),
        ({"answers": {"opened_on_time": "yes", "comment": "a\0b\ud800"}}, None),
    ],
)
def test_what_is_wrong_is_held_and_nothing_is_refused(client, headers, session, wrong, named):
    sent = payload(**wrong)
    answer = post_text(client, headers, sent)
    assert answer.status_code == 202
    assert answer.json["status"] == "held"
    assert named in [error["question"] for error in answer.json["errors"]]
    assert all(0 < len(error["message"]) < 300 for error in answer.json["errors"])
    assert post_text(client, headers, sent).status_code == 200
    assert the_submission(session, sent).status == Status.HELD


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"id": NaN}',
        b'{"answers": {}, ' + json.dumps(payload()).encode()[1:],
        b"[" * 100_000,
        json.dumps(payload(id=None)),
        json.dumps(payload(id="7")),
        json.dumps(payload(id=7)),
        json.dumps(payload(revision=0)),
        json.dumps(payload(revision=True)),
        json.dumps(payload(revision=2**31)),
        json.dumps(payload(revision="1")),
        json.dumps(payload(form=None)),
        json.dumps(payload(form_version="one")),
        json.dumps(payload(round=None)),
        json.dumps(payload(answers=[])),
        json.dumps(payload(answers=None)),
        json.dumps(payload(answers={"a": json.loads("[" * 100 + "]" * 100)})),
    ],
)
def test_what_has_no_shape_is_400(client, headers, session, body):
    answer = client.post(URL, data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"]
    assert count(session, Submission) == 0


def test_other_answers_under_the_same_revision_hold_it_and_replace_nothing(
    client, headers, session
):
    sent = payload()
    client.post(URL, json=sent, headers=headers)
    other = sent | {"answers": {"opened_on_time": "yes"}}
    answer = client.post(URL, json=other, headers=headers)
    assert (answer.status_code, answer.json["status"]) == (202, "held")
    assert "Other answers" in answer.json["errors"][0]["message"]
    assert client.post(URL, json=other, headers=headers).status_code == 200
    stored = the_submission(session, sent)
    assert stored.status == Status.HELD
    assert [(r.conflicting, r.answers) for r in stored.revisions] == [
        (False, sent["answers"]),
        (True, other["answers"]),
    ]


def test_a_higher_revision_counts_and_an_older_one_does_not(client, headers, session):
    sent = payload(revision=3)
    assert client.post(URL, json=sent, headers=headers).status_code == 201
    newer = sent | {"revision": 4, "place": "1502-01-1"}
    assert client.post(URL, json=newer, headers=headers).status_code == 201
    older = sent | {"revision": 1, "place": "1501-01-2"}
    assert client.post(URL, json=older, headers=headers).status_code == 201
    stored = the_submission(session, sent)
    assert stored.current_revision == 4
    assert (stored.place.code, stored.region.code) == ("1502-01-1", "1502")
    assert [revision.number for revision in stored.revisions] == [1, 3, 4]


def test_a_new_revision_of_a_verified_submission_is_to_be_verified_again(client, headers, session):
    sent = payload()
    client.post(URL, json=sent, headers=headers)
    stored = the_submission(session, sent)
    stored.status = Status.VERIFIED
    seen = stored.change
    session.commit()
    session.close()
    client.post(URL, json=sent | {"revision": 2}, headers=headers)
    stored = the_submission(session, sent)
    assert stored.status == Status.RECEIVED
    assert stored.change > seen


def test_somebody_else_under_the_same_id_changes_nothing_and_learns_nothing(
    client, headers, session
):
    sent = payload()
    client.post(URL, json=sent, headers=headers)
    theirs = sent | {"revision": 2, "answers": {"opened_on_time": "yes"}}
    coordinator = token_headers(client, "coordinator")
    answer = client.post(URL, json=theirs, headers=coordinator)
    assert (answer.status_code, answer.json["status"]) == (202, "held")
    same_words = client.post(URL, json=sent, headers=coordinator)
    assert same_words.status_code == 202
    stored = the_submission(session, sent)
    assert (stored.current_revision, stored.person.role) == (1, "observer")
    assert stored.status == Status.HELD
    assert client.get(URL, headers=coordinator).json == []
    own = client.get(URL, headers=headers).json[0]
    assert (own["revision"], own["errors"]) == (1, [])


def test_who_may_not_report_is_told_so(client, built, session):
    assert client.post(URL, json=payload()).status_code == 401
    observer = token_headers(client, "observer")
    unknown = client.post(URL, json=payload(round="third"), headers=observer)
    assert unknown.status_code == 403
    assert "third" in unknown.json["detail"]
    for role in ("analyst", "editor", "admin"):
        answer = client.post(URL, json=payload(), headers=token_headers(client, role))
        assert answer.status_code == 403
        assert answer.content_type == "application/problem+json"
    assert count(session, Submission) == 0


def test_what_somebody_disabled_since_had_seen_comes_in_and_is_held(client, built, session):
    observer = token_headers(client, "observer")
    session.scalars(select(Person).where(Person.role == "observer")).one().active = False
    session.commit()
    answer = client.post(URL, json=payload(), headers=observer)
    assert (answer.status_code, answer.json["status"]) == (202, "held")
    assert client.get("/api/v1/me", headers=observer).json["active"] is False
    assert client.get(URL, headers=observer).status_code == 401


def chunked(content):
    """A body whose length is not said beforehand."""
    return {
        "input_stream": BytesIO(content),
        "environ_overrides": {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    }


def test_too_large_too_often_and_of_another_kind(settings, engine, built):
    small = Settings(
        **vars(settings) | {"max_submission_bytes": 2000, "submission_rate": "5 per minute"}
    )
    client = create_app(small, engine).test_client()
    headers = token_headers(client, "observer")
    large = payload(answers={"opened_on_time": "yes", "comment": "x" * 2000})
    assert client.post(URL, json=large, headers=headers).status_code == 413
    body = json.dumps(large).encode()
    as_chunks = chunked(body) | {"content_type": "application/json"}
    assert client.post(URL, headers=headers, **as_chunks).status_code == 413
    part = {"submission": body.decode()}
    assert client.post(URL, data=part, headers=headers).status_code == 415
    multipart = {"data": part, "content_type": "multipart/form-data"}
    assert client.post(URL, headers=headers, **multipart).status_code == 413
    assert client.post(URL, data="x", headers=headers).status_code == 415
    answer = client.post(URL, json=payload(), headers=headers)
    assert "Retry-After" not in client.get("/api/v1/forms", headers=headers).headers
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.content_type == "application/problem+json"


def test_what_cannot_be_committed_is_not_said_to_be_stored(client, headers, session):
    def fail(committing):
        if any(isinstance(stored, Revision) for stored in committing.identity_map.values()):
            raise OperationalError("COMMIT", {}, Exception("disk full"))

    sent = payload()
    event.listen(Session, "before_commit", fail)
    try:
        answer = client.post(URL, json=sent, headers=headers)
    finally:
        event.remove(Session, "before_commit", fail)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert count(session, Submission) == 0
    session.close()
    assert client.post(URL, json=sent, headers=headers).status_code == 201


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
known = st.sampled_from([*payload(), "opened_on_time"])


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.dictionaries(known, json_values, max_size=3),
    answers=st.dictionaries(
        st.sampled_from(["opened_on_time", "delay_minutes", "opening_time", "comment", "photo"]),
        json_values,
    ),
)
def test_whatever_is_sent_gets_an_answer_of_the_contract(client, headers, changes, answers):
    sent = payload(answers=answers) | changes
    answer = post_text(client, headers, sent)
    assert answer.status_code in {201, 200, 202, 400, 403}, answer.text


def test_a_phone_gets_its_forms_places_and_submissions_and_304_when_nothing_is_new(
    client, headers, built
):
    forms = client.get("/api/v1/forms", headers=headers)
    assert [(form["code"], form["version"]) for form in forms.json] == [("opening", 1)]
    form = client.get(forms.json[0]["links"]["definition"], headers=headers)
    assert form.json["definition"]["code"] == "opening"
    assert form.json["logic"]["items"]
    places = client.get("/api/v1/places", headers=headers)
    assert [place["code"] for place in places.json] == ["1501-01-1", "1501-01-2", "1502-01-1"]
    assert {place["round"] for place in places.json} == {"runoff"}
    assert client.get("/api/v1/places", headers=token_headers(client, "analyst")).json == []
    sent = payload()
    client.post(URL, json=sent, headers=headers)
    own = client.get(URL, headers=headers)
    assert [one["id"] for one in own.json] == [sent["id"]]
    for answer in (forms, form, places, own):
        if_new = headers | {"If-None-Match": answer.headers["ETag"]}
        assert client.get(answer.request.path, headers=if_new).status_code == 304
    assert client.get("/api/v1/forms/opening/2", headers=headers).status_code == 404


def test_only_what_is_new_is_given_since_a_change_or_a_moment(client, headers):
    first, second = payload(), payload()
    client.post(URL, json=first, headers=headers)
    seen = client.get(URL, headers=headers).json[-1]
    client.post(URL, json=second, headers=headers)
    newer = client.get(f"{URL}?since={seen['change']}", headers=headers).json
    assert [one["id"] for one in newer] == [second["id"]]
    from_then = client.get(f"{URL}?since={seen['received_at']}", headers=headers).json
    assert [one["id"] for one in from_then] == [first["id"], second["id"]]
    assert client.get(f"{URL}?since=2999-01-01T00:00:00Z", headers=headers).json == []
    for nonsense in ("tomorrow", "2026-06-07", "0001-01-01T00:00:00%2B14:00"):
        assert client.get(f"{URL}?since={nonsense}", headers=headers).status_code == 400


def test_a_submission_is_checked_by_the_version_it_was_filled_with(client, headers, built, session):
    later = OPENING.replace(". <= 720", ". <= 60").replace("| opening | 1 |", "| opening | 2 |")
    import_form(session, built.mission, later.encode(), "opening.md", publish=True)
    session.commit()
    answers = {"opened_on_time": "no", "delay_minutes": 700}
    old = payload(form_version=1, answers=answers)
    new = payload(form_version=2, answers=answers)
    assert client.post(URL, json=old, headers=headers).status_code == 201
    assert client.post(URL, json=new, headers=headers).status_code == 202
    numbers = [
        the_submission(session, sent).revisions[0].form_version.number for sent in (old, new)
    ]
    assert numbers == [1, 2]
