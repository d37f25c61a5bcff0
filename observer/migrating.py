"""The migrations that bring a database to the schema of this release."""

from __future__ import annotations

from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from observer import ROOT

_ONE = Lock()
"""Alembic keeps what it works on in global names: of two at once, each would take the other's."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "observer" / "migrations"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision of the schema: create it, or upgrade it with its data."""
    config = _config()
    with _ONE, engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema of this release."""
    with engine.connect() as connection:
        return is_known_revision(current_revision(connection), newest=True)


def current_revision(connection: Connection) -> str | None:
    """The revision of the schema that a database has; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known_revision(revision: str | None, *, newest: bool = False) -> bool:
    """Whether this release has a revision of the schema, or has it as its newest."""
    scripts = ScriptDirectory.from_config(_config())
    if newest:
        return revision == scripts.get_current_head()
    return revision in {script.revision for script in scripts.walk_revisions()}
