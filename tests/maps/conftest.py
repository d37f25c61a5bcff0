"""A mission whose regions differ: enough answers, few, none, and one abroad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from observer.settings import Settings
from observer.web import create_app
from tests.conftest import Begin
from tests.findings.builders import Station, published, station_in
from tests.missions.builders import sign_in

MIN_BASE = 4
OPENED_LATE = {"form": "opening", "question": "on_time", "answer": "no"}


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Flask:
    """Gives shares from four answers on, so that a test needs no more to be submitted."""
    return create_app(replace(settings, min_base=MIN_BASE), engine)


@pytest.fixture
def station(begin: Begin, session: Session) -> Station:
    """The mission, in which nothing was observed yet."""
    begin(published)
    return station_in(session)


@pytest.fixture
def observed(station: Station) -> Station:
    """How many said *no*: Lima West 1 of 4, Lima East 2 of 3, Américas 1 of 1, Loreto none."""
    for place, answers in {
        "1501-01-1": ("no", "yes"),
        "1501-02-1": ("yes", "yes"),
        "1502-01-1": ("no", "no", "yes"),
        "91-01-1": ("no",),
    }.items():
        for answer in answers:
            station.submit({"on_time": answer}, place=place)
    return station


@pytest.fixture
def client_of(app: Flask) -> Callable[[str], FlaskClient]:
    """Signs somebody of a role in; gives their client."""

    def signed_in(role: str) -> FlaskClient:
        client = app.test_client()
        sign_in(client, role)
        return client

    return signed_in
