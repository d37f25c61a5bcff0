"""The one way in: API, phone page and file import all hand a submission to :func:`receive`.

No report is refused for what it says. What is wrong with it is written beside it, and it is held
until a reviewer has looked.

A submission is known by its id, one content of it by its revision's number. The same content once
more changes nothing. Other content under a number that is taken is kept beside the first and holds
the submission; so is anything that somebody else sends under its id, whatever the number: it never
replaces or corrects what its own observer reported, and that observer's pages do not show it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from observer.access.permissions import may
from observer.collect.attaching import attach
from observer.collect.changes import next_change
from observer.collect.checking import Reading, check
from observer.collect.envelope import (
    Envelope,
    Error,
    UnreadableError,
    content_sha256,
    error,
    read_envelope,
    shown,
)
from observer.collect.media import Arrived
from observer.collect.models import Revision, Status, Submission
from observer.database import now
from observer.missions.models import Membership, Round
from observer.missions.rounds import round_of_code

__all__ = ["NotAllowedError", "Receipt", "UnreadableError", "receipt_code", "receive"]

ATTEMPTS = 3


class NotAllowedError(PermissionError):
    """This person may not report for this round; the message says why."""


@dataclass(frozen=True)
class Receipt:
    """What became of a submission."""

    status_code: int
    """201 stored, 200 stored before, 202 stored and held."""
    submission: Submission
    revision: Revision
    missing: list[str]
    """SHA-256 of the attachments it names that have not come."""

    @property
    def errors(self) -> list[Error]:
        """Why it is held."""
        return self.revision.errors

    @property
    def status(self) -> Status:
        """Where the submission stands, as far as it is the sender's to know."""
        own = self.revision.person_id == self.submission.person_id
        return Status(self.submission.status) if own else Status.HELD

    def to_json(self) -> dict[str, Any]:
        """What a phone is told."""
        return {
            "id": str(self.submission.id),
            "revision": self.revision.number,
            "status": self.status,
            "received_at": self.revision.received_at.isoformat(),
            "errors": self.errors,
            "code": receipt_code(self.submission.id),
            "missing": self.missing,
        }


@dataclass(frozen=True)
class _Arrival:
    """A submission that was let in, as it came."""

    membership: Membership
    round: Round
    envelope: Envelope
    content_sha256: str
    received_at: datetime


listeners: list[Callable[[Session, Submission], None]] = []
"""Called with each submission that was stored, or got a file, before it is committed."""


def receipt_code(submission_id: uuid.UUID) -> str:
    """The short code by which observer and mission room speak of a submission."""
    return submission_id.hex[:8].upper()


def receive(
    session: Session,
    *,
    membership: Membership,
    payload: dict[str, Any],
    files: Mapping[str, Arrived] = MappingProxyType({}),
    received_at: datetime | None = None,
) -> Receipt:
    """Store what a member sent, with the files that came along by the hash they are named by.

    It is flushed; who calls commits, and only then says so. Raises UnreadableError where it is no
    submission, NotAllowedError where this person may not report for its round.
    """
    received_at = received_at or now()
    files = {sha256.lower(): arrived for sha256, arrived in files.items()}
    mission = membership.mission
    with force_locale(mission.language):
        envelope = read_envelope(payload)
        round_ = _allowed_round(membership, envelope)
        content = content_sha256(payload, membership.person_id)
        revision = _find(session, envelope, content)
        repeated = revision is not None
        if revision is None:
            arrival = _Arrival(membership, round_, envelope, content, received_at)
            reading = check(session, membership, round_, envelope, files, received_at=received_at)
            revision, repeated = _store(session, arrival, reading)
        elif revision.submission.mission_id != mission.id:
            raise NotAllowedError(_("This id is taken by another mission."))
        missing = attach(session, revision, envelope.attachments, files, received_at)
        if not repeated or files:
            for listener in listeners:
                listener(session, revision.submission)
    held = revision.conflicting or revision.submission.status == Status.HELD
    code = 200 if repeated else 202 if held else 201
    return Receipt(code, revision.submission, revision, missing)


def _allowed_round(membership: Membership, envelope: Envelope) -> Round:
    if not may(membership.person.role, "submission.create"):
        raise NotAllowedError(_("Your role does not fill in forms."))
    round_ = round_of_code(membership.mission, envelope.round)
    if round_ is None:
        raise NotAllowedError(
            _("You may not report for the round “%(round)s”.", round=shown(envelope.round))
        )
    return round_


