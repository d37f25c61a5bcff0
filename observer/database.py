"""Engine, session, base class and column types, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from flask import current_app, g, has_request_context, request
from sqlalchemy import JSON, Connection, DateTime, Engine, MetaData, String, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from observer.settings import SettingsError

BUSY_TIMEOUT_MS = 10_000


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Stored as UTC, always with its zone in Python; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Key = Annotated[int, mapped_column(primary_key=True)]
Code = Annotated[str, mapped_column(String(64))]
"""A short stable name that people write: the code of a place, a round, a region."""


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json}


def now() -> datetime:
    """The server's clock, in UTC."""
    return datetime.now(UTC)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(dbapi_connection: Any, _record: Any) -> None:
        # SQLAlchemy's own BEGIN (below) replaces the driver's, which starts no transaction
        # before the first write and so lets a read see two states of the database.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once when another writer
        # came between, whatever the busy timeout: writers take their place in line first.
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def make_engine(url: str) -> Engine:
    """An engine for a SQLite or PostgreSQL address.

    Raises SettingsError where the address cannot be read or names another database.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise SettingsError(f"OBSERVER_DATABASE_URL is {url!r}: {error}") from error
    backend = address.get_backend_name()
    if backend == "sqlite":
        if address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address)
        _prepare_sqlite(engine)
        return engine
    if backend == "postgresql":
        return create_engine(_with_psycopg(address), pool_pre_ping=True)
    raise SettingsError(
        f"OBSERVER_DATABASE_URL names {backend}; write sqlite:///… or postgresql://…"
    )


def _with_psycopg(address: URL) -> URL:
    return address.set(drivername="postgresql+psycopg")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after a commit."""
    return sessionmaker(engine, expire_on_commit=False)


def one_state(connection: Connection) -> Connection:
    """Have a new connection read the database as it is at one moment, and write nothing.

    However long it reads, nobody who writes waits for it.
    """
    options: dict[str, Any] = {"writes": False}
    if connection.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return connection.execution_options(**options)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A session that reads the database as it was at one moment."""
    with engine.connect() as connection, Session(one_state(connection)) as reader:
        yield reader


def get_session() -> Session:
    """The session of this request (or of this application context, for commands and tests).

    Opened at first use and closed at the end; who changes something commits it.
    """
    if "session" not in g:
        g.session = current_app.extensions["observer.sessions"]()
        if has_request_context() and request.method in ("GET", "HEAD", "OPTIONS"):
            g.session.connection(execution_options={"writes": False})
    return g.session


def only_read(session: Session) -> None:
    """End what the session has begun, and have it read on without the writer's place.

    For work that takes a while and writes nothing: it must not wait for writers on SQLite, nor let
    them wait.
    """
    session.rollback()
    session.connection(execution_options={"writes": False})


def close_session(_error: BaseException | None = None) -> None:
    """Close the session of this context, discarding what was not committed."""
    session = g.pop("session", None)
    if session is not None:
        session.close()
