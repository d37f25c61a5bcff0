"""The schema: every table, and the migrations that bring a database to it."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from observer import ROOT
from observer.access import models as _access
from observer.checklists import models as _checklists
from observer.collect import models as _collect
from observer.database import Base
from observer.findings import models as _findings
from observer.missions import models as _missions
from observer.review import models as _review
from observer.statements import models as _statements

ROOMS_WITH_TABLES = (_access, _missions, _checklists, _collect, _review, _findings, _statements)
METADATA = Base.metadata


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "observer" / "migrations"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision of the schema: create it, or upgrade it with its data."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema of this release."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()
