"""GeoJSON and GeoPackage files that people bring: read as polygons in WGS 84."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import geopandas
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

from observer.badinput import BadFileError, Problem
from observer.missions.sheets import number_of, read_bytes, shown

_GEOPACKAGE = b"SQLite format 3\x00"
_HOW = "in QGIS: Export, Save features as, GeoJSON or GeoPackage"
_GRID = 1e-7
"""Coordinates are kept to about a centimetre."""


@dataclass
class GeoFile:
    """A file's features, polygons in WGS 84, and what was found wrong with or done to them."""

    name: str
    frame: geopandas.GeoDataFrame
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def wrong(self, where: str, message: str) -> None:
        """Note something that keeps the file from being imported."""
        self.problems.append(Problem(where, message))

    def warn(self, where: str, message: str) -> None:
        """Note something that deserves a look."""
        self.warnings.append(Problem(where, message))

    def refuse_if_wrong(self) -> None:
        """Raise BadFileError with all that was noted, in the order of the features."""
        if self.problems:
            raise BadFileError(self.name, sorted(self.problems, key=number_of))


def read_geofile(path: Path, layer: str | None = None) -> GeoFile:
    """Read a file's features, in the file's order.

    Raises BadFileError where the file as a whole cannot be read.
    """
    content = read_bytes(path)
    if content.startswith(_GEOPACKAGE):
        layer = _layer(path, layer)
    else:
        _check_geojson(path, content)
    try:
        with warnings.catch_warnings():
            # GDAL's doubts about single features; what matters of them is checked below.
            warnings.simplefilter("ignore")
            frame = pyogrio.read_dataframe(path, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _bad(path, f"cannot be read: {shown(str(error), 200)} ({_HOW})") from error
    except (ValueError, RuntimeError, shapely.errors.GEOSException) as error:
        raise _bad(path, f"cannot be read: {shown(str(error), 200)}") from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise _bad(path, f"has no geometries ({_HOW})")
    if frame.empty:
        raise _bad(path, "there are no features in it")
    file = GeoFile(path.name, frame)
    file.frame = _in_degrees(file, path)
    return file


def _bad(path: Path, message: str) -> BadFileError:
    return BadFileError(path.name, [Problem("", message)])


def _check_geojson(path: Path, content: bytes) -> None:
    # GDAL tells formats by their content, and some of them fetch other files or addresses.
    try:
        parsed = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _bad(
            path, f"this is neither GeoJSON in UTF-8 nor a GeoPackage ({error.reason}; {_HOW})"
        ) from error
    except json.JSONDecodeError as error:
        raise _bad(
            path,
            f"this is neither a GeoPackage nor GeoJSON: line {error.lineno}, "
            f"column {error.colno}: {error.msg} ({_HOW})",
        ) from error
    except (RecursionError, ValueError) as error:
        raise _bad(path, f"this is no GeoJSON ({_HOW})") from error
    features = parsed.get("features") if isinstance(parsed, dict) else None
    if not isinstance(features, list) or parsed.get("type") != "FeatureCollection":
        raise _bad(path, f"is JSON, but no GeoJSON FeatureCollection ({_HOW})")
    if not features:
        raise _bad(path, "there are no features in it")
    _check_named_system(path, parsed.get("crs"))
    wrong = [
        Problem(f"feature {number}", "is no GeoJSON feature with properties and a geometry")
        for number, feature in enumerate(features, start=1)
        if not isinstance(feature, dict)
        or feature.get("type") != "Feature"
        or not isinstance(feature.get("properties"), dict)
        or not isinstance(feature.get("geometry"), dict | None)
    ]
    if wrong:
        raise BadFileError(path.name, wrong)


def _check_named_system(path: Path, named: object) -> None:
    # GDAL passes over a name that it does not know, and reads the coordinates as degrees.
    if named is None:
        return
    try:
        CRS.from_user_input(named["properties"]["name"])  # type: ignore[index]
    except (CRSError, KeyError, TypeError) as error:
        raise _bad(
            path,
            f"names a coordinate system that is not known: {shown(json.dumps(named), 100)}; "
            "export it in WGS 84 (EPSG:4326)",
        ) from error


def _layer(path: Path, layer: str | None) -> str:
    try:
        layers = [name for name, geometry in pyogrio.list_layers(path) if geometry is not None]
    except (pyogrio.errors.DataSourceError, UnicodeError) as error:
        raise _bad(path, f"this is a SQLite file, but no GeoPackage ({_HOW})") from error
    names = ", ".join(layers)
    if not layers:
        raise _bad(path, "this GeoPackage has no layer with geometries")
    if layer is None and len(layers) > 1:
        raise _bad(path, f"has several layers; name one of them with --layer: {names}")
    if layer is not None and layer not in layers:
        raise _bad(path, f"has no layer {shown(layer)}; it has {names}")
    return layer or layers[0]


def _in_degrees(file: GeoFile, path: Path) -> geopandas.GeoDataFrame:
    frame = file.frame
    if frame.crs is None:
        frame = frame.set_crs("EPSG:4326")
        file.notes.append("The file names no coordinate system; read as WGS 84 degrees")
    elif frame.crs.to_epsg() != 4326:
        file.notes.append(f"Converted from {frame.crs.name} to WGS 84")
        try:
            frame = frame.to_crs("EPSG:4326")
        except (ProjError, ValueError, shapely.errors.GEOSException) as error:
            raise _bad(path, f"cannot be converted to WGS 84: {shown(str(error), 200)}") from error
    return frame


def polygon(
    file: GeoFile, where: str, geometry: shapely.Geometry | None
) -> shapely.Geometry | None:
    """A feature's boundary, two-dimensional and valid; None where that is noted as wrong."""
    if geometry is None or geometry.is_empty:
        file.wrong(where, "has no geometry that could be read")
        return None
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        file.wrong(where, f"is a {geometry.geom_type}; a boundary is a Polygon or MultiPolygon")
        return None
    west, south, east, north = geometry.bounds
    # Written so that what is no number fails too.
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        file.wrong(
            where,
            f"has coordinates such as {west:.6g}, {south:.6g}, which are no degrees of "
            "longitude and latitude; export it again with its coordinate system, or in WGS 84",
        )
        return None
    reason = "" if geometry.is_valid else shapely.is_valid_reason(geometry)
    before = geometry.area
    geometry = _polygons(shapely.make_valid(shapely.force_2d(geometry)))
    geometry = _polygons(shapely.set_precision(geometry, _GRID))
    if geometry.is_empty:
        file.wrong(where, f"has no area{f' ({reason})' if reason else ''}")
        return None
    if reason:
        change = f"; its area changed by {geometry.area / before - 1:+.2%}" if before else ""
        file.warn(where, f"the boundary was repaired ({reason}){change}")
    return geometry


def _polygons(geometry: shapely.Geometry) -> shapely.Geometry:
    """What of a geometry are polygons: repairing can leave lines and points beside them."""
    parts = [
        part
        for part in shapely.get_parts(shapely.get_parts(geometry))
        if part.geom_type == "Polygon"
    ]
    return shapely.union_all(parts)
