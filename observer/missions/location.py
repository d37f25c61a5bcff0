"""Which region a centre lies in, by its coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas
import numpy
import shapely
from pyproj import Geod
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.missions.models import Mission, Place, PlaceKind, Region
from observer.missions.regionplan import chain_of
from observer.missions.regions import regions_frame

_EARTH = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Containing:
    """The regions a point lies in, by code: all of them, and those at the greatest depth.

    There are several lowest ones on a border, or where boundaries overlap.
    """

    all: frozenset[str]
    lowest: tuple[str, ...]


NOWHERE = Containing(frozenset(), ())


def locate(
    frame: geopandas.GeoDataFrame, lons: Sequence[float], lats: Sequence[float]
) -> list[Containing]:
    """For each point the regions of the frame it lies in, borders included."""
    bounded = frame.loc[frame.geometry.notna(), ["code", "level", "geometry"]]
    if bounded.empty or not len(lons):
        return [NOWHERE] * len(lons)
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lons, lats), crs=frame.crs)
    joined = geopandas.sjoin(points, bounded, predicate="intersects")
    found: dict[int, list[tuple[int, str]]] = {}
    for point, level, code in zip(joined.index, joined.level, joined.code, strict=True):
        found.setdefault(point, []).append((level, code))
    return [_containing(found.get(point, [])) for point in range(len(lons))]


def _containing(regions: list[tuple[int, str]]) -> Containing:
    deepest = max((level for level, _code in regions), default=0)
    lowest = sorted(code for level, code in regions if level == deepest)
    return Containing(frozenset(code for _level, code in regions), tuple(lowest))


def _outlines(frame: geopandas.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """The boundary of each region by code: its own, or else that of the regions in it together."""
    outlines: dict[int, shapely.Geometry] = {}
    # From the lowest up, so that what lies in a region is there before it.
    for region in frame.sort_values("level", ascending=False).itertuples():
        boundary = region.geometry
        if boundary is None:
            inside = frame.id[frame.parent_id == region.id]
            boundary = shapely.union_all([outlines[i] for i in inside if i in outlines])
        if not boundary.is_empty:
            outlines[region.id] = boundary
    return {r.code: outlines[r.id] for r in frame.itertuples() if r.id in outlines}


def distances_km(
    boundary: shapely.Geometry, lons: Sequence[float], lats: Sequence[float]
) -> list[float]:
    """How far points lie from a boundary, in kilometres; within it, 0.

    The nearest spot is looked for on a map that is true at the points' mean latitude, the way to
    it is then measured on the ellipsoid.
    """
    stretch = numpy.array([max(float(numpy.cos(numpy.radians(numpy.mean(lats)))), 0.01), 1.0])
    flat = shapely.transform(boundary, lambda coordinates: coordinates * stretch)
    points = shapely.points(numpy.column_stack([lons, lats]) * stretch)
    ways = shapely.get_coordinates(shapely.shortest_line(points, flat)) / stretch
    starts, ends = ways[0::2], ways[1::2]
    _there, _back, metres = _EARTH.inv(starts[:, 0], starts[:, 1], ends[:, 0], ends[:, 1])
    return [metre / 1000 for metre in metres]


@dataclass(frozen=True)
class Stray:
    """A centre outside the region it belongs to."""

    code: str
    name: str
    region: str
    km: float
    lies_in: tuple[str, ...]
    """The regions it lies in, by code; none where it lies in no region of the mission."""

    def __str__(self) -> str:
        where = f"in {' or '.join(self.lies_in)}" if self.lies_in else "in no region"
        way = f"{self.km:.1f}" if self.km < 10 else f"{self.km:,.0f}"
        return f"centre {self.code} ({self.name}) lies {where}, {way} km outside its {self.region}"


def strays(session: Session, mission: Mission) -> list[Stray]:
    """The mission's centres that lie outside the boundary of their region, farthest first."""
    frame = regions_frame(session, mission)
    outlines = _outlines(frame)
    centres = session.execute(
        select(Place.code, Place.name, Place.lat, Place.lon, Region.code.label("region"))
        .join(Region, Place.region_id == Region.id)
        .where(
            Place.mission_id == mission.id,
            Place.kind == PlaceKind.CENTRE,
            Place.lat.is_not(None),
            Place.lon.is_not(None),
        )
    ).all()
    centres = [centre for centre in centres if centre.region in outlines]
    located = locate(frame, [c.lon for c in centres], [c.lat for c in centres])
    inside = _subtrees(frame)
    outside: dict[str, list[tuple[Any, Containing]]] = {}
    for centre, containing in zip(centres, located, strict=True):
        if not containing.all & inside[centre.region]:
            outside.setdefault(centre.region, []).append((centre, containing))
    found = []
    for region, pairs in outside.items():
        lons, lats = [c.lon for c, _ in pairs], [c.lat for c, _ in pairs]
        ways = distances_km(outlines[region], lons, lats)
        found += [
            Stray(centre.code, centre.name, region, km, containing.lowest)
            for (centre, containing), km in zip(pairs, ways, strict=True)
        ]
    return sorted(found, key=lambda stray: (-stray.km, stray.code))


def _subtrees(frame: geopandas.GeoDataFrame) -> dict[str, set[str]]:
    """For each region, by code, itself and all that lies in it."""
    code_of = dict(zip(frame.id, frame.code, strict=True))
    parents = {region.code: code_of.get(region.parent_id, "") for region in frame.itertuples()}
    inside: dict[str, set[str]] = {code: set() for code in parents}
    for code in parents:
        for above in chain_of(code, parents):
            inside[above].add(code)
    return inside
