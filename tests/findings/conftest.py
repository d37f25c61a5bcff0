"""A mission with two forms and no submission yet."""

import pytest

from observer.missions.scope import Scope, scope_of
from tests.findings.builders import publish
from tests.missions.builders import build_mission


@pytest.fixture
def station(session):
    return publish(session, build_mission(session))


@pytest.fixture
def built(station):
    return station.built


@pytest.fixture
def scope(built):
    return Scope(built.mission)


@pytest.fixture
def coordinator(session, built):
    """Sees region 15 and what lies in it."""
    return scope_of(session, built.memberships["coordinator"])
