"""The lists that a form chooses from and looks into: of its own sheets, and of files beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pyxform.xls2json_backends import DefinitionData

from observer.checklists.definition import FormDefinition, Table
from observer.checklists.itemsets import ListError, choices_from, rows_from
from observer.checklists.logic import FormLogic, trees
from observer.checklists.question_types import EXTERNAL
from observer.checklists.rewriting import column_name
from observer.checklists.standing import Tree
from observer.checklists.tree import expressions_of, walk

Row = dict[str, Any]

_NOT_COLUMNS = ("name", "label", "media", "list_name")
_WORD = re.compile(r"[A-Za-z_][\w.-]*")
_TABLE = re.compile(r"""\binstance\(\s*(?:'([^']+)'|"([^"]+)")""")
_ENDINGS = (".csv", ".xml", ".geojson")


class TableError(ListError):
    """A table cannot be used; the message says why and what to do."""

    def __init__(self, table: str, message: str) -> None:
        super().__init__(message)
        self.table = table


class Lists:
    """All lists of one form."""

    def __init__(self, sheets: DefinitionData, beside: Mapping[str, bytes]) -> None:
        self._external = [_external_choice(row) for row in sheets.external_choices or ()]
        self._beside = beside
        headers = (sheets.choices_header or ({},))[0]
        self._columns = [column_name(header) for header in headers if header and "::" not in header]
        self.of_choices: Mapping[str, list[Row]] = {}
        """Those of the sheet choices, as pyxform has read it."""

    def has_file(self, name: str) -> bool:
        """Whether a file of this name was brought along."""
        return name in self._beside

    def choices(self, node: Mapping[str, Any]) -> list[Row]:
        """The choices of a question. Raises ListError."""
        itemset = str(node.get("itemset", ""))
        if node["type"] == EXTERNAL:
            rows = [row for row in self._external if row.get("list_name") == itemset]
        else:
            rows = node.get("choices") or self.of_choices.get(itemset, [])
        if not rows and "." in itemset:
            rows = choices_from(itemset, self._beside, node.get("parameters") or {})
        if not rows:
            raise ListError("write the choices on the sheet choices, under one list_name")
        return [row for row in rows if row.get("name")]

    def searched(self, node: Mapping[str, Any], file: str) -> list[Row]:
        """The choices that ``search('file')`` means. Raises ListError.

        On the sheet choices one row says which columns of the file are the name and the label;
        rows with a number for a name are choices as they stand.
        """
        rows = node.get("choices") or self.of_choices.get(str(node.get("itemset", "")), [])
        columns = [row for row in rows if not str(row.get("name", "")).isdigit()]
        if len(columns) != 1:
            raise ListError(
                "search() needs one row on the sheet choices, whose name and label are "
                f"names of columns of {file}"
            )
        parameters = {"value": str(columns[0]["name"]), "label": _one_label(columns[0])}
        as_they_stand = [row for row in rows if row is not columns[0]]
        return as_they_stand + choices_from(file, self._beside, parameters)

    def tables(self, definition: FormDefinition, label: Callable[[Row], str]) -> tuple[Table, ...]:
        """The tables that the form's expressions look into. Raises TableError.

        One that is nowhere is left out: the expressions that need it say so.
        """
        names = dict.fromkeys(
            found[1] or found[2]
            for placed in walk(definition)
            for _column, text in expressions_of(placed.part)
            for found in _TABLE.finditer(text)
        )
        tables = []
        for name in names:
            try:
                rows = self._rows(name, label)
            except ListError as error:
                raise TableError(name, str(error)) from error
            tables += [_table(name, rows)] if rows else []
        return tuple(tables)

    def _rows(self, name: str, label: Callable[[Row], str]) -> list[dict[str, str]]:
        if rows := self.of_choices.get(name):
            # A column that other lists have is an empty one of this list.
            empty = dict.fromkeys(self._columns, "")
            return [empty | _cells(row) | {"label": label(row)} for row in rows]
        files = (name + ending for ending in _ENDINGS)
        file = next((file for file in files if file in self._beside), None)
        return rows_from(file, self._beside) if file else []


def with_used_columns(definition: FormDefinition) -> FormDefinition:
    """The form, its tables without columns that no expression looks at."""
    if not definition.tables:
        return definition
    used: set[tuple[str, str]] = set()
    for tree in trees(FormLogic(definition).items):
        used.update(_looked_at(tree, ()))
    tables = []
    for table in definition.tables:
        places = [at for at, column in enumerate(table.columns) if (table.name, column) in used]
        columns = tuple(table.columns[at] for at in places)
        rows = tuple(tuple(row[at] for at in places) for row in table.rows)
        tables.append(Table(name=table.name, columns=columns, rows=rows))
    return replace(definition, tables=tuple(tables))


def _looked_at(tree: Tree, around: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Table and column of each cell that an expression sees, in brackets of tables ``around``."""
    if not isinstance(tree, list):
        return
    operation, *its = tree
    if operation == "answer" and its[0] < len(around):
        yield around[its[0]], its[1]
    elif operation == "table":
        yield its[0], its[1]
        for condition in its[2:]:
            yield from _looked_at(condition, (its[0], *around))
    elif operation in ("each", "indexed"):
        for step in its[1]:
            for condition in step[1:] if isinstance(step, list) else ():
                yield from _looked_at(condition, around)
    else:
        for each in its:
            yield from _looked_at(each, around)


def used_columns(row: Row, choice_filter: str) -> dict[str, str]:
    """The further columns of a choice that the filter speaks of."""
    words = set(_WORD.findall(choice_filter))
    return {
        column: str(cell).strip()
        for column, cell in row.items()
        if column in words and column not in _NOT_COLUMNS and isinstance(cell, str | int | float)
    }


def _table(name: str, rows: list[dict[str, str]]) -> Table:
    columns = tuple(sorted({column for row in rows for column in row}))
    cells = tuple(tuple(row.get(column, "").strip() for column in columns) for row in rows)
    return Table(name=name, columns=columns, rows=cells)


def _one_label(row: Row) -> str:
    label = row.get("label") or row["name"]
    return str(next(iter(label.values())) if isinstance(label, dict) else label)


def _cells(row: Row) -> dict[str, str]:
    return {
        column_name(column): str(cell)
        for column, cell in row.items()
        if isinstance(cell, str | int | float)
    }


def _external_choice(cells: Row) -> Row:
    """A row of the sheet external_choices, which pyxform leaves as it is written."""
    row: Row = {}
    for header, cell in cells.items():
        if not header:
            continue
        known, _, language = header.strip().partition("::")
        name = known.strip().lower().replace(" ", "_")
        if name == "label" and language:
            row.setdefault("label", cell)
        else:
            row[name if name in _NOT_COLUMNS else header.strip()] = cell
    return row
