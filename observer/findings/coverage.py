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
