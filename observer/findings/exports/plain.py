"""CSV files, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from observer.findings.exports.tables import Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula."""
GUARD = "'"


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    One apostrophe is put in front of what would be taken for one, and of what begins with an
    apostrophe itself: take away the first apostrophe of any text that has one, and all is as it
    was. Numbers, negative ones too, are never changed.
    """
    return GUARD + text if text.startswith((*FORMULA, GUARD)) else text


def unguarded(text: str) -> str:
    """A text from a file as it was before it was guarded; one that never was stays as it is."""
    is_guarded = text.startswith(GUARD) and text[1:].startswith((*FORMULA, GUARD))
    return text.removeprefix(GUARD) if is_guarded else text


def cell(value: Any) -> Any:
    """A value as it stands in a CSV file."""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, datetime):
        return moment(value)
    return value


def moment(value: datetime) -> str:
    """A moment in ISO 8601, in UTC with a Z."""
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")


def write_csv(path: Path, table: Table, heads: list[str]) -> None:
    """Write a table as UTF-8 CSV."""
    readers = [variable.read for variable in table.variables]
    write_rows(path, heads, ([read(r) for read in readers] for b in table.batches() for r in b))


def write_rows(path: Path, heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write heads and rows as UTF-8 CSV with the mark that lets Excel see that it is."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        _write(file, heads, rows)


def rows_as_text(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """The same as a text, for a page that hands out a small table as a file."""
    file = io.StringIO("\ufeff", newline="")
    file.seek(0, io.SEEK_END)
    _write(file, heads, rows)
    return file.getvalue()


def _write(file: TextIO, heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    writer = csv.writer(file)
    writer.writerow([guarded(head) for head in heads])
    writer.writerows([cell(value) for value in row] for row in rows)
