"""What reviewers do: verify, reject, release, reopen, and undo their own last step.

Every step writes a :class:`Verification` and gives the submission the mission's next change.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from observer.access.audit import record
from observer.access.models import Person
from observer.collect.changes import next_change
from observer.collect.models import Status, Submission
from observer.collect.queries import counted_revision
from observer.review.checking import check_safely
from observer.review.models import Verification


class NotPossibleError(ValueError):
    """This step cannot be taken; the message tells the reviewer why."""


class ChangedMeanwhileError(NotPossibleError):
    """The submission is no longer what the reviewer saw when they decided."""


class ReasonMissingError(NotPossibleError):
    """This step needs a reason and none was given."""


@dataclass(frozen=True)
class Step:
    """A change of status: from which it may start, where it leads, whether it needs a reason."""

    before: frozenset[Status]
    after: Status
    reasoned: bool = False


STEPS = {
    "verify": Step(frozenset({Status.RECEIVED}), Status.VERIFIED),
    "release": Step(frozenset({Status.HELD}), Status.RECEIVED),
    "reject": Step(frozenset({Status.HELD, Status.RECEIVED}), Status.REJECTED, reasoned=True),
    "reopen": Step(frozenset({Status.VERIFIED, Status.REJECTED}), Status.RECEIVED, reasoned=True),
}


def verify(
    session: Session, submission: Submission, by: Person, reason: str = "", seen: int | None = None
) -> Verification:
    """Say that a received submission is right: statements count it from now on.

    ``seen`` is the change of the submission the reviewer looked at; ChangedMeanwhileError where
    it has changed since. NotPossibleError from another status. So for every step.
    """
    return _take("verify", session, submission, by, reason=reason, seen=seen)


def release(
    session: Session, submission: Submission, by: Person, reason: str = "", seen: int | None = None
) -> Verification:
    """Let a held submission be counted as it is, although something is wrong with it."""
    return _take("release", session, submission, by, reason=reason, seen=seen)


def reject(
    session: Session, submission: Submission, by: Person, reason: str, seen: int | None = None
) -> Verification:
    """Keep a submission out of every figure, for a reason; ReasonMissingError without one."""
    return _take("reject", session, submission, by, reason=reason, seen=seen)


def reopen(
    session: Session, submission: Submission, by: Person, reason: str, seen: int | None = None
) -> Verification:
    """Take a verified or rejected submission back for another look, for a reason."""
    return _take("reopen", session, submission, by, reason=reason, seen=seen)


def undo(
    session: Session, submission: Submission, by: Person, reason: str = "", seen: int | None = None
) -> Verification:
    """Take back the last step, if it was this person's own; it stays in the history.

    What was rejected before is rejected again for the reason it was.
    """
    change = lock(session, submission, seen)
    last = last_step(session, submission)
    if last is None or not may_undo(submission, last, by):
        raise NotPossibleError(_("There is no step of yours here that could be undone."))
    reason = reason.strip() or _reason_before(session, last)
    return _write(session, submission, by, after=last.before, reason=reason, change=change)


def possible_steps(session: Session, submission: Submission) -> list[str]:
    """The steps that may start from where the submission stands."""
    return [
        name
        for name, step in STEPS.items()
        if submission.status in step.before
        and (name != "release" or _is_readable(session, submission))
    ]


def last_step(session: Session, submission: Submission) -> Verification | None:
    """What a reviewer did last with this submission."""
    return session.scalar(
        select(Verification)
        .where(Verification.submission_id == submission.id)
        .order_by(Verification.id.desc())
        .limit(1)
    )


def may_undo(submission: Submission, last: Verification, by: Person) -> bool:
    """Whether this was the person's own step and nothing happened to the submission since."""
    # A correction is a revision: another one takes it back, and no change of status can.
    counted = counted_revision(object_session(submission), submission)
    return (
        last.at != counted.received_at
        and last.person_id == by.id
        and last.after == submission.status
        and last.revision == submission.current_revision
    )


def lock(session: Session, submission: Submission, seen: int | None) -> int:
    """Wait for the submission to be this transaction's own; gives the number of the next change.

    Raises ChangedMeanwhileError where it has changed since the change that was seen.
    """
    # The mission's row first, then the submission's: everybody waits in the same order.
    change = next_change(session, submission.mission_id)
    session.refresh(submission, with_for_update={"of": Submission})
    if seen is not None and seen != submission.change:
        raise ChangedMeanwhileError(
            _("Somebody else changed this submission meanwhile. Look at it again, then decide.")
        )
    return change


def _take(
    name: str,
    session: Session,
    submission: Submission,
    by: Person,
    *,
    reason: str,
    seen: int | None,
) -> Verification:
    change = lock(session, submission, seen)
    step = STEPS[name]
    if submission.status not in step.before:
        raise NotPossibleError(_("This step is not possible where the submission stands now."))
    reason = reason.strip()
    if step.reasoned and not reason:
        raise ReasonMissingError(_("Give a reason: it stays with the submission."))
    if name == "release" and not _is_readable(session, submission):
        raise NotPossibleError(
            _("The form or its version is unknown here, so nothing in it could be counted.")
        )
    return _write(session, submission, by, after=step.after, reason=reason, change=change)


def _is_readable(session: Session, submission: Submission) -> bool:
    return counted_revision(session, submission).form_version_id is not None


def _reason_before(session: Session, step: Verification) -> str:
    earlier = (
        select(Verification.reason)
        .where(
            Verification.submission_id == step.submission_id,
            Verification.id < step.id,
            Verification.after == step.before,
        )
        .order_by(Verification.id.desc())
        .limit(1)
    )
    return session.scalar(earlier) or ""


def _write(
    session: Session,
    submission: Submission,
    by: Person,
    *,
    after: Status,
    reason: str,
    change: int,
) -> Verification:
    written = Verification(
        submission=submission,
        revision=submission.current_revision,
        before=submission.status,
        after=after,
        reason=reason,
        person=by,
    )
    submission.status = after
    submission.status_reason = reason
    submission.change = change
    session.add(written)
    session.flush()
    record(
        session,
        "submission.status",
        str(submission.id),
        revision=written.revision,
        before=written.before,
        after=written.after,
        reason=written.reason,
    )
    if Status.REJECTED in (written.before, written.after):
        # Those that it is a duplicate of are no duplicates without it, or are again.
        check_safely(session, submission)
    return written
