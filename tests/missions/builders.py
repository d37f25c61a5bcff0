"""A small mission to test with, and signing in to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from observer.access.models import Person, Role
from observer.missions.models import Membership, Mission, Place, PlaceKind, Region, Round, Team
from observer.missions.operations import add_mission, add_round, assign, team_of_code
from observer.missions.people import add_person

PASSWORD = "correct horse battery"
ASSIGNED = ("1501-01-1", "1501-01-2", "1502-01-1")
"""The stations the observer's team is sent to in the run-off."""

_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As the platform's own, without the time that it takes on purpose."""

_hash_once = cache(_QUICK.hash)


@dataclass(frozen=True)
class BuiltMission:
    """The mission ``demo`` and what is in it, by code; people and memberships by role."""

    mission: Mission
    rounds: dict[str, Round]
    regions: dict[str, Region]
    places: dict[str, Place]
    people: dict[str, Person]
    memberships: dict[str, Membership]
    team: Team

    @property
    def first(self) -> Round:
        return self.rounds["first"]

    @property
    def runoff(self) -> Round:
        return self.rounds["runoff"]


def square(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """A rectangle as a GeoJSON polygon."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def build_mission(session: Session) -> BuiltMission:
    """Build and commit the mission.

    Regions: ``15`` with its halves ``1501`` and ``1502``, ``16``, and ``91`` abroad. Each leaf
    has two centres (``1501-01``, ``1501-02``) of three stations (``1501-01-1`` …) with 300 voters.
    """
    mission = add_mission(
        session, code="demo", name="Demonstration", country="Peru", timezone="America/Lima"
    )
    rounds = {
        "first": add_round(
            session, mission, code="first", name="First round", voting_day=date(2026, 4, 12)
        ),
        "runoff": add_round(
            session, mission, code="runoff", name="Run-off", voting_day=date(2026, 6, 7)
        ),
    }
    regions = _add_regions(session, mission)
    places: dict[str, Place] = {}
    for code, corner in {"1501": (-76.9, -12), "1502": (-75.9, -12), "16": (-74, -4)}.items():
        _add_places(session, places, regions[code], corner)
    _add_places(session, places, regions["91"], None)
    team = team_of_code(session, mission, "T01")
    for code in ASSIGNED:
        assign(session, rounds["runoff"], team, places[code])
    people = {}
    for role in Role:
        person = add_person(
            session,
            mission,
            email=f"{role}@example.org",
            name=f"{role.capitalize()} Demo",
            role=role,
            team="T01" if role == Role.OBSERVER else "",
            regions=("15",) if role == Role.COORDINATOR else (),
        )
        person.password_hash = _hash_once(PASSWORD)
        people[role.value] = person
    memberships = {
        membership.person.role: membership for membership in session.scalars(select(Membership))
    }
    # Last of all: on SQLite whoever has read, too, holds the one place of a writer.
    session.commit()
    return BuiltMission(mission, rounds, regions, places, people, memberships, team)


def mission_in(session: Session) -> BuiltMission:
    """The mission where it was built already."""
    memberships = {m.person.role: m for m in session.scalars(select(Membership))}
    built = BuiltMission(
        mission=session.scalars(select(Mission)).one(),
        rounds={each.code: each for each in session.scalars(select(Round))},
        regions={each.code: each for each in session.scalars(select(Region))},
        places={each.code: each for each in session.scalars(select(Place))},
        people={role: each.person for role, each in memberships.items()},
        memberships=memberships,
        team=session.scalars(select(Team)).one(),
    )
    session.commit()
    return built


def _add_regions(session: Session, mission: Mission) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for code, name, parent, boundary in (
        ("15", "Lima", None, square(-77, -13, -75, -11)),
        ("1501", "Lima West", "15", square(-77, -13, -76, -11)),
        ("1502", "Lima East", "15", square(-76, -13, -75, -11)),
        ("16", "Loreto", None, square(-75, -5, -73, -3)),
        ("91", "Américas", None, None),
    ):
        regions[code] = Region(
            mission_id=mission.id,
            code=code,
            name=name,
            parent=regions.get(parent),
            level=2 if parent else 1,
            abroad=boundary is None,
            geometry=boundary,
        )
        session.add(regions[code])
    session.flush()
    return regions


def _add_places(
    session: Session,
    places: dict[str, Place],
    region: Region,
    corner: tuple[float, float] | None,
) -> None:
    for number in (1, 2):
        centre = Place(
            mission_id=region.mission_id,
            kind=PlaceKind.CENTRE,
            region=region,
            code=f"{region.code}-{number:02}",
            name=f"School {number} of {region.name}",
            lat=corner[1] + number / 10 if corner else None,
            lon=corner[0] + number / 10 if corner else None,
        )
        places[centre.code] = centre
        for box in (1, 2, 3):
            code = f"{centre.code}-{box}"
            places[code] = Place(
                mission_id=region.mission_id,
                kind=PlaceKind.STATION,
                centre=centre,
                region=region,
                code=code,
                name=f"Station {box}",
                registered_voters=300,
            )
    session.add_all(places.values())
    session.flush()


def sign_in(
    client: FlaskClient,
    role: str,
    *,
    next: str | None = None,
    email: str | None = None,
    password: str = PASSWORD,
) -> TestResponse:
    """Post the sign-in form as the mission's person of this role; gives the answer."""
    query = {"next": next} if next else {}
    page = client.get("/sign-in", query_string=query).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"email": email or f"{role}@example.org", "password": password}
    if token:
        form["csrf_token"] = token[1]
    return client.post("/sign-in", query_string=query, data=form)


def token_headers(client: FlaskClient, role: str) -> dict[str, str]:
    """The header of a program signed in as the mission's person of this role."""
    given = {"email": f"{role}@example.org", "password": PASSWORD, "name": "test"}
    return {"Authorization": f"Bearer {client.post('/api/v1/devices', json=given).json['token']}"}
