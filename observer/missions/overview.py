"""What a mission holds, and what in its places deserves a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from observer.access.models import Person, Role
from observer.missions.location import Stray, strays
from observer.missions.models import (
    Assignment,
    Membership,
    Mission,
    Place,
    PlaceKind,
    Region,
    Round,
    Team,
)
from observer.missions.regions import ancestors


@dataclass(frozen=True)
class Holdings:
    """How much of everything there is."""

    regions: int
    centres: int
    stations: int
    teams: int
    people: dict[Role, int]
    assignments: dict[str, int]
    """By round code."""


def holdings(session: Session, mission: Mission) -> Holdings:
    """How much of everything a mission has."""
    kinds = _counted(session, Place.kind, Place.mission_id == mission.id)
    roles = dict(
        session.execute(
            select(Person.role, func.count())
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.mission_id == mission.id)
            .group_by(Person.role)
        ).all()
    )
    rounds = dict(
        session.execute(
            select(Round.code, func.count(Assignment.id))
            .outerjoin(Assignment, Assignment.round_id == Round.id)
            .where(Round.mission_id == mission.id)
            .group_by(Round.code)
        ).all()
    )
    return Holdings(
        regions=_count(session, Region, Region.mission_id == mission.id),
        centres=kinds.get(PlaceKind.CENTRE, 0),
        stations=kinds.get(PlaceKind.STATION, 0),
        teams=_count(session, Team, Team.mission_id == mission.id),
        people={role: roles.get(role, 0) for role in Role},
        assignments=rounds,
    )


def _count(session: Session, table: type, condition: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _counted(session: Session, column: object, condition: object) -> dict[str, int]:
    return dict(
        session.execute(select(column, func.count()).where(condition).group_by(column)).all()
    )


@dataclass(frozen=True)
class RegionLine:
    """A region with what lies in it at any depth."""

    region: Region
    regions: int
    centres: int
    stations: int


def region_lines(session: Session, mission: Mission, parent: Region | None) -> list[RegionLine]:
    """The regions right under another one, or at the top of the tree, by code."""
    chains = ancestors(session, mission)
    regions: Counter[int] = Counter()
    for chain in chains.values():
        regions.update(chain[1:])
    places: Counter[tuple[str, int]] = Counter()
    for region_id, kind, count in session.execute(
        select(Place.region_id, Place.kind, func.count())
        .where(Place.mission_id == mission.id)
        .group_by(Place.region_id, Place.kind)
    ):
        for above in chains[region_id]:
            places[kind, above] += count
    below = session.scalars(
        select(Region)
        .where(Region.mission_id == mission.id)
        .where(Region.parent_id == (parent.id if parent else None))
        .order_by(Region.abroad, Region.code)
    )
    return [
        RegionLine(
            region,
            regions[region.id],
            places[PlaceKind.CENTRE, region.id],
            places[PlaceKind.STATION, region.id],
        )
        for region in below
    ]


def members(session: Session, mission: Mission, start: int, count: int) -> Sequence[Membership]:
    """Some of the mission's people, by name."""
    return session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.mission_id == mission.id)
        .options(
            contains_eager(Membership.person),
            joinedload(Membership.team),
            selectinload(Membership.regions),
        )
        .order_by(Person.name, Person.id)
        .offset(start)
        .limit(count)
    ).all()


@dataclass(frozen=True)
class Doubts:
    """What in a mission's places deserves a look before election day."""

    strays: list[Stray]
    without_coordinates: int
    """Centres in the country that no map can show."""
    without_stations: int
    """Centres in which nothing can be observed."""
    without_boundary: list[Region]
    """Regions in the country, with no region in them, that no map can show."""

    def __bool__(self) -> bool:
        return bool(
            self.strays
            or self.without_coordinates
            or self.without_stations
            or self.without_boundary
        )


def doubts(session: Session, mission: Mission) -> Doubts:
    """Look a mission's places over."""
    station, below = aliased(Place), aliased(Region)
    centres = (
        select(func.count())
        .select_from(Place)
        .where(Place.mission_id == mission.id, Place.kind == PlaceKind.CENTRE)
    )
    return Doubts(
        strays=strays(session, mission),
        without_coordinates=session.scalar(
            centres.join(Place.region).where(Place.lat.is_(None), Region.abroad.is_(False))
        )
        or 0,
        without_stations=session.scalar(
            centres.where(~select(station.id).where(station.centre_id == Place.id).exists())
        )
        or 0,
        without_boundary=list(
            session.scalars(
                select(Region)
                .where(
                    Region.mission_id == mission.id,
                    Region.abroad.is_(False),
                    Region.geometry.is_(None),
                    ~select(below.id).where(below.parent_id == Region.id).exists(),
                )
                .order_by(Region.code)
            )
        ),
    )
