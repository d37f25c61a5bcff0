"""What the quality checks want to know of submissions, brought together for many at once."""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from observer.checklists.definition import ANY_PLACE, FormDefinition
from observer.checklists.library import definition_of
from observer.checklists.models import FormVersion
from observer.collect.models import Attachment, Revision, Status, Submission, Visit
from observer.collect.queries import counted_revisions
from observer.missions.models import Mission, Place

NEAREST = 3
"""Where very many report the same, each is compared with so many that came next before and after
it. Who is near whom is then mutual, and nobody has a flag for each of the others."""

_COUNTED = and_(
    Revision.submission_id == Submission.id,
    Revision.number == Submission.current_revision,
    Revision.conflicting.is_(False),
)


@dataclass(frozen=True)
class Other:
    """Another submission of the same form from the same place in the same round."""

    id: uuid.UUID
    team_id: int | None
    answers: dict[str, Any]


@dataclass(frozen=True)
class SharedPhoto:
    """A photo of a submission that another one has too."""

    question: str
    other: uuid.UUID


@dataclass(frozen=True)
class Case:
    """A submission with what the checks want to know of it."""

    mission: Mission
    submission: Submission
    revision: Revision
    """The revision that counts."""
    definition: FormDefinition | None
    """The version of the form it was filled with; None where it is not known."""
    place: Place | None
    """Where it was made."""
    visit: Visit | None
    """The visit on which it was made, where it names one that has come."""
    others: Sequence[Other]
    shared_photos: Sequence[SharedPhoto]

    @property
    def answers(self) -> dict[str, Any]:
        """The answers to the form's own questions, and its repeats."""
        return self.revision.answers or {}


_Moment = tuple[datetime, uuid.UUID]
"""When a submission came, and its id: no two are equal."""


class _Groups:
    """Submissions that have something in common, in the order of their arrival."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, list[_Moment]] = defaultdict(list)

    def add(self, common: Hashable, came: datetime, submission: uuid.UUID) -> None:
        """Submissions are added in the order of their arrival."""
        group = self._groups[common]
        if not group or group[-1] != (came, submission):
            group.append((came, submission))

    def near(self, common: Hashable, submission: Submission) -> list[uuid.UUID]:
        """Those that came next before and after a submission; none where it is not among them."""
        group = self._groups.get(common, [])
        own = (submission.received_at, submission.id)
        rank = bisect_left(group, own)
        if rank == len(group) or group[rank] != own:
            return []
        around = group[max(0, rank - NEAREST) : rank + NEAREST + 1]
        return [each for _came, each in around if each != submission.id]


def cases_of(session: Session, mission: Mission, submissions: Sequence[Submission]) -> list[Case]:
    """The cases of some submissions, in their order, in a handful of queries for all of them."""
    revisions = counted_revisions(session, submissions)
    places = _by_id(
        session.scalars(
            select(Place)
            .where(Place.id.in_({each.place_id for each in submissions}))
            .options(joinedload(Place.centre))
        )
    )
    named = {each.visit_id for each in revisions.values() if each.visit_id is not None}
    visits = _by_id(session.scalars(select(Visit).where(Visit.id.in_(named)))) if named else {}
    others = _others(session, mission, submissions)
    photos = _shared_photos(session, mission, submissions)
    return [
        Case(
            mission=mission,
            submission=submission,
            revision=revision,
            definition=definition_of(revision.form_version) if revision.form_version else None,
            place=places.get(submission.place_id),
            visit=visits.get(revision.visit_id),
            others=others[submission.id],
            shared_photos=photos[submission.id],
        )
        for submission in submissions
        for revision in (revisions[submission.id],)
    ]


def _by_id(rows: Iterable[Any]) -> dict[Any, Any]:
    return {row.id: row for row in rows}


def _others(
    session: Session, mission: Mission, submissions: Sequence[Submission]
) -> dict[uuid.UUID, list[Other]]:
    """What else came from the same places; of forms that are filled once for a place."""
    rows = session.execute(
        select(
            Submission.id,
            Submission.received_at,
            Submission.round_id,
            Submission.form_id,
            Submission.place_id,
            Submission.team_id,
            Revision.form_version_id,
        )
        .join(Revision, _COUNTED)
        .where(
            Submission.mission_id == mission.id,
            Submission.place_id.in_({each.place_id for each in submissions}),
            Submission.status != Status.REJECTED,
            Revision.form_version_id.is_not(None),
        )
        .order_by(Submission.received_at, Submission.id)
    ).all()
    versions = session.scalars(
        select(FormVersion).where(FormVersion.id.in_({row.form_version_id for row in rows}))
    )
    once = {each.id for each in versions if definition_of(each).place != ANY_PLACE}
    groups = _Groups()
    teams = {}
    for row in rows:
        if row.form_version_id in once:
            groups.add((row.round_id, row.form_id, row.place_id), row.received_at, row.id)
            teams[row.id] = row.team_id
    near = {
        each.id: groups.near((each.round_id, each.form_id, each.place_id), each)
        for each in submissions
    }
    answers = _answers(session, {other for some in near.values() for other in some})
    return {
        submission: [Other(other, teams[other], answers[other]) for other in some]
        for submission, some in near.items()
    }


def _answers(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    if not ids:
        return {}
    rows = session.execute(
        select(Submission.id, Revision.answers)
        .join(Revision, _COUNTED)
        .where(Submission.id.in_(ids))
    )
    return {row.id: row.answers or {} for row in rows}


def _shared_photos(
    session: Session, mission: Mission, submissions: Sequence[Submission]
) -> dict[uuid.UUID, list[SharedPhoto]]:
    """Photos that others have too, in the same bytes or to the eye; each other one once."""
    found: dict[uuid.UUID, list[SharedPhoto]] = {each.id: [] for each in submissions}
    own = session.scalars(
        select(Attachment)
        .where(Attachment.submission_id.in_(found), Attachment.stored_sha256.is_not(None))
        .order_by(Attachment.id)
    ).all()
    if not own:
        return found
    same = {
        column: {getattr(photo, column.key) for photo in own} - {None}
        for column in (Attachment.sha256, Attachment.stored_sha256, Attachment.perceptual_hash)
    }
    rows = session.execute(
        select(Submission.id, Submission.received_at, *same)
        .join(Attachment, Attachment.submission_id == Submission.id)
        .where(
            or_(*(column.in_(values) for column, values in same.items() if values)),
            Attachment.stored_sha256.is_not(None),
            Submission.mission_id == mission.id,
            Submission.status != Status.REJECTED,
        )
        .order_by(Submission.received_at, Submission.id)
    )
    groups = _Groups()
    for row in rows:
        for column in same:
            if (value := getattr(row, column.key)) is not None:
                groups.add((column.key, value), row.received_at, row.id)
    of = _by_id(submissions)
    for photo in own:
        known = found[photo.submission_id]
        for column in same:
            common = (column.key, getattr(photo, column.key))
            for other in groups.near(common, of[photo.submission_id]):
                if other not in {each.other for each in known}:
                    known.append(SharedPhoto(photo.question, other))
    return found
