"""The values of cells: each function gives one, or notes in the sheet what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection

from observer.missions.codes import CODE_RULE, is_code
from observer.missions.sheets import Row, Sheet, shown

LARGEST_NUMBER = 10_000_000
_YES = frozenset({"yes", "true", "1", "y"})
_NO = frozenset({"no", "false", "0", "n"})
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?")


def code(sheet: Sheet, row: Row, column: str, *, required: bool = True) -> str:
    """A code; empty where it is wrong or, if it may be, not there."""
    cell = row[column]
    if not cell and not required:
        return ""
    if not cell:
        sheet.wrong(row.where(column), "is empty")
    elif not is_code(cell):
        sheet.wrong(row.where(column), f"{shown(cell)} cannot be a code: write {CODE_RULE}")
        return ""
    return cell


def text(sheet: Sheet, row: Row, column: str, longest: int, *, required: bool = False) -> str:
    """A text of some length."""
    cell = row[column]
    if required and not cell:
        sheet.wrong(row.where(column), "is empty")
    if len(cell) > longest:
        sheet.wrong(
            row.where(column), f"is {len(cell):,} characters long; at most {longest:,} can be kept"
        )
        return ""
    return cell


def choice(sheet: Sheet, row: Row, column: str, choices: Collection[str]) -> str:
    """One of several words, in lower case."""
    cell = row[column].lower()
    if cell not in choices:
        given = f"is {shown(row[column])}" if cell else "is empty"
        sheet.wrong(row.where(column), f"{given}; write one of {', '.join(choices)}")
        return ""
    return cell


def yes_no(sheet: Sheet, row: Row, column: str) -> bool | None:
    """Yes or no, or None where the cell is empty."""
    cell = row[column].lower()
    if cell and cell not in _YES | _NO:
        sheet.wrong(row.where(column), f"is {shown(row[column])}; write yes or no")
    return None if cell not in _YES | _NO else cell in _YES


def whole_number(sheet: Sheet, row: Row, column: str) -> int | None:
    """A number of things, or None where the cell is empty."""
    cell = row[column]
    if not cell:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", cell) or int(cell) > LARGEST_NUMBER:
        sheet.wrong(
            row.where(column),
            f"is {shown(cell)}; write a whole number from 0 to {LARGEST_NUMBER}, in digits alone",
        )
        return None
    return int(cell)


def decimal(
    sheet: Sheet, row: Row, column: str, *, lowest: float, highest: float, example: str
) -> float | None:
    """A decimal number within bounds, or None where the cell is empty."""
    cell = row[column]
    if not cell:
        return None
    if not _DECIMAL.fullmatch(cell):
        sheet.wrong(
            row.where(column),
            f"is {shown(cell)}; write a number with a decimal point, such as {example}",
        )
        return None
    if not lowest <= float(cell) <= highest:
        sheet.wrong(
            row.where(column),
            f"is {shown(cell)}; it must lie between {lowest:g} and {highest:g}, as {example} does",
        )
        return None
    return float(cell)
