"""Import of regions with their boundaries."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pandas
import shapely
from pyproj import Geod
from sqlalchemy.orm import Session

from observer.badinput import BadFileError, Problem
from observer.missions.codes import CODE_RULE, is_code
from observer.missions.geofile import GeoFile, polygon, read_geofile
from observer.missions.location import strays
from observer.missions.models import Mission
from observer.missions.regionplan import RegionPlan, RegionRow
from observer.missions.reports import ImportReport, Track, untracked
from observer.missions.sheets import shown

_ALIKE = 0.75
"""From here on two names may be one, misspelled."""
_SLIVER = 0.25
"""Up to this part of the larger feature, one of nearly its name is a sliver of it."""
_EARTH = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class _Feature:
    where: str
    code: str
    name: str
    parent: str | None
    boundary: shapely.Geometry

    @property
    def square_km(self) -> float:
        return abs(_EARTH.geometry_area_perimeter(self.boundary)[0]) / 1e6


def import_regions(
    session: Session,
    mission: Mission,
    path: Path,
    *,
    code_property: str = "code",
    name_property: str = "name",
    parent_property: str | None = None,
    layer: str | None = None,
    moves: bool = False,
    track: Track = untracked,
) -> ImportReport:
    """Import a GeoJSON or GeoPackage file; what the mission has already is brought up to it.

    Features of one code and one name, and slivers of nearly that name, are merged and reported.
    Without ``parent_property`` new regions come to the top of the tree and known ones stay where
    they are. Unless ``moves``, no known region gets another parent.

    Raises BadFileError with everything that is wrong; then nothing was changed.
    """
    file = read_geofile(path, layer)
    _check_properties(file, [code_property, name_property, parent_property])
    features = _features(file, code_property, name_property, parent_property, track)
    rows = [_row(file, pieces) for pieces in _by_code(features)]
    plan = RegionPlan(session, mission, rows, wrong=file.wrong, moves=moves)
    file.refuse_if_wrong()
    report = ImportReport(path.name, notes=file.notes, warnings=file.warnings)
    report.counts["regions"] = plan.write()
    report.notes.extend(plan.renamed)
    for stray in strays(session, mission):
        report.warn("", str(stray))
    return report


def _check_properties(file: GeoFile, names: Sequence[str | None]) -> None:
    there = [column for column in file.frame.columns if column != file.frame.geometry.name]
    missing = [name for name in names if name is not None and name not in there]
    if missing:
        options = {0: "--code", 1: "--name", 2: "--parent"}
        raise BadFileError(
            file.name,
            [
                Problem(
                    "",
                    f"the features have no property {shown(name)}; say with "
                    f"{options[names.index(name)]} which to take: {', '.join(there) or 'none'}",
                )
                for name in missing
            ],
        )


def _text(value: Any) -> str:
    """A property as text: a code such as 0301 stays as it is, 301.0 is 301."""
    if value is None or (pandas.api.types.is_scalar(value) and pandas.isna(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _features(
    file: GeoFile,
    code_property: str,
    name_property: str,
    parent_property: str | None,
    track: Track,
) -> list[_Feature]:
    frame = file.frame
    parents = frame[parent_property] if parent_property else [None] * len(frame)
    rows = list(
        zip(frame[code_property], frame[name_property], parents, frame.geometry, strict=True)
    )
    features = []
    for number, (raw_code, raw_name, raw_parent, geometry) in enumerate(
        track(rows, "Reading"), start=1
    ):
        code, name = _text(raw_code), _text(raw_name)
        parent = None if parent_property is None else _text(raw_parent)
        where = f"feature {number} ({code})" if is_code(code) else f"feature {number}"
        if not is_code(code):
            said = f"{shown(code)} cannot be a code" if code else "is empty"
            file.wrong(f"{where}, {code_property}", f"{said}: write {CODE_RULE}")
        if not name or len(name) > 200 or not name.isprintable():
            file.wrong(f"{where}, {name_property}", "write a name of 1 to 200 characters")
        boundary = polygon(file, where, geometry)
        if is_code(code) and boundary is not None:
            features.append(_Feature(where, code, name, parent, boundary))
    return features


def _by_code(features: Sequence[_Feature]) -> list[list[_Feature]]:
    """The features of each code, the largest first."""
    pieces: dict[str, list[_Feature]] = {}
    for feature in features:
        pieces.setdefault(feature.code, []).append(feature)
    return [
        sorted(some, key=lambda piece: -piece.square_km) if len(some) > 1 else some
        for some in pieces.values()
    ]


def _row(file: GeoFile, pieces: Sequence[_Feature]) -> RegionRow:
    main, *others = pieces
    boundary = main.boundary
    for other in others:
        if not _is_piece(other, main):
            file.wrong(
                other.where,
                f"has the code of {main.where}, but they are called {shown(other.name)} and "
                f"{shown(main.name)}; give each region a code of its own",
            )
        elif other.parent != main.parent:
            file.wrong(
                other.where,
                f"has the code of {main.where}, but they lie in {shown(other.parent or '')} "
                f"and {shown(main.parent or '')}",
            )
    if others:
        boundary = shapely.union_all([piece.boundary for piece in pieces])
        listed = " and ".join(f"{shown(p.name)} ({p.square_km:,.0f} km²)" for p in pieces)
        file.warn(
            f"code {main.code}",
            f"comes {len(pieces)} times; merged {listed} as {shown(main.name)}",
        )
    return RegionRow(
        where=main.where,
        where_parent=main.where,
        code=main.code,
        name=main.name,
        parent=main.parent,
        boundary=json.loads(shapely.to_geojson(boundary)),
    )


def _is_piece(other: _Feature, main: _Feature) -> bool:
    """Whether a feature is a piece of a larger one: of its name, or a sliver of nearly its name."""
    one, two = main.name.casefold(), other.name.casefold()
    return one == two or (
        SequenceMatcher(None, one, two).ratio() >= _ALIKE
        and re.findall(r"\d+", one) == re.findall(r"\d+", two)
        and other.square_km < _SLIVER * main.square_km
    )
