"""Coverage: how many of the places there are were observed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.selection import COUNTED, Look, unit_of
from observer.missions.models import PlaceKind, Round
from observer.missions.scope import Scope


@dataclass(frozen=True, slots=True)
class Coverage:
    """The places observed of the places there are, in one region or in the whole."""

    region: str | None
    name: str
    level: int
    abroad: bool
    observed: int
    total: int
    share: float | None
    statuses: tuple[str, ...]
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """The coverage as programs get it."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"statuses": list(self.statuses), "at": self.at.isoformat()}


def coverage(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str | None = None,
    level: int | None = None,
    region: str | None = None,
    statuses: Iterable[Status] = COUNTED,
    look: Look | None = None,
) -> list[Coverage]:
    """The coverage of a round with any form, or with one: of the whole and every region.

    Without a form stations are counted; with one, what it is filled for, stations or centres.
    Region and level choose as in :func:`observer.findings.findings.findings`. A region outside
    the reader's is not there. Who has looked already hands on the look, which has its statuses.

    Raises UnknownNameError for a form or region that there is not.
    """
    look = look or Look(session, scope, round_, statuses)
    asked = look.definitions(form)
    unit = PlaceKind.STATION if form is None else unit_of(asked[0])
    seen = np.zeros(len(look.ground.places.ids) + 1, bool)
    for definition in asked:
        seen |= look.select(definition.code, unit).places()
    observed = look.ground.count_places(seen).tolist()
    total = look.ground.total(unit).tolist()
    regions = look.ground.regions
    return [
        Coverage(
            region=regions.code(line),
            name=regions.name(line),
            level=regions.level(line),
            abroad=regions.is_abroad(line),
            observed=observed[line],
            total=total[line],
            share=observed[line] / total[line] if total[line] else None,
            statuses=tuple(str(status) for status in look.statuses),
            at=look.at,
        )
        for line in regions.lines(region, level)
    ]


@dataclass(frozen=True)
class CentreCoverage:
    """Of every polling centre, how many of its stations were observed, and of how many."""

    _ids: dict[int, int]
    _observed: list[int]
    _stations: list[int]
    _visited: list[bool]

    def of(self, centre_id: int) -> tuple[int, int, bool]:
        """Stations observed, stations there are, and whether anything of it was observed.

        Nothing of nothing where there is no such centre.
        """
        at = self._ids.get(centre_id)
        if at is None:
            return 0, 0, False
        return self._observed[at], self._stations[at], self._visited[at]


def coverage_of_centres(
    session: Session, scope: Scope, round_: Round, *, statuses: Iterable[Status] = COUNTED
) -> CentreCoverage:
    """The coverage of every centre of a round, with any form."""
    look = Look(session, scope, round_, statuses)
    places = look.ground.places
    stations = np.zeros(len(places.ids) + 1, bool)
    visited = np.zeros(len(places.ids) + 1, bool)
    for definition in look.definitions(None):
        stations |= look.select(definition.code, PlaceKind.STATION).places()
        visited |= look.select(definition.code, PlaceKind.CENTRE).places()
    size = len(places.ids)
    observed = np.bincount(places.centres[stations[:-1]], minlength=size)
    there_are = np.bincount(places.centres[places.is_station], minlength=size)
    centres = np.flatnonzero(~places.is_station).tolist()
    return CentreCoverage(
        {int(places.ids[at]): at for at in centres},
        observed.tolist(),
        there_are.tolist(),
        visited[:-1].tolist(),
    )
