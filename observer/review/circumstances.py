"""How a submission came about: how far from the centre, and by what clock."""

from __future__ import annotations

from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from flask_babel import format_timedelta
from flask_babel import gettext as _

from observer.collect.models import Revision
from observer.missions.models import Place

EARTH_RADIUS_M = 6_371_000
CLOCK_RIGHT_WITHIN_S = 60


def metres_from_centre(revision: Revision, place: Place | None) -> int | None:
    """How far from the place the observer was; None where either position is unknown."""
    if place is None or revision.lat is None or revision.lon is None:
        return None
    located = next((p for p in (place, place.centre) if p and p.lat is not None), None)
    if located is None or located.lon is None:
        return None
    return round(great_circle_m((revision.lat, revision.lon), (located.lat, located.lon)))


def clock_in_words(seconds: float | None) -> str:
    """The phone's clock against the server's; empty where it is not known."""
    if seconds is None:
        return ""
    if abs(seconds) < CLOCK_RIGHT_WITHIN_S:
        return _("right")
    wrong_by = format_timedelta(timedelta(seconds=abs(seconds)), granularity="minute")
    if seconds > 0:
        return _("%(time)s ahead", time=wrong_by)
    return _("%(time)s behind", time=wrong_by)


def great_circle_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Metres between two points given as latitude and longitude, by the haversine."""
    lat_here, lon_here, lat_there, lon_there = map(radians, (*here, *there))
    half = (
        sin((lat_there - lat_here) / 2) ** 2
        + cos(lat_here) * cos(lat_there) * sin((lon_there - lon_here) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * asin(sqrt(half))
