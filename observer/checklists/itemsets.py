"""Lists of choices from files that are brought along with a form: CSV or GeoJSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from io import StringIO
from typing import Any

MOST_CHOICES = 5_000
"""Choices of one list: more of them make a page that a cheap phone cannot scroll."""


class ListError(ValueError):
    """A list cannot be used; the message says why and what to do."""


def choices_from(
    name: str, beside: Mapping[str, bytes], parameters: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The choices that a file has, with ``name``, ``label`` and its other columns.

    ``parameters`` are the question's: ``value`` and ``label`` name other columns than these.
    Raises ListError.
    """
    if name not in beside:
        raise ListError(
            f"the list {name} is missing; bring it along: observer form import FORM --with {name}"
        )
    try:
        content = beside[name].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError(f"{name} is not UTF-8 text; save it as CSV UTF-8") from error
    if name.lower().endswith(".csv"):
        rows, names = _from_csv(content), ("name", "label")
    elif name.lower().endswith(".geojson"):
        rows, names = _from_geojson(name, content), ("id", "title")
    else:
        raise ListError(f"{name} is neither CSV nor GeoJSON; bring the list as CSV")
    value, label = parameters.get("value", names[0]), parameters.get("label", names[1])
    if not rows or value not in rows[0]:
        raise ListError(f"{name} has no column {value}; name the column with its answers so")
    if len(rows) > MOST_CHOICES:
        raise ListError(
            f"{name} has {len(rows):,} rows; bring at most {MOST_CHOICES:,}, "
            "or ask for the place at the form's beginning, where all places can be found"
        )
    return [
        row | {"name": row[value].strip(), "label": row.get(label) or row[value]}
        for row in rows
        if row[value].strip()
    ]


def _from_csv(content: str) -> list[dict[str, str]]:
    try:
        dialect: Any = csv.Sniffer().sniff(content.partition("\n")[0], ",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        reader = csv.DictReader(StringIO(content), dialect=dialect)
        return [{k.strip(): v or "" for k, v in row.items() if k} for row in reader]
    except (csv.Error, AttributeError) as error:
        raise ListError(f"it cannot be read as CSV ({error}); save it as CSV UTF-8") from error


def _from_geojson(name: str, content: str) -> list[dict[str, str]]:
    try:
        features = json.loads(content)["features"]
        return [
            {
                key: "" if value is None else str(value)
                for key, value in ({"id": each.get("id")} | (each["properties"] or {})).items()
            }
            for each in features
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ListError(f"{name} cannot be read as GeoJSON; bring the list as CSV") from error
