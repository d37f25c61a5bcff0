"""Lists from files that are brought along with a form: CSV, XML or GeoJSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from io import StringIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from observer.checklists.rewriting import column_name

MOST_CHOICES = 5_000
"""Choices of one list: more of them make a page that a cheap phone cannot scroll."""
MOST_ROWS = 20_000
"""Rows of one table: more of them make a page that a poor network cannot load."""

_Rows = list[dict[str, str]]


class ListError(ValueError):
    """A list cannot be used; the message says why and what to do."""


def choices_from(
    name: str, beside: Mapping[str, bytes], parameters: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The choices that a file has, with ``name``, ``label`` and its other columns.

    ``parameters`` are the question's: ``value`` and ``label`` name other columns than these.
    Raises ListError.
    """
    rows = rows_from(name, beside)
    names = ("id", "title") if name.lower().endswith(".geojson") else ("name", "label")
    value = column_name(parameters.get("value", names[0]))
    labels = [column_name(each) for each in parameters.get("label", names[1]).split(",")]
    if not rows or value not in rows[0]:
        raise ListError(f"{name} has no column {value}; name the column with its answers so")
    if len(rows) > MOST_CHOICES:
        raise ListError(
            f"{name} has {len(rows):,} rows; bring at most {MOST_CHOICES:,}, "
            "or ask for the place at the form's beginning, where all places can be found"
        )
    return [
        row
        | {
            "name": row[value].strip(),
            "label": ", ".join(filter(None, map(row.get, labels))) or row[value],
        }
        for row in rows
        if row[value].strip()
    ]


def rows_from(name: str, beside: Mapping[str, bytes]) -> _Rows:
    """The rows of a file, each with all columns. Raises ListError."""
    if name not in beside:
        raise ListError(
            f"the list {name} is missing; bring it along, as a list that the form names or "
            f"--with {name}"
        )
    kind = name.lower().rpartition(".")[2]
    if kind == "xml":
        rows = _from_xml(name, beside[name])
    elif kind in ("csv", "geojson"):
        try:
            content = beside[name].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ListError(f"{name} is not UTF-8 text; save it as CSV UTF-8") from error
        rows = _from_csv(content) if kind == "csv" else _from_geojson(name, content)
    else:
        raise ListError(f"{name} is neither CSV, XML nor GeoJSON; bring the list as CSV")
    if len(rows) > MOST_ROWS:
        raise ListError(f"{name} has {len(rows):,} rows; bring at most {MOST_ROWS:,}")
    columns = dict.fromkeys(column for row in rows for column in row)
    return [{column: row.get(column, "") for column in columns} for row in rows]


def _from_csv(content: str) -> _Rows:
    try:
        dialect: Any = csv.Sniffer().sniff(content.partition("\n")[0], ",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        reader = csv.DictReader(StringIO(content), dialect=dialect)
        return [{column_name(k): v or "" for k, v in row.items() if k} for row in reader]
    except (csv.Error, AttributeError) as error:
        raise ListError(f"it cannot be read as CSV ({error}); save it as CSV UTF-8") from error


def _from_xml(name: str, content: bytes) -> _Rows:
    """A column is called by the name of the element alone, however deep it is in its row."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ListError(f"{name} cannot be read as XML; bring the list as CSV") from error
    return [
        {_tag(leaf): (leaf.text or "").strip() for leaf in reversed([*row.iter()]) if not len(leaf)}
        for row in root
    ]


def _tag(element: Element) -> str:
    return column_name(str(element.tag).rpartition("}")[2])


def _from_geojson(name: str, content: str) -> _Rows:
    try:
        return [
            {
                column_name(key): "" if value is None else str(value)
                for key, value in (
                    {"id": each.get("id"), "geometry": _point(each.get("geometry"))}
                    | (each["properties"] or {})
                ).items()
            }
            for each in json.loads(content)["features"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ListError(f"{name} cannot be read as GeoJSON; bring the list as CSV") from error


def _point(geometry: Any) -> str:
    """A point as an answer to geopoint has it; nothing for another shape."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return ""
    lon, lat = geometry["coordinates"][:2]
    return f"{lat} {lon} 0 0"
