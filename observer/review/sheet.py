"""All that a reviewer sees of one submission."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.checklists.definition import FormDefinition
from observer.checklists.library import definition_of
from observer.collect.models import Attachment, Revision, Submission
from observer.collect.queries import counted_revision
from observer.missions.models import Region
from observer.missions.scope import Scope
from observer.review import queries
from observer.review.asking import Asked, asked_about
from observer.review.circumstances import metres_from_centre
from observer.review.flags import flags_of
from observer.review.handling import reviewers
from observer.review.models import Flag, Verification
from observer.review.operations import may_undo, possible_steps
from observer.review.reading import (
    Beside,
    Difference,
    HeldReason,
    Part,
    differences,
    held_reasons,
    parts,
    side_by_side,
    unread,
)


@dataclass(frozen=True)
class OtherContent:
    """Another content of the submission, and what it answers differently."""

    revision: Revision
    differences: list[Difference]
    reasons: list[HeldReason]


@dataclass(frozen=True)
class Change:
    """What a revision made of the one before it: values before and after, by whom, and why."""

    revision: Revision
    differences: list[Difference]
    reason: str
    """Why somebody of the mission room made it; empty where the observer did."""


@dataclass(frozen=True)
class Twin:
    """Another submission that a flag names, and its answers beside these."""

    submission: Submission
    rows: list[Beside]


@dataclass(frozen=True)
class Sheet:
    """A submission with everything known of it."""

    submission: Submission
    counted: Revision
    definition: FormDefinition | None
    parts: list[Part]
    reasons: list[HeldReason]
    others: list[OtherContent]
    """Those that are not counted, as something stood under their number already."""
    changes: list[Change]
    """What each revision made of the one before it, the newest first."""
    attachments: Sequence[Attachment]
    flags: Sequence[Flag]
    """The open ones first, then those that were dismissed."""
    twins: list[Twin]
    """Other submissions of the same form from the same place, as open flags name them."""
    asked: Sequence[Asked]
    history: Sequence[Verification]
    reviewers: Sequence[Person]
    """Those it can be given to."""
    regions: list[str]
    """The region's name and those of the regions it lies in."""
    metres: int | None
    steps: list[str]
    may_undo: bool


def read_sheet(session: Session, scope: Scope, submission: Submission, reader: Person) -> Sheet:
    """Gather the sheet of a submission, its texts in the reader's language."""
    timezone = scope.mission.timezone
    counted = counted_revision(session, submission)
    counted_parts = _parts(counted, timezone)
    history = queries.history(session, submission)
    others = queries.other_revisions(session, submission)
    flags = flags_of(session, submission)
    return Sheet(
        submission=submission,
        counted=counted,
        definition=_definition(counted),
        parts=counted_parts,
        reasons=held_reasons(_definition(counted), counted.errors),
        others=[
            OtherContent(
                other,
                differences(counted_parts, _parts(other, timezone)),
                held_reasons(_definition(other), other.errors),
            )
            for other in others
            if other.conflicting
        ],
        changes=_changes(
            [counted, *(one for one in others if not one.conflicting)], history, timezone
        ),
        attachments=queries.attachments(session, submission),
        flags=flags,
        twins=_twins(session, scope, counted_parts, flags),
        asked=asked_about(session, submission),
        history=history,
        reviewers=reviewers(session, scope),
        regions=_region_names(session, submission.region),
        metres=metres_from_centre(counted, submission.place),
        steps=possible_steps(session, submission),
        may_undo=bool(history) and may_undo(submission, history[-1], reader),
    )


def _changes(
    revisions: Sequence[Revision], history: Sequence[Verification], timezone: str
) -> list[Change]:
    # A correction and its entry in the history have the same moment.
    reasons = {(done.revision, done.at): done.reason for done in history}
    ordered = sorted(revisions, key=lambda revision: revision.number)
    found = [
        Change(
            after,
            differences(_parts(before, timezone), _parts(after, timezone)),
            reasons.get((after.number, after.received_at), ""),
        )
        for before, after in pairwise(ordered)
    ]
    return found[::-1]


def _twins(
    session: Session, scope: Scope, counted_parts: list[Part], flags: Sequence[Flag]
) -> list[Twin]:
    twins = []
    for flag in flags:
        if flag.check != "duplicate" or flag.dismissed_at is not None:
            continue
        other = queries.submission_in_scope(session, scope, uuid.UUID(flag.subject))
        if other is not None:
            its = _parts(counted_revision(session, other), scope.mission.timezone)
            twins.append(Twin(other, side_by_side(counted_parts, its)))
    return twins


def _definition(revision: Revision) -> FormDefinition | None:
    return definition_of(revision.form_version) if revision.form_version else None


def _parts(revision: Revision, timezone: str) -> list[Part]:
    definition = _definition(revision)
    if definition is None:
        sent = revision.payload.get("answers")
        return unread(sent if isinstance(sent, dict) else {})
    return parts(definition, revision.answers, timezone)


def _region_names(session: Session, region: Region | None) -> list[str]:
    names = []
    while region is not None:
        names.append(region.name)
        region = queries.region(session, region.parent_id)
    return names
