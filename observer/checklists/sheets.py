"""The sheets of an XLSForm file, and where in them something stands."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from pyxform.xls2json_backends import DefinitionData, get_xlsform

from observer.badinput import BadFileError, Problem

MOST_BYTES = 10_000_000
MOST_UNPACKED_BYTES = 100_000_000
FIRST_ROW = 2
"""The row below the headers, which is row 1."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ROW = re.compile(r"^\[row : (\d+)\]\s*")
_SHEET = re.compile(r"^On the '(\w+)' sheet, the '([^']+)' value is (?:invalid|problematic)\. ")


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
                Problem(
                    "sheet survey",
                    "not there or empty; an XLSForm has its questions on a sheet named survey, "
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
        return Problem("row 1", f"{error}; write each column once")
    format_name = {".md": "Markdown tables", ".csv": "CSV"}.get(kind, "an Excel workbook")
    return Problem(
        "",
        f"cannot be read as {format_name}; an XLSForm has the sheets survey, choices and "
        "settings, and is best brought as .xlsx",
    )


def problem_of(error: Exception) -> Problem:
    """What pyxform says is wrong, with the place it names taken out of its sentence."""
    message = " ".join(str(error).split())
    row, sheet, column = "", "", ""
    if found := _ROW.match(message):
        row, message = found[1], message[found.end() :]
    if found := _SHEET.match(message):
        sheet, column, message = found[1], found[2], message[found.end() :]
    return Problem(place(sheet or ("survey" if row else ""), row, column), message)


def place(sheet: str, row: int | str = "", column: str = "") -> str:
    """Where something stands, as people find it: ``sheet survey, row 5, column relevant``."""
    parts = (("sheet", sheet), ("row", row), ("column", column))
    return ", ".join(f"{word} {value}" for word, value in parts if value)
