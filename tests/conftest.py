"""What every test stands on: a database of its own, on both engines, and the application."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from observer.database import make_engine, make_sessions
from observer.migrating import migrate
from observer.settings import Settings
from observer.web import connect, create_app
from tests.missions.builders import PASSWORD
from tests.postgresql import postgresql_server

CHROMIUM = "/usr/bin/chromium-headless-shell"
WHOLE_CHROMIUM = "/usr/bin/chromium"
"""The same with its windows: only this one installs apps."""
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
EXPECTED_WITHIN_MS = 20_000
ENGINES = ("sqlite", "postgresql")
SECRET_KEY = "a key for the tests, long enough"
EMPTY = "template_empty"
NewDatabase = Callable[[str], str]
"""Gives the address of a new database, made as a copy of the template with this name."""

Begin = Callable[[Callable[[Session], object]], None]
"""Fills the test's database, which is empty still; what fills it is run once only."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of the tests' own PostgreSQL server."""
    with postgresql_server() as address:
        yield address


class Databases:
    """Makes databases of one engine: templates once, copies of them for each test."""

    def __init__(self, engine_name: str, folder: Path, server: str | None) -> None:
        self.engine_name = engine_name
        self._folder = folder
        self._server = server
        self._templates: dict[str, str] = {}
        self._learned: Engine | None = None

    def _address(self, name: str) -> str:
        if self._server is None:
            return f"sqlite:///{self._folder / name}.sqlite"
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _create(self, name: str, template: str | None) -> str:
        address = self._address(name)
        if self._server is None:
            for old in self._folder.glob(f"{name}.sqlite*"):
                old.unlink()
            if template is not None:
                shutil.copy(self._folder / f"{template}.sqlite", self._folder / f"{name}.sqlite")
            return address
        admin = create_engine(
            make_url(self._server).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
        )
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            copy = f" TEMPLATE {template} STRATEGY file_copy" if template else ""
            connection.execute(text(f"CREATE DATABASE {name}{copy}"))
        admin.dispose()
        return address

    def copy_of(self, template: str, fill: Callable[[Engine], None]) -> str:
        """The address of a new copy of a template, which ``fill`` makes at first use."""
        self._make(template, fill)
        return self._create(f"test_{next(_numbers)}", template)

    @contextmanager
    def engine_on(self, template: str, fill: Callable[[Engine], None]) -> Iterator[Engine]:
        """An engine on a new copy of a template, the only one that is open.

        All such copies have one address: SQLAlchemy keeps with an engine how each statement is
        written, and takes longer to find that out anew than most tests do for all the rest.
        """
        self._make(template, fill)
        address = self._create("test", template)
        self._learned = self._learned or make_engine(address)
        # Another object for each test: what is kept by engine is not another test's.
        engine = self._learned.execution_options()
        yield engine
        engine.dispose()

    def refill(self, template: str, fill: Callable[[Session], object]) -> None:
        """Make what the engine is on a new copy of a template with the current schema."""

        def fill_migrated(engine: Engine) -> None:
            with make_sessions(engine)() as session:
                fill(session)

        self._make(template, fill_migrated, EMPTY)
        self._create("test", template)

    def _make(
        self, template: str, fill: Callable[[Engine], None], copied: str | None = None
    ) -> None:
        if template in self._templates:
            return
        address = self._create(template, copied)
        engine = make_engine(address)
        fill(engine)
        engine.dispose()
        if self._server is None:
            self._checkpoint(address)
        self._templates[template] = address

    @staticmethod
    def _checkpoint(address: str) -> None:
        # Everything into the one file that is copied.
        engine = create_engine(address)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()


@pytest.fixture(scope="session", params=ENGINES)
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    """Databases of each engine in turn."""
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    return Databases(request.param, tmp_path_factory.mktemp(request.param), server)


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """An engine on an empty database with the current schema."""
    with databases.engine_on(EMPTY, migrate) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on that database."""
    with make_sessions(engine)() as session:
        yield session


@pytest.fixture
def begin(databases: Databases, engine: Engine, session: Session) -> Begin:
    """Begins with what a function writes: a copy of it, as most tests would take longest for it."""

    def with_what(fill: Callable[[Session], object]) -> None:
        session.close()
        engine.dispose()
        databases.refill(f"template_{fill.__module__}_{fill.__name__}".replace(".", "_"), fill)

    return with_what


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    """Settings for that database."""
    return Settings(
        instance=tmp_path,
        database_url=engine.url.render_as_string(hide_password=False),
        secret_key=SECRET_KEY,
        submission_rate="10000 per minute",
        signin_rate="10000 per minute",
    )


@cache
def _app_once() -> Flask:
    return create_app(Settings(secret_key=SECRET_KEY), create_engine("sqlite://"))


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Flask:
    """The application on that database; the same for all, as its routes take a while to make."""
    app = _app_once()
    connect(app, settings, engine)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody not signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    # A machine that has much to do must not fail a test.
    expect.set_options(timeout=EXPECTED_WITHIN_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without the windows that nobody would see."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the application, served on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def sign_in_as() -> Callable[[Page, str], None]:
    """Sign in on a page as the small mission's person of a role."""

    def sign_in(page: Page, role: str) -> None:
        page.goto("/sign-in")
        page.get_by_label("Email").fill(f"{role}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)

    return sign_in
