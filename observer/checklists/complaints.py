"""What pyxform complains of, brought to the cell it is about and to what is to be written there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from observer.checklists.sheets import FIRST_ROW, CellProblem, at_cell

_ROW = re.compile(r"^\[row : (?P<row>\d+|unknown)\]\s*")
_VALUE = re.compile(
    r"^On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']+)' value(?P<value> '[^']*')? "
    r"is (?:invalid|problematic)\. "
)


@dataclass(frozen=True)
class _Complaint:
    """A sentence of pyxform's: the sheet and column it means, and what is to be done."""

    sentence: str
    column: str
    remedy: str = ""
    sheet: str = "survey"
    row: int | None = None


_COMPLAINTS = (
    _Complaint("Missing calculation", "calculation", "write what it is, as in ${a} + ${b}"),
    _Complaint("with no name", "name", "write a name of letters and digits without spaces"),
    _Complaint(
        "List name not in choices sheet",
        "type",
        "write its choices on the sheet choices, under this list_name",
    ),
    _Complaint("Audits must always", "name"),
    _Complaint("Unmatched 'begin", "type", "write a row with end_group or end_repeat"),
    _Complaint("Unmatched 'end", "type", "leave it out, or write the row that begins it"),
    _Complaint(
        "Choice filter not supported", "choice_filter", "ask for the other in a row of its own"
    ),
    _Complaint("File name for 'select", "type"),
    _Complaint(
        "There should be an external_choices sheet",
        "list_name",
        "write the choices on a sheet external_choices",
        "external_choices",
        1,
    ),
    _Complaint(
        "There should be a choices sheet",
        "list_name",
        "write the choices on a sheet choices",
        "choices",
        1,
    ),
    _Complaint("'entities' sheet", "list_name", "", "entities"),
)
_HEADERS = re.compile(
    r"^Invalid headers provided for sheet: '(?P<sheet>\w+)'\..*?found: '(?P<column>[^']+)'"
)
_COLUMN = re.compile(r"the '(?P<column>\w+)' column must")
_PARAMETER = re.compile(r"[Pp]arameter|quality|track-changes|identify-user|randomize|seed")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def problem_of(error: Exception, survey: Sequence[Mapping[str, Any]]) -> CellProblem:
    """What pyxform says is wrong, with the place it means; ``survey`` are the rows it has read."""
    message = " ".join(str(error).split()) or type(error).__name__
    row: int | str = ""
    if found := _ROW.match(message):
        row, message = found["row"].removeprefix("unknown"), message[found.end() :]
    if found := _VALUE.match(message):
        value = f"{found['value'].strip()}: " if found["value"] else ""
        return at_cell(found["sheet"], row, found["column"], value + message[found.end() :])
    if found := _HEADERS.match(message):
        return at_cell(found["sheet"], 1, found["column"], message)
    for complaint in _COMPLAINTS:
        if complaint.sentence in message:
            if complaint.remedy:
                message = f"{message.rstrip('.')}; {complaint.remedy}"
            return at_cell(complaint.sheet, complaint.row or row, complaint.column, message)
    if found := _COLUMN.search(message):
        return at_cell("survey", row, found["column"], message)
    if not row and _PARAMETER.search(message):
        return at_cell("survey", _row_with(message, survey), "parameters", message)
    return at_cell("survey" if row else "", row, "", message)


def _row_with(message: str, survey: Sequence[Mapping[str, Any]]) -> int | str:
    """The first row whose parameters have a word of the message."""
    said = set(_WORD.findall(message))
    for number, cells in enumerate(survey, start=FIRST_ROW):
        if said.intersection(_WORD.findall(str(cells.get("parameters", "")))):
            return number
    return ""
