"""A demonstration is kept, replaced or refused; never taken for one where it is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from observer.database import make_engine
from observer.demo.instance import (
    Demonstration,
    NotADemonstrationError,
    demo_settings,
    found_demonstration,
    rebuild,
)
from observer.migrating import is_current, migrate
from observer.settings import Settings
from tests.conftest import Databases

SMALL = Demonstration("small", 1)


@pytest.fixture
def settings(databases: Databases, tmp_path: Path) -> Settings:
    """Settings with a database in which there is nothing."""
    address = databases.copy_of("template_blank", lambda engine: None)
    return Settings(instance=tmp_path, database_url=address)


def add_person(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO person (email, name, phone, role, language, password_hash, active,"
                " created_at) VALUES ('a@example.org', 'A', '', 'admin', 'en', '', true,"
                " '2026-01-01 00:00:00')"
            )
        )


def people(settings: Settings) -> int:
    engine = make_engine(settings.database_url)
    with engine.connect() as connection:
        number = connection.execute(text("SELECT count(*) FROM person")).scalar_one()
    engine.dispose()
    return number


def test_what_was_built_is_found_again(settings: Settings) -> None:
    assert found_demonstration(settings) is None
    rebuild(settings, SMALL, add_person)
    assert found_demonstration(settings) == SMALL
    assert people(settings) == 1
    engine = make_engine(settings.database_url)
    assert is_current(engine)
    engine.dispose()


def test_another_one_takes_its_place(settings: Settings) -> None:
    rebuild(settings, SMALL, add_person)
    other = Demonstration("mission", 7)
    rebuild(settings, other, lambda engine: None)
    assert found_demonstration(settings) == other
    assert people(settings) == 0


def test_one_that_was_broken_off_is_not_taken_for_whole(settings: Settings) -> None:
    def fail(engine: Engine) -> None:
        add_person(engine)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(settings, SMALL, fail)
    assert found_demonstration(settings) is None
    rebuild(settings, SMALL, add_person)
    assert found_demonstration(settings) == SMALL
    assert people(settings) == 1


def test_another_database_is_refused(settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    migrate(engine)
    engine.dispose()
    with pytest.raises(NotADemonstrationError, match="not a demonstration"):
        found_demonstration(settings)


def test_it_lives_in_a_folder_of_its_own(tmp_path: Path) -> None:
    own = demo_settings(Settings(instance=tmp_path))
    assert own.database_url == f"sqlite:///{tmp_path / 'demo' / 'observer.sqlite'}"
    assert own.media == tmp_path / "demo" / "media"
    named = demo_settings(Settings(instance=tmp_path, database_url="postgresql:///trial"))
    assert named.database_url == "postgresql:///trial"
