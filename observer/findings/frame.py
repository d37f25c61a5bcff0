"""The answers of a mission's submissions in columns, kept in this process.

They are read once; after that each look reads only submissions that changed since the last
one (``Submission.change``), whichever process changed them. What is kept is what was
committed: the frame reads on a connection of its own, so that a change which is rolled back
never enters it. Where there are many, a file takes them over to the next process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, Row, and_, func, select
from sqlalchemy.orm import Session

from observer.checklists.models import Form
from observer.collect.models import Revision, Submission
from observer.database import make_sessions, one_state
from observer.findings import kept
from observer.findings.table import FIXED, STATUSES, Column, Rows, Table
from observer.missions.models import Mission

CHUNK = 5_000
MIXED = 1_009
"""Small enough that sums over all submissions stay within 64 bits."""
MANY = 10_000
"""After so many changes that were read the file is written anew: reading them takes a second."""
KEEPER = "keeper of answers"
"""The name of the thread that writes it."""


class MissionAnswers:
    """The answers of one mission, by form."""

    def __init__(self, engine: Engine, mission_id: int, folder: Path | None = None) -> None:
        self._engine = engine
        self._mission_id = mission_id
        self._folder = folder
        self._lock = Lock()
        self._tables: dict[int, Table] = {}
        self._seen = 0
        self._begun = False
        self._unkept = 0
        """How many changes were read since the file was written."""

    def look(self) -> dict[int, Rows]:
        """Every form's rows as they are now, by the form's id."""
        with self._lock, self._engine.connect() as connection:
            one_state(connection)
            if not self._begun:
                self._begun = True
                if self._take_up():
                    self._read(connection)
                    if not self._agrees(connection):
                        self._tables, self._seen = {}, 0
            self._read(connection)
            rows = {form_id: table.rows() for form_id, table in self._tables.items()}
            self._keep(rows)
            return rows

    def _read(self, connection: Connection) -> None:
        """Read what changed since the last look."""
        changes = connection.scalar(select(Mission.changes).where(Mission.id == self._mission_id))
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
            self._unkept += len(chunk)
        for form_id, table in self._tables.items():
            table.commit(died[form_id])
        self._seen = seen

    def _take_up(self) -> bool:
        """Begin with what an earlier process kept, where there is a file of it."""
        found = self._folder and kept.newest(self._folder, self._mission_id)
        tables = kept.read(found[1]) if found else None
        if not found or tables is None:
            return False
        self._tables, self._seen = tables, found[0]
        return True

    def _agrees(self, connection: Connection) -> bool:
        """Whether what was taken up are the database's own submissions.

        Another database may have the same numbers of changes. Of one that was restored from a
        copy, what came after the copy would be counted although it is gone.
        """
        own = (Submission.mission_id == self._mission_id, Submission.form_id.is_not(None))
        place, change = func.coalesce(Submission.place_id, -1), Submission.change
        there = connection.execute(
            select(
                func.count(),
                func.coalesce(func.sum(change), 0),
                func.coalesce(func.sum(change % MIXED * place), 0),
                func.coalesce(func.sum(change % MIXED * Submission.person_id), 0),
            ).where(*own, change <= self._seen)
        ).one()
        here = np.zeros(4, np.int64)
        for table in self._tables.values():
            rows = table.rows()
            change, place, person = (
                rows.fixed[name][rows.alive].astype(np.int64)
                for name in ("change", "place_id", "person_id")
            )
            mixed = change % MIXED
            here += [len(change), change.sum(), (mixed * place).sum(), (mixed * person).sum()]
        return [int(number) for number in there] == here.tolist()

    def _keep(self, rows: dict[int, Rows]) -> None:
        """Write the file in the background where there is enough that it does not have."""
        if self._folder is None or self._unkept < MANY:
            return
        self._unkept = 0
        there_is = kept.newest(self._folder, self._mission_id)
        if there_is is None or not self._seen - MANY < there_is[0] <= self._seen:
            Thread(
                target=kept.write,
                args=(self._folder, self._mission_id, self._seen, rows),
                name=KEEPER,
            ).start()

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
                Revision.finished_at,
                Revision.clock_error_s,
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
        known = [(form_id, table.row_of) for form_id, table in self._tables.items() if table.row_of]
        for row in chunk:
            for form_id, row_of in known:
                if (old := row_of.get(row.id.int)) is not None:
                    died[form_id].append(old)
            if row.form_id is not None:
                by_form[row.form_id].append(row)
        for form_id, rows in by_form.items():
            self._tables.setdefault(form_id, Table()).write(rows)


_kept: WeakKeyDictionary[Engine, dict[int, MissionAnswers]] = WeakKeyDictionary()
_folders: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()
_kept_lock = Lock()


def keep_in(engine: Engine, folder: Path) -> None:
    """Have the answers in a database kept for the next process, in files of this folder."""
    with _kept_lock:
        _folders[engine] = folder


def mission_answers(session: Session, mission: Mission) -> MissionAnswers:
    """What this process keeps of a mission's answers in the session's database."""
    engine = session.get_bind().engine
    with _kept_lock:
        missions = _kept.setdefault(engine, {})
        folder = _folders.get(engine)
        return missions.setdefault(mission.id, MissionAnswers(engine, mission.id, folder))


def read_ahead(engine: Engine) -> None:
    """Read the answers of every mission, so that nobody has to wait for them."""
    with make_sessions(engine)() as session:
        session.connection(execution_options={"writes": False})
        missions = session.scalars(select(Mission)).all()
        for mission in missions:
            mission_answers(session, mission).look()


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
    for name in ("received_at", "filled_at"):
        fixed[name] = pd.to_datetime(fixed[name], unit="s", utc=True)
    index = pd.Index([rows.ids[row] for row in alive], name="submission", dtype=object)
    questions = {name: _series(column, alive) for name, column in rows.columns.items()}
    return pd.DataFrame(fixed | questions, index=index)


def _series(column: Column, rows: np.ndarray) -> Any:
    codes, values = column.codes[rows], list(column.values)
    if values and all(isinstance(value, int | float) for value in values):
        return np.append(np.array(values, float), np.nan)[codes]
    return pd.Categorical.from_codes(codes, pd.Index(values, dtype=object, tupleize_cols=False))
