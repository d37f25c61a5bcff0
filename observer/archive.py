"""Rows of tables as lines of JSON in a ZIP archive, and back into a database of either kind.

A line holds a row's values in the order of the columns. Next to it stands, for a manifest, how
many rows there are, what kind each column is of, and the SHA-256 of all the lines.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from observer.database import Json, UtcDateTime

CHUNK = 2_000
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The moment every part of an archive bears, so that the same rows give the same bytes."""


class DamagedArchiveError(RuntimeError):
    """The archive does not hold what its manifest says; the message says which part."""


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
    return next(kind for type_, kind in _KIND_OF if isinstance(column.type, type_))


def write_text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    """Write one small part."""
    part = zipfile.ZipInfo(name, EARLIEST)
    part.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(part, text)


def write_table(
    archive: zipfile.ZipFile, table: sa.Table, rows: Iterable[Row[Any]]
) -> dict[str, Any]:
    """Write rows that have the table's columns in their order; returns what a manifest needs.

    A row that refers to another of the same table comes after it, whatever their order was.
    """
    kinds = {column.name: _kind_of(column) for column in table.columns}
    digest, count = hashlib.sha256(), 0
    part = zipfile.ZipInfo(_name(table.name), EARLIEST)
    part.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(part, "w", force_zip64=True) as file:
        for row in _in_order(table, rows):
            values = [
                None if value is None else _KINDS[kind].write(value)
                for value, kind in zip(row, kinds.values(), strict=True)
            ]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
    return {"name": table.name, "rows": count, "columns": kinds, "sha256": digest.hexdigest()}


def _name(table: str) -> str:
    return f"tables/{table}.ndjson"


def _in_order(table: sa.Table, rows: Iterable[Row[Any]]) -> Iterator[Row[Any]]:
    itself = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    if not itself:
        yield from rows
        return
    key = next(iter(table.primary_key.columns)).name
    waiting, written = list(rows), set()
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
            raise ValueError(f"Rows of {table.name} refer to what is not there: {later[0]}")
        waiting = later


def read_table(connection: Connection, archive: zipfile.ZipFile, described: dict[str, Any]) -> None:
    """Bring the rows of a table, as ``write_table`` described it, into the database.

    The database has the schema that the rows were written from. Raises DamagedArchiveError where
    they are not the rows that were written, KeyError where they are not there.
    """
    statement = sa.insert(table_of(described))
    columns = [(name, _KINDS[kind].read) for name, kind in described["columns"].items()]
    digest, count = hashlib.sha256(), 0
    with archive.open(_name(described["name"])) as file:
        for lines in _chunks(file):
            chunk = []
            for line in lines:
                digest.update(line)
                values = zip(columns, json.loads(line), strict=True)
                chunk.append({name: None if v is None else read(v) for (name, read), v in values})
            connection.execute(statement, chunk)
            count += len(chunk)
    if (count, digest.hexdigest()) != (described["rows"], described["sha256"]):
        name = described["name"]
        raise DamagedArchiveError(f"The rows of {name} are not those that were written.")


def table_of(described: dict[str, Any]) -> sa.TableClause:
    """A table as ``write_table`` described it."""
    columns = [sa.column(name, _KINDS[kind].type) for name, kind in described["columns"].items()]
    return sa.table(described["name"], *columns)


def _chunks(file: IO[bytes]) -> Iterator[list[bytes]]:
    while chunk := list(islice(file, CHUNK)):
        yield chunk
