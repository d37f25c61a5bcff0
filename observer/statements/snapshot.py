"""What a frozen statement was counted from: a small mission of its own in one file.

The file holds the mission's regions and places, its forms, the sources and recommendations, the
statement, and the submissions of its round that were not rejected (of all rounds where the text
compares some), each with the revision that counted and what became of its incident, but nobody's
name, email or password. Opened, it is a database like any other: the same code counts the same
figures from it, whatever has changed in the mission since. Beside it are the house style and the
words that the figures were printed with.

It has nothing of how the text came about: no earlier texts, no owners or states of sections, no
comments. No figure is counted from them, and they name people.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.archive import CHUNK, DamagedArchiveError, read_table, table_of, write_table
from observer.archive import write_text as write_part
from observer.checklists.models import Form, FormVersion
from observer.collect.models import Revision, Status, Submission
from observer.database import make_engine, make_sessions
from observer.findings.frame import forget
from observer.migrating import current_revision, is_known_revision, migrate
from observer.missions.models import Mission, Place, Region, Round, Team
from observer.missions.scope import Scope, whole_mission
from observer.review.casemodels import CaseLink, IncidentCase
from observer.statements import speech
from observer.statements.models import Source, Statement
from observer.statements.recommendationmodels import Recommendation
from observer.statements.speech import Speech
from observer.statements.template import called_in
from observer.statements.yamlfile import ReportFileError

FORMAT = "observer-snapshot"
MANIFEST = "manifest.json"
SPEECH = (speech.STYLE, speech.WORDS)
"""The files of the house style and of the language's words."""
COMPARES = "compare"
"""The call that counts another round."""


class SnapshotError(RuntimeError):
    """A snapshot cannot be read; the message says why."""


@dataclass(frozen=True)
class Opened:
    """A snapshot that can be counted."""

    session: Session
    scope: Scope
    statement: Statement
    speech: Speech | None
    """How the statement spoke; None where it was frozen before that was kept."""


def take_snapshot(connection: Connection, statement: Statement) -> bytes:
    """The snapshot of what a statement counts; one state of the database gives the same bytes.

    The connection sees one state of the database throughout. Raises ReportFileError where the files
    of house style and language cannot be used.
    """
    files = speech.files_of(statement.language)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        tables = [
            write_table(archive, table, connection.execution_options(yield_per=CHUNK).execute(rows))
            for table, rows in _tables(statement)
        ]
        manifest = {
            "format": FORMAT,
            "version": 1,
            "revision": current_revision(connection),
            "statement": statement.id,
            "tables": tables,
        }
        for name, text in files.items():
            write_part(archive, name, text)
        write_part(archive, MANIFEST, json.dumps(manifest, indent=1))
    return content.getvalue()


def _tables(statement: Statement) -> list[tuple[sa.Table, sa.Select[Any]]]:
    """The tables, each after those that it refers to, with the rows to keep of each."""
    mission_id, round_id = statement.mission_id, statement.round_id
    counted = sa.and_(
        Submission.mission_id == mission_id,
        Submission.status != Status.REJECTED,
        # A comparison counts another round too; which one may depend on what is counted.
        sa.true() if COMPARES in called_in(statement.text) else Submission.round_id == round_id,
    )
    current = sa.and_(
        Revision.submission_id == Submission.id,
        Revision.number == Submission.current_revision,
        Revision.conflicting.is_(False),
    )
    people = sa.union(
        select(Submission.person_id).where(counted),
        select(Revision.person_id).join(Submission, current).where(counted),
        select(Statement.changed_by_id).where(Statement.id == statement.id),
    )
    return [
        _kept(Person, Person.id.in_(people), _nameless()),
        _kept(Mission, Mission.id == mission_id),
        _kept(Round, Round.mission_id == mission_id),
        _kept(Region, Region.mission_id == mission_id),
        _kept(Place, Place.mission_id == mission_id),
        _kept(Team, Team.mission_id == mission_id),
        _kept(Form, Form.mission_id == mission_id),
        _kept(
            FormVersion,
            FormVersion.form_id.in_(select(Form.id).where(Form.mission_id == mission_id)),
            {"source": sa.literal(b"")},
        ),
        _kept(Submission, counted, {"assigned_to_id": sa.null(), "assigned_at": sa.null()}),
        _kept(
            Revision,
            Revision.id.in_(select(Revision.id).join(Submission, current).where(counted)),
            {"payload": sa.literal({}, Revision.__table__.c.payload.type)},
        ),
        _kept(IncidentCase, IncidentCase.round_id == round_id, {"responsible_id": sa.null()}),
        _kept(
            CaseLink,
            CaseLink.case_id.in_(
                select(IncidentCase.submission_id).where(IncidentCase.round_id == round_id)
            ),
        ),
        _kept(Source, Source.mission_id == mission_id),
        _kept(Recommendation, Recommendation.mission_id == mission_id),
        # Its words in other languages are statements of their own, with snapshots of their own.
        _kept(Statement, Statement.id == statement.id, {"translation_of_id": sa.null()}),
    ]


def _nameless() -> dict[str, ColumnElement[Any]]:
    return {
        "email": sa.cast(Person.id, sa.String) + "@observer.invalid",
        "name": sa.literal(""),
        "phone": sa.literal(""),
        "password_hash": sa.literal(""),
    }


def _kept(
    model: Any, where: ColumnElement[bool], instead: dict[str, ColumnElement[Any]] | None = None
) -> tuple[sa.Table, sa.Select[Any]]:
    table, instead = model.__table__, instead or {}
    columns = [
        instead[column.name].label(column.name) if column.name in instead else column
        for column in table.columns
    ]
    return table, select(*columns).where(where).order_by(*table.primary_key.columns)


@contextmanager
def open_snapshot(content: bytes) -> Iterator[Opened]:
    """A snapshot as a database of its own, which is gone afterwards.

    Raises SnapshotError where it is damaged, or made by a newer release.
    """
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'snapshot.sqlite'}")
        try:
            statement_id = _fill(engine, content)
            with make_sessions(engine)() as session:
                session.connection(execution_options={"writes": False})
                statement = session.get_one(Statement, statement_id)
                kept = _speech_in(content, statement.language)
                yield Opened(session, whole_mission(session), statement, kept)
        finally:
            forget(engine)
            engine.dispose()


def _speech_in(content: bytes, language: str) -> Speech | None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if not set(SPEECH) <= set(archive.namelist()):
            return None
        files = {name: archive.read(name).decode() for name in SPEECH}
    try:
        return speech.kept_speech(language, files)
    except ReportFileError as error:
        raise SnapshotError(f"The snapshot cannot be read: {error}") from error


def _fill(engine: sa.Engine, content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if not is_known_revision(manifest["revision"]):
                raise SnapshotError("The snapshot was made by a newer release.")
            migrate(engine, manifest["revision"])
            with engine.begin() as connection:
                for described in manifest["tables"]:
                    connection.execute(sa.delete(table_of(described)))
                    read_table(connection, archive, described)
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError) as error:
        raise SnapshotError(f"The snapshot cannot be read: {error}") from error
    except DamagedArchiveError as error:
        raise SnapshotError(str(error)) from error
    migrate(engine)
    return int(manifest["statement"])
