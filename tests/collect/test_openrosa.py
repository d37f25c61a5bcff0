"""ODK Collect and other OpenRosa clients: the same forms, and the same submissions."""

from __future__ import annotations

import csv
import hashlib
import random
import uuid
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import SubElement

import pytest
from sqlalchemy import func, select

from observer.checklists.definition import FILES, FormDefinition, Question, Section
from observer.checklists.library import BUILTIN, builtin_definition, import_builtin
from observer.checklists.operations import import_definition, import_form
from observer.checklists.xlsform import read_with_warnings
from observer.collect.models import Attachment, Revision, Status, Submission
from observer.demo.chance import stream
from observer.settings import Settings
from observer.web import create_app
from tests.checklists.test_corpus import BESIDE, FORMS
from tests.collect.builders import OPENING, build_collecting, payload, photo
from tests.collect.openrosa_client import NAMES, OpenRosaClient, fill, told
from tests.missions.builders import mission_in, token_headers

OPENED_LATE = {"opened_on_time": "no", "delay_minutes": 45}


@pytest.fixture
def built(begin, session):
    begin(build_collecting)
    return mission_in(session)


@pytest.fixture
def collect(client, built):
    return OpenRosaClient(client)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def stored(session, submission_id: uuid.UUID) -> tuple[Submission, list[Revision]]:
    session.rollback()
    session.expire_all()
    submission = session.get(Submission, submission_id)
    revisions = list(submission.revisions)
    return submission, revisions


def test_a_form_is_listed_and_fetched_with_the_lists_of_whoever_asks(collect):
    listed = collect.forms()["opening"]
    assert listed["name"] == "Opening"
    assert listed["version"] == "1"
    xform = collect.open(listed["downloadUrl"])
    assert xform.content_type == "text/xml; charset=utf-8"
    assert listed["hash"] == f"md5:{md5(xform.data)}"
    files = {}
    for file in collect.xml(listed["manifestUrl"]).findall("manifest:mediaFile", NAMES):
        content = collect.open(file.findtext("manifest:downloadUrl", "", NAMES)).data
        given = file.findtext("manifest:hash", "", NAMES)
        assert given == f"md5:{md5(content)}"
        name = file.findtext("manifest:filename", "", NAMES)
        files[name] = list(csv.DictReader(content.decode().splitlines()))
    assert [row["name"] for row in files["rounds.csv"]] == ["runoff", "first"]
    assert [(row["name"], row["round"]) for row in files["assigned.csv"]] == [
        ("1501-01-1", "runoff"),
        ("1501-01-2", "runoff"),
        ("1502-01-1", "runoff"),
    ]


def test_a_client_without_a_password_is_asked_for_one_and_never_redirected(client, built):
    for method, address in (("GET", "/formList"), ("HEAD", "/submission"), ("POST", "/submission")):
        response = client.open(address, method=method)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic")
        assert response.headers["X-OpenRosa-Version"] == "1.0"


def test_wrong_passwords_are_counted(settings, engine, built):
    few = Settings(**(vars(settings) | {"signin_rate": "3 per minute"}))
    client = create_app(few, engine).test_client()
    right, wrong = OpenRosaClient(client), OpenRosaClient(client)
    wrong.headers["Authorization"] = "Basic b2JzZXJ2ZXJAZXhhbXBsZS5vcmc6d3Jvbmc="
    assert right.open("/formList").status_code == 200
    assert [wrong.open("/formList").status_code for _ in range(4)] == [401, 401, 401, 429]
    refused = right.open("/formList")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1


def test_before_it_sends_a_client_asks_whether_it_may(collect):
    response = collect.open("/submission", "HEAD")
    assert response.status_code == 204
    assert response.headers["Location"] == "http://localhost/submission"
    assert int(response.headers["X-OpenRosa-Accept-Content-Length"]) >= 10_000_000


