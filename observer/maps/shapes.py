"""Which regions a map shows, and their boundaries, light enough to be sent to a browser."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from observer.missions.models import Region
from observer.missions.scope import Scope

MOST_POINTS = 20_000
"""A map's boundaries together have at most about this many points."""
FINEST_PART = 1 / 3_000
"""Details smaller than this part of the map's extent are left out."""
ROUNDED_PART = 1 / 4
"""Points are moved by rounding by less than this part of such a detail."""
MOST_DECIMALS = 5
"""About a metre."""
MOST_IN_MEMORY = 32
MOST_IN_FOLDER = 500
"""Maps whose boundaries are kept; the oldest are forgotten."""

_CRS = "EPSG:4326"
_METHOD = "1"
"""To be counted up when boundaries are simplified otherwise: what was kept is then of no use."""
_logger = logging.getLogger(__name__)
_kept: dict[str, geopandas.GeoDataFrame] = {}
_lock = Lock()


@dataclass(frozen=True)
class ShownRegion:
    """A region of a map; without a boundary it stands in the table beside it."""

    id: int
    code: str
    name: str
    level: int
    boundary: str | None
    """Tells its boundary from any other; None where it has none."""
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
            Region.boundary,
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
        ShownRegion(row.id, row.code, row.name, row.level, row.boundary, row.id in divided)
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
    return dict(zip(shapes.index, zip(shapes["x"], shapes["y"], strict=True), strict=True))


def boundaries(
    session: Session, regions: Iterable[ShownRegion], kept_in: Path | None = None
) -> geopandas.GeoDataFrame:
    """The simplified boundaries of the regions that have one, by code, with an inner point.

    Neighbours still share their boundary. What was simplified once is kept for as long as the
    boundaries in the database are the same: by this process, and in a folder for all others.
    """
    bounded = sorted((r for r in regions if r.boundary), key=lambda region: region.code)
    if not bounded:
        return _frame([])
    marks = "\n".join(f"{region.code} {region.boundary}" for region in bounded)
    stamp = hashlib.sha256(f"{_METHOD}\n{marks}".encode()).hexdigest()[:32]
    with _lock:
        kept = _kept.get(stamp)
    if kept is None:
        kept = _read(kept_in, stamp)
        if kept is None:
            kept = _simplified(session, [region.id for region in bounded])
            _write(kept_in, stamp, kept)
        with _lock:
            _kept[stamp] = kept
            while len(_kept) > MOST_IN_MEMORY:
                del _kept[next(iter(_kept))]
    return kept


def _read(folder: Path | None, stamp: str) -> geopandas.GeoDataFrame | None:
    if folder is None:
        return None
    try:
        return _frame(json.loads((folder / f"{stamp}.geojson").read_bytes())["features"])
    except (FileNotFoundError, ValueError):
        # A file that was cut short is as good as none: it is written again.
        return None


def _write(folder: Path | None, stamp: str, shapes: geopandas.GeoDataFrame) -> None:
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, whoever else writes the same.
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".part", delete=False) as file:
            file.write(shapes.reset_index(names="code").to_json(drop_id=True))
        Path(file.name).replace(folder / f"{stamp}.geojson")
        files = sorted(folder.glob("*.geojson"), key=lambda path: path.stat().st_mtime)
        for old in files[:-MOST_IN_FOLDER]:
            old.unlink(missing_ok=True)
    except OSError as error:
        # The map can be drawn all the same, only more slowly the next time.
        _logger.warning("boundaries cannot be kept in %s: %s", folder, error.strerror)


def _frame(features: list[dict[str, Any]]) -> geopandas.GeoDataFrame:
    columns = ["code", "x", "y", "geometry"]
    if not features:
        return geopandas.GeoDataFrame(columns=columns, geometry="geometry", crs=_CRS)
    return geopandas.GeoDataFrame.from_features(features, _CRS, columns).set_index("code")


def _simplified(session: Session, ids: list[int]) -> geopandas.GeoDataFrame:
    rows = session.execute(
        select(Region.code, cast(Region.geometry, Text).label("geometry"))
        .where(Region.id.in_(ids))
        .order_by(Region.code)
    ).all()
    shapes = geopandas.GeoSeries(shapely.from_geojson([row.geometry for row in rows]), crs=_CRS)
    west, south, east, north = shapes.total_bounds
    tolerance = max(east - west, north - south) * FINEST_PART
    light = shapes.simplify_coverage(tolerance)
    before = _points(shapes)
    # Simplifying more is of no use once every ring is down to its corners.
    while MOST_POINTS < _points(light) < before:
        before, tolerance = _points(light), tolerance * 2
        light = shapes.simplify_coverage(tolerance)
    decimals = min(MOST_DECIMALS, max(0, math.ceil(-math.log10(tolerance * ROUNDED_PART))))
    rounded = shapely.transform(light.array, lambda points: np.round(points, decimals))
    inner = geopandas.GeoSeries(rounded).maximum_inscribed_circle()
    at = np.array([line.coords[0][:2] for line in inner]).round(decimals)
    return geopandas.GeoDataFrame(
        {"x": at[:, 0], "y": at[:, 1]},
        index=pd.Index([row.code for row in rows], name="code"),
        geometry=rounded,
        crs=_CRS,
    )


def _points(shapes: geopandas.GeoSeries) -> int:
    return int(shapely.get_num_coordinates(shapes.array).sum())
