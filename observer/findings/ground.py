"""The ground that figures stand on: a mission's regions and places as arrays.

Inside this room a region or a place is its position in these arrays. The position after the
last one stands for *none*; of regions, once rolled up, it holds the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from flask_babel import gettext as _
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from observer.findings.names import known
from observer.missions.models import Mission, Place, PlaceKind, Region
from observer.missions.scope import Scope

WHOLE = 0
"""The level of the whole mission area."""


def _table(ids: np.ndarray) -> np.ndarray:
    """Where in the sorted ``ids`` each number is; ``len(ids)`` for those that are not there."""
    # One place more than there are ids, which is where −1 leads, and what lies beyond.
    table = np.full(ids.max(initial=0) + 2, len(ids), np.int32)
    table[ids] = np.arange(len(ids), dtype=np.int32)
    return table


def _positions(table: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return table[np.minimum(wanted, len(table) - 1)]


@dataclass(frozen=True)
class Regions:
    """The administrative tree, and which of it is seen."""

    ids: np.ndarray
    codes: Sequence[str]
    names: Sequence[str]
    levels: np.ndarray
    abroad: np.ndarray
    parents: np.ndarray
    seen: np.ndarray
    """Whether each region is in scope; last, whether what has no region is."""

    @property
    def top(self) -> int:
        """The uppermost level that has regions in scope."""
        return int(self.levels[self.seen[:-1]].min(initial=self.levels.max(initial=1)))

    @cached_property
    def _table(self) -> np.ndarray:
        return _table(self.ids)

    def positions(self, ids: np.ndarray) -> np.ndarray:
        """The position of each id; none for those that are not there."""
        return _positions(self._table, ids)

    def roll_up(self, own: np.ndarray) -> np.ndarray:
        """Add to each region's row the rows of all that lies in it, and in the last row all."""
        total = own.copy()
        for level in range(self.levels.max(initial=1), 1, -1):
            here = np.flatnonzero(self.levels == level)
            np.add.at(total, self.parents[here], total[here])
        total[-1] = own.sum(axis=0)
        return total

    def position(self, code: str) -> int:
        """The position of the region in scope with this code. Raises UnknownNameError."""
        seen = {c: at for at, c in enumerate(self.codes) if self.seen[at]}
        return seen[known(code, seen, _("region"))]

    def lines(self, region: str | None, level: int | None) -> list[int]:
        """The positions of the regions asked for, the whole first, then by level and code.

        A region alone is that region, a level alone all regions of it; both together are the
        regions of that level that lie in the region.
        """
        whole = len(self.ids)
        if region is not None and level is None:
            return [self.position(region)]
        wanted = self.seen[:-1].copy()
        if level is not None:
            wanted &= self.levels == level
        if region is not None:
            wanted &= self.inside(self.position(region))[:-1]
        found = sorted(np.flatnonzero(wanted), key=lambda at: (self.levels[at], self.codes[at]))
        return [whole, *found] if region is None and level in (None, WHOLE) else list(found)

    def inside(self, position: int) -> np.ndarray:
        """Which regions are this one or lie in it; for the whole, all, and what has no region."""
        inside = np.full(len(self.ids) + 1, position == len(self.ids))
        inside[position] = True
        for level in range(2, self.levels.max(initial=1) + 1):
            here = np.flatnonzero(self.levels == level)
            inside[here] |= inside[self.parents[here]]
        return inside

    def upper(self, level: int) -> np.ndarray:
        """For each region the one of this level that it is or lies in, else none."""
        none = len(self.ids)
        upper = np.where(self.levels == level, np.arange(none), none)
        for below in range(level + 1, self.levels.max(initial=1) + 1):
            here = np.flatnonzero(self.levels == below)
            upper[here] = upper[self.parents[here]]
        return np.append(upper, none)

    def name(self, position: int) -> str:
        """A region's name; empty for the whole."""
        return self.names[position] if position < len(self.ids) else ""

    def code(self, position: int) -> str | None:
        """A region's code; None for the whole."""
        return self.codes[position] if position < len(self.ids) else None

    def level(self, position: int) -> int:
        """A region's level; 0 for the whole."""
        return int(self.levels[position]) if position < len(self.ids) else WHOLE

    def is_abroad(self, position: int) -> bool:
        """Whether a region lies abroad; the whole does not."""
        return bool(self.abroad[position]) if position < len(self.ids) else False