def test_an_instance_sent_twice_is_one_submission(collect, session):
    instance = collect.empty("opening")
    submission_id = fill(instance, OPENED_LATE | {"opening_time": "07:45:00.000-05:00"})
    assert collect.send(instance).status_code == 201
    again = collect.send(instance)
    assert again.status_code == 201
    assert told(again) == f"Received. Code {submission_id.hex[:8].upper()}."
    submission, revisions = stored(session, submission_id)
    assert submission.status == Status.RECEIVED
    assert submission.place.code == "1501-01-1"
    assert [revision.answers for revision in revisions] == [OPENED_LATE | {"opening_time": "07:45"}]
    assert revisions[0].started_at.isoformat() == "2026-06-07T11:12:03+00:00"
    assert revisions[0].finished_at.isoformat() == "2026-06-07T12:31:40+00:00"
    assert (revisions[0].lat, revisions[0].lon, revisions[0].accuracy_m) == (-12.046, -77.043, 12)


def test_the_moment_of_sending_gives_the_error_of_the_clock(collect, session):
    instance = collect.empty("opening")
    submission_id = fill(instance, OPENED_LATE)
    collect.headers["Date"] = "Sun, 07 Jun 2026 14:02:11 GMT"
    assert collect.send(instance).status_code == 201
    (revision,) = stored(session, submission_id)[1]
    assert revision.sent_at.isoformat() == "2026-06-07T14:02:11+00:00"
    assert revision.clock_error_s < 0


def test_photos_may_come_over_several_requests(collect, built, session, settings):
    one = "| | image | photo | Photo | Foto | | | |"
    two = f"{one}\n| | image | other | Other | Otra | | | |"
    import_form(
        session, built.mission, OPENING.replace(one, two).encode(), "opening.md", publish=True
    )
    session.commit()
    instance = collect.empty("opening")
    submission_id = fill(instance, OPENED_LATE | {"photo": "1.jpg", "other": "2.jpg"})
    first = collect.send(instance, {"1.jpg": photo()})
    assert first.status_code == 202
    assert "One file is still to come." in told(first)
    assert collect.send(instance, {"2.jpg": photo(size=(30, 30))}).status_code == 201
    assert collect.send(instance, {"1.jpg": photo()}).status_code == 201
    submission, revisions = stored(session, submission_id)
    assert len(revisions) == 1
    attachments = session.scalars(
        select(Attachment).where(Attachment.submission_id == submission.id)
    ).all()
    assert {a.question for a in attachments} == {"photo", "other"}
    assert {revisions[0].answers[a.question] for a in attachments} == {
        a.sha256 for a in attachments
    }
    for attachment in attachments:
        kept = attachment.stored_sha256
        assert (settings.media / kept[:2] / kept).exists()


def test_an_edited_instance_is_the_next_revision(collect, session):
    first, second, third = (collect.empty("opening") for _ in range(3))
    first_id = fill(first, OPENED_LATE)
    second_id = fill(second, OPENED_LATE | {"delay_minutes": 50}, replaces=first_id)
    fill(third, OPENED_LATE | {"delay_minutes": 55}, replaces=second_id)
    for instance in (first, second, third, second, third):
        assert collect.send(instance).status_code == 201
    submission, revisions = stored(session, first_id)
    assert submission.current_revision == 3
    assert [revision.answers["delay_minutes"] for revision in revisions] == [45, 50, 55]
    assert count(session, Submission) == 1


def test_an_edited_instance_may_come_before_the_first(collect, session):
    first, second = collect.empty("opening"), collect.empty("opening")
    first_id = fill(first, OPENED_LATE)
    fill(second, OPENED_LATE | {"delay_minutes": 50}, replaces=first_id)
    assert [collect.send(each).status_code for each in (second, first)] == [201, 201]
    submission, revisions = stored(session, first_id)
    assert submission.current_revision == 2
    assert [revision.number for revision in revisions] == [1, 2]


def count(session, table) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


