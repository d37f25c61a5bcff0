"""What reviewers do with a submission, and what they may not."""

import pytest
from sqlalchemy import select

from observer.collect.models import Submission
from observer.review.models import Verification
from tests.review.builders import submit

LATE = {"opened_on_time": "no", "delay_minutes": 45, "box_sealed": "yes"}
IMPOSSIBLE = LATE | {"delay_minutes": 900}


def fresh(session, submission):
    """The submission as the database has it now."""
    found = session.get(Submission, submission.id, populate_existing=True)
    session.commit()
    return found


def history(session, submission):
    steps = select(Verification).where(Verification.submission_id == submission.id)
    return [(v.before, v.after, v.reason) for v in session.scalars(steps.order_by("id"))]


def test_a_submission_goes_the_ways_it_may_and_no_other(session, built, as_):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    for step, reason, status in (
        ("release", "", None),
        ("reopen", "another look", None),
        ("verify", "", "verified"),
        ("verify", "", None),
        ("reject", "a reason", None),
        ("reopen", "another look", "received"),
        ("reject", "the wrong station", "rejected"),
        ("verify", "", None),
        ("reopen", "it was right", "received"),
    ):
        before = fresh(session, submission).status
        answer = analyst.take(submission, step, reason)
        assert answer == (302 if status else 409), step
        assert fresh(session, submission).status == (status or before), step
    assert history(session, submission) == [
        ("received", "verified", ""),
        ("verified", "received", "another look"),
        ("received", "rejected", "the wrong station"),
        ("rejected", "received", "it was right"),
    ]


def test_a_held_submission_is_released_or_rejected_but_not_verified(session, built, as_):
    first, second = (submit(session, built, IMPOSSIBLE) for _ in range(2))
    assert first.status == "held"
    analyst = as_("analyst")
    assert analyst.take(first, "verify") == 409
    assert analyst.take(first, "release", "they telephoned") == 302
    assert fresh(session, first).status == "received"
    assert analyst.take(second, "reject", "a joke") == 302
    assert fresh(session, second).status == "rejected"


def test_what_no_form_can_read_is_never_counted(session, built, as_):
    unknown = submit(session, built, LATE, form_version=7)
    assert as_("analyst").take(unknown, "release") == 409
    assert fresh(session, unknown).status == "held"


@pytest.mark.parametrize("step", ["reject", "reopen"])
def test_a_reason_is_asked_for_beside_the_field(session, built, as_, step):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    if step == "reopen":
        analyst.take(submission, "verify")
    status = fresh(session, submission).status
    answer = analyst.client.post(
        f"/submissions/{submission.id}/{step}",
        data=analyst.hidden(submission) | {"reason": "  "},
    )
    assert answer.status_code == 409
    assert "<title>Error: " in answer.text
    assert "Give a reason" in answer.text
    assert fresh(session, submission).status == status


def test_each_step_is_the_newest_change_of_the_mission(session, built, as_):
    submission, later = submit(session, built, LATE), submit(session, built, LATE)
    as_("analyst").take(submission, "verify")
    assert fresh(session, submission).change > later.change


def test_who_looked_at_an_older_state_is_told_so(session, built, as_):
    submission = submit(session, built, LATE)
    slow, quick = as_("analyst"), as_("editor")
    seen = slow.hidden(submission)
    assert quick.take(submission, "reject", "twice the same") == 302
    quick.take(submission, "reopen", "no, it was not")
    answer = slow.client.post(f"/submissions/{submission.id}/verify", data=seen)
    assert answer.status_code == 409
    assert "Somebody else changed this submission meanwhile" in answer.text
    assert fresh(session, submission).status == "received"
    # The page that told it shows the newest state, so the next press is a decision about that.
    assert slow.take(submission, "verify") == 302


def test_a_new_revision_counts_as_a_change_too(session, built, as_):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    seen = analyst.hidden(submission)
    submit(session, built, LATE | {"delay_minutes": 50}, id=str(submission.id), revision=2)
    assert analyst.take(submission, "verify", seen=seen["seen"]) == 409
    assert fresh(session, submission).status == "received"


def test_one_can_undo_ones_own_last_step_and_nobody_elses(session, built, as_):
    submission = submit(session, built, IMPOSSIBLE)
    analyst, editor = as_("analyst"), as_("editor")
    assert analyst.take(submission, "undo") == 409
    analyst.take(submission, "release")
    assert editor.take(submission, "undo") == 409
    assert analyst.take(submission, "undo") == 302
    assert fresh(session, submission).status == "held"
    assert [after for _, after, _ in history(session, submission)] == ["received", "held"]


def test_the_observer_is_told_the_reason_also_after_an_undo(session, built, as_):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    analyst.take(submission, "reject", "the wrong station")
    assert fresh(session, submission).status_reason == "the wrong station"
    analyst.take(submission, "reopen", "it was right")
    analyst.take(submission, "undo")
    found = fresh(session, submission)
    assert (found.status, found.status_reason) == ("rejected", "the wrong station")


def test_without_the_pages_token_nothing_happens(session, built, as_):
    submission = submit(session, built, LATE)
    analyst = as_("analyst")
    for token in ({}, {"csrf_token": "guessed"}):
        data = {"seen": str(submission.change)} | token
        answer = analyst.client.post(f"/submissions/{submission.id}/verify", data=data)
        assert answer.status_code == 400
    assert fresh(session, submission).status == "received"
