"""Drawing a sample of polling stations from the place list: stratified, proportional, repeatable.

The same list, seed and size give the same sample on every machine: what is drawn depends on the
codes of the places and on nothing else.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.findings.estimates import DesignError
from observer.missions.models import Mission, Place, PlaceKind, Region

LEAST_PER_STRATUM = 2
"""With one unit alone a stratum's variance cannot be told."""


@dataclass(frozen=True)
class Candidate:
    """A station that may be drawn."""

    id: int
    code: str
    name: str
    stratum: str


@dataclass(frozen=True)
class Chosen:
    """A station that was drawn, or one that stands ready to replace one of its stratum."""

    code: str
    name: str
    stratum: str
    order: int
    """In its stratum, from 1 on; replacements go on counting."""
    weight: float | None
    """How many stations it stands for; None for a replacement."""


BY_STRATUM, BY_REGION = "stratum", "region"
"""What strata are: those of the place list, or the regions at the top of the tree."""


def candidates(session: Session, mission: Mission, *, by: str) -> list[Candidate]:
    """Every station with its stratum, by BY_STRATUM or BY_REGION."""
    rows = session.execute(
        select(Place.id, Place.code, Place.name, Place.stratum, Place.region_id)
        .where(Place.mission_id == mission.id, Place.kind == PlaceKind.STATION)
        .order_by(Place.code)
    ).all()
    if by == BY_STRATUM:
        return [Candidate(row.id, row.code, row.name, row.stratum) for row in rows]
    parents = {
        row.id: (row.parent_id, row.code)
        for row in session.execute(
            select(Region.id, Region.parent_id, Region.code).where(Region.mission_id == mission.id)
        )
    }

    def top(region_id: int) -> str:
        parent, code = parents[region_id]
        return code if parent is None else top(parent)

    return [Candidate(row.id, row.code, row.name, top(row.region_id)) for row in rows]


def draw(
    places: Iterable[Candidate], size: int, seed: str, *, replacements: int = 0
) -> list[Chosen]:
    """A stratified sample whose strata have their share of the size, at least two stations each.

    Every stratum gets so many replacements besides. Raises DesignError where the size is more
    than there are, or too small for its strata.
    """
    by_stratum: dict[str, list[Candidate]] = defaultdict(list)
    for place in places:
        by_stratum[place.stratum].append(place)
    sizes = allocate({name: len(members) for name, members in by_stratum.items()}, size)
    chosen = []
    for stratum in sorted(by_stratum):
        members = by_stratum[stratum]
        members.sort(key=lambda place: lot(seed, place.code))
        drawn = sizes[stratum]
        for order, place in enumerate(members[: drawn + replacements], start=1):
            weight = len(members) / drawn if order <= drawn else None
            chosen.append(Chosen(place.code, place.name, stratum, order, weight))
    return chosen


def allocate(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many to draw in each stratum: in proportion, by largest remainder, at least two."""
    there_are = sum(sizes.values())
    if size > there_are:
        raise DesignError(
            _(
                "There are %(count)s polling stations; a sample of %(size)s is more than all.",
                count=there_are,
                size=size,
            )
        )
    least = {name: min(LEAST_PER_STRATUM, count) for name, count in sizes.items()}
    if size < sum(least.values()):
        raise DesignError(
            _(
                "With %(strata)s strata a sample has at least %(least)s polling stations, two in "
                "each; %(size)s are too few.",
                strata=len(sizes),
                least=sum(least.values()),
                size=size,
            )
        )
    shares = {name: size * count / there_are for name, count in sizes.items()}
    given = {name: max(int(share), least[name]) for name, share in shares.items()}
    order = sorted(sizes, key=lambda name: (int(shares[name]) - shares[name], name))
    while sum(given.values()) < size:
        for name in order:
            if sum(given.values()) < size and given[name] < sizes[name]:
                given[name] += 1
    while sum(given.values()) > size:
        # What small strata got above their share is taken from those with the most.
        most = max(given, key=lambda name: (given[name] - shares[name], given[name], name))
        if given[most] <= least[most]:
            most = max(given, key=lambda name: (given[name] - least[name], name))
        given[most] -= 1
    return given


def lot(seed: str, code: str) -> str:
    """A number by which a station is drawn: the same everywhere, and like one drawn by lot."""
    return hashlib.sha256(f"{seed}\n{code}".encode()).hexdigest()


def write_sample(chosen: Iterable[Chosen], file: TextIO) -> None:
    """The sample as CSV; replacements have no weight."""
    writer = csv.writer(file)
    writer.writerow(("code", "name", "stratum", "order", "weight"))
    for each in chosen:
        weight = "" if each.weight is None else f"{each.weight:.6f}"
        writer.writerow((each.code, each.name, each.stratum, each.order, weight))
