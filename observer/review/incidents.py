"""Incidents: what the submissions of the form ``incident`` tell, in one shape for all pages."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from observer.checklists.models import Form
from observer.collect.models import Revision, Status, Submission
from observer.missions.models import Mission, Place, Region, Round
from observer.missions.scope import Scope
from observer.review.casemodels import CaseLink, IncidentCase, State

FORM = "incident"
GRAVITIES = ("critical", "serious", "minor")
"""Names of the gravities in the incident form, the worst first."""
_RANKS = {name: rank for rank, name in enumerate(GRAVITIES)}
SHOWN = (Status.HELD, Status.RECEIVED, Status.VERIFIED)
LIMIT = 500
METRES_PER_DEGREE = 111_000
"""Of latitude, a little less than it is, so that a box is never too small."""

_reported_gravity = Revision.answers["gravity"].as_string()
_gravity = func.coalesce(func.nullif(IncidentCase.gravity, ""), _reported_gravity)
"""As the mission judged it, else as it was reported."""
_centre = aliased(Place)
_site = func.coalesce(_centre.id, Place.id)
_place_lat = func.coalesce(Place.lat, _centre.lat)
_place_lon = func.coalesce(Place.lon, _centre.lon)
case_id = func.coalesce(CaseLink.case_id, Submission.id)
"""The case of a submission, where its link is joined."""


@dataclass(frozen=True)
class Incident:
    """One incident as it was reported. Texts are empty where nothing was said."""

    submission: uuid.UUID
    types: tuple[str, ...]
    """Names of choices of the question ``type``; its labels are in the form's definition."""
    gravity: str
    """``critical``, ``serious``, ``minor``, or empty; as the mission judged it, if it did."""
    occurred_at: datetime | None
    told_at: datetime
    """When the server received it."""
    place: str
    """The centre's name and the place's code, else what the observer wrote of where it was."""
    region: str
    """The region's name."""
    lat: float | None
    lon: float | None
    """Where the observer was, else where the place is."""
    summary: str
    status: Status
    urgent: bool
    case: uuid.UUID
    """The event it tells of: the id of its first report."""
    state: State
    """Where that case stands."""
    site: int | None
    """The key of the polling centre."""
    place_code: str
    reported_gravity: str
    region_id: int | None


@dataclass(frozen=True)
class Spot:
    """A polling centre by its key, and a place on earth with some kilometres around it."""

    site: int | None
    lat: float | None
    lon: float | None
    metres: float


def incidents(
    session: Session,
    scope: Scope,
    round_: Round | None,
    *,
    gravity: str = "",
    type_: str = "",
    gravest_first: bool = False,
    limit: int | None = LIMIT,
    only: Collection[uuid.UUID] | None = None,
    near: Collection[Spot] | None = None,
) -> list[Incident]:
    """The incidents in scope that were not rejected, newest first, at most ``limit``.

    ``only`` keeps to those submissions, ``near`` to what happened at or about one of the spots.
    """
    query = (
        select(
            Submission.id,
            Submission.status,
            Submission.urgent,
            Submission.received_at,
            Revision.answers,
            Revision.lat,
            Revision.lon,
            Place.code.label("place_code"),
            Place.name.label("place_name"),
            _centre.name.label("centre_name"),
            _place_lat.label("place_lat"),
            _place_lon.label("place_lon"),
            func.coalesce(Region.name, "").label("region_name"),
            Submission.region_id,
            _site.label("site"),
            case_id.label("case_id"),
            func.coalesce(IncidentCase.gravity, "").label("judged_gravity"),
            func.coalesce(IncidentCase.state, State.NEW).label("state"),
        )
        .join(Form, Form.id == Submission.form_id)
        .join(Revision, _counted())
        .outerjoin(Place, Place.id == Submission.place_id)
        .outerjoin(_centre, _centre.id == Place.centre_id)
        .outerjoin(Region, Region.id == Submission.region_id)
        .outerjoin(CaseLink, CaseLink.submission_id == Submission.id)
        .outerjoin(IncidentCase, IncidentCase.submission_id == case_id)
        .where(*_conditions(scope, round_, gravity, type_))
    )
    if near is not None:
        query = query.where(or_(false(), *map(_near, near)))
    order = [Submission.received_at.desc(), Submission.id.desc()]
    if only is not None:
        # SQLite would walk all submissions in the order asked for, to look for these few.
        query = query.where(Submission.id.in_(only))
        order = [func.coalesce(Submission.received_at, None).desc(), Submission.id.desc()]
    if gravest_first:
        order.insert(0, case(_RANKS, value=_gravity, else_=len(_RANKS)))
    rows = session.execute(query.order_by(*order).limit(limit))
    return [_incident(scope.mission, row) for row in rows]


