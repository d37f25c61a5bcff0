"""Distances and areas over positions, as ODK reckons them: on a ball, without the altitude.

Positions come as ODK writes them, ``latitude longitude altitude accuracy`` in degrees and
metres, several of them with semicolons between.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise, starmap

from observer.checklists.values import Value, to_number, to_string, words

EARTH_RADIUS = 6_378_100.0
"""Metres at the equator."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def distance(values: Iterable[Value]) -> float:
    """Metres along all the positions, in their order; not-a-number where one cannot be read."""
    points = _points(values)
    if points is None:
        return math.nan
    return sum(starmap(_between, pairwise(points)), 0.0)


def area(values: Iterable[Value]) -> float:
    """Square metres within the positions; not-a-number where one cannot be read."""
    points = _points(values)
    if points is None:
        return math.nan
    if len(points) < 3:
        return 0.0
    degree = 2 * EARTH_RADIUS * math.pi / 360
    first_lat, first_lon = points[0]
    flat = [
        ((lat - first_lat) * degree, (lon - first_lon) * degree * math.cos(math.radians(lat)))
        for lat, lon in points[1:]
    ]
    triangles = ((y * next_x - x * next_y) / 2 for (y, x), (next_y, next_x) in pairwise(flat))
    return abs(sum(triangles, 0.0))


def inside(point: Value, shape: Iterable[Value]) -> bool:
    """Whether a position lies within the shape; False where either cannot be read."""
    here, corners = _points([point]), _points(shape)
    if not here or not corners:
        return False
    lat, lon = here[0]
    within = False
    for (lat1, lon1), (lat2, lon2) in pairwise(corners):
        crossed = (lat2 > lat) != (lat1 > lat)
        if crossed and lon < (lon1 - lon2) * (lat - lat2) / (lat1 - lat2) + lon2:
            within = not within
    return within


def _points(values: Iterable[Value]) -> Sequence[Point] | None:
    points = []
    for value in values:
        for written in to_string(value).split(";"):
            parts = [to_number(part) for part in words(written)]
            if not parts and ";" in to_string(value):
                continue
            if len(parts) < 2 or not (abs(parts[0]) <= 90 and abs(parts[1]) <= 180):
                return None
            points.append((parts[0], parts[1]))
    return points


def _between(one: Point, other: Point) -> float:
    # The haversine, which gives small distances alike on every device; ODK's own formula does not.
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    north, east = math.sin((lat2 - lat1) / 2), math.sin((lon2 - lon1) / 2)
    share = north * north + math.cos(lat1) * math.cos(lat2) * east * east
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(share, 1.0)))
