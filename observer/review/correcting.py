"""Corrections: a reviewer's revision of a submission's answers, with the reason for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.audit import record
from observer.access.models import Person
from observer.checklists.definition import FILES, FormDefinition, Question, Section
from observer.collect.correction import store_correction
from observer.collect.models import Revision, Submission
from observer.database import now
from observer.review.models import Inquiry, Verification
from observer.review.operations import ReasonMissingError, lock

KEPT_TYPES = (*FILES, "geopoint", "geotrace", "geoshape")
"""Types whose answers a reviewer does not write: they stay as they came."""


def correct(
    session: Session,
    submission: Submission,
    by: Person,
    answers: dict[str, Any],
    reason: str,
    *,
    seen: int,
) -> Revision:
    """Store corrected answers as the next revision, for a reason that stays with it.

    It answers the questions to the observer that are open. Raises ReasonMissingError without a
    reason, ChangedMeanwhileError where the submission is not what the reviewer saw.
    """
    if not reason.strip():
        raise ReasonMissingError(_("Give a reason: it stays with the submission."))
    lock(session, submission, seen)
    before = submission.status
    revision = store_correction(session, submission, by=by, answers=answers, reason=reason.strip())
    done = Verification(
        submission_id=submission.id,
        revision=revision.number,
        before=before,
        after=submission.status,
        reason=reason.strip(),
        person_id=by.id,
        at=revision.received_at,
    )
    session.add(done)
    waiting = select(Inquiry).where(
        Inquiry.submission_id == submission.id,
        Inquiry.answered_at.is_(None),
        Inquiry.withdrawn_at.is_(None),
    )
    for inquiry in session.scalars(waiting):
        inquiry.withdrawn_at = now()
    session.flush()
    about = {"revision": revision.number, "reason": done.reason}
    record(session, "submission.correct", str(submission.id), **about)
    return revision


def with_kept(
    definition: FormDefinition, answers: dict[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Answers with those taken over that a reviewer does not write: files and positions."""
    kept = dict(answers)
    for child in definition.children:
        _take_over(child, kept, before)
    return kept


def _take_over(child: Question | Section, kept: dict[str, Any], before: Mapping[str, Any]) -> None:
    if isinstance(child, Question):
        if child.type in KEPT_TYPES and before.get(child.name) is not None:
            kept[child.name] = before[child.name]
    elif child.repeated:
        rows = zip(kept.get(child.name, []), before.get(child.name, []), strict=False)
        for row, old in rows:
            for each in child.children:
                _take_over(each, row, old)
    else:
        for each in child.children:
            _take_over(each, kept, before)