def count_by_gravity(
    session: Session,
    scope: Scope,
    round_: Round | None,
    *,
    gravity: str = "",
    type_: str = "",
    statuses: Collection[Status] = SHOWN,
) -> dict[str, int]:
    """How many incidents there are of each gravity, the worst first.

    Under the empty name those without one.
    """
    name = func.coalesce(_gravity, "").label("counted_gravity")
    rows = session.execute(
        select(name, func.count())
        .select_from(Submission)
        .join(Form, Form.id == Submission.form_id)
        .join(Revision, _counted())
        .outerjoin(CaseLink, CaseLink.submission_id == Submission.id)
        .outerjoin(IncidentCase, IncidentCase.submission_id == case_id)
        .where(*_conditions(scope, round_, gravity, type_), Submission.status.in_(statuses))
        .group_by("counted_gravity")
    )
    counts = dict(rows.all())
    return {name: counts[name] for name in sorted(counts, key=lambda g: _RANKS.get(g, len(_RANKS)))}


def _near(spot: Spot) -> ColumnElement[bool]:
    """At the centre of the spot, or within a box around it that holds its circle."""
    conditions: list[ColumnElement[bool]] = []
    if spot.site is not None:
        conditions.append(_site == spot.site)
    if spot.lat is not None and spot.lon is not None:
        north = spot.metres / METRES_PER_DEGREE
        # Towards the poles the meridians run together; at them every longitude is near.
        east = min(180.0, north / max(cos(radians(abs(spot.lat) + north)), 1e-6))
        lat = func.coalesce(Revision.lat, _place_lat)
        lon = func.coalesce(Revision.lon, _place_lon)
        conditions.append(
            and_(
                lat.between(spot.lat - north, spot.lat + north),
                lon.between(spot.lon - east, spot.lon + east),
            )
        )
    return or_(false(), *conditions)


def _counted() -> ColumnElement[bool]:
    return and_(
        Revision.submission_id == Submission.id,
        Revision.number == Submission.current_revision,
        Revision.conflicting.is_(False),
    )


def _conditions(
    scope: Scope, round_: Round | None, gravity: str, type_: str
) -> list[ColumnElement[bool]]:
    conditions = [
        Submission.mission_id == scope.mission.id,
        Form.code == FORM,
        Submission.status.in_(SHOWN),
        scope.sees(Submission.region_id),
    ]
    if round_ is not None:
        conditions.append(Submission.round_id == round_.id)
    if gravity:
        conditions.append(_gravity == gravity)
    if type_:
        # The list of types as JSON text: a name stands in it between quotation marks.
        types = Revision.answers["type"].as_string()
        conditions.append(types.contains(f'"{type_}"', autoescape=True))
    return conditions


def _incident(mission: Mission, row: Any) -> Incident:
    answers = row.answers
    observed_from = row.lat is not None and row.lon is not None
    return Incident(
        submission=row.id,
        types=_names(answers.get("type")),
        gravity=row.judged_gravity or _text(answers.get("gravity")),
        occurred_at=_moment(mission, answers.get("occurred_at")),
        told_at=row.received_at,
        place=_where(row, answers),
        region=row.region_name,
        lat=row.lat if observed_from else row.place_lat,
        lon=row.lon if observed_from else row.place_lon,
        summary=_text(answers.get("what_happened")),
        status=Status(row.status),
        urgent=row.urgent,
        case=row.case_id,
        state=State(row.state),
        site=row.site,
        place_code=row.place_code or "",
        reported_gravity=_text(answers.get("gravity")),
        region_id=row.region_id,
    )


def _where(row: Any, answers: dict[str, Any]) -> str:
    if row.place_code is None:
        return _text(answers.get("where_text"))
    return f"{row.centre_name or row.place_name} · {row.place_code}"


def _text(value: Any) -> str:
    # Answers to a version of the form that is not known here are as they came: anything.
    return value if isinstance(value, str) else ""


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(filter(None, map(_text, value))) if isinstance(value, list) else ()


def _moment(mission: Mission, text: object) -> datetime | None:
    """A dateTime answer; on the mission's clocks where it names no zone."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(mission.timezone))