def test_what_breaks_the_rules_is_taken_and_held(collect, session):
    instance = collect.empty("opening")
    submission_id = fill(instance, {"opened_on_time": "no", "delay_minutes": 9999}, place="nowhere")
    SubElement(instance, "invented").text = "x"
    instance.set("version", "7")
    for _ in range(2):
        response = collect.send(instance)
        assert response.status_code == 202
        assert "There is no version 7" in told(response)
    instance.set("version", "1")
    other_id = fill(instance, {"opened_on_time": "no", "delay_minutes": 9999})
    assert "held for review" in told(collect.send(instance))
    submission, (revision,) = stored(session, submission_id)
    assert submission.status == Status.HELD
    assert revision.payload["answers"]["delay_minutes"] == "9999"
    assert revision.payload["answers"]["invented"] == "x"
    submission, (revision,) = stored(session, other_id)
    assert [error["question"] for error in revision.errors] == ["invented", "delay_minutes"]


def test_an_instance_that_says_neither_round_nor_zone_is_of_the_round_that_is_on(collect, session):
    instance = collect.empty("opening")
    submission_id = fill(instance, {"opened_on_time": "yes"})
    instance.remove(next(part for part in instance if part.tag.endswith("observer_where")))
    assert collect.send(instance).status_code == 202
    submission, (revision,) = stored(session, submission_id)
    assert submission.round.code == "runoff"
    assert [error["message"] for error in revision.errors] == ["The form needs a polling station."]


def test_a_question_that_is_answered_twice_loses_neither_answer(collect, session):
    instance = collect.empty("opening")
    submission_id = fill(instance, OPENED_LATE | {"comment": "At the"})
    rest = next(part for part in instance if part.tag.endswith("rest"))
    comment = next(part for part in rest if part.tag.endswith("comment"))
    comment.text = "At "
    SubElement(comment, "b").text = "the gate"
    SubElement(rest, comment.tag).text = "Another"
    response = collect.send(instance)
    assert response.status_code == 202
    _submission, (revision,) = stored(session, submission_id)
    assert revision.answers["comment"] == "At the gate"
    assert revision.payload["answers"]["comment (2)"] == "Another"
    assert [error["question"] for error in revision.errors] == ["comment (2)"]


def test_an_instance_id_that_is_no_uuid_is_one_submission_too(collect, session):
    instance = collect.empty("opening")
    fill(instance, OPENED_LATE)
    next(part for part in instance.iter() if part.tag.endswith("instanceID")).text = "phone-7/42"
    assert [collect.send(instance).status_code for _ in range(2)] == [201, 201]
    assert count(session, Submission) == 1


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>
<data id="opening" version="1"><x>&c;</x></data>"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not xml", "This is not XML"),
        (b"", "This is not XML"),
        (BOMB, "This is not XML"),
        (b"<data id='opening' version='1'/>", "no meta/instanceID"),
        (b"<data><meta><instanceID>uuid:x</instanceID></meta></data>", "has no id"),
        (
            b"<d id='opening'><meta><instanceID>x</instanceID></meta>"
            + b"<a>" * 5000
            + b"</a>" * 5000
            + b"</d>",
            "nested too deeply",
        ),
    ],
)
def test_what_is_no_instance_is_refused_in_words(collect, session, content, reason):
    response = collect.open(
        "/submission",
        "POST",
        data={"xml_submission_file": (BytesIO(content), "instance.xml")},
        content_type="multipart/form-data",
    )
    assert response.status_code == 400
    assert reason in told(response)
    assert count(session, Submission) == 0


