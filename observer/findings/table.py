"""One form's submissions in columns: written by one, read by many.

Rows are only ever appended. A changed submission gets a new row and its old one dies, so what
a reader holds stays as it was while others read on; dead rows are swept when they are many.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Row

from observer.collect.models import Status

LEAST_CAPACITY = 256
NO_ANSWER = (None, "", ())
STATUSES = tuple(Status)
FIXED: dict[str, Any] = {
    "round_id": np.int32,
    "status": np.int8,
    "region_id": np.int32,
    "place_id": np.int32,
    "team_id": np.int32,
    "person_id": np.int32,
    "version_id": np.int32,
    "change": np.int64,
    "received_at": np.float64,
    "filled_at": np.float64,
}
"""Columns every submission has. None is −1; a status is its position in ``STATUSES``.

Moments are seconds since 1970. A form was filled when its phone says it was finished, by the
server's clock, or else when it was received.
"""


@dataclass(frozen=True, slots=True)
class Items:
    """The answers to a question inside a repeat: one per item in which it was answered."""

    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """The answers to one question: each row's code, −1 for none, and what the codes stand for.

    A value is a text, a number, a tuple (several choices) or :class:`Items`.
    """

    codes: np.ndarray
    values: Sequence[Any]


class Generation:
    """As long as a table's rows keep their positions: what came of them, and what was made of it.

    ``died`` holds the rows that died, one after the other.
    """

    def __init__(self) -> None:
        self.died: list[int] = []
        self.kept: dict[Any, Any] = {}
        """What was counted of the rows; see ``findings.running``."""
        self.versions: dict[int, Any] = {}
        """What is known of the form versions they were made with, by id."""
        self.lock = Lock()


@dataclass(frozen=True)
class Rows:
    """The submissions of one form at one moment; rows that are not ``alive`` are history."""

    ids: Sequence[uuid.UUID]
    alive: np.ndarray
    fixed: Mapping[str, np.ndarray]
    columns: Mapping[str, Column]
    version_ids: frozenset[int]
    """The form versions there are among them, −1 for an unknown one."""
    generation: Generation
    deaths: int
    """How many rows of this generation had died."""

    def column(self, question: str) -> Column:
        """The answers to a question; a column without answers where nobody answered it."""
        return self.columns.get(question) or Column(np.full(len(self.alive), -1, np.int32), ())


@dataclass
class _Coded:
    codes: np.ndarray
    values: list[Any] = field(default_factory=list)
    code_of: dict[Any, int] = field(default_factory=lambda: dict.fromkeys(NO_ANSWER, -1))

    def of(self, values: Sequence[Any]) -> np.ndarray:
        """The code of each value. Raises TypeError where one cannot be a value."""
        codes = list(map(self.code_of.get, values))
        if None in codes:
            codes = [
                self._code(value) if code is None else code
                for code, value in zip(codes, values, strict=True)
            ]
        return np.array(codes, np.int32)

    def _code(self, value: Any) -> int:
        code = self.code_of.get(value)
        if code is None:
            code = self.code_of[value] = len(self.values)
            self.values.append(value)
        return code


def _grown(array: np.ndarray, capacity: int) -> np.ndarray:
    grown = np.full(capacity, -1, array.dtype)
    grown[: len(array)] = array
    return grown


class Table:
    """A form's rows. Those from ``len(alive)`` on are being written and not yet seen."""

    def __init__(self) -> None:
        self.ids: list[uuid.UUID] = []
        self.alive = np.zeros(0, bool)
        self.fixed = {name: np.zeros(0, dtype) for name, dtype in FIXED.items()}
        self.coded: dict[str, _Coded] = {}
        self.row_of: dict[int, int] = {}
        """By the number of a submission's id, which is hashed faster than the id is."""
        self._generation = Generation()
        self._version_ids: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls, ids: list[uuid.UUID], fixed: dict[str, np.ndarray], columns: Mapping[str, Column]
    ) -> Table:
        """A table of rows that are all alive."""
        table = cls()
        table.ids = ids
        table.alive = np.ones(len(ids), bool)
        table.fixed = fixed
        for name, column in columns.items():
            coded = table.coded[name] = _Coded(column.codes, list(column.values))
            coded.code_of |= {value: code for code, value in enumerate(coded.values)}
        table.row_of = {submission.int: row for row, submission in enumerate(ids)}
        table._version_ids = frozenset(np.unique(fixed["version_id"]).tolist())
        return table

    def begin(self) -> None:
        """Drop what an interrupted look has left."""
        del self.ids[len(self.alive) :]

    def write(self, rows: Sequence[Row[Any]]) -> None:
        start, end = len(self.ids), len(self.ids) + len(rows)
        self._reserve(end)
        for name, array in self.fixed.items():
            if name != "filled_at":
                array[start:end] = [_number(name, getattr(row, name)) for row in rows]
        self.fixed["filled_at"][start:end] = [_filled_at(row) for row in rows]
        for column in self.coded.values():
            column.codes[start:end] = -1
        given = [row.answers or {} for row in rows]
        # Column by column, as that is several times as fast as answer by answer.
        for name in dict.fromkeys(chain.from_iterable(given)):
            self._write_answers(name, [answers.get(name) for answers in given], start)
        self.ids.extend(row.id for row in rows)

    def _write_answers(self, name: str, values: list[Any], start: int) -> None:
        try:
            self._write_column(name, values, start)
        except TypeError:  # there are lists among them
            plain: list[Any] = []
            inside: dict[str, list[Any]] = {}
            for position, value in enumerate(values):
                if _is_repeat(value):
                    for inner, items in _gathered(value):
                        inside.setdefault(inner, [None] * len(values))[position] = items
                    plain.append(None)
                else:
                    plain.append(_frozen(value))
            for inner, items in ((name, plain), *inside.items()):
                self._write_column(inner, items, start)

    def _write_column(self, name: str, values: list[Any], start: int) -> None:
        column = self.coded.get(name) or _Coded(np.full(len(self.fixed["status"]), -1, np.int32))
        codes = column.of(values)
        given = np.flatnonzero(codes >= 0)
        if len(given):
            # The same name may stand inside a repeat and outside of it.
            column.codes[start + given] = codes[given]
            self.coded[name] = column

    def _reserve(self, size: int) -> None:
        if size <= len(self.fixed["status"]):
            return
        capacity = max(LEAST_CAPACITY, size + size // 4)
        self.fixed = {name: _grown(array, capacity) for name, array in self.fixed.items()}
        for column in self.coded.values():
            column.codes = _grown(column.codes, capacity)

    def commit(self, died: Sequence[int]) -> None:
        """Let what was written be seen, and these rows die."""
        if len(self.ids) == len(self.alive) and not died:
            return
        start = len(self.alive)
        written = self.fixed["version_id"][start : len(self.ids)]
        self._version_ids |= frozenset(np.unique(written).tolist())
        self._generation.died += died
        alive = np.ones(len(self.ids), bool)
        alive[:start] = self.alive
        alive[np.array(died, np.intp)] = False
        self.alive = alive
        for row in range(start, len(self.ids)):
            self.row_of[self.ids[row].int] = row
        if np.count_nonzero(alive) * 2 < len(alive):
            self._sweep()

    def _sweep(self) -> None:
        kept = np.flatnonzero(self.alive)
        self.ids = [self.ids[row] for row in kept]
        self.alive = np.ones(len(kept), bool)
        self.fixed = {name: array[kept] for name, array in self.fixed.items()}
        for column in self.coded.values():
            column.codes = column.codes[kept]
        self.row_of = {submission.int: row for row, submission in enumerate(self.ids)}
        self._generation = Generation()

    def rows(self) -> Rows:
        size = len(self.alive)
        return Rows(
            ids=self.ids,
            alive=self.alive,
            fixed={name: array[:size] for name, array in self.fixed.items()},
            columns={
                name: Column(column.codes[:size], column.values)
                for name, column in self.coded.items()
            },
            version_ids=self._version_ids,
            generation=self._generation,
            deaths=len(self._generation.died),
        )


def _number(name: str, value: Any) -> float:
    if name == "status":
        return STATUSES.index(value)
    if isinstance(value, datetime):
        return value.timestamp()
    return -1 if value is None else value


def _filled_at(row: Row[Any]) -> float:
    if row.finished_at is None:
        return row.received_at.timestamp()
    return row.finished_at.timestamp() - (row.clock_error_s or 0.0)


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    if isinstance(value, dict):
        return tuple(sorted((name, _frozen(part)) for name, part in value.items()))
    return value


def _is_repeat(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _flat(answers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The answers given, by question, those inside a repeat gathered as Items."""
    for name, value in answers.items():
        if value is None or value in ("", []):
            continue
        if _is_repeat(value):
            yield from _gathered(value)
        else:
            yield name, _frozen(value)


def _gathered(items: list[Any]) -> Iterator[tuple[str, Items]]:
    gathered = defaultdict[str, list[Any]](list)
    for item in items:
        for name, answer in _flat(item):
            gathered[name] += answer.answers if isinstance(answer, Items) else [answer]
    return ((name, Items(tuple(given))) for name, given in gathered.items())
