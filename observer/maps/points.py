"""The points on a map: polling centres, and incidents by gravity."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.checklists.library import newest_definition
from observer.collect.models import Status, Submission
from observer.findings.coverage import coverage_of_centres
from observer.findings.selection import COUNTED
from observer.language import format_moment, in_language
from observer.missions.models import Place, PlaceKind, Round
from observer.missions.scope import Scope
from observer.review.incidents import FORM as INCIDENT_FORM
from observer.review.incidents import GRAVITIES, Incident, incidents

MOST_INCIDENTS = 2_000
DECIMALS = 4
SHORT = 300


@dataclass(frozen=True)
class Centre:
    """A polling centre where it stands, and how many of its stations were observed."""

    lat: float
    lon: float
    name: str
    code: str
    observed: int
    stations: int
    is_visited: bool
    """Whether there is a report of it or of one of its stations."""


@dataclass(frozen=True)
class Station:
    """A polling station of a centre, and how many reports of it are counted."""

    code: str
    name: str
    reports: int


@dataclass(frozen=True)
class IncidentPoint:
    """An incident where it happened, and the lines told of it."""

    lat: float
    lon: float
    gravity: str
    """``critical``, ``serious``, ``minor``, or empty."""
    gravity_label: str
    lines: tuple[str, ...]
    submission: uuid.UUID
    told_at: datetime


def centres(
    session: Session, scope: Scope, round_: Round, statuses: tuple[Status, ...]
) -> list[Centre]:
    """The centres in scope that have coordinates, by code."""
    counted = coverage_of_centres(session, scope, round_, statuses=statuses)
    rows = session.execute(
        select(Place.id, Place.lat, Place.lon, Place.name, Place.code)
        .where(
            Place.mission_id == scope.mission.id,
            Place.kind == PlaceKind.CENTRE,
            Place.lat.is_not(None),
            Place.lon.is_not(None),
            scope.sees(Place.region_id),
        )
        .order_by(Place.code)
    )
    return [
        Centre(
            round(row.lat, DECIMALS),
            round(row.lon, DECIMALS),
            row.name,
            row.code,
            *counted.of(row.id),
        )
        for row in rows
    ]


def stations_of(session: Session, scope: Scope, round_: Round, code: str) -> list[Station] | None:
    """The stations of the centre with this code, with their reports; None where there is none."""
    centre = session.scalar(
        select(Place).where(
            Place.mission_id == scope.mission.id,
            Place.kind == PlaceKind.CENTRE,
            Place.code == code,
            scope.sees(Place.region_id),
        )
    )
    if centre is None:
        return None
    reports = (
        select(func.count())
        .where(
            Submission.place_id == Place.id,
            Submission.round_id == round_.id,
            Submission.status.in_(COUNTED),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Place.code, Place.name, reports.label("reports"))
        .where(Place.centre_id == centre.id)
        .order_by(Place.code)
    )
    return [Station(row.code, row.name, row.reports) for row in rows]


def incident_points(
    session: Session, scope: Scope, round_: Round, only: Collection[uuid.UUID] | None = None
) -> list[IncidentPoint]:
    """The incidents in scope that have a position, the newest where there are very many.

    ``only`` keeps to those submissions.
    """
    definition = newest_definition(session, scope.mission, INCIDENT_FORM)
    labels: dict[str, str] = {}
    if definition is not None:
        for question in definition.questions():
            if question.name in ("type", "gravity"):
                labels |= {c.name: in_language(c.label) for c in question.choices}

    def label(name: str) -> str:
        return labels.get(name, name)

    points = []
    for each in incidents(session, scope, round_, limit=MOST_INCIDENTS, only=only):
        if each.lat is None or each.lon is None:
            continue
        gravity = each.gravity if each.gravity in GRAVITIES else ""
        gravity_label = label(gravity) if gravity else _("gravity not given")
        points.append(
            IncidentPoint(
                round(each.lat, DECIMALS),
                round(each.lon, DECIMALS),
                gravity,
                gravity_label,
                _lines(each, label, gravity_label, scope.mission.timezone),
                each.submission,
                each.told_at,
            )
        )
    return points


def _lines(
    each: Incident, label: Callable[[str], str], gravity: str, timezone: str
) -> tuple[str, ...]:
    types = ", ".join(label(name) for name in each.types) or _("Incident")
    when = format_moment(each.occurred_at or each.told_at, timezone)
    where = ", ".join(part for part in (each.place, each.region) if part)
    summary = each.summary if len(each.summary) <= SHORT else f"{each.summary[:SHORT]} …"
    status = {
        Status.HELD: _("held for review"),
        Status.RECEIVED: _("received, not yet verified"),
        Status.VERIFIED: _("verified"),
    }[each.status]
    lines = (types, f"{gravity} · {when}", where, summary, status)
    return tuple(line for line in lines if line)
