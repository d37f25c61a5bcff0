"""All that a reviewer sees of one submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from observer.review.flags import open_flags
from observer.review.handling import handlings, reviewers
from observer.review.models import Flag
from observer.review.operations import may_undo, possible_steps
from observer.review.reading import (
    Difference,
    HeldReason,
    Part,
    differences,
    held_reasons,
    parts,
    unread,
)
from observer.review.story import Entry, story


@dataclass(frozen=True)
class OtherContent:
    """Another content of the submission, and what it answers differently."""

    revision: Revision
    differences: list[Difference]
    reasons: list[HeldReason]


@dataclass(frozen=True)
class Sheet:
    """A submission with everything known of it."""

    submission: Submission
    counted: Revision
    definition: FormDefinition | None
    parts: list[Part]
    reasons: list[HeldReason]
    others: list[OtherContent]
    attachments: Sequence[Attachment]
    flags: Sequence[Flag]
    """The open ones, what weighs most first."""
    dismissed: Sequence[Flag]
    asked: Sequence[Asked]
    history: Sequence[Entry]
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
    verifications = queries.history(session, submission)
    others = queries.other_revisions(session, submission)
    asked = asked_about(session, submission)
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
        ],
        attachments=queries.attachments(session, submission),
        flags=open_flags(session, [submission.id])[submission.id],
        dismissed=queries.dismissed_flags(session, submission),
        asked=asked,
        history=story(verifications, handlings(session, submission), [*others, counted], asked),
        reviewers=reviewers(session, scope),
        regions=_region_names(session, submission.region),
        metres=metres_from_centre(counted, submission.place),
        steps=possible_steps(session, submission),
        may_undo=bool(verifications) and may_undo(submission, verifications[-1], reader),
    )


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
