"""Which regions a map shows, and their boundaries, light enough to be sent to a browser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import geopandas
import numpy as np
import shapely
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from observer.missions.models import Region
from observer.missions.scope import Scope

MOST_POINTS = 20_000
"""A map's boundaries together have at most about this many points."""
FINEST_PART = 1 / 3_000
"""Details smaller than this part of the map's extent are left out."""
DECIMALS = 4

_CRS = "EPSG:4326"


@dataclass(frozen=True)
class ShownRegion:
    """A region of a map; without a boundary it stands in the table beside it."""

    id: int
    code: str
    name: str
    level: int
    has_boundary: bool
    divided: bool
    """Whether there are regions below it."""


@dataclass(frozen=True)
class RegionOnPath:
    """A region on the way from the whole down to the one that is shown."""

    code: str
    name: str
    level: int


def regions_shown(
    session: Session, scope: Scope, level: int, within: str | None = None
) -> list[ShownRegion]:
    """The regions of a level that are in scope, and those above it that are not divided.

    With ``within``, a region's code, only those that lie in that region.
    """
    rows = session.execute(
        select(
            Region.id,
            Region.parent_id,
            Region.code,
            Region.name,
            Region.level,
            Region.geometry.is_not(None).label("has_boundary"),
        )
        .where(Region.mission_id == scope.mission.id, scope.sees(Region.id))
        .order_by(Region.code)
    ).all()
    divided = {row.parent_id for row in rows}
    inside = {row.id for row in rows if within in (None, row.code)}
    for row in sorted(rows, key=lambda row: row.level):
        if row.parent_id in inside:
            inside.add(row.id)
    return [
        ShownRegion(row.id, row.code, row.name, row.level, row.has_boundary, row.id in divided)
        for row in rows
        if row.id in inside
        and (row.level == level or (row.level < level and row.id not in divided))
    ]


def path_to(session: Session, scope: Scope, code: str) -> list[RegionOnPath]:
    """The region with this code after those it lies in, the highest first, as far as in scope.

    Empty where there is no such region in scope.
    """
    rows = session.execute(
        select(Region.id, Region.parent_id, Region.code, Region.name, Region.level).where(
            Region.mission_id == scope.mission.id, scope.sees(Region.id)
        )
    ).all()
    by_id = {row.id: row for row in rows}
    here = next((row for row in rows if row.code == code), None)
    path = []
    while here is not None:
        path.append(RegionOnPath(here.code, here.name, here.level))
        here = by_id.get(here.parent_id)
    return path[::-1]


def inner_points(shapes: geopandas.GeoDataFrame) -> dict[str, tuple[float, float]]:
    """By code, the point of each region that is farthest from its boundary, as x and y."""
    lines = shapes.geometry.maximum_inscribed_circle()
    return {code: line.coords[0][:2] for code, line in lines.items()}


def boundaries(session: Session, regions: Iterable[ShownRegion]) -> geopandas.GeoDataFrame:
    """The simplified boundaries of the regions that have one, by code.

    Neighbours still share their boundary. What was simplified once is kept by this process for
    as long as the boundaries in the database are the same.
    """
    ids = [region.id for region in regions if region.has_boundary]
    rows = session.execute(
        select(Region.code, cast(Region.geometry, Text).label("boundary"))
        .where(Region.id.in_(ids))
        .order_by(Region.code)
    ).all()
    return geopandas.GeoDataFrame(
        index=[row.code for row in rows],
        geometry=list(_simplified(tuple(row.boundary for row in rows))),
        crs=_CRS,
    )


@lru_cache(maxsize=16)
def _simplified(boundaries: tuple[str, ...]) -> tuple[shapely.Geometry, ...]:
    if not boundaries:
        return ()
    shapes = geopandas.GeoSeries(shapely.from_geojson(boundaries), crs=_CRS)
    west, south, east, north = shapes.total_bounds
    tolerance = max(east - west, north - south) * FINEST_PART
    light = shapes.simplify_coverage(tolerance)
    before = _points(shapes)
    # Simplifying more is of no use once every ring is down to its corners.
    while MOST_POINTS < _points(light) < before:
        before, tolerance = _points(light), tolerance * 2
        light = shapes.simplify_coverage(tolerance)
    return tuple(shapely.transform(light.array, lambda points: np.round(points, DECIMALS)))


def _points(shapes: geopandas.GeoSeries) -> int:
    return int(shapely.get_num_coordinates(shapes.array).sum())
