"""Where a demonstration lives, and whether the one that is there is the one wanted.

A demonstration says in its own database what it is, so that no other database is ever taken for
one and overwritten, and one whose building was broken off is not taken for whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import make_url

from observer.database import make_engine
from observer.migrating import migrate
from observer.settings import Settings

_MARK = Table(
    "demonstration",
    MetaData(),
    Column("size", String(20), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
)


class NotADemonstrationError(ValueError):
    """The database holds something else, and is left alone; the message says which it is."""


@dataclass(frozen=True)
class Demonstration:
    """What a demonstration was built as."""

    size: str
    seed: int

    def __str__(self) -> str:
        return f"size {self.size}, seed {self.seed}"


def demo_settings(settings: Settings) -> Settings:
    """The demonstration's settings: its own folder, and its own database unless one is named."""
    own_database = settings.database_url == replace(settings, database_url="").database_url
    return replace(
        settings,
        instance=settings.instance / "demo",
        database_url="" if own_database else settings.database_url,
        media=Path(),
    )


def found_demonstration(settings: Settings) -> Demonstration | None:
    """The whole demonstration in this database; None where there is nothing or only part of one.

    Raises NotADemonstrationError where the database holds anything else.
    """
    file = _sqlite_file(settings)
    if file is not None and not file.exists():
        return None
    engine = make_engine(settings.database_url)
    try:
        tables = inspect(engine).get_table_names()
        if not tables:
            return None
        if _MARK.name not in tables:
            address = engine.url.render_as_string(hide_password=True)
            raise NotADemonstrationError(
                f"{address} holds something that is not a demonstration and was left as it is: "
                "name an empty database in OBSERVER_DATABASE_URL."
            )
        with engine.connect() as connection:
            mark = connection.execute(select(_MARK)).first()
    finally:
        engine.dispose()
    return Demonstration(mark.size, mark.seed) if mark and mark.complete else None


def rebuild(
    settings: Settings, demonstration: Demonstration, fill: Callable[[Engine], None]
) -> None:
    """Put a new demonstration in the place of what is there.

    Ask :func:`found_demonstration` first. In SQLite the old one stays until the new one is whole.
    """
    file = _sqlite_file(settings)
    if file is None:
        engine = make_engine(settings.database_url)
        _drop_everything(engine)
        _build(engine, demonstration, fill)
        return
    building = file.with_name(f"{file.name}.building")
    _remove(building)
    _build(make_engine(f"sqlite:///{building}"), demonstration, fill)
    _remove(file)
    building.rename(file)


def _build(engine: Engine, demonstration: Demonstration, fill: Callable[[Engine], None]) -> None:
    try:
        with engine.begin() as connection:
            _MARK.create(connection)
            values = {"size": demonstration.size, "seed": demonstration.seed, "complete": False}
            connection.execute(insert(_MARK).values(values))
        migrate(engine)
        fill(engine)
        with engine.begin() as connection:
            connection.execute(update(_MARK).values(complete=True))
    finally:
        engine.dispose()


def _drop_everything(engine: Engine) -> None:
    found = MetaData()
    found.reflect(engine)
    if not found.tables:
        return
    # The mark goes last: a demonstration half removed is still known for one, and not for whole.
    with engine.begin() as connection:
        connection.execute(update(_MARK).values(complete=False))
    others = [table for table in found.sorted_tables if table.name != _MARK.name]
    found.drop_all(engine, tables=others)
    _MARK.drop(engine)


def _remove(file: Path) -> None:
    """Remove a SQLite database with the files SQLite keeps beside it."""
    for suffix in ("-wal", "-shm", ""):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _sqlite_file(settings: Settings) -> Path | None:
    address = make_url(settings.database_url)
    if address.get_backend_name() != "sqlite":
        return None
    return Path(address.database or "")
