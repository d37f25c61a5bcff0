"""The sheets of an XLSForm file, and where in them something stands."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from pyxform.xls2json_backends import DefinitionData, get_xlsform

from observer.badinput import BadFileError, Problem

MOST_BYTES = 10_000_000
MOST_UNPACKED_BYTES = 100_000_000
FIRST_ROW = 2
"""The row below the headers, which is row 1."""


@dataclass(frozen=True, kw_only=True)
class CellProblem(Problem):
    """What is wrong with a cell; ``where`` says in words what its parts say apart."""

    sheet: str
    row: str
    column: str


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_sheets(content: bytes, name: str) -> DefinitionData:
    """The sheets of an XLSForm, an Excel workbook, a CSV or Markdown tables.

    Raises BadFileError where the file is none of these.
    """
    kind = _kind(content, name)
    if kind in (".md", ".csv"):
        content = _utf8(content, name)
    try:
        sheets = get_xlsform(content, file_type=kind)
    except Exception as error:  # Whatever stumbles over somebody's file, the file is bad.
        raise BadFileError(name, [_unreadable(kind, error)]) from error
    if not sheets.survey:
        raise BadFileError(
            name,
            [
                at_cell(
                    "survey",
                    FIRST_ROW,
                    "type",
                    "there is no question; an XLSForm has its questions on a sheet named survey, "
                    "with the columns type, name and label",
                )
            ],
        )
    return sheets


def _kind(content: bytes, name: str) -> str:
    if not content.strip():
        raise BadFileError(name, [Problem("", "the file is empty")])
    if len(content) > MOST_BYTES:
        raise BadFileError(name, [Problem("", f"larger than {MOST_BYTES // 1_000_000} MB")])
    if content.startswith(b"PK"):
        _check_unpacked_size(content, name)
        return ".xlsx"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return ".xls"
    if name.lower().endswith((".xlsx", ".xls", ".xlsm")):
        raise BadFileError(
            name, [Problem("", "not an Excel workbook; save it from Excel as .xlsx once more")]
        )
    if name.lower().endswith((".md", ".csv")):
        return name.lower()[name.rindex(".") :]
    return ".md" if content.lstrip().startswith(b"|") else ".csv"


def _check_unpacked_size(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadFileError(
            name, [Problem("", "not a readable Excel workbook; save it as .xlsx once more")]
        ) from error
    if size > MOST_UNPACKED_BYTES:
        raise BadFileError(
            name, [Problem("", f"unpacks to more than {MOST_UNPACKED_BYTES // 1_000_000} MB")]
        )


def _utf8(content: bytes, name: str) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        what = "it is UTF-16" if utf16 else f"byte {error.start + 1} is no UTF-8"
        raise BadFileError(
            name, [Problem("", f"not UTF-8 text ({what}); save it as CSV UTF-8 or as .xlsx")]
        ) from error
    if _CONTROL.search(text):
        raise BadFileError(name, [Problem("", "not text; save it as CSV UTF-8 or as .xlsx")])
    return text.replace("\r\n", "\n").encode()


def _unreadable(kind: str, error: Exception) -> Problem:
    if str(error).startswith("Duplicate column header"):
        column = str(error).rpartition(": ")[2]
        return at_cell("", 1, column, f"{error}; write each column once")
    format_name = {".md": "Markdown tables", ".csv": "CSV"}.get(kind, "an Excel workbook")
    return Problem(
        "",
        f"cannot be read as {format_name}; an XLSForm has the sheets survey, choices and "
        "settings, and is best brought as .xlsx",
    )


def at_cell(sheet: str, row: int | str, column: str, message: str) -> CellProblem:
    """What is wrong with a cell, a row or a sheet, whichever of them is known."""
    parts = (("sheet", sheet), ("row", row), ("column", column))
    where = ", ".join(f"{word} {value}" for word, value in parts if value)
    return CellProblem(where, message, sheet=sheet, row=str(row or ""), column=column)
