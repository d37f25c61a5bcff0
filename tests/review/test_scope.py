"""Who sees which submissions."""

import hashlib

import pytest

from observer.collect.models import Attachment
from tests.review.builders import submit

ANSWERS = {"opened_on_time": "yes"}


def test_a_coordinator_sees_their_regions_with_all_that_lies_in_them(session, built, as_):
    inside = submit(session, built, ANSWERS, place="1502-01-1")
    outside = submit(session, built, ANSWERS, place="16-01-1")
    nowhere = submit(session, built, ANSWERS, place="no such place")
    coordinator, analyst = as_("coordinator"), as_("analyst")
    page = coordinator.get("/submissions").text
    assert str(inside.id) in page
    assert str(outside.id) not in page
    assert str(nowhere.id) not in page
    everything = analyst.get("/submissions").text
    for submission in (inside, outside, nowhere):
        assert str(submission.id) in everything
        assert analyst.get(f"/submissions/{submission.id}").status_code == 200


def test_what_is_out_of_scope_does_not_seem_to_exist(session, built, as_):
    outside = submit(session, built, ANSWERS, place="16-01-1")
    own = submit(session, built, ANSWERS, place="1501-01-1")
    coordinator = as_("coordinator")
    hidden = coordinator.hidden(own)
    unknown = "00000000-0000-4000-8000-000000000000"
    for identity in (str(outside.id), unknown):
        assert coordinator.get(f"/submissions/{identity}").status_code == 404
        answer = coordinator.client.post(f"/submissions/{identity}/verify", data=hidden)
        assert answer.status_code == 404
    assert coordinator.take(own, "verify") == 302


@pytest.mark.parametrize("role", ["observer", "admin"])
def test_the_field_and_the_administration_do_not_review(session, built, as_, role):
    submission = submit(session, built, ANSWERS)
    somebody = as_(role)
    for address in ("/submissions", f"/submissions/{submission.id}", "/incidents"):
        assert somebody.get(address).status_code == 403


def test_a_photo_is_shown_to_those_who_see_its_submission(session, built, as_, settings):
    submission = submit(session, built, ANSWERS, place="16-01-1")
    sent, stored = (hashlib.sha256(content).hexdigest() for content in (b"sent", b"stored"))
    path = settings.media / stored[:2] / stored
    path.parent.mkdir(parents=True)
    path.write_bytes(b"stored")
    session.add(
        Attachment(
            submission_id=submission.id,
            question="photo",
            sha256=sent,
            stored_sha256=stored,
            media_type="image/jpeg",
        )
    )
    session.commit()
    address = f"/submissions/{submission.id}/attachments/{sent}"
    analyst = as_("analyst")
    assert address in analyst.get(f"/submissions/{submission.id}").text
    photo = analyst.get(address)
    assert photo.data == b"stored"
    assert photo.headers["Content-Type"] == "image/jpeg"
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    assert analyst.get(address.replace(sent, stored)).status_code == 404
    assert as_("coordinator").get(address).status_code == 404
