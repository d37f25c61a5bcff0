"""CSV files that people bring: read as text, with every wrong line named."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from observer.badinput import BadFileError, Problem
from observer.missions.codes import is_code

LARGEST_FILE = 200_000_000
_LONGEST_CELL = 2_000
_AS_UTF8 = "in Excel: Save as, CSV UTF-8; in LibreOffice: Save as, Text CSV, character set UTF-8"
_NOT_CSV = {
    b"PK\x03\x04": f"this is an Excel workbook or another zip file, not CSV ({_AS_UTF8})",
    b"\xd0\xcf\x11\xe0": f"this is an old Excel workbook, not CSV ({_AS_UTF8})",
    b"\xff\xfe": f"the text is UTF-16; save it as UTF-8 ({_AS_UTF8})",
    b"\xfe\xff": f"the text is UTF-16; save it as UTF-8 ({_AS_UTF8})",
}


def at(line: int, column: str = "") -> str:
    """A place in a file, in words."""
    return f"line {line}, column {column}" if column else f"line {line}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the header: the line it begins on, and its cells by column."""

    line: int
    columns: dict[str, int]
    cells: list[str]

    def __getitem__(self, column: str) -> str:
        return self.cells[self.columns[column]]

    def columns_with(self, prefix: str) -> list[str]:
        """The columns whose name begins so."""
        return [column for column in self.columns if column.startswith(prefix)]

    def where(self, column: str = "") -> str:
        """The place of a cell in words."""
        return at(self.line, column)


@dataclass
class Sheet:
    """A file's rows, and what was found wrong with it so far."""

    name: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, where: str, message: str) -> None:
        """Note something wrong."""
        self.problems.append(Problem(where, message))

    def refuse_if_wrong(self) -> None:
        """Raise BadFileError with all that was noted, in the order of the lines."""
        if self.problems:
            raise BadFileError(self.name, sorted(self.problems, key=number_of))


def number_of(problem: Problem) -> int:
    """The line or feature a problem names first, to bring problems into the file's order."""
    number = re.search(r"\d+", problem.where)
    return int(number[0]) if number else 0


def read_bytes(path: Path) -> bytes:
    """A file's content. Raises BadFileError where there is none to read."""
    try:
        if path.is_dir():
            raise _bad(path, "this is a folder; name the file in it")
        if not path.exists():
            raise _bad(path, "there is no such file")
        if not path.is_file():
            raise _bad(path, "this is no ordinary file")
        if path.stat().st_size > LARGEST_FILE:
            raise _bad(path, f"larger than {LARGEST_FILE // 1_000_000} MB; split it")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, BadFileError):
            raise
        raise _bad(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not content.strip():
        raise _bad(path, "the file is empty")
    return content


def _bad(path: Path, message: str) -> BadFileError:
    return BadFileError(path.name, [Problem("", message)])


def read_sheet(path: Path, columns: Sequence[str], *, further: str = "") -> Sheet:
    """The rows of a CSV file with exactly these columns, in any order.

    There may be columns beside them whose name is ``further`` with a code after it.

    Cells are trimmed; wrong rows are noted in the sheet and left out. Raises BadFileError where
    the file as a whole cannot be read.
    """
    text = _decode(path, read_bytes(path))
    sheet = Sheet(path.name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines = _lines(reader, sheet)
    _line, header = next(lines, (1, []))
    header = [cell.lower() for cell in header]
    _check_header(sheet, header, columns, further)
    sheet.refuse_if_wrong()
    columns_at = {column: number for number, column in enumerate(header)}
    for line, cells in lines:
        if len(cells) != len(header):
            sheet.wrong(
                f"line {line}",
                f"has {len(cells)} cells, the header {len(header)}; "
                "a text with a comma in it needs quotes round it",
            )
        else:
            row = Row(line, columns_at, cells)
            if not any(_is_wrong(sheet, row, column) for column in header):
                sheet.rows.append(row)
    if not sheet.rows and not sheet.problems:
        sheet.wrong("", "there are no rows below the header")
    return sheet


def _decode(path: Path, content: bytes) -> str:
    for magic, message in _NOT_CSV.items():
        if content.startswith(magic):
            raise _bad(path, message)
    if content.count(0) > len(content) // 4:
        raise _bad(path, f"this is UTF-16 or no text at all; save it as CSV in UTF-8 ({_AS_UTF8})")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFileError(path.name, list(_undecodable(content))) from None


def _undecodable(content: bytes) -> Iterator[Problem]:
    yield Problem("", f"the text is not UTF-8; save it as UTF-8 ({_AS_UTF8})")
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = line[error.start : error.start + 1]
            guess = byte.decode("cp1252", "replace")
            yield Problem(
                f"line {number}",
                f"character {error.start + 1} is the byte {byte.hex().upper()}, "
                f"which in Windows' Latin-1 would be “{guess}”",
            )


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _lines(reader: csv.reader, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it begins on."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            sheet.wrong(
                f"line {line}",
                f"cannot be read ({error}); look for a quote too many or not closed",
            )
            continue
        cells = [" ".join(cell.split()) for cell in cells]
        if any(cells):
            yield line, cells


def _check_header(sheet: Sheet, header: list[str], columns: Sequence[str], further: str) -> None:
    expected = ",".join(columns) + (f" and any {further}NAME" if further else "")
    for column in columns:
        if column not in header:
            sheet.wrong(
                "line 1",
                f"the column {column} is missing; its cells may be empty. Expected: {expected}",
            )
    for column in dict.fromkeys(header):
        if column and header.count(column) > 1:
            sheet.wrong("line 1", f"the column {column} comes {header.count(column)} times")
    for number, column in enumerate(header, start=1):
        is_further = further and column.startswith(further) and is_code(column[len(further) :])
        if column not in columns and not is_further:
            named = shown(column) if column else "without a name"
            sheet.wrong("line 1", f"column {number}, {named}, is not known. Expected: {expected}")


def _is_wrong(sheet: Sheet, row: Row, column: str) -> bool:
    cell = row[column]
    if len(cell) > _LONGEST_CELL:
        sheet.wrong(
            row.where(column), f"is {len(cell):,} characters long; at most {_LONGEST_CELL:,}"
        )
        return True
    control = next((c for c in cell if unicodedata.category(c) == "Cc"), None)
    if control is not None:
        sheet.wrong(
            row.where(column), f"holds the control character U+{ord(control):04X}; delete it"
        )
    return control is not None


def shown(text: str, longest: int = 60) -> str:
    """A cell as it is quoted in a message: short, and without what a terminal would obey."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"“{text if len(text) <= longest else text[:longest] + '…'}”"
