"""Corrections by the mission room: a revision of their own, with a reason."""

import re

from sqlalchemy import select

from observer.collect.models import Revision, Submission
from tests.missions.builders import sign_in
from tests.review.builders import submit

LATE = {"opened_on_time": "no", "delay_minutes": 45, "box_sealed": "yes"}
PHOTO = "a" * 64


def page_of(reviewer, submission):
    page = reviewer.get(f"/submissions/{submission.id}/correct")
    assert page.status_code == 200
    form = page.text[page.text.index("<h1>") :]
    fields = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', form)[1]
        for name in ("csrf_token", "seen")
    }
    return page.text, fields


def save(reviewer, submission, fields, **answers):
    address = f"/submissions/{submission.id}/correct"
    return reviewer.client.post(address, data=fields | answers)


def test_a_correction_is_the_next_revision_and_nothing_is_lost(session, built, as_, app):
    position = {"lat": -12.0, "lon": -77.0, "accuracy_m": 9}
    answers = LATE | {"photo": PHOTO, "parties": [{"agents": 2}, {"agents": 3}]}
    submission = submit(session, built, answers, position=position)
    analyst = as_("analyst")
    analyst.take(submission, "verify")
    page, fields = page_of(analyst, submission)
    assert re.search(r'name="delay_minutes"[^>]*value="45"', page)
    rows = {"parties:0:agents": "2", "parties:1:agents": "5"}
    given = {"opened_on_time": "no", "delay_minutes": "5", "box_sealed": "yes"} | rows
    answer = save(analyst, submission, fields, reason="a slip of the thumb", **given)
    assert answer.status_code == 302
    stored = session.get(Submission, submission.id, populate_existing=True)
    assert (stored.status, stored.current_revision) == ("received", 2)
    first, second = session.scalars(select(Revision).order_by(Revision.number)).all()
    assert first.answers["delay_minutes"] == 45
    assert second.answers == answers | {
        "delay_minutes": 5,
        "parties": [{"agents": 2}, {"agents": 5}],
    }
    assert (second.lat, second.person_id) == (-12.0, built.people["analyst"].id)
    session.commit()
    sheet = analyst.get(f"/submissions/{submission.id}").text
    differing = re.findall(r'<th scope="row">(.+?)</th><td>(.+?)</td><td>(.+?)</td>', sheet)
    assert ("How late, in minutes?", "45", "5") in differing
    assert "a slip of the thumb" in sheet
    client = app.test_client()
    sign_in(client, "observer")
    (own,) = client.get("/api/v1/submissions").json
    assert (own["corrected_by"], own["status_reason"]) == ("Analyst Demo", "a slip of the thumb")
    # No change of status takes a revision back.
    assert analyst.take(submission, "undo") == 409


def test_what_the_form_forbids_is_said_at_its_field(session, built, as_):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    _page, fields = page_of(analyst, submission)
    given = {"opened_on_time": "no", "delay_minutes": "900", "box_sealed": "yes"}
    answer = save(analyst, submission, fields, reason="x", **given)
    assert answer.status_code == 422
    assert re.search(r'value="900">\s*<p class="invalid-feedback d-block">At most 720', answer.text)
    without = save(analyst, submission, fields, **given | {"delay_minutes": "5", "reason": " "})
    assert without.status_code == 422
    assert "Give a reason" in without.text
    assert session.get(Submission, submission.id, populate_existing=True).current_revision == 1
    session.commit()


def test_what_answers_cannot_mend_stays_held(session, built, as_):
    submission = submit(session, built, LATE | {"delay_minutes": 900}, place="no such place")
    analyst = as_("analyst")
    _page, fields = page_of(analyst, submission)
    given = {"opened_on_time": "no", "delay_minutes": "90", "box_sealed": "yes"}
    assert save(analyst, submission, fields, reason="x", **given).status_code == 302
    stored = session.get(Submission, submission.id, populate_existing=True)
    assert (stored.status, stored.current_revision) == ("held", 2)
    session.commit()


def test_who_corrects_an_older_state_is_told_so(session, built, as_):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    _page, fields = page_of(analyst, submission)
    as_("editor").take(submission, "verify")
    given = {"opened_on_time": "no", "delay_minutes": "5", "box_sealed": "yes"}
    answer = save(analyst, submission, fields, reason="x", **given)
    assert answer.status_code == 409
    assert "Somebody else changed this submission meanwhile" in answer.text
    assert 'value="5"' in answer.text


def test_a_revision_that_the_observer_made_meanwhile_is_kept_beside_it(session, built, as_):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    _page, fields = page_of(analyst, submission)
    given = {"opened_on_time": "no", "delay_minutes": "5", "box_sealed": "yes"}
    assert save(analyst, submission, fields, reason="x", **given).status_code == 302
    submit(session, built, LATE | {"delay_minutes": 7}, id=str(submission.id), revision=2)
    stored = session.get(Submission, submission.id, populate_existing=True)
    assert (stored.status, stored.current_revision) == ("held", 2)
    session.commit()
    assert "Another content of revision 2" in analyst.get(f"/submissions/{submission.id}").text


def test_only_analysts_and_editors_correct(session, built, as_):
    submission = submit(session, built, LATE)
    address = f"/submissions/{submission.id}/correct"
    for role, status in (("coordinator", 403), ("admin", 403), ("observer", 403), ("editor", 200)):
        assert as_(role).get(address).status_code == status, role
    assert "Correct the answers" not in as_("coordinator").get(f"/submissions/{submission.id}").text
