"""What reviewers do besides deciding: take a submission on, dismiss a flag, ask the observer."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from observer.access.audit import record
from observer.access.models import Person
from observer.collect.changes import next_change
from observer.collect.models import Submission
from observer.database import now
from observer.review.models import Flag, Inquiry
from observer.review.operations import NotPossibleError, ReasonMissingError

LONGEST_QUESTION = 1_000


def assign(session: Session, submission: Submission, to: Person | None) -> None:
    """Have somebody look after a submission, or nobody."""
    submission.assigned_to_id = to.id if to else None
    submission.assigned_at = now() if to else None
    session.flush()
    record(session, "submission.assign", str(submission.id), to=to.email if to else "")


def dismiss(session: Session, flag: Flag, by: Person, reason: str) -> None:
    """Say that there is nothing in a flag, for a reason; ReasonMissingError without one."""
    if not reason.strip():
        raise ReasonMissingError(_("Give a reason: it stays with the flag."))
    flag.dismissed_by_id, flag.dismissed_at = by.id, now()
    flag.dismissed_reason = reason.strip()
    session.flush()
    about = {"check": flag.check, "subject": flag.subject, "reason": flag.dismissed_reason}
    record(session, "flag.dismiss", str(flag.submission_id), **about)


def take_up(session: Session, flag: Flag) -> None:
    """Take the dismissal of a flag back."""
    flag.dismissed_by_id = flag.dismissed_at = None
    flag.dismissed_reason = ""
    session.flush()
    record(session, "flag.restore", str(flag.submission_id), check=flag.check, subject=flag.subject)


def ask(session: Session, submission: Submission, by: Person, question: str) -> Inquiry:
    """Ask the observer something: it appears on their phone at its next contact.

    Raises NotPossibleError for no question, or one that is too long.
    """
    question = question.strip()
    if not question:
        raise NotPossibleError(_("Write what the observer is asked."))
    if len(question) > LONGEST_QUESTION:
        raise NotPossibleError(_("A question may have %(most)s characters.", most=LONGEST_QUESTION))
    # A phone asks for what has changed since it asked last.
    submission.change = next_change(session, submission.mission_id)
    inquiry = Inquiry(
        submission_id=submission.id,
        revision=submission.current_revision,
        question=question,
        asked_by_id=by.id,
    )
    session.add(inquiry)
    session.flush()
    record(session, "inquiry.ask", str(submission.id), question=question)
    return inquiry


def withdraw(session: Session, inquiry: Inquiry) -> None:
    """Take back a question that was not answered yet."""
    if inquiry.answered_at is not None:
        raise NotPossibleError(_("The question has been answered meanwhile."))
    inquiry.withdrawn_at = inquiry.withdrawn_at or now()
    session.flush()
    record(session, "inquiry.withdraw", str(inquiry.submission_id))


def answer(session: Session, inquiry: Inquiry, by: Person, text: str) -> bool:
    """Keep the observer's answer; once it is there another one changes nothing.

    Whether it was kept now, or had been there in these words. Raises NotPossibleError for none.
    """
    text = text.strip()
    if not text:
        raise NotPossibleError(_("Write an answer."))
    if inquiry.answered_at is not None:
        return inquiry.answer == text
    inquiry.answer, inquiry.answered_by_id, inquiry.answered_at = text, by.id, now()
    session.flush()
    record(session, "inquiry.answer", str(inquiry.submission_id))
    return True


def inquiries_about(session: Session, submission: Submission) -> list[Inquiry]:
    """The questions about a submission, the oldest first."""
    return list(
        session.scalars(
            select(Inquiry)
            .where(Inquiry.submission_id == submission.id)
            .order_by(Inquiry.id)
            .options(joinedload(Inquiry.asked_by), joinedload(Inquiry.answered_by))
        )
    )


def inquiries_to(session: Session, person: Person, mission_id: int) -> list[Inquiry]:
    """The questions to an observer that wait for an answer, the oldest first."""
    return list(
        session.scalars(
            select(Inquiry)
            .join(Submission, Submission.id == Inquiry.submission_id)
            .where(
                Submission.person_id == person.id,
                Submission.mission_id == mission_id,
                Inquiry.answered_at.is_(None),
                Inquiry.withdrawn_at.is_(None),
            )
            .order_by(Inquiry.id)
            .options(joinedload(Inquiry.asked_by))
        )
    )
