"""Two ways for reports into the database: through intake and review, or very many at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.checklists.library import definition_of, published_forms
from observer.checklists.models import FormVersion
from observer.checklists.validation import check_answers
from observer.collect.attaching import attach
from observer.collect.envelope import content_sha256, read_envelope
from observer.collect.intake import receive
from observer.collect.media import Arrived, take_in
from observer.collect.models import Revision, Status, Submission, Visit
from observer.demo.reports import Report
from observer.missions.models import Membership, Mission, Place
from observer.review.models import Verification
from observer.review.operations import reject, verify

_AT_A_TIME = 5_000
_STAY = timedelta(hours=1)


def receive_and_review(
    session: Session, mission: Mission, reports: Iterable[Report], reviewer: Person, media: Path
) -> None:
    """Send each report the way a phone does, then let the reviewer go through them."""
    members = {
        membership.person.email: membership
        for membership in session.scalars(
            select(Membership).where(Membership.mission_id == mission.id)
        )
    }
    stored = []
    for report in reports:
        receipt = receive(
            session,
            membership=members[report.person.email],
            payload=report.payload,
            files=_files(report, media),
            received_at=report.received_at,
        )
        _add_visit(session, receipt.submission, report)
        stored.append((receipt.submission, report.outcome, report.reason, report.reviewed_at))
    for submission, outcome, reason, reviewed_at in stored:
        if outcome is Status.VERIFIED:
            verify(session, submission, reviewer).at = reviewed_at
        elif outcome is Status.REJECTED:
            reject(session, submission, reviewer, reason).at = reviewed_at
    session.commit()


def _files(report: Report, media: Path) -> dict[str, Arrived]:
    """The report's photos, taken in as they are from a phone."""
    named = ((sha256(file).hexdigest(), file) for file in report.files)
    return {name: take_in(media, name, file) for name, file in named}


def _add_visit(session: Session, submission: Submission, report: Report) -> None:
    """The visit to the polling centre that the report names, if it names one."""
    if report.arrived_at is None:
        return
    centre = submission.place.centre
    left_at = report.arrived_at + _STAY
    session.add(
        Visit(
            id=uuid.UUID(report.payload["visit"]),
            round_id=submission.round_id,
            person_id=submission.person_id,
            team_id=submission.team_id,
            place_id=centre.id,
            place_code=centre.code,
            arrived_at=report.arrived_at.astimezone(UTC),
            left_at=left_at.astimezone(UTC),
            sent_at=report.received_at,
            clock_error_s=0.0,
            received_at=report.received_at,
            changed_at=report.received_at,
        )
    )


@dataclass(frozen=True)
class _Keys:
    """The database's keys for the codes in reports."""

    mission: int
    reviewer: int
    rounds: dict[str, int]
    versions: dict[str, FormVersion]
    people: dict[str, tuple[int, int | None]]
    """Person and team by email."""
    places: dict[str, tuple[int, int]]
    """Place and region by code."""
    language: str


def store_in_bulk(
    session: Session,
    mission: Mission,
    reports: Iterable[Report],
    reviewer: Person,
    *,
    media: Path,
    total: int,
) -> None:
    """Write the rows that intake and review would write, chunk by chunk, committing each.

    For the reports of this package alone, whose answers are known to be within the forms' rules
    where they are not meant to break them. A test holds this to what the way in stores.
    """
    keys = _keys(session, mission, reviewer)
    arrived = reviewed = 0
    for chunk in _chunks(reports):
        submissions, revisions, verifications = [], [], []
        for report in chunk:
            arrived += 1
            is_reviewed = report.outcome in (Status.VERIFIED, Status.REJECTED)
            reviewed += is_reviewed
            revision = _revision(report, keys)
            change = total + reviewed if is_reviewed else arrived
            submissions.append(_submission(report, keys, revision, change))
            revisions.append(revision)
            if is_reviewed:
                verifications.append(_verification(report, keys, revision))
        session.execute(insert(Submission.__table__), submissions)
        session.execute(insert(Revision.__table__), revisions)
        if verifications:
            session.execute(insert(Verification.__table__), verifications)
        for report in chunk:
            if report.files or report.arrived_at:
                _add_what_came_along(session, report, media)
        session.commit()
    session.execute(
        update(Mission).where(Mission.id == mission.id).values(changes=arrived + reviewed)
    )
    session.commit()


