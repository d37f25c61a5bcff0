"""What a reviewer makes of a submission: a revision of its own beside those that were sent."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.collect.changes import next_change
from observer.collect.checking import check
from observer.collect.envelope import content_sha256, read_envelope
from observer.collect.intake import listeners
from observer.collect.models import Revision, Status, Submission
from observer.collect.queries import counted_revision
from observer.database import now
from observer.missions.models import Membership


def store_correction(
    session: Session,
    submission: Submission,
    *,
    by: Person,
    answers: dict[str, Any],
    reason: str = "",
) -> Revision:
    """Store what a reviewer makes of a submission's answers as its next revision.

    What came before stays as it was. The submission waits for verification again, whatever its
    status was, and is held where something is wrong with it that its answers cannot mend.
    ``reason`` is what its observer is told.
    """
    change = next_change(session, submission.mission_id)
    session.refresh(submission, with_for_update={"of": Submission})
    before = counted_revision(session, submission)
    newest = session.scalar(
        select(func.max(Revision.number)).where(Revision.submission_id == submission.id)
    )
    moment = now()
    payload = before.payload | {
        "answers": answers,
        "revision": (newest or 0) + 1,
        "sent_at": moment.isoformat(),
        "instance_id": None,
    }
    membership = session.scalars(
        select(Membership).where(
            Membership.mission_id == submission.mission_id, Membership.person_id == by.id
        )
    ).one()
    with force_locale(membership.mission.language):
        envelope = read_envelope(payload)
        reading = check(session, membership, submission.round, envelope, {}, received_at=moment)
    revision = Revision(
        submission_id=submission.id,
        number=payload["revision"],
        content_sha256=content_sha256(payload, by.id),
        form_version_id=before.form_version_id,
        payload=payload,
        answers=reading.answers,
        errors=reading.errors,
        started_at=before.started_at,
        finished_at=before.finished_at,
        sent_at=moment,
        received_at=moment,
        lat=before.lat,
        lon=before.lon,
        accuracy_m=before.accuracy_m,
        person_id=by.id,
        visit_id=before.visit_id,
    )
    session.add(revision)
    session.flush()
    submission.current_revision = revision.number
    submission.status = Status.HELD if revision.errors else Status.RECEIVED
    submission.status_reason = reason
    submission.change = change
    session.flush()
    for listener in listeners:
        listener(session, submission)
    return revision
