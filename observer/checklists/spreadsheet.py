"""XLSForm out: a form definition becomes a workbook that imports again to the same form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from observer.checklists.definition import (
    LISTED,
    Choice,
    FormDefinition,
    Question,
    Section,
    Table,
    Texts,
)
from observer.checklists.languages import language_name
from observer.checklists.marks import written_problems
from observer.checklists.question_types import PLACES_FILE

Cells = dict[str, str]

PICTURE = "media::image"

_COLUMNS = (
    "type",
    "name",
    "label",
    "media",
    "hint",
    "short_label",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "trigger",
    "choice_filter",
    "repeat_count",
    "read_only",
    "parameters",
    "appearance",
    "default",
    "finding::problem",
)


@dataclass(frozen=True)
class Sheets:
    """The rows of an XLSForm's sheets, each a text by the header of its column."""

    survey: list[Cells]
    choices: list[Cells]
    settings: Cells


def sheets_of(definition: FormDefinition) -> Sheets:
    """The form as the sheets of an XLSForm have it."""
    lists = _Lists(definition)
    # A form that asks nothing has a row of what is recorded anyway.
    survey = list(_survey(definition.children, lists)) or [{"type": "start", "name": "start"}]
    settings = {
        "form_id": definition.code,
        "form_title": next(iter(definition.title.values()), definition.code),
        "default_language": language_name(definition.languages[0]),
        "version": definition.version,
        "place": definition.place,
        "allow_choice_duplicates": "yes" if lists.have_duplicates else "",
    } | translated("title", definition.title)
    return Sheets(survey, lists.rows(), settings)


def write_xlsform(definition: FormDefinition) -> bytes:
    """The form as an .xlsx file."""
    sheets = sheets_of(definition)
    workbook = Workbook()
    workbook.remove(workbook.active)
    _write(workbook.create_sheet("survey"), sheets.survey, _COLUMNS)
    _write(
        workbook.create_sheet("choices"),
        sheets.choices,
        ("list_name", "name", "label", "media"),
        {column for table in definition.tables for column in table.columns} - {"label"},
    )
    _write(workbook.create_sheet("settings"), [sheets.settings], tuple(sheets.settings))
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def survey_names(definition: FormDefinition) -> list[str]:
    """The name in each row of the survey sheet that is written; empty where a group ends."""
    return [row.get("name", "") for row in _survey(definition.children, _Lists(definition))]


def choice_places(definition: FormDefinition) -> list[tuple[str, int]]:
    """For each row of the choices sheet a question that has the list, and which choice it is."""
    lists = _Lists(definition)
    list(_survey(definition.children, lists))
    return [
        (question, number)
        for question, choices in lists.asked_by()
        for number, _choice in enumerate(choices)
    ]


class _Lists:
    """The lists of choices, each once and under the name of the first question that has it.

    Tables are lists too, under their own names.
    """

    def __init__(self, definition: FormDefinition) -> None:
        self._lists: dict[str, tuple[Choice, ...]] = {}
        self._questions: list[str] = []
        self._tables = definition.tables
        self._taken = {table.name for table in definition.tables}
        self._language = language_name(definition.languages[0])

    def name_of(self, question: Question) -> str:
        for name, choices in self._lists.items():
            if choices == question.choices:
                return name
        name = question.name
        while name in self._taken:
            name += "_"
        self._lists[name] = question.choices
        self._questions.append(question.name)
        return name

    def asked_by(self) -> Iterator[tuple[str, tuple[Choice, ...]]]:
        """The first question that has each list, and the list."""
        return zip(self._questions, self._lists.values(), strict=True)

    @property
    def have_duplicates(self) -> bool:
        """Whether a list has a name more than once, as lists with a filter may."""
        lists = [[choice.name for choice in each] for each in self._lists.values()]
        lists += [[row["name"] for row in self._rows_of(table)] for table in self._tables]
        return any(len(set(names)) < len(names) for names in lists)

    def rows(self) -> list[Cells]:
        return [
            {"list_name": name, "name": choice.name}
            | translated("label", choice.label)
            | translated(PICTURE, choice.picture)
            | choice.columns
            for name, choices in self._lists.items()
            for choice in choices
        ] + [row for table in self._tables for row in self._rows_of(table)]

    def _rows_of(self, table: Table) -> Iterator[Cells]:
        for number, row in enumerate(table.rows, start=1):
            cells = dict(zip(table.columns, row, strict=True))
            if label := cells.pop("label", ""):
                cells[f"label::{self._language}"] = label
            # Choices have to have a name, whether anything looks for it or not.
            yield {"list_name": table.name, "name": str(number)} | {
                header: cell for header, cell in cells.items() if cell
            }


