"""Excel workbooks: a sheet for each table and one for the dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from observer.findings.exports.names import NotExportedError
from observer.findings.exports.tables import Table

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767
LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_workbook(
    path: Path, tables: Iterable[tuple[Table, list[str]]], dictionary: Sequence[Sequence[Any]]
) -> None:
    """Write tables with their heads, and the dictionary's rows.

    A table with more rows than a sheet can have continues on the next sheet. Texts are texts,
    whatever they begin with: none becomes a formula or a link.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with Workbook(str(path), options) as workbook:
        sheets = _Sheets(workbook)
        for table, heads in tables:
            _check_width(table, heads)
            readers = [variable.read for variable in table.variables]
            rows = ([read(r) for read in readers] for batch in table.batches() for r in batch)
            sheets.write(table.name, heads, rows)
        heads, *rows = dictionary
        sheets.write("dictionary", heads, iter(rows))


def _check_width(table: Table, heads: Sequence[str]) -> None:
    if len(heads) > MOST_COLUMNS:
        raise NotExportedError(
            _(
                "%(table)s has %(columns)s columns; a sheet of Excel can have %(most)s. "
                "Export it as CSV or Parquet.",
                table=table.name,
                columns=len(heads),
                most=MOST_COLUMNS,
            )
        )


class _Sheets:
    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._taken: set[str] = set()
        self._bold = workbook.add_format({"bold": True})
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def write(self, name: str, heads: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
        sheet, number = self._begin(name, heads), 0
        for row in rows:
            if number == MOST_ROWS - 1:
                sheet, number = self._begin(name, heads), 0
            number += 1
            for column, value in enumerate(row):
                self._cell(sheet, number, column, value)

    def _begin(self, name: str, heads: Sequence[str]) -> Worksheet:
        sheet = self._workbook.add_worksheet(self._free(_FORBIDDEN.sub("_", name)))
        sheet.freeze_panes(1, 1)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head[:LONGEST_CELL], self._bold)
        return sheet

    def _free(self, name: str) -> str:
        free, number = name[:LONGEST_NAME], 2
        while free.lower() in self._taken:
            end = f" ({number})"
            free, number = name[: LONGEST_NAME - len(end)] + end, number + 1
        self._taken.add(free.lower())
        return free

    def _cell(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value[:LONGEST_CELL])
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self._moment)
        else:
            sheet.write_number(row, column, value)
