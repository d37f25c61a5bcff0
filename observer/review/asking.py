"""Questions of reviewers to the observers, and their answers.

An observer answers in words, or by sending the submission once more, corrected: a revision of
theirs that is newer than the one the reviewer was looking at answers every question about it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from observer.access.audit import record
from observer.access.models import Person
from observer.collect.intake import NotAllowedError
from observer.collect.models import Revision, Submission
from observer.database import now
from observer.missions.models import Membership
from observer.review.models import Inquiry
from observer.review.operations import NotPossibleError, lock

LONGEST = 2000
"""Characters of a question, and of an answer."""


class AnsweredAlreadyError(ValueError):
    """The question has another answer already; the message says so."""


@dataclass(frozen=True)
class Asked:
    """A question with what came of it."""

    inquiry: Inquiry
    corrected_at: datetime | None
    """When the observer answered by correcting the submission; None where they did not."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for the observer."""
        inquiry = self.inquiry
        return not (inquiry.answered_at or inquiry.withdrawn_at or self.corrected_at)


def ask(
    session: Session, submission: Submission, by: Person, question: str, seen: int | None = None
) -> Inquiry:
    """Ask the observer something; NotPossibleError without words, or with too many."""
    change = lock(session, submission, seen)
    question = question.strip()
    if not question:
        raise NotPossibleError(_("Write what you want to know from the observer."))
    if len(question) > LONGEST:
        raise NotPossibleError(_("At most %(count)s characters, please.", count=LONGEST))
    inquiry = Inquiry(
        submission=submission,
        revision=submission.current_revision,
        question=question,
        asked_by=by,
    )
    session.add(inquiry)
    submission.change = change
    session.flush()
    record(session, "inquiry.ask", str(submission.id), question=question)
    return inquiry


def withdraw(session: Session, inquiry: Inquiry, seen: int | None = None) -> None:
    """Take a question back that was not answered yet; NotPossibleError for any other."""
    submission = inquiry.submission
    change = lock(session, submission, seen)
    session.refresh(inquiry)
    if inquiry.answered_at or inquiry.withdrawn_at:
        raise NotPossibleError(_("This question does not wait for an answer any more."))
    inquiry.withdrawn_at = now()
    submission.change = change
    session.flush()
    record(session, "inquiry.withdraw", str(submission.id), question=inquiry.question)


def answer(session: Session, membership: Membership, inquiry: Inquiry, words: str) -> Inquiry:
    """Write down what the observer answers. The same answer once more changes nothing.

    Raises NotAllowedError where the question is about somebody else's submission, NotPossibleError
    without words, AnsweredAlreadyError where it has another answer.
    """
    submission = inquiry.submission
    if submission.person_id != membership.person_id:
        raise NotAllowedError(_("This question is somebody else's."))
    words = words.strip()[:LONGEST]
    if not words:
        raise NotPossibleError(_("answer must be a text with the answer."))
    if inquiry.answered_at is None:
        change = lock(session, submission, None)
        session.refresh(inquiry)
        if inquiry.answered_at is None:
            inquiry.answer = words
            inquiry.answered_by = membership.person
            inquiry.answered_at = now()
            submission.change = change
            session.flush()
            record(session, "inquiry.answer", str(submission.id))
    if inquiry.answer != words:
        raise AnsweredAlreadyError(_("This question has been answered already."))
    return inquiry


def asked_about(session: Session, submission: Submission) -> list[Asked]:
    """The questions about a submission, oldest first."""
    return _asked(session, Inquiry.submission_id == submission.id)


def asked_of(session: Session, membership: Membership) -> list[Asked]:
    """The questions to a person about their submissions, oldest first."""
    return _asked(
        session,
        and_(
            Submission.mission_id == membership.mission_id,
            Submission.person_id == membership.person_id,
        ),
    )


def asked_in(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Asked]]:
    """The questions about some submissions, by their ids."""
    found: dict[uuid.UUID, list[Asked]] = {submission_id: [] for submission_id in ids}
    for asked in _asked(session, Inquiry.submission_id.in_(ids)):
        found[asked.inquiry.submission_id].append(asked)
    return found


def _asked(session: Session, condition: ColumnElement[bool]) -> list[Asked]:
    correction = aliased(Revision)
    corrected_at = (
        select(func.min(correction.received_at))
        .where(
            correction.submission_id == Inquiry.submission_id,
            correction.number > Inquiry.revision,
            correction.person_id == Submission.person_id,
            correction.conflicting.is_(False),
        )
        .correlate(Inquiry, Submission)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Inquiry, corrected_at)
        .join(Submission, Submission.id == Inquiry.submission_id)
        .where(condition)
        .order_by(Inquiry.id)
        .options(
            joinedload(Inquiry.asked_by),
            joinedload(Inquiry.answered_by),
            joinedload(Inquiry.submission).joinedload(Submission.form),
            joinedload(Inquiry.submission).joinedload(Submission.place),
        )
    )
    return [Asked(inquiry, moment) for inquiry, moment in rows]
