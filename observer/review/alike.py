"""Which other reports may tell of the same event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from observer.missions.models import Round
from observer.missions.scope import Scope
from observer.review.cases import Case
from observer.review.circumstances import great_circle_m
from observer.review.incidents import Incident, Spot, incidents

WITHIN_M = 2_000
WITHIN = timedelta(hours=3)
MOST_SHOWN = 5


@dataclass(frozen=True)
class Alike:
    """A report of another case, how far away (None: at the same centre) and how long between."""

    report: Incident
    metres: int | None
    apart: timedelta


def alike(session: Session, scope: Scope, round_: Round, case: Case) -> list[Alike]:
    """Reports of other cases that may tell of this one's event, the nearest in time first.

    They name a type that one of its reports names, happened within three hours of it, and at the
    same centre or within two kilometres.
    """
    spots = {Spot(r.site, r.lat, r.lon, WITHIN_M) for r in case.reports}
    there = incidents(session, scope, round_, near=spots, limit=None)
    others = (other for other in there if other.case != case.id)
    found = [_nearest(case, other) for other in others]
    return sorted(filter(None, found), key=_apart)[:MOST_SHOWN]


def _nearest(case: Case, other: Incident) -> Alike | None:
    near = (_near(report, other) for report in case.reports)
    return min(filter(None, near), key=_apart, default=None)


def _near(here: Incident, other: Incident) -> Alike | None:
    if not set(here.types) & set(other.types):
        return None
    apart = abs((here.occurred_at or here.told_at) - (other.occurred_at or other.told_at))
    if apart > WITHIN:
        return None
    if here.site is not None and here.site == other.site:
        return Alike(other, None, apart)
    if None in (here.lat, here.lon, other.lat, other.lon):
        return None
    metres = round(great_circle_m((here.lat, here.lon), (other.lat, other.lon)))
    return Alike(other, metres, apart) if metres <= WITHIN_M else None


def _apart(one: Alike) -> timedelta:
    return one.apart
