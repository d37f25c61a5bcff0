"""A mission with two forms and no submission yet."""

import pytest

from observer.cli import cli
from observer.missions.scope import Scope, scope_of
from tests.findings.builders import published, station_in
from tests.missions.builders import sign_in


@pytest.fixture
def station(begin, session):
    begin(published)
    return station_in(session)


@pytest.fixture
def built(station):
    return station.built


@pytest.fixture
def scope(built):
    return Scope(built.mission)


@pytest.fixture
def run(app):
    """Run a command."""
    return lambda *line: app.test_cli_runner().invoke(cli, [str(word) for word in line])


@pytest.fixture
def signed_in(app):
    """A client that somebody of a role is signed in to."""

    def as_(role):
        client = app.test_client()
        sign_in(client, role)
        return client

    return as_


@pytest.fixture
def coordinator(session, built):
    """Sees region 15 and what lies in it."""
    return scope_of(session, built.memberships["coordinator"])