def _add_what_came_along(session: Session, report: Report, media: Path) -> None:
    submission = session.get_one(Submission, uuid.UUID(report.payload["id"]))
    named = read_envelope(report.payload).attachments
    files = _files(report, media)
    attach(session, submission.revisions[0], named, files, report.received_at)
    _add_visit(session, submission, report)


def _chunks(reports: Iterable[Report]) -> Iterable[Sequence[Report]]:
    chunk = []
    for report in reports:
        chunk.append(report)
        if len(chunk) == _AT_A_TIME:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _keys(session: Session, mission: Mission, reviewer: Person) -> _Keys:
    people = session.execute(
        select(Person.email, Person.id, Membership.team_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.mission_id == mission.id)
    )
    places = session.execute(
        select(Place.code, Place.id, Place.region_id).where(Place.mission_id == mission.id)
    )
    return _Keys(
        mission=mission.id,
        reviewer=reviewer.id,
        rounds={round_.code: round_.id for round_ in mission.rounds},
        versions={version.form.code: version for version in published_forms(session, mission)},
        people={email: (person, team) for email, person, team in people},
        places={code: (place, region) for code, place, region in places},
        language=mission.language,
    )


def _submission(
    report: Report, keys: _Keys, revision: dict[str, Any], change: int
) -> dict[str, Any]:
    payload = report.payload
    person, team = keys.people[report.person.email]
    place, region = keys.places[payload["place"]]
    return {
        "id": revision["submission_id"],
        "mission_id": keys.mission,
        "round_id": keys.rounds[payload["round"]],
        "form_id": keys.versions[payload["form"]].form_id,
        "person_id": person,
        "team_id": team,
        "place_id": place,
        "region_id": region,
        "status": report.outcome,
        "status_reason": report.reason,
        "current_revision": payload["revision"],
        "received_at": report.received_at,
        "change": change,
    }


def _revision(report: Report, keys: _Keys) -> dict[str, Any]:
    payload = report.payload
    version = keys.versions[payload["form"]]
    person, _team = keys.people[report.person.email]
    answers, errors = payload["answers"], []
    if report.outcome is Status.HELD:
        checked = check_answers(definition_of(version), answers, keys.language)
        answers, errors = checked.answers, checked.errors
    position = payload.get("position", {})
    sent_at = _moment(payload["sent_at"])
    return {
        "submission_id": uuid.UUID(payload["id"]),
        "number": payload["revision"],
        "conflicting": False,
        "content_sha256": content_sha256(payload, person),
        "form_version_id": version.id,
        "payload": payload,
        "answers": answers,
        "errors": errors,
        "started_at": _moment(payload["started_at"]),
        "finished_at": _moment(payload["finished_at"]),
        "sent_at": sent_at,
        "received_at": report.received_at,
        "clock_error_s": (sent_at - report.received_at).total_seconds(),
        "lat": position.get("lat"),
        "lon": position.get("lon"),
        "accuracy_m": position.get("accuracy_m"),
        "person_id": person,
        "visit_id": uuid.UUID(payload["visit"]) if "visit" in payload else None,
    }


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def _verification(report: Report, keys: _Keys, revision: dict[str, Any]) -> dict[str, Any]:
    return {
        "submission_id": revision["submission_id"],
        "revision": revision["number"],
        "before": Status.RECEIVED,
        "after": report.outcome,
        "reason": report.reason,
        "person_id": keys.reviewer,
        "at": report.reviewed_at,
    }
