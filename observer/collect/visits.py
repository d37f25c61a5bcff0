"""Visits: when somebody came to a polling centre and left it, as their phone says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from observer.access.permissions import may
from observer.collect.envelope import (
    LONGEST_NAME,
    UnreadableError,
    moment_of,
    position_of,
    required,
)
from observer.collect.intake import NotAllowedError
from observer.collect.models import Visit
from observer.database import now
from observer.missions.models import Membership, Place, Round
from observer.missions.rounds import round_of_code

LONGEST_WAY = timedelta(minutes=10)
"""Two requests of one phone do not overtake each other by more than this."""


def receive_visit(
    session: Session,
    membership: Membership,
    visit_id: uuid.UUID,
    payload: dict[str, Any],
    *,
    at_once: bool = True,
) -> tuple[Visit, bool]:
    """Store a visit, or what is known of it since; gives it, and whether it is new.

    What another request has overtaken on its way changes nothing. ``at_once`` says that it came
    when it was sent, so that the phone's clock can be told from it. A place that is not there is
    kept by its code. Raises UnreadableError where it is no visit, NotAllowedError where it is not
    this person's to tell of.
    """
    if not may(membership.person.role, "submission.create"):
        raise NotAllowedError(_("Your role does not fill in forms."))
    code = required(payload, "round", str, _("the code of the round, a text"))
    round_ = round_of_code(membership.mission, code)
    if round_ is None:
        raise NotAllowedError(_("You may not report for this round."))
    place = payload.get("place")
    if not isinstance(place, str) or not place.strip() or not place.isprintable():
        raise UnreadableError(_("place must be the code of the place visited."))
    told = _read(payload, at_once) | _placed(session, round_, place.strip()[:LONGEST_NAME])
    visit = session.get(Visit, visit_id)
    if visit is None:
        visit = Visit(id=visit_id, person_id=membership.person_id, team_id=membership.team_id)
        _fill(visit, told)
        try:
            with session.begin_nested():
                session.add(visit)
        except IntegrityError:
            # Another tab sent it at the same moment.
            visit = session.get_one(Visit, visit_id)
        else:
            return visit, True
    if visit.person_id != membership.person_id:
        raise NotAllowedError(_("This visit is somebody else's."))
    if not _is_overtaken(visit, told["sent_at"]):
        _fill(visit, told)
        session.flush()
    return visit, False


def _is_overtaken(visit: Visit, sent_at: datetime | None) -> bool:
    """Whether what is stored was sent after it; a longer way back is a clock that was put right."""
    if sent_at is None or visit.sent_at is None:
        return False
    return timedelta(0) < visit.sent_at - sent_at <= LONGEST_WAY


def import_visit(session: Session, membership: Membership, told: dict[str, Any]) -> bool:
    """Store a visit that came in a file, its id among what is told of it; gives whether it is new.

    A file that is older than what its phone has sent since changes nothing, and one that does not
    say when it was saved opens no visit again that has ended. Raises what ``receive_visit`` raises.
    """
    try:
        visit_id = uuid.UUID(told.get("id"))
    except (TypeError, ValueError, AttributeError) as reason:
        raise UnreadableError(_("id must be the UUID of the visit.")) from reason
    known = session.get(Visit, visit_id)
    saved_at = _moment(told, "sent_at")
    if known is not None and known.person_id == membership.person_id:
        if saved_at is not None and known.sent_at is not None and saved_at <= known.sent_at:
            return False
        if saved_at is None and known.left_at is not None and told.get("left_at") is None:
            told = told | {"left_at": known.left_at.isoformat()}
    return receive_visit(session, membership, visit_id, told, at_once=False)[1]


def _fill(visit: Visit, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(visit, name, value)


def _placed(session: Session, round_: Round, code: str) -> dict[str, Any]:
    known = select(Place.id).where(Place.mission_id == round_.mission_id, Place.code == code)
    return {"round_id": round_.id, "place_code": code, "place_id": session.scalar(known)}


def _read(payload: dict[str, Any], at_once: bool) -> dict[str, Any]:
    arrived_at = _moment(payload, "arrived_at")
    if arrived_at is None:
        raise UnreadableError(_("arrived_at is missing: send when the visit began."))
    changed_at, sent_at = now(), _moment(payload, "sent_at")
    lat, lon, accuracy_m = _position(payload) or (None, None, None)
    return {
        "arrived_at": arrived_at,
        "left_at": _moment(payload, "left_at"),
        "sent_at": sent_at,
        "changed_at": changed_at,
        "clock_error_s": (sent_at - changed_at).total_seconds() if sent_at and at_once else None,
        "lat": lat,
        "lon": lon,
        "accuracy_m": accuracy_m,
    }


def _moment(payload: dict[str, Any], name: str) -> datetime | None:
    value = payload.get(name)
    if value is None:
        return None
    try:
        return moment_of(value)
    except ValueError as reason:
        message = _("%(name)s is not a time with its zone (2026-06-07T06:12:03-05:00).", name=name)
        raise UnreadableError(message) from reason


def _position(payload: dict[str, Any]) -> tuple[float, float, float | None] | None:
    value = payload.get("position")
    if value is None:
        return None
    try:
        position = position_of(value)
    except ValueError as reason:
        message = _("The position is not a latitude, a longitude and an accuracy in metres.")
        raise UnreadableError(message) from reason
    return position.lat, position.lon, position.accuracy_m


def own_visits(session: Session, membership: Membership) -> Sequence[Visit]:
    """The person's visits in their mission, in the order of their arrivals."""
    return session.scalars(
        select(Visit)
        .join(Round, Round.id == Visit.round_id)
        .where(Visit.person_id == membership.person_id, Round.mission_id == membership.mission_id)
        .options(joinedload(Visit.round))
        .order_by(Visit.arrived_at)
    ).all()
