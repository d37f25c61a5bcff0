"""All that the page of a case shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.collect.models import Attachment, Status, Submission
from observer.missions.scope import Scope
from observer.review import queries
from observer.review.alike import Alike, alike
from observer.review.board import Words
from observer.review.caseoperations import last_step
from observer.review.cases import Case
from observer.review.timeline import Event, timeline


@dataclass(frozen=True)
class CaseSheet:
    """A case with its reports, their photos, its timeline, and what can be done with it."""

    case: Case
    submissions: Sequence[Submission]
    """Its reports in their order."""
    attachments: Sequence[Attachment]
    events: list[Event]
    alike: list[Alike]
    may_undo: bool

    @property
    def waiting(self) -> list[Submission]:
        """The reports that could be verified."""
        return [one for one in self.submissions if one.status == Status.RECEIVED]

    @property
    def newest_change(self) -> int:
        """The newest change of any report of it."""
        return max(one.change for one in self.submissions)


def read_case_sheet(
    session: Session, scope: Scope, case: Case, words: Words, reader: Person
) -> CaseSheet:
    """Gather the sheet of a case, its texts in the reader's language."""
    submissions = reports_of(session, scope, case)
    last = last_step(session, case.id)
    return CaseSheet(
        case=case,
        submissions=submissions,
        attachments=_attachments(session, submissions),
        events=timeline(session, scope, case, words.gravity, words.type),
        alike=alike(session, scope, submissions[0].round, case),
        may_undo=last is not None and last.person_id == reader.id,
    )


def reports_of(session: Session, scope: Scope, case: Case) -> list[Submission]:
    """The submissions behind the reports of a case."""
    found = (queries.submission_in_scope(session, scope, r.submission) for r in case.reports)
    return [submission for submission in found if submission is not None]


def _attachments(session: Session, submissions: Sequence[Submission]) -> Sequence[Attachment]:
    ids = [submission.id for submission in submissions]
    return session.scalars(
        select(Attachment)
        .where(Attachment.submission_id.in_(ids))
        .order_by(Attachment.submission_id, Attachment.question, Attachment.id)
    ).all()