@dataclass(frozen=True, eq=False)
class Places:
    """Every centre and station: its region, and its centre, itself where it is one."""

    ids: np.ndarray
    region_ids: np.ndarray
    is_station: np.ndarray
    centres: np.ndarray

    @cached_property
    def _table(self) -> np.ndarray:
        return _table(self.ids)

    def positions(self, ids: np.ndarray) -> np.ndarray:
        """The position of each id; none for those that are not there."""
        return _positions(self._table, ids)

    def stations_by_centre(self) -> dict[int, np.ndarray]:
        """The positions of the stations in each centre that has any."""
        stations = np.flatnonzero(self.is_station)
        stations = stations[np.argsort(self.centres[stations], kind="stable")]
        centres, starts = np.unique(self.centres[stations], return_index=True)
        return dict(zip(centres.tolist(), np.split(stations, starts[1:]), strict=True))

    def units(self, place_ids: np.ndarray, unit: PlaceKind) -> np.ndarray:
        """Which station, or which centre, each place is or lies in; none where it is neither."""
        positions, none = self.positions(place_ids), len(self.ids)
        if unit is PlaceKind.CENTRE:
            return np.append(self.centres, none)[positions]
        return np.where(np.append(self.is_station, False)[positions], positions, none)


@dataclass(frozen=True, eq=False)
class Ground:
    """Regions and places together, as one reader may see them."""

    regions: Regions
    places: Places

    @cached_property
    def place_regions(self) -> np.ndarray:
        """The region of each place."""
        return self.regions.positions(self.places.region_ids)

    def count_places(self, wanted: np.ndarray) -> np.ndarray:
        """How many of these places (true or false for each) lie in each region seen, rolled up."""
        at = self.place_regions[wanted[: len(self.places.ids)]]
        own = np.bincount(at[self.regions.seen[at]], minlength=len(self.regions.ids) + 1)
        return self.regions.roll_up(own)

    def count_first(self, first: np.ndarray, steps: int) -> np.ndarray:
        """How many places each step is the first one of, in each region seen, rolled up.

        ``first`` is each place's first step; ``steps`` where it has none.
        """
        first = first[: len(self.places.ids)]
        has = first < steps
        at = self.place_regions[has]
        seen = self.regions.seen[at]
        cells = at[seen].astype(np.intp) * steps + first[has][seen]
        size = len(self.regions.ids) + 1
        own = np.bincount(cells, minlength=size * steps).reshape(size, steps)
        return self.regions.roll_up(own)

    @cached_property
    def _stations(self) -> np.ndarray:
        return self.count_places(self.places.is_station)

    @cached_property
    def _centres(self) -> np.ndarray:
        return self.count_places(~self.places.is_station)

    def total(self, unit: PlaceKind) -> np.ndarray:
        """How many stations, or centres, there are in each region, rolled up."""
        return self._centres if unit is PlaceKind.CENTRE else self._stations


@dataclass
class _Kept:
    """A mission's regions and places as they were at a number, and as readers may see them."""

    number: int
    regions: Regions
    places: Places
    grounds: dict[frozenset[int] | None, Ground]


_kept: WeakKeyDictionary[Engine, dict[int, _Kept]] = WeakKeyDictionary()
_lock = Lock()


def ground_of(session: Session, scope: Scope) -> Ground:
    """The regions and places of a scope, as they are now; the same until they change."""
    mission = scope.mission
    # The number first: what changes in between is read again at the next look.
    number = session.scalars(select(Mission.ground).where(Mission.id == mission.id)).one()
    with _lock:
        missions = _kept.setdefault(session.get_bind().engine, {})
        kept = missions.get(mission.id)
    if kept is None or kept.number != number:
        kept = _Kept(number, _regions(session, mission), _places(session, mission), {})
        with _lock:
            missions[mission.id] = kept
    ids = scope.region_ids
    with _lock:
        if ids not in kept.grounds:
            kept.grounds[ids] = Ground(_seen(kept.regions, ids), kept.places)
        return kept.grounds[ids]


def _regions(session: Session, mission: Mission) -> Regions:
    columns = (Region.id, Region.code, Region.name, Region.level, Region.abroad, Region.parent_id)
    rows = session.execute(
        select(*columns).where(Region.mission_id == mission.id).order_by(Region.id)
    ).all()
    ids = np.array([row.id for row in rows], np.int64)
    parent_ids = np.array([-1 if row.parent_id is None else row.parent_id for row in rows], int)
    return Regions(
        ids=ids,
        codes=[row.code for row in rows],
        names=[row.name for row in rows],
        levels=np.array([row.level for row in rows], int),
        abroad=np.array([row.abroad for row in rows], bool),
        parents=_positions(_table(ids), parent_ids),
        seen=np.ones(len(rows) + 1, bool),
    )


def _seen(regions: Regions, region_ids: frozenset[int] | None) -> Regions:
    if region_ids is None:
        return regions
    return replace(regions, seen=np.append(np.isin(regions.ids, list(region_ids)), False))


def _places(session: Session, mission: Mission) -> Places:
    rows = session.execute(
        select(Place.id, Place.region_id, func.coalesce(Place.centre_id, -1))
        .where(Place.mission_id == mission.id)
        .order_by(Place.id)
    ).all()
    ids, region_ids, centre_ids = np.array(rows, np.int64).reshape(-1, 3).T
    is_station = centre_ids >= 0
    return Places(
        ids=ids,
        region_ids=region_ids,
        is_station=is_station,
        centres=_positions(_table(ids), np.where(is_station, centre_ids, ids)),
    )
