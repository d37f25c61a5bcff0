"""Names of formats and files, and what cannot be written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _


class NotExportedError(ValueError):
    """An export cannot be written as it was asked for; the message says why."""


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    suffix: str
    title: str
    holds_tables: bool = False
    """Whether one file holds several tables and the dictionary."""
    has_codes: bool = False
    """Whether choices are numbers in it that the file itself gives labels."""


FORMATS = {
    each.suffix: each
    for each in (
        Format("xlsx", "Excel", holds_tables=True),
        Format("csv", "CSV"),
        Format("parquet", "Parquet"),
        Format("gpkg", "GeoPackage", holds_tables=True),
        Format("geojson", "GeoJSON"),
        Format("sav", "SPSS", has_codes=True),
        Format("dta", "Stata", has_codes=True),
    )
}


def format_of(name: str) -> tuple[Format, bool]:
    """The format that a file's name asks for, and whether in a zip (``out.csv.zip``).

    Raises NotExportedError for another name.
    """
    found = re.search(r"\.(\w+?)(\.zip)?$", name.lower())
    chosen = FORMATS.get(found[1]) if found else None
    if found is None or chosen is None:
        raise NotExportedError(
            _(
                "“%(name)s” names no format: end it in %(suffixes)s; or in .csv.zip and the like, "
                "for a file per form.",
                name=name,
                suffixes=", ".join(f".{suffix}" for suffix in FORMATS),
            )
        )
    return chosen, bool(found[2])


def simple_names(names: Iterable[str], longest: int) -> list[str]:
    """Names of letters, digits and low lines that begin with a letter, none twice.

    Statistics programs take no others.
    """
    taken: set[str] = set()
    simple = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
        plain = plain if re.match(r"[A-Za-z]", plain) else f"v{plain}"
        free, number = plain[:longest], 2
        while free.lower() in taken:
            end = f"_{number}"
            free, number = plain[: longest - len(end)] + end, number + 1
        taken.add(free.lower())
        simple.append(free)
    return simple
