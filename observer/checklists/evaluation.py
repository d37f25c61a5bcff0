"""Evaluates expressions' trees over answers; ``static/checklists/expressions.js`` is its twin."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from observer.checklists.functions import OPERATIONS
from observer.checklists.standing import Tree
from observer.checklists.values import Value, to_boolean, to_number, to_string


@dataclass
class Row:
    """Answers that stand together: those of the form, or of one row of a repeat."""

    values: dict[str, Value] = field(default_factory=dict)
    given: dict[str, Value] = field(default_factory=dict)
    """Answers as they came, whether they are asked for or not."""
    cleared: set[str] = field(default_factory=set)
    """Names of the questions and sections that are not asked."""
    rows: dict[str, list[Row]] = field(default_factory=dict)
    outer: Row | None = None
    position: int = 1
    tables: Mapping[str, Lookup] = field(default_factory=dict)
    """Of the form itself: the tables that its expressions look into."""


class Lookup:
    """A table's rows, found at once by what stands in a column."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.rows = [dict(zip(columns, row, strict=True)) for row in rows]
        self._places: dict[str, dict[str, list[int]]] = {}

    def places(self, column: str, cell: str) -> list[int]:
        """Where in the table the rows are that have this in the column."""
        if column not in self._places:
            places = self._places[column] = {}
            for place, row in enumerate(self.rows):
                places.setdefault(row[column], []).append(place)
        return self._places[column].get(cell, [])


@dataclass(frozen=True)
class Clock:
    """What ``today()`` and ``now()`` are."""

    today: str
    now: str

    @classmethod
    def at(cls, moment: datetime) -> Clock:
        """By the clock on the wall at this moment."""
        return cls(moment.date().isoformat(), moment.isoformat(timespec="seconds"))


def evaluate(tree: Tree, row: Row, clock: Clock) -> Any:
    """The value of an expression in a row; a list of values for the answers of many rows."""
    if not isinstance(tree, list):
        return float(tree) if isinstance(tree, int) else tree
    operation, *arguments = tree
    if operation in _IN_CONTEXT:
        return _IN_CONTEXT[operation](arguments, row, clock)
    return OPERATIONS[operation](*(evaluate(each, row, clock) for each in arguments))


def _if(its: list[Tree], row: Row, clock: Clock) -> Any:
    chosen = 1 if to_boolean(evaluate(its[0], row, clock)) else 2
    return evaluate(its[chosen], row, clock)


def _once(its: list[Any], row: Row, clock: Clock) -> Value:
    kept = row.given.get(its[0], "")
    return evaluate(its[1], row, clock) if kept == "" else kept


def _choice_name(its: list[Any], row: Row, clock: Clock) -> str:
    return its[1].get(to_string(evaluate(its[0], row, clock)), "")


def _outer(row: Row, levels: int) -> Row:
    for _ in range(levels):
        row = row.outer or row
    return row


def _each(its: list[Any], row: Row, clock: Clock) -> list[Value]:
    """The answers of many rows. A step goes into a repeat, and can say which of its rows."""
    out, steps, name = its
    rows = [_outer(row, out)]
    for step in steps:
        repeat, *conditions = step if isinstance(step, list) else [step]
        conditions = [_seen_from(condition, row, clock) for condition in conditions]
        inner = (_chosen(_asked_rows(each, repeat), conditions, clock) for each in rows)
        rows = [one for several in inner for one in several]
    return [each.values.get(name, "") for each in rows if name not in each.cleared]


def _seen_from(tree: Tree, row: Row, clock: Clock) -> Tree:
    """A condition in which what does not look at the rows chosen from is a value already."""
    if not isinstance(tree, list):
        return tree
    if tree and tree[0] == "current()":
        return evaluate(tree[1], row, clock)
    return [_seen_from(each, row, clock) for each in tree]


def _asked_rows(row: Row, repeat: str) -> Sequence[Row]:
    return () if repeat in row.cleared else row.rows.get(repeat, ())


def _chosen(rows: Sequence[Row], conditions: list[Tree], clock: Clock) -> Sequence[Row]:
    for condition in conditions:
        rows = [row for row in rows if _holds(evaluate(condition, row, clock), row)]
    return rows


def _holds(value: Any, row: Row) -> bool:
    return value == row.position if isinstance(value, float) else to_boolean(value)


def _cells(its: list[Any], row: Row, clock: Clock) -> list[Value]:
    """The cells of a table's column, in the rows for which the condition holds."""
    name, column, *conditions = its
    form = row
    while form.outer is not None:
        form = form.outer
    table = form.tables[name]
    sought = _sought(table, conditions[0], row, clock) if conditions else None
    places = range(len(table.rows)) if sought is None else sought
    rows = [Row(values=table.rows[at], outer=row, position=at + 1) for at in places]
    for condition in conditions:
        rows = [each for each in rows if _holds(evaluate(condition, each, clock), each)]
        for position, each in enumerate(rows, start=1):
            each.position = position
    return [each.values.get(column, "") for each in rows]


def _sought(table: Lookup, tree: Tree, row: Row, clock: Clock) -> list[int] | None:
    """Where rows are that have a text in a column, if the condition asks for one first."""
    while isinstance(tree, list) and tree[0] == "and":
        tree = tree[1]
    if not isinstance(tree, list) or tree[0] != "=" or not isinstance(tree[1], list):
        return None
    if tree[1][:2] != ["answer", 0] or not _looks_out(tree[2]):
        return None
    text = evaluate(tree[2], Row(outer=row), clock)
    return table.places(tree[1][2], text) if isinstance(text, str) else None


def _looks_out(tree: Tree) -> bool:
    """Whether a part of a condition is the same for all rows of a table."""
    if not isinstance(tree, list):
        return True
    if tree[0] == "answer":
        return tree[1] > 0
    return tree[0] in OPERATIONS and all(map(_looks_out, tree[1:]))


def _indexed(its: list[Any], row: Row, clock: Clock) -> Value:
    """The answer in the row that is counted to; the first one where the count is none."""
    out, steps, name = its
    found = _outer(row, out)
    for repeat, tree in steps:
        at = to_number(evaluate(tree, row, clock))
        index = max(math.trunc(at), 1) if math.isfinite(at) else 1
        rows = _asked_rows(found, repeat)
        if index > len(rows):
            return ""
        found = rows[index - 1]
    return found.values.get(name, "")


_IN_CONTEXT: dict[str, Callable[[list[Any], Row, Clock], Any]] = {
    "answer": lambda its, row, _: _outer(row, its[0]).values.get(its[1], ""),
    "each": _each,
    "table": _cells,
    "indexed": _indexed,
    "position": lambda its, row, _: float(_outer(row, its[0]).position),
    "last": lambda its, row, _: float(len(_outer(row, 1).rows[its[0]])),
    "and": lambda its, row, clock: all(to_boolean(evaluate(each, row, clock)) for each in its),
    "or": lambda its, row, clock: any(to_boolean(evaluate(each, row, clock)) for each in its),
    "if": _if,
    "once": _once,
    "choice-name": _choice_name,
    "today": lambda _its, _row, clock: clock.today,
    "now": lambda _its, _row, clock: clock.now,
    # Only phones throw dice: what they have kept once comes with the answers.
    "random": lambda _its, _row, _clock: "",
    "uuid": lambda _its, _row, _clock: "",
}
"""Operations that need more than the values of their arguments."""
