"""The answers of a mission's submissions in columns, kept in this process.

They are read once; after that each look reads only submissions that changed since the last
one (``Submission.change``), whichever process changed them. What is kept is what was
committed: the frame reads on a connection of its own, so that a change which is rolled back
never enters it.

Rows are only ever appended. A changed submission gets a new row and its old one dies, so what
a reader holds stays as it was while others read on; dead rows are swept when they are many.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from sqlalchemy import Engine, Row, and_, select
from sqlalchemy.orm import Session

from observer.checklists.models import Form
from observer.collect.models import Revision, Status, Submission
from observer.missions.models import Mission

CHUNK = 5_000
LEAST_CAPACITY = 256
STATUSES = tuple(Status)
FIXED: dict[str, Any] = {
    "round_id": np.int32,
    "status": np.int8,
    "region_id": np.int32,
    "place_id": np.int32,
    "team_id": np.int32,
    "person_id": np.int32,
    "version_id": np.int32,
    "received_at": np.float64,
}
"""Columns every submission has. None is −1; a status is its position in ``STATUSES``."""


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


@dataclass(frozen=True)
class Rows:
    """The submissions of one form at one moment; rows that are not ``alive`` are history."""

    ids: Sequence[uuid.UUID]
    alive: np.ndarray
    fixed: Mapping[str, np.ndarray]
    columns: Mapping[str, Column]

    def column(self, question: str) -> Column:
        """The answers to a question; a column without answers where nobody answered it."""
        return self.columns.get(question) or Column(np.full(len(self.alive), -1, np.int32), ())


@dataclass
class _Coded:
    codes: np.ndarray
    values: list[Any] = field(default_factory=list)
    code_of: dict[Any, int] = field(default_factory=dict)

    def code(self, value: Any) -> int:
        code = self.code_of.get(value)
        if code is None:
            code = self.code_of[value] = len(self.values)
            self.values.append(value)
        return code


def _grown(array: np.ndarray, capacity: int) -> np.ndarray:
    grown = np.full(capacity, -1, array.dtype)
    grown[: len(array)] = array
    return grown


class _Table:
    """One form's rows. Those from ``len(alive)`` on are being written and not yet seen."""

    def __init__(self) -> None:
        self.ids: list[uuid.UUID] = []
        self.alive = np.zeros(0, bool)
        self.fixed = {name: np.zeros(0, dtype) for name, dtype in FIXED.items()}
        self.coded: dict[str, _Coded] = {}
        self.row_of: dict[uuid.UUID, int] = {}

    def begin(self) -> None:
        """Drop what an interrupted look has left."""
        del self.ids[len(self.alive) :]

    def write(self, rows: Sequence[Row[Any]]) -> None:
        start, end = len(self.ids), len(self.ids) + len(rows)
        self._reserve(end)
        for name, array in self.fixed.items():
            array[start:end] = [_number(name, getattr(row, name)) for row in rows]
        batch: dict[str, list[int]] = {}
        for position, row in enumerate(rows):
            for name, value in _flat(row.answers or {}):
                codes = batch.get(name)
                if codes is None:
                    codes = batch[name] = [-1] * len(rows)
                codes[position] = self._column(name).code(value)
        for name, column in self.coded.items():
            column.codes[start:end] = batch.get(name, -1)
        self.ids.extend(row.id for row in rows)

    def _column(self, name: str) -> _Coded:
        column = self.coded.get(name)
        if column is None:
            capacity = len(self.fixed["status"])
            column = self.coded[name] = _Coded(np.full(capacity, -1, np.int32))
        return column

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
        alive = np.ones(len(self.ids), bool)
        alive[:start] = self.alive
        alive[np.array(died, np.intp)] = False
        self.alive = alive
        self.row_of.update(zip(self.ids[start:], range(start, len(self.ids)), strict=True))
        if np.count_nonzero(alive) * 2 < len(alive):
            self._sweep()

    def _sweep(self) -> None:
        kept = np.flatnonzero(self.alive)
        self.ids = [self.ids[row] for row in kept]
        self.alive = np.ones(len(kept), bool)
        self.fixed = {name: array[kept] for name, array in self.fixed.items()}
        for column in self.coded.values():
            column.codes = column.codes[kept]
        self.row_of = {submission: row for row, submission in enumerate(self.ids)}

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
        )


def _number(name: str, value: Any) -> float:
    if name == "status":
        return STATUSES.index(value)
    if name == "received_at":
        return value.timestamp()
    return -1 if value is None else value


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    if isinstance(value, dict):
        return tuple(sorted((name, _frozen(part)) for name, part in value.items()))
    return value