def _find(session: Session, envelope: Envelope, content: str) -> Revision | None:
    return session.scalar(
        select(Revision).where(
            Revision.submission_id == envelope.id,
            Revision.number == envelope.revision,
            Revision.content_sha256 == content,
        )
    )


def _store(session: Session, arrival: _Arrival, reading: Reading) -> tuple[Revision, bool]:
    """Write it down once; whether it had been there already.

    Whoever comes at the same moment is told apart by the tables' constraints: the loser looks
    again and finds what the winner wrote.
    """
    for attempt in range(1, ATTEMPTS + 1):
        # The mission's row first, then the submission's: everybody waits in the same order.
        change = next_change(session, arrival.membership.mission_id)
        known = _find(session, arrival.envelope, arrival.content_sha256)
        if known is not None:
            return known, True
        try:
            with session.begin_nested():
                submission = session.get(
                    Submission, arrival.envelope.id, populate_existing=True, with_for_update=True
                )
                revision = _new_revision(arrival, reading)
                if submission is None:
                    session.add(_new_submission(arrival, reading, revision, change))
                else:
                    _add_revision(session, arrival, submission, reading, revision)
                    submission.change = change
                session.flush()
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
        else:
            return revision, False
    raise AssertionError


def _new_revision(arrival: _Arrival, reading: Reading) -> Revision:
    envelope, received_at = arrival.envelope, arrival.received_at
    position, sent_at = envelope.position, envelope.sent_at
    return Revision(
        submission_id=envelope.id,
        number=envelope.revision,
        conflicting=False,
        content_sha256=arrival.content_sha256,
        form_version_id=reading.version.id if reading.version else None,
        payload=envelope.payload,
        answers=reading.answers,
        errors=reading.errors,
        started_at=envelope.started_at,
        finished_at=envelope.finished_at,
        sent_at=sent_at,
        received_at=received_at,
        clock_error_s=(sent_at - received_at).total_seconds() if sent_at else None,
        lat=position.lat if position else None,
        lon=position.lon if position else None,
        accuracy_m=position.accuracy_m if position else None,
        person_id=arrival.membership.person_id,
        instance_id=envelope.instance_id,
        visit_id=envelope.visit_id,
    )


def _new_submission(
    arrival: _Arrival, reading: Reading, revision: Revision, change: int
) -> Submission:
    membership = arrival.membership
    submission = Submission(
        id=revision.submission_id,
        mission_id=membership.mission_id,
        person_id=membership.person_id,
        team_id=membership.team_id,
        received_at=revision.received_at,
        change=change,
        revisions=[revision],
    )
    _make_current(submission, arrival, reading, revision)
    return submission


def _make_current(
    submission: Submission, arrival: _Arrival, reading: Reading, revision: Revision
) -> None:
    place = reading.place
    submission.current_revision = revision.number
    submission.status = Status.HELD if reading.errors else Status.RECEIVED
    submission.status_reason = ""
    submission.round_id = arrival.round.id
    submission.urgent = arrival.envelope.urgent
    submission.form_id = reading.form.id if reading.form else None
    submission.place_id = place.id if place else None
    submission.region_id = place.region_id if place else None


def _add_revision(
    session: Session,
    arrival: _Arrival,
    submission: Submission,
    reading: Reading,
    revision: Revision,
) -> None:
    membership = arrival.membership
    if submission.mission_id != membership.mission_id:
        raise NotAllowedError(_("This id is taken by another mission."))
    foreign = submission.person_id != membership.person_id
    if foreign:
        reason = _("Somebody else had sent a submission under this id before.")
    else:
        reason = _("Other answers had been sent under this id and revision before.")
    revision.conflicting = foreign or _is_taken(session, submission, revision.number)
    session.add(revision)
    if revision.conflicting:
        revision.errors = [error(reason), *revision.errors]
        submission.status = Status.HELD
        submission.status_reason = ""
    elif revision.number > submission.current_revision:
        _make_current(submission, arrival, reading, revision)


def _is_taken(session: Session, submission: Submission, number: int) -> bool:
    found = select(Revision.id).where(
        Revision.submission_id == submission.id,
        Revision.number == number,
        Revision.conflicting.is_(False),
    )
    return session.scalar(found) is not None
