"""The small demonstration, built once for each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from observer.database import make_engine, make_sessions
from observer.demo.building import build
from observer.migrating import migrate
from tests.conftest import Databases

PASSWORD = "correct horse battery"


def fill(engine: Engine) -> None:
    migrate(engine)
    with make_sessions(engine)() as session, TemporaryDirectory() as media:
        build(session, password=PASSWORD, media=Path(media), bulk=True)


@pytest.fixture
def demo(databases: Databases) -> Iterator[Session]:
    """A session on a copy of the small demonstration."""
    engine = make_engine(databases.copy_of("template_demo", fill))
    with make_sessions(engine)() as session:
        yield session
    engine.dispose()