def _flat(answers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The answers given, by question, those inside a repeat gathered as Items."""
    for name, value in answers.items():
        if value is None or value in ("", []):
            continue
        if isinstance(value, list) and isinstance(value[0], dict):
            yield from _gathered(value)
        else:
            yield name, _frozen(value)


def _gathered(items: list[Any]) -> Iterator[tuple[str, Items]]:
    gathered = defaultdict[str, list[Any]](list)
    for item in items:
        for name, answer in _flat(item):
            gathered[name] += answer.answers if isinstance(answer, Items) else [answer]
    return ((name, Items(tuple(given))) for name, given in gathered.items())


class MissionAnswers:
    """The answers of one mission, by form."""

    def __init__(self, engine: Engine, mission_id: int) -> None:
        self._engine = engine
        self._mission_id = mission_id
        self._lock = Lock()
        self._tables: dict[int, _Table] = {}
        self._seen = 0

    def look(self) -> dict[int, Rows]:
        """Every form's rows as they are now, by the form's id."""
        with self._lock, self._engine.connect() as connection:
            connection.execution_options(writes=False)
            changes = connection.scalar(
                select(Mission.changes).where(Mission.id == self._mission_id)
            )
            if (changes or 0) < self._seen:
                # The database was replaced by an older one.
                self._tables, self._seen = {}, 0
            for table in self._tables.values():
                table.begin()
            seen, died = self._seen, defaultdict[int, list[int]](list)
            changed = connection.execution_options(yield_per=CHUNK).execute(self._changed())
            for chunk in changed.partitions():
                seen = max(seen, *(row.change for row in chunk))
                self._write(chunk, died)
            for form_id, table in self._tables.items():
                table.commit(died[form_id])
            self._seen = seen
            return {form_id: table.rows() for form_id, table in self._tables.items()}

    def _changed(self) -> Any:
        return (
            select(
                Submission.id,
                Submission.form_id,
                Submission.round_id,
                Submission.status,
                Submission.region_id,
                Submission.place_id,
                Submission.team_id,
                Submission.person_id,
                Submission.received_at,
                Submission.change,
                Revision.form_version_id.label("version_id"),
                Revision.answers,
            )
            .outerjoin(
                Revision,
                and_(
                    Revision.submission_id == Submission.id,
                    Revision.number == Submission.current_revision,
                    Revision.conflicting.is_(False),
                ),
            )
            .where(Submission.mission_id == self._mission_id, Submission.change > self._seen)
        )

    def _write(self, chunk: Sequence[Row[Any]], died: dict[int, list[int]]) -> None:
        by_form: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in chunk:
            for form_id, table in self._tables.items():
                if (old := table.row_of.get(row.id)) is not None:
                    died[form_id].append(old)
            if row.form_id is not None:
                by_form[row.form_id].append(row)
        for form_id, rows in by_form.items():
            self._tables.setdefault(form_id, _Table()).write(rows)


_kept: WeakKeyDictionary[Engine, dict[int, MissionAnswers]] = WeakKeyDictionary()
_kept_lock = Lock()


def mission_answers(session: Session, mission: Mission) -> MissionAnswers:
    """What this process keeps of a mission's answers in the session's database."""
    engine = session.get_bind().engine
    with _kept_lock:
        missions = _kept.setdefault(engine, {})
        return missions.setdefault(mission.id, MissionAnswers(engine, mission.id))


def forget(engine: Engine) -> None:
    """Forget what is kept of a database; the next look reads everything again."""
    with _kept_lock:
        _kept.pop(engine, None)


def rows_by_form(session: Session, mission: Mission) -> dict[str, Rows]:
    """The rows of every form that has submissions, by the form's code."""
    rows = mission_answers(session, mission).look()
    codes = dict(session.execute(select(Form.id, Form.code).where(Form.id.in_(rows))).all())
    return {codes[form_id]: form for form_id, form in rows.items() if form_id in codes}


def answers(session: Session, mission: Mission, form_code: str) -> pd.DataFrame:
    """A form's committed submissions by id: what each is, and one column per question.

    Choices and texts are categories, numbers are numbers; several choices are a tuple, the
    answers inside a repeat :class:`Items`.
    """
    rows = rows_by_form(session, mission).get(form_code)
    if rows is None:
        return pd.DataFrame(columns=list(FIXED))
    alive = np.flatnonzero(rows.alive)
    fixed = {name: array[alive] for name, array in rows.fixed.items()}
    fixed["status"] = pd.Categorical.from_codes(fixed["status"], [str(s) for s in STATUSES])
    fixed["received_at"] = pd.to_datetime(fixed["received_at"], unit="s", utc=True)
    index = pd.Index([rows.ids[row] for row in alive], name="submission", dtype=object)
    questions = {name: _series(column, alive) for name, column in rows.columns.items()}
    return pd.DataFrame(fixed | questions, index=index)


def _series(column: Column, rows: np.ndarray) -> Any:
    codes, values = column.codes[rows], list(column.values)
    if values and all(isinstance(value, int | float) for value in values):
        return np.append(np.array(values, float), np.nan)[codes]
    return pd.Categorical.from_codes(codes, pd.Index(values, dtype=object, tupleize_cols=False))