def _survey(children: Sequence[Question | Section], lists: _Lists) -> Iterator[Cells]:
    for child in children:
        if isinstance(child, Question):
            yield _row(child, lists)
            continue
        kind = "repeat" if child.repeated else "group"
        yield {
            "type": f"begin_{kind}",
            "name": child.name,
            "relevant": child.relevant,
            "repeat_count": child.count,
            "appearance": child.appearance,
        } | translated("label", child.label)
        yield from _survey(child.children, lists)
        yield {"type": f"end_{kind}"}


def _row(question: Question, lists: _Lists) -> Cells:
    kind = question.type
    if question.from_places:
        kind = f"{kind}_from_file {PLACES_FILE}"
    elif kind in LISTED:
        kind = f"{kind} {lists.name_of(question)}"
    if question.parameters:
        kind = "range"
    return (
        {
            "type": kind,
            "name": question.name,
            "required": "yes" if question.required == "true()" else question.required,
            "relevant": question.relevant,
            "constraint": question.constraint,
            "calculation": question.calculation,
            "appearance": question.appearance,
            "default": question.first_value or question.default,
            "trigger": ", ".join(f"${{{name}}}" for name in question.trigger),
            "choice_filter": question.choice_filter,
            "read_only": "yes" if question.read_only else "",
            "parameters": " ".join(
                f"{name}={value}" for name, value in question.parameters.items()
            ),
            "finding::problem": written_problems(question.problems),
        }
        | {
            header: text
            for column in ("label", "hint", "short_label", "required_message", "constraint_message")
            for header, text in translated(column, getattr(question, column)).items()
        }
        | translated(PICTURE, question.picture)
    )


def translated(column: str, texts: Texts) -> Cells:
    """A text in several languages, as cells in a column for each of them."""
    return {f"{column}::{language_name(code)}": text for code, text in texts.items()}


def _write(
    sheet: Worksheet,
    rows: Sequence[Cells],
    columns: Sequence[str],
    always: Iterable[str] = (),
) -> None:
    """Headers that nothing stands under are left out, but for those that there ``always`` are."""
    order = {column: place for place, column in enumerate(columns)}
    used = {header for row in rows for header, text in row.items() if text}.union(always)
    # The headers in the order of the columns; languages in the order in which they come.
    seen = dict.fromkeys(header for row in rows for header in row if header in used)
    seen |= dict.fromkeys(always)
    headers = sorted(seen, key=lambda header: _place_of(header, order))
    for number, header in enumerate(headers, start=1):
        _put(sheet, 1, number, header).font = Font(bold=True)
        sheet.column_dimensions[_put(sheet, 1, number, header).column_letter].width = 24
    for line, row in enumerate(rows, start=2):
        for number, header in enumerate(headers, start=1):
            if text := row.get(header):
                _put(sheet, line, number, text).alignment = Alignment(
                    wrap_text=True, vertical="top"
                )
    sheet.freeze_panes = "C2" if len(headers) > 2 else "A2"


def _place_of(header: str, order: dict[str, int]) -> int:
    return order.get(header, order.get(header.partition("::")[0], len(order)))


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    cell = sheet.cell(row, column, text)
    # A text that begins with an equals sign is no formula.
    cell.data_type = "s"
    return cell