def test_other_requests_that_cannot_be_taken(collect, session, settings, built, client):
    instance = collect.empty("opening")
    fill(instance, OPENED_LATE | {"photo": "1.jpg"})
    plain = collect.open("/submission", "POST", data=b"<data/>", content_type="text/xml")
    assert plain.status_code == 415
    nothing = collect.open(
        "/submission", "POST", data={"a": "b"}, content_type="multipart/form-data"
    )
    assert (nothing.status_code, told(nothing)) == (
        400,
        "There is no part named xml_submission_file.",
    )
    assert OpenRosaClient(client, "analyst@example.org").send(instance).status_code == 403
    assert count(session, Submission) == 0
    assert collect.open("/xforms/opening/9/form.xml").status_code == 404


@pytest.mark.parametrize("content", [b"MZ a program", b"", b"....ftypheic", b"x" * 10_000_001])
def test_a_file_that_cannot_be_kept_holds_the_report_and_loses_no_answer(collect, session, content):
    instance = collect.empty("opening")
    submission_id = fill(instance, OPENED_LATE | {"photo": "1.jpg"})
    for _ in range(2):
        response = collect.send(instance, {"1.jpg": content})
        assert response.status_code == 202
        assert "no picture, recording or PDF" in told(response)
    submission, (revision,) = stored(session, submission_id)
    assert submission.status == Status.HELD
    assert revision.answers.items() >= OPENED_LATE.items()


def test_nobodys_photo_takes_the_place_of_anothers(client, collect, session):
    instance = collect.empty("opening")
    submission_id = fill(instance, OPENED_LATE | {"photo": "1.jpg"})
    assert collect.send(instance).status_code == 202
    other = OpenRosaClient(client, "coordinator@example.org")
    assert other.send(instance, {"1.jpg": photo(size=(30, 30))}).status_code == 202
    collect.send(instance, {"1.jpg": photo(size=(40, 40))})
    submission, revisions = stored(session, submission_id)
    own = next(each for each in revisions if each.person_id == submission.person_id)
    kept = session.scalars(
        select(Attachment.stored_sha256).where(Attachment.sha256 == own.answers["photo"])
    ).one()
    others = session.scalars(select(Attachment.stored_sha256)).all()
    assert len(set(others)) == 2
    assert kept in others


def test_two_photos_of_one_name_are_both_kept(collect, session):
    instance = collect.empty("opening")
    fill(instance, OPENED_LATE | {"photo": "C:\\pictures\\1.jpg"})
    assert collect.send(instance, {"1.jpg": photo(size=(30, 30))}).status_code == 201
    assert collect.send(instance, {"1.jpg": photo(size=(40, 40))}).status_code == 201
    session.rollback()
    assert len(session.scalars(select(Attachment.stored_sha256)).all()) == 2


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 01 Jan 1900 00:00:00 GMT"]
)
def test_a_clock_that_is_far_off_is_no_fault_of_the_report(collect, date):
    instance = collect.empty("opening")
    fill(instance, OPENED_LATE)
    collect.headers["Date"] = date
    assert collect.send(instance).status_code == 201


def test_a_question_named_data_does_not_hide_its_form(collect, built, session):
    form = (
        "| survey |\n| | type | name | label |\n| | text | data | Data |\n| | note | n | ${data} |"
    )
    import_form(session, built.mission, form.encode(), "named_data.md", publish=True)
    session.commit()
    assert "named_data" in collect.forms()


def test_a_page_of_another_site_cannot_use_a_password_that_the_browser_remembers(collect, built):
    instance = collect.empty("opening")
    fill(instance, OPENED_LATE)
    collect.headers["Origin"] = "https://elsewhere.example"
    assert collect.send(instance).status_code == 403
    collect.headers["Origin"] = "http://localhost"
    assert collect.send(instance).status_code == 201


def some_answers(
    children: tuple[Question | Section, ...], draw: random.Random, files: dict[str, bytes]
) -> dict[str, Any]:
    """Some answer to every question of a form, right or wrong; photos under their file's name."""
    answers: dict[str, Any] = {}
    for child in children:
        if isinstance(child, Question):
            answer = some_answer(child, draw, files)
            if answer is not None:
                answers[child.name] = answer
        elif child.repeated:
            rows = range(draw.randint(1, 3))
            answers[child.name] = [some_answers(child.children, draw, files) for _ in rows]
        else:
            answers |= some_answers(child.children, draw, files)
    return answers


