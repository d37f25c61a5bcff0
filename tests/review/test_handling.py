"""Who looks after a submission, flags put aside, and questions to the observer."""

import re

from sqlalchemy import select

from observer.access.models import AuditEntry
from observer.collect.models import Submission
from observer.review.models import Flag, Inquiry
from tests.missions.builders import sign_in
from tests.review.builders import flag, submit

LATE = {"opened_on_time": "no", "delay_minutes": 45, "box_sealed": "yes"}


def post(reviewer, submission, address, **fields):
    data = reviewer.hidden(submission) | fields
    return reviewer.client.post(f"/submissions/{submission.id}/{address}", data=data)


def done(session):
    found = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
    entries = [(one.action, one.details, one.person_id) for one in found]
    session.commit()
    return entries


def test_a_submission_is_given_to_somebody_who_may_review_it(session, built, as_):
    submission = submit(session, built, LATE, place="16-01-1")
    analyst = as_("analyst")
    people = {role: str(person.id) for role, person in built.people.items()}
    for person, status in (
        (people["analyst"], 302),
        (people["analyst"], 409),
        (people["observer"], 409),
        # Its region is none of the coordinator's.
        (people["coordinator"], 409),
        (people["editor"], 302),
        ("", 302),
        ("", 409),
        ("999999", 400),
    ):
        assert post(analyst, submission, "assign", person=person).status_code == status, person
    by = built.people["analyst"].id
    assert done(session)[-3:] == [
        ("submission.assign", {"to": email}, by)
        for email in ("analyst@example.org", "editor@example.org", "")
    ]


def test_a_flag_is_dismissed_for_a_reason_and_opened_again(session, built, as_):
    submission, other = submit(session, built, LATE), submit(session, built, LATE)
    found = flag(session, submission, "grave")
    foreign = flag(session, other, "grave")
    analyst = as_("analyst")
    assert post(analyst, submission, f"flags/{foreign.id}/dismiss", reason="x").status_code == 404
    without = post(analyst, submission, f"flags/{found.id}/dismiss", reason=" ")
    assert without.status_code == 409
    assert "Give a reason" in without.text
    stale = {"reason": "they telephoned", "seen": "0"}
    assert post(analyst, submission, f"flags/{found.id}/dismiss", **stale).status_code == 409
    reason = {"reason": "they telephoned"}
    assert post(analyst, submission, f"flags/{found.id}/dismiss", **reason).status_code == 302
    page = analyst.get(f"/submissions/{submission.id}").text
    assert re.search(r"Dismissed by Analyst Demo, .*: they telephoned", page)
    assert post(analyst, submission, f"flags/{found.id}/dismiss", **reason).status_code == 409
    assert post(analyst, submission, f"flags/{found.id}/restore").status_code == 302
    stored = session.get(Flag, found.id, populate_existing=True)
    assert (stored.dismissed_at, stored.dismissed_reason) == (None, "")
    about, by = {"check": "far", "about": ""}, built.people["analyst"].id
    assert done(session)[-2:] == [
        ("flag.dismiss", {**about, "reason": "they telephoned"}, by),
        ("flag.restore", about, by),
    ]


def ask(session, reviewer, submission, question="Was it really 45 minutes?"):
    assert post(reviewer, submission, "ask", question=question).status_code == 302
    inquiry = session.scalars(select(Inquiry).order_by(Inquiry.id.desc())).first()
    session.commit()
    return inquiry.id


def phone(app, role="observer"):
    client = app.test_client()
    sign_in(client, role)
    client.csrf = client.get("/api/v1/me").json["csrf"]
    return client


def answer(client, inquiry, content):
    headers = {"X-CSRFToken": client.csrf}
    return client.put(f"/api/v1/inquiries/{inquiry}", json=content, headers=headers)


def test_the_observer_is_asked_and_answers_once(session, built, as_, app):
    submission = submit(session, built, LATE)
    analyst, observer = as_("analyst"), phone(app)
    assert post(analyst, submission, "ask", question=" ").status_code == 409
    inquiry = ask(session, analyst, submission)
    (asked,) = observer.get("/api/v1/inquiries").json
    assert asked["submission"] == str(submission.id)
    assert (asked["question"], asked["answered_at"]) == ("Was it really 45 minutes?", None)
    assert "Asked, no answer yet" in analyst.get("/review").text
    for content, status in (
        ({}, 400),
        ({"answer": 7}, 400),
        ({"answer": "  "}, 400),
        ({"answer": "Yes."}, 200),
        ({"answer": "Yes."}, 200),
        ({"answer": "No."}, 409),
    ):
        assert answer(observer, inquiry, content).status_code == status, content
    assert answer(observer, 2**40, {"answer": "x"}).status_code == 404
    assert "Answered: Yes." in analyst.get("/review").text
    assert '<p class="answered">Yes.</p>' in analyst.get(f"/submissions/{submission.id}").text
    assert post(analyst, submission, f"inquiries/{inquiry}/withdraw").status_code == 409


def test_nobody_answers_for_somebody_else(session, built, as_, app):
    submission = submit(session, built, LATE)
    inquiry = ask(session, as_("analyst"), submission)
    coordinator = phone(app, "coordinator")
    assert coordinator.get("/api/v1/inquiries").json == []
    assert answer(coordinator, inquiry, {"answer": "Yes."}).status_code == 403


def test_a_correction_by_the_observer_answers_too(session, built, as_, app):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    ask(session, analyst, submission)
    submit(session, built, LATE | {"delay_minutes": 5}, id=str(submission.id), revision=2)
    (asked,) = phone(app).get("/api/v1/inquiries").json
    assert asked["answered_at"]
    assert "answered by a correction" in analyst.get(f"/submissions/{submission.id}").text


def test_a_question_is_withdrawn_and_leaves_the_phone(session, built, as_, app):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    inquiry = ask(session, analyst, submission)
    assert post(analyst, submission, f"inquiries/{inquiry}/withdraw").status_code == 302
    observer = phone(app)
    assert observer.get("/api/v1/inquiries").json == []
    # Answered without a network before that was known: nothing is lost.
    assert answer(observer, inquiry, {"answer": "Yes."}).status_code == 200
    assert session.get(Submission, submission.id, populate_existing=True).change
    session.commit()
