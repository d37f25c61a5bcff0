"""Tables: the mission, its rounds, regions, places, teams and assignments."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from observer.access.models import Person
from observer.database import Base, Code, Json, Key, now


class Mission(Base):
    """One observation mission; everything else belongs to one."""

    __tablename__ = "mission"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(100), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(10), default="en")
    changes: Mapped[int] = mapped_column(default=0)
    """How many changes of submissions were committed; see ``collect.changes.next_change``."""
    ground: Mapped[int] = mapped_column(default=0, server_default="0")
    """Raised when places or regions change; see ``missions.groundchanges``."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    rounds: Mapped[list[Round]] = relationship(
        back_populates="mission", order_by="Round.voting_day"
    )


class Round(Base):
    """One voting day of a mission; a run-off is a second round over the same places."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("mission_id", "code"),)

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    code: Mapped[Code]
    name: Mapped[str] = mapped_column(String(200))
    voting_day: Mapped[date]
    closed_at: Mapped[datetime | None]
    """From when on nothing is to be reported for it; what is comes in and is held."""

    mission: Mapped[Mission] = relationship(back_populates="rounds")


class Region(Base):
    """A node of the administrative tree; without geometry where it lies abroad."""

    __tablename__ = "region"
    __table_args__ = (
        UniqueConstraint("mission_id", "code"),
        CheckConstraint("level >= 1", name="level"),
    )

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    code: Mapped[Code]
    name: Mapped[str] = mapped_column(String(200))
    level: Mapped[int]
    """Depth in the tree: 1 under the whole mission area, 2 under that, and so on."""
    abroad: Mapped[bool] = mapped_column(default=False)
    geometry: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """GeoJSON geometry in WGS 84, or None. It is large: read only where it is asked for."""
    boundary: Mapped[str | None] = mapped_column(String(16))
    """Tells the geometry from any other without reading it; None where there is none."""

    parent: Mapped[Region | None] = relationship(remote_side="Region.id")

    @validates("geometry")
    def _tell_geometry(self, _name: str, geometry: dict[str, Any] | None) -> dict[str, Any] | None:
        self.boundary = boundary_mark(geometry)
        return geometry


def boundary_mark(geometry: dict[str, Any] | None) -> str | None:
    """What tells a geometry from any other: the beginning of its checksum."""
    if geometry is None:
        return None
    return hashlib.sha256(json.dumps(geometry, sort_keys=True).encode()).hexdigest()[:16]


class PlaceKind(StrEnum):
    """The two kinds of place."""

    CENTRE = "centre"
    STATION = "station"


class Place(Base):
    """A polling centre (a building) or a polling station (one ballot box in it)."""

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("mission_id", "code"),
        CheckConstraint("kind IN ('centre', 'station')", name="kind"),
        CheckConstraint("(kind = 'station') = (centre_id IS NOT NULL)", name="centre_of_station"),
        Index("ix_place_mission_id_kind_region_id", "mission_id", "kind", "region_id"),
    )

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    kind: Mapped[PlaceKind] = mapped_column(String(10))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    """The lowest region known; a station's is its centre's."""
    code: Mapped[Code]
    name: Mapped[str] = mapped_column(String(200))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    registered_voters: Mapped[int | None]
    stratum: Mapped[str] = mapped_column(String(64), default="")
    weight: Mapped[float | None]
    attributes: Mapped[dict[str, str]] = mapped_column(
        Json, default=dict, server_default=text("'{}'")
    )
    """What else is known of it, by name; what a centre's say holds for its stations, too."""

    centre: Mapped[Place | None] = relationship(remote_side="Place.id")
    region: Mapped[Region] = relationship()


class Team(Base):
    """Usually two observers."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("mission_id", "code"),)

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    code: Mapped[Code]


membership_region = Table(
    "membership_region",
    Base.metadata,
    Column("membership_id", ForeignKey("membership.id"), primary_key=True),
    Column("region_id", ForeignKey("region.id"), primary_key=True),
)


class Membership(Base):
    """A person's part in a mission: their team and, where limited, their regions."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("mission_id", "person_id"),)

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)

    mission: Mapped[Mission] = relationship()
    person: Mapped[Person] = relationship()
    team: Mapped[Team | None] = relationship()
    regions: Mapped[list[Region]] = relationship(secondary=membership_region)


class Assignment(Base):
    """A place that a team is to observe in a round."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("round_id", "team_id", "place_id"),)

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)

    place: Mapped[Place] = relationship()