def some_answer(question: Question, draw: random.Random, files: dict[str, bytes]) -> Any:
    names = [choice.name for choice in question.choices]
    if question.is_calculated or question.type == "note":
        return None
    if question.type == "image":
        name = f"{len(files)}.jpg"
        files[name] = photo(size=(20 + len(files), 20))
        return name
    some = {
        "select_one": lambda: draw.choice(names),
        "select_multiple": lambda: sorted(draw.sample(names, min(2, len(names)))),
        "integer": lambda: draw.randint(0, 60),
        "decimal": lambda: draw.randint(0, 100) / 4,
        "text": lambda: "Dijo “no” & se fue <ayer>",
        "date": lambda: "2026-06-07",
        "time": lambda: "07:05",
        "dateTime": lambda: "2026-06-07T07:05:00-05:00",
        "geopoint": lambda: {"lat": -12.05, "lon": -77.04, "accuracy_m": 8.0},
        "acknowledge": lambda: "OK",
    }
    return some[question.type]()


def named_by_hash(answers: dict[str, Any], questions: FormDefinition, names: dict[str, str]) -> Any:
    """The answers as the phone's page sends them, with files named by their hash."""
    files = {question.name for question in questions.questions() if question.type in FILES}
    return {
        name: [named_by_hash(row, questions, names) for row in answer]
        if isinstance(answer, list) and answer and isinstance(answer[0], dict)
        else names[answer]
        if name in files
        else answer
        for name, answer in answers.items()
    }


@pytest.mark.parametrize("code", BUILTIN)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_an_instance_becomes_the_same_submission_as_from_the_phone(client, built, session, code):
    import_builtin(session, built.mission)
    session.commit()
    collect, draw = OpenRosaClient(client), stream(1, code)
    definition = builtin_definition(code)
    observer = built.people["observer"].id
    place = {"station": "1501-01-1", "centre": "1501-01"}.get(definition.place, "")
    for _ in range(5):
        files: dict[str, bytes] = {}
        answers = some_answers(definition.children, draw, files)
        instance = collect.empty(code)
        submission_id = fill(instance, answers, place=place)
        first, again = collect.send(instance, files), collect.send(instance, files)
        hashes = {
            name: hashlib.sha256(f"{observer}/{submission_id}/{name}".encode()).hexdigest()
            for name in files
        }
        sent = payload(
            form=code,
            form_version=int(instance.get("version")),
            place=place or None,
            answers=named_by_hash(answers, definition, hashes),
        )
        by_phone = client.post(
            "/api/v1/submissions", json=sent, headers=token_headers(client, "observer")
        )
        assert first.status_code == again.status_code == by_phone.status_code
        _submission, (from_phone,) = stored(session, uuid.UUID(sent["id"]))
        submission, (from_client,) = stored(session, submission_id)
        assert from_client.answers == from_phone.answers
        assert from_client.errors == from_phone.errors
        assert submission.form.code == code
        attachments = session.scalars(
            select(Attachment).where(Attachment.submission_id == submission_id)
        ).all()
        assert {a.sha256 for a in attachments} == set(hashes.values())
        assert all(a.stored_sha256 for a in attachments)
        session.rollback()


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_forms_in_the_manner_of_other_tools_are_given_too(client, built, session, name):
    definition = read_with_warnings(FORMS[name], f"{name}.md", BESIDE).definition
    import_definition(session, built.mission, definition, b"", f"{name}.md", publish=True)
    session.commit()
    collect = OpenRosaClient(client)
    instance = collect.empty(definition.code)
    submission_id = fill(instance, {})
    assert collect.send(instance).status_code in {201, 202}
    submission, _revisions = stored(session, submission_id)
    assert submission.form.code == definition.code
