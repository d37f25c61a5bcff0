"""Files for geographic information systems: GeoJSON and GeoPackage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import shapely

from observer.findings.exports.columns import record_batches, schema_of
from observer.findings.exports.plain import moment
from observer.findings.exports.tables import Position, Table

WGS84 = "EPSG:4326"
GEOMETRY = "geom"
RESERVED = ("fid", GEOMETRY)
"""Columns that a GeoPackage has itself."""
ROWS_AT_ONCE = 10_000


def write_geojson(path: Path, table: Table) -> None:
    """Write a table as GeoJSON (RFC 7946), one feature on each line."""
    variables = table.variables
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        separator = "\n"
        for batch in table.batches():
            for row in batch:
                properties = {v.name: _property(v.read(row)) for v in variables}
                if table.is_sparse:
                    properties = {k: v for k, v in properties.items() if v is not None}
                feature = {
                    "type": "Feature",
                    "geometry": _point(table.position(row) if table.position else (None, None)),
                    "properties": properties,
                }
                file.write(separator + json.dumps(feature, ensure_ascii=False, allow_nan=False))
                separator = ",\n"
        file.write("\n]}\n")


def _point(position: Position) -> dict[str, Any] | None:
    lat, lon = position
    if lat is None or lon is None:
        return None
    return {"type": "Point", "coordinates": [lon, lat]}


def _property(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value


def write_geopackage(
    path: Path, tables: Iterable[Table], dictionary: Sequence[Sequence[str]]
) -> None:
    """Write tables as layers of a GeoPackage, and the dictionary as a table without geometry."""
    for table in tables:
        _write_layer(path, table)
    heads, *rows = dictionary
    arrow = pa.table([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], heads)
    _append(path, "dictionary", arrow, {})


def _write_layer(path: Path, table: Table) -> None:
    schema = schema_of(table)
    names = [_free(field.name) for field in schema]
    geometry = {}
    if table.position is not None:
        names.append(GEOMETRY)
        geometry = {"geometry_name": GEOMETRY, "geometry_type": "Point", "crs": WGS84}
    waiting: list[pa.Table] = []

    def append() -> None:
        _append(path, table.name, pa.concat_tables(waiting), geometry)
        waiting.clear()

    # The first, empty one makes the layer where there are no rows at all.
    waiting.append(_with_points(schema.empty_table(), [], table, names))
    for rows, batch in record_batches(table, schema):
        waiting.append(_with_points(pa.Table.from_batches([batch]), rows, table, names))
        if sum(each.num_rows for each in waiting) >= ROWS_AT_ONCE:
            append()
    if waiting:
        append()


def _free(name: str) -> str:
    return f"{name}_" if name.lower() in RESERVED else name


def _with_points(arrow: pa.Table, rows: Sequence[Any], table: Table, names: list[str]) -> pa.Table:
    """The rows under their layer's names, with a geometry where they have one."""
    if table.position is not None:
        found = [table.position(row) for row in rows]
        points = [None if None in at else shapely.Point(at[1], at[0]) for at in found]
        arrow = arrow.append_column(GEOMETRY, pa.array(shapely.to_wkb(points), pa.binary()))
    return arrow.rename_columns(names)


def _append(path: Path, layer: str, arrow: pa.Table, geometry: dict[str, str]) -> None:
    """Add rows to a layer, which comes to be with the first ones."""
    exists = path.exists() and layer in {name for name, _kind in pyogrio.list_layers(path)}
    pyogrio.write_arrow(arrow, path, layer=layer, driver="GPKG", append=exists, **geometry)
