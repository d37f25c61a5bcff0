"""A copy of everything in one file, and back: onto the same kind of database or the other one.

The file is a ZIP archive: the rows of each table, the media as they are, and a manifest. It is
written under another name until it is whole. What it holds is the database as it stood at one
moment.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from observer.archive import (
    CHUNK,
    DamagedArchiveError,
    read_table,
    table_of,
    write_table,
    write_text,
)
from observer.collect.media import keep, kept_files
from observer.database import now
from observer.migrating import current_revision, is_known_revision, migrate
from observer.schema import METADATA

FORMAT = "observer-backup"
MANIFEST = "manifest.json"
MEDIA = "media/"
Track = Callable[[Sequence[Any], str], Iterable[Any]]


class BackupError(RuntimeError):
    """A backup cannot be made or restored; the message says why."""


def _untracked(items: Sequence[Any], _doing: str) -> Iterable[Any]:
    return items


def back_up(engine: Engine, media: Path, out: Path, *, track: Track = _untracked) -> dict[str, int]:
    """Write everything into the file ``out``; returns how many rows and files are in it.

    Raises BackupError where the database is not at this release, or the file cannot be written.
    """
    part = out.with_name(out.name + ".part")
    manifest: dict[str, Any] = {"format": FORMAT, "version": 1, "made_at": now().isoformat()}
    try:
        with zipfile.ZipFile(part, "w") as archive:
            with engine.connect() as connection:
                manifest["revision"] = current_revision(connection)
                if not is_known_revision(manifest["revision"], newest=True):
                    raise BackupError("The database is not at this release: run observer init.")
                connection.rollback()
                snapshot = _snapshot(connection)
                manifest["tables"] = [
                    write_table(archive, table, _rows(snapshot, table))
                    for table in track(METADATA.sorted_tables, "Tables")
                ]
            # After the rows: a file too many does no harm, one too few would.
            files = kept_files(media)
            for path in track(files, "Media"):
                archive.write(path, f"{MEDIA}{path.name}", compress_type=zipfile.ZIP_STORED)
            write_text(archive, MANIFEST, json.dumps(manifest, indent=1))
        part.replace(out)
    except OSError as error:
        raise BackupError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return {"rows": sum(table["rows"] for table in manifest["tables"]), "files": len(files)}


def _snapshot(connection: Connection) -> Connection:
    """The connection, seeing one state of the database from here on."""
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection.execution_options(writes=False)


def _rows(connection: Connection, table: sa.Table) -> Iterable[Any]:
    query = sa.select(*table.columns).order_by(*table.primary_key.columns)
    return connection.execution_options(yield_per=CHUNK).execute(query)


def restore(
    engine: Engine, media: Path, file: Path, *, track: Track = _untracked
) -> dict[str, int]:
    """Bring a backup into an empty database and its media folder; returns what came in.

    A backup of an earlier release is brought to this one. Raises BackupError where the file is no
    whole backup or the database holds a mission already; nothing is changed then.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            _refuse_unless_empty(engine)
            migrate(engine, manifest["revision"])
            tables = manifest["tables"]
            with engine.begin() as connection:
                for described in reversed(tables):
                    # Rows that the migrations put there are in the backup too.
                    connection.execute(sa.delete(table_of(described)))
                for described in track(tables, "Tables"):
                    read_table(connection, archive, described)
                _set_sequences(connection, tables)
                # Before the rows are committed: files without rows do no harm.
                names = [name for name in archive.namelist() if name.startswith(MEDIA)]
                for name in track(names, "Media"):
                    _read_medium(archive, name, media)
    except (zipfile.BadZipFile, EOFError, KeyError) as error:
        raise BackupError(f"{file.name} is no whole backup: {error}") from error
    except DamagedArchiveError as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"{file.name}: {error.strerror or error}") from error
    migrate(engine)
    return {"rows": sum(table["rows"] for table in tables), "files": len(names)}


def _manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(archive.read(MANIFEST))
    except ValueError as error:
        raise BackupError(f"{file.name} is no whole backup: its manifest is no JSON") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupError(f"{file.name} is no backup of this program.")
    if not is_known_revision(manifest["revision"]):
        raise BackupError(f"{file.name} was made by a newer release; update this one first.")
    return manifest


def _refuse_unless_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        for name in ("person", "mission"):
            if not sa.inspect(connection).has_table(name):
                continue
            if connection.scalar(sa.select(sa.func.count()).select_from(METADATA.tables[name])):
                raise BackupError("The database is not empty; restore into a new one.")


def _set_sequences(connection: Connection, tables: list[dict[str, Any]]) -> None:
    """Let PostgreSQL number new rows after those that came in."""
    if connection.dialect.name != "postgresql":
        return
    for described in tables:
        if described["columns"].get("id") != "integer":
            continue
        sequence = connection.scalar(
            sa.select(sa.func.pg_get_serial_sequence(f'"{described["name"]}"', "id"))
        )
        ids = sa.select(sa.func.max(sa.column("id"))).select_from(table_of(described))
        last = connection.scalar(ids)
        if sequence and last:
            connection.execute(sa.select(sa.func.setval(sequence, last)))


def _read_medium(archive: zipfile.ZipFile, name: str, media: Path) -> None:
    content, sha256 = archive.read(name), name.removeprefix(MEDIA)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BackupError(f"The file {name} is not the one that was backed up.")
    keep(media, content)
