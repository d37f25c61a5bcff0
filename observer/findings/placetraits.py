"""What places are beside where they lie: their stratum and their attributes, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.findings.ground import Places
from observer.missions.models import Mission, Place


@dataclass(frozen=True)
class Trait:
    """One thing that places are, and which of its values each place has."""

    values: Sequence[str]
    """Sorted; last the empty one, of the places that have none."""
    of_place: np.ndarray


@dataclass(frozen=True)
class Traits:
    """All of them."""

    stratum: Trait
    attributes: Mapping[str, Trait]


_kept: WeakKeyDictionary[Places, Traits] = WeakKeyDictionary()


def traits_of(session: Session, mission: Mission, places: Places) -> Traits:
    """The traits of a mission's places; read once for as long as no place changes.

    Where a station has no value of its own, its centre's holds.
    """
    traits = _kept.get(places)
    if traits is None:
        rows = session.execute(
            select(Place.id, Place.stratum, Place.attributes).where(Place.mission_id == mission.id)
        ).all()
        # A place that came since is not on this ground; there is a new one at the next look.
        at = places.positions(np.array([row.id for row in rows], np.int64))
        there = [
            (position, row)
            for position, row in zip(at.tolist(), rows, strict=True)
            if position < len(places.ids)
        ]
        names = sorted({name for _position, row in there for name in row.attributes})
        traits = _kept[places] = Traits(
            stratum=_trait(places, ((at, row.stratum) for at, row in there)),
            attributes={
                name: _trait(places, ((at, row.attributes.get(name, "")) for at, row in there))
                for name in names
            },
        )
    return traits


def _trait(places: Places, given: Iterable[tuple[int, str]]) -> Trait:
    own = [""] * len(places.ids)
    for at, value in given:
        own[at] = value
    found = [
        value or own[centre] for value, centre in zip(own, places.centres.tolist(), strict=True)
    ]
    values = [*sorted(set(found) - {""}), ""]
    code = {value: at for at, value in enumerate(values)}
    return Trait(values, np.array([code[value] for value in found], np.intp))
