"""A copy of everything in one file, and back: onto the same kind of database or the other one.

The file is a ZIP archive: each table as lines of JSON, the media as they are, and a manifest with
the number of rows and the SHA-256 of each table. It is written under another name until it is
whole. What it holds is the database as it stood at one moment.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from observer.collect.media import kept_files, path_of
from observer.database import Json, UtcDateTime, now
from observer.schema import METADATA, current_revision, is_known_revision, migrate

FORMAT = "observer-backup"
MANIFEST = "manifest.json"
MEDIA = "media/"
CHUNK = 2_000
Track = Callable[[Sequence[Any], str], Iterable[Any]]


class BackupError(RuntimeError):
    """A backup cannot be made or restored; the message says why."""


@dataclass(frozen=True)
class _Kind:
    """How the values of a column are written, read, and typed."""

    type: Any
    write: Callable[[Any], Any] = lambda value: value
    read: Callable[[Any], Any] = lambda value: value


_KINDS: dict[str, _Kind] = {
    "moment": _Kind(UtcDateTime(), lambda v: v.astimezone(UTC).isoformat(), datetime.fromisoformat),
    "day": _Kind(sa.Date(), date.isoformat, date.fromisoformat),
    "uuid": _Kind(sa.Uuid(), str, uuid.UUID),
    "bytes": _Kind(sa.LargeBinary(), lambda v: base64.b64encode(v).decode(), base64.b64decode),
    "json": _Kind(Json),
    "flag": _Kind(sa.Boolean()),
    "integer": _Kind(sa.Integer()),
    "number": _Kind(sa.Double()),
    "text": _Kind(sa.Text()),
}
_KIND_OF = (
    (UtcDateTime, "moment"),
    (sa.Date, "day"),
    (sa.Uuid, "uuid"),
    (sa.LargeBinary, "bytes"),
    (sa.JSON, "json"),
    (sa.Boolean, "flag"),
    (sa.Integer, "integer"),
    (sa.Float, "number"),
    (sa.String, "text"),
)


def _kind_of(column: sa.Column[Any]) -> str:
    for type_, kind in _KIND_OF:
        if isinstance(column.type, type_):
            return kind
    raise BackupError(f"Column {column} has a type that a backup does not know.")


def _untracked(items: Sequence[Any], _doing: str) -> Iterable[Any]:
    return items


def back_up(engine: Engine, media: Path, out: Path, *, track: Track = _untracked) -> dict[str, int]:
    """Write everything into the file ``out``; returns how many rows and files are in it.

    Raises BackupError where the database is not at this release, or the file cannot be written.
    """
    part = out.with_name(out.name + ".part")
    manifest: dict[str, Any] = {"format": FORMAT, "version": 1, "made_at": now().isoformat()}
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            with engine.connect() as connection:
                manifest["revision"] = current_revision(connection)
                if not is_known_revision(manifest["revision"], newest=True):
                    raise BackupError("The database is not at this release: run observer init.")
                connection.rollback()
                tables = METADATA.sorted_tables
                snapshot = _snapshot(connection)
                manifest["tables"] = [
                    _write_table(snapshot, table, archive) for table in track(tables, "Tables")
                ]
            # After the rows: a file too many does no harm, one too few would.
            files = kept_files(media)
            for path in track(files, "Media"):
                archive.write(path, f"{MEDIA}{path.name}", compress_type=zipfile.ZIP_STORED)
            manifest["media"] = len(files)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
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


def _write_table(
    connection: Connection, table: sa.Table, archive: zipfile.ZipFile
) -> dict[str, Any]:
    kinds = {column.name: _kind_of(column) for column in table.columns}
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"tables/{table.name}.ndjson", "w", force_zip64=True) as file:
        for row in _rows(connection, table):
            values = [
                None if value is None else _KINDS[kind].write(value)
                for value, kind in zip(row, kinds.values(), strict=True)
            ]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
            rows += 1
    return {"name": table.name, "rows": rows, "columns": kinds, "sha256": digest.hexdigest()}


def _rows(connection: Connection, table: sa.Table) -> Iterator[Any]:
    """The rows of a table, each after those that it refers to in the same table."""
    query = sa.select(*table.columns).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=CHUNK).execute(query)
    itself = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    if not itself:
        yield from result
        return
    key = next(iter(table.primary_key.columns)).name
    waiting, written = list(result), set()
    while waiting:
        later = []
        for row in waiting:
            above = {getattr(row, name) for name in itself} - {None}
            if above <= written:
                written.add(getattr(row, key))
                yield row
            else:
                later.append(row)
        if len(later) == len(waiting):
            raise BackupError(f"The rows of {table.name} refer to each other in a circle.")
        waiting = later


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
                    connection.execute(sa.delete(_table(described)))
                for described in track(tables, "Tables"):
                    _read_table(connection, described, archive)
                _set_sequences(connection, tables)
                # Before the rows are committed: files without rows do no harm.
                names = [name for name in archive.namelist() if name.startswith(MEDIA)]
                for name in track(names, "Media"):
                    _read_medium(archive, name, media)
    except (zipfile.BadZipFile, EOFError, KeyError) as error:
        raise BackupError(f"{file.name} is no whole backup: {error}") from error
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


def _table(described: dict[str, Any]) -> sa.TableClause:
    columns = [sa.column(name, _KINDS[kind].type) for name, kind in described["columns"].items()]
    return sa.table(described["name"], *columns)


def _read_table(
    connection: Connection, described: dict[str, Any], archive: zipfile.ZipFile
) -> None:
    statement = sa.insert(_table(described))
    columns = [(name, _KINDS[kind].read) for name, kind in described["columns"].items()]
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"tables/{described['name']}.ndjson") as file:
        for lines in _chunks(file):
            chunk = []
            for line in lines:
                digest.update(line)
                values = zip(columns, json.loads(line), strict=True)
                chunk.append({name: None if v is None else read(v) for (name, read), v in values})
            connection.execute(statement, chunk)
            rows += len(chunk)
    if (rows, digest.hexdigest()) != (described["rows"], described["sha256"]):
        raise BackupError(f"The rows of {described['name']} are not those that were backed up.")


def _chunks(file: IO[bytes]) -> Iterator[list[bytes]]:
    while chunk := [line for line, _ in zip(file, range(CHUNK), strict=False)]:
        yield chunk


def _set_sequences(connection: Connection, tables: list[dict[str, Any]]) -> None:
    """Let PostgreSQL number new rows after those that came in."""
    if connection.dialect.name != "postgresql":
        return
    for described in tables:
        if described["columns"].get("id") != "integer":
            continue
        name = described["name"]
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(f'"{name}"', "id")))
        last = connection.scalar(
            sa.select(sa.func.max(sa.column("id"))).select_from(_table(described))
        )
        if sequence and last:
            connection.execute(sa.select(sa.func.setval(sequence, last)))


def _read_medium(archive: zipfile.ZipFile, name: str, media: Path) -> None:
    content, sha256 = archive.read(name), name.removeprefix(MEDIA)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BackupError(f"The file {name} is not the one that was backed up.")
    path = path_of(media, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
