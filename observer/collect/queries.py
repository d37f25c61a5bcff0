"""What a person at the phone may ask for: their places and their own submissions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from observer.collect.envelope import Error
from observer.collect.models import Attachment, Revision, Submission
from observer.missions.models import Assignment, Membership, Place, Round


def assigned_places(session: Session, membership: Membership, round_: Round) -> Sequence[Place]:
    """The places the person's team is sent to, in the order of their codes.

    Whoever is sent to a centre is sent to each of its stations.
    """
    assigned = select(Assignment.place_id).where(
        Assignment.round_id == round_.id, Assignment.team_id == membership.team_id
    )
    return session.scalars(
        select(Place)
        .where(
            Place.mission_id == membership.mission_id,
            or_(Place.id.in_(assigned), Place.centre_id.in_(assigned)),
        )
        .options(joinedload(Place.centre))
        .order_by(Place.code)
    ).all()


def own_submissions(
    session: Session,
    membership: Membership,
    *,
    after_change: int | None = None,
    since: datetime | None = None,
) -> Sequence[Submission]:
    """The person's submissions, the one that changed last at the end.

    Limited to what changed after the change with a number, or to what was first received at a
    moment or later.
    """
    query = select(Submission).where(
        Submission.mission_id == membership.mission_id,
        Submission.person_id == membership.person_id,
    )
    if after_change is not None:
        query = query.where(Submission.change > after_change)
    if since is not None:
        query = query.where(Submission.received_at >= since)
    return session.scalars(
        query.options(
            joinedload(Submission.form),
            joinedload(Submission.place).joinedload(Place.centre),
            joinedload(Submission.round),
        ).order_by(Submission.change)
    ).all()


def counted_revision(session: Session, submission: Submission) -> Revision:
    """The revision that is counted."""
    return session.scalars(
        select(Revision).where(
            Revision.submission_id == submission.id,
            Revision.number == submission.current_revision,
            Revision.conflicting.is_(False),
        )
    ).one()


def counted_revisions(
    session: Session, submissions: Sequence[Submission]
) -> dict[uuid.UUID, Revision]:
    """The revisions that are counted, by the id of their submission."""
    found = session.scalars(
        select(Revision)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(
            Revision.submission_id.in_([submission.id for submission in submissions]),
            Revision.number == Submission.current_revision,
            Revision.conflicting.is_(False),
        )
        # Few versions for many revisions: each of them is read once, not with every row.
        .options(selectinload(Revision.form_version), joinedload(Revision.person))
    )
    return {revision.submission_id: revision for revision in found}


def arrived_files(
    session: Session, submissions: Sequence[Submission]
) -> set[tuple[uuid.UUID, str]]:
    """Submission and hash of each attachment that has come, as the phone names it."""
    found = session.execute(
        select(Attachment.submission_id, Attachment.sha256).where(
            Attachment.submission_id.in_([submission.id for submission in submissions]),
            Attachment.stored_sha256.is_not(None),
        )
    )
    return {(submission_id, sha256) for submission_id, sha256 in found}


def revision_of_instance(
    session: Session, membership: Membership, instance_id: uuid.UUID
) -> tuple[uuid.UUID, int] | None:
    """The submission and the number of the revision that was made by editing another instance."""
    found = session.execute(
        select(Revision.submission_id, Revision.number)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(
            Revision.instance_id == instance_id,
            Submission.mission_id == membership.mission_id,
            Revision.person_id == membership.person_id,
        )
        .order_by(Revision.id)
        .limit(1)
    ).one_or_none()
    return (found.submission_id, found.number) if found else None


def identity_of(
    session: Session, membership: Membership, instance_id: uuid.UUID, replaces: uuid.UUID | None
) -> tuple[uuid.UUID, int]:
    """The submission's id and the revision that an OpenRosa client's instance stands for.

    An instance that was edited has a new id each time; its submission keeps the first one.
    """
    if replaces is None:
        return instance_id, 1
    if known := revision_of_instance(session, membership, instance_id):
        return known
    # One that has not come yet is taken for the first: it is sent for itself, before or after.
    submission_id, number = revision_of_instance(session, membership, replaces) or (replaces, 1)
    return submission_id, number + 1


def held_because(
    session: Session, submissions: Sequence[Submission]
) -> dict[uuid.UUID, list[Error]]:
    """What is wrong with each submission, by id, in all that its own person sent of it."""
    rows = session.execute(
        select(Revision.submission_id, Revision.errors)
        .join(Submission, Submission.id == Revision.submission_id)
        .where(
            Revision.submission_id.in_([submission.id for submission in submissions]),
            Revision.number >= Submission.current_revision,
            Revision.person_id == Submission.person_id,
        )
        .order_by(Revision.id)
    )
    found: dict[uuid.UUID, list[Error]] = {submission.id: [] for submission in submissions}
    for submission_id, errors in rows:
        found[submission_id] += [one for one in errors if one not in found[submission_id]]
    return found
