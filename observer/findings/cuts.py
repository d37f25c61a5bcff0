"""Cuts: the findings of a region divided by something else, such as the hour or the stratum.

A submission belongs to the value of its own moment, team or status, or of its place. What says
nothing, such as a place without a stratum, is under the empty value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.findings.classes import Classes, Counted
from observer.findings.ground import Ground
from observer.findings.names import known
from observer.findings.placetraits import Trait, Traits, traits_of
from observer.findings.selection import Selection
from observer.findings.table import STATUSES
from observer.missions.models import Mission, PlaceKind, Team
from observer.missions.placesheet import ATTRIBUTE

HOUR, TEAM, STATUS, STRATUM = "hour", "team", "status", "stratum"


@dataclass(frozen=True)
class Cut:
    """Something by which submissions are divided, and its values."""

    by: str
    values: Sequence[str]
    """The last one, empty, is of those that say nothing."""
    _keys: np.ndarray | None = None
    _trait: Trait | None = None
    _timezone: str = "UTC"

    @property
    def is_of_places(self) -> bool:
        """Whether places have the values, rather than submissions."""
        return self._trait is not None

    def of_rows(self, selection: Selection, among: np.ndarray) -> np.ndarray:
        """The position of each row's value."""
        fixed, none = selection.rows.fixed, len(self.values) - 1
        if self._trait is not None:
            places = selection.ground.places.positions(fixed["place_id"][among])
            return np.append(self._trait.of_place, none)[places]
        if self.by == HOUR:
            return hours(fixed["filled_at"][among], self._timezone)
        if self.by == STATUS:
            return fixed["status"][among].astype(np.intp)
        at = np.searchsorted(self._keys, fixed["team_id"][among])
        teams = np.append(self._keys, -1)
        return np.where(teams[at] == fixed["team_id"][among], at, none)

    def places_total(self, ground: Ground, unit: PlaceKind, inside: np.ndarray) -> np.ndarray:
        """How many places of each value there are in these regions.

        All of them for each value, where places have no value themselves.
        """
        wanted = ground.places.is_station == (unit is PlaceKind.STATION)
        wanted &= (inside & ground.regions.seen)[ground.place_regions]
        if self._trait is None:
            return np.full(len(self.values), np.count_nonzero(wanted))
        return np.bincount(self._trait.of_place[wanted], minlength=len(self.values))


@dataclass(frozen=True)
class CutTally:
    """Counts by value of the cut, in one region; only of the values that there are."""

    answers: Sequence[str | None]
    values: Sequence[str]
    k: np.ndarray
    n: np.ndarray
    observed: np.ndarray
    places_total: np.ndarray


def cut_of(session: Session, mission: Mission, ground: Ground, by: str) -> Cut:
    """The cut of this name. Raises UnknownNameError where there is none."""
    traits = traits_of(session, mission, ground.places)
    known(by, _names(traits), _("cut"))
    if by == HOUR:
        return Cut(by, [*map("{:02}".format, range(24)), ""], _timezone=mission.timezone)
    if by == STATUS:
        return Cut(by, [*map(str, STATUSES), ""])
    if by == TEAM:
        found = select(Team.id, Team.code).where(Team.mission_id == mission.id).order_by(Team.id)
        teams = session.execute(found).all()
        return Cut(by, [*(team.code for team in teams), ""], np.array([team.id for team in teams]))
    trait = traits.stratum if by == STRATUM else traits.attributes[by.removeprefix(ATTRIBUTE)]
    return Cut(by, trait.values, _trait=trait)


def cut_names(session: Session, mission: Mission, ground: Ground) -> list[str]:
    """The names of the cuts that there are."""
    return _names(traits_of(session, mission, ground.places))


def _names(traits: Traits) -> list[str]:
    return [HOUR, TEAM, STATUS, STRATUM, *(f"{ATTRIBUTE}{name}" for name in traits.attributes)]


def hours(moments: np.ndarray, timezone: str) -> np.ndarray:
    """The hour of the day of each moment, on the clocks of a time zone."""
    return (
        pd.to_datetime(pd.Series(moments), unit="s", utc=True)
        .dt.tz_convert(timezone)
        .dt.hour.to_numpy(np.intp)
    )


def cut_tally(selection: Selection, counted: Counted, cut: Cut, line: int) -> CutTally:
    """Count the answers to a question in one region, by the values of the cut.

    What is counted is what :func:`observer.findings.running.count` counts.
    """
    ground, rows, size = selection.ground, selection.rows, len(cut.values)
    inside = ground.regions.inside(line)
    classes = Classes(counted)
    of_row = classes.of_rows(rows, selection.chosen)
    group = cut.of_rows(selection, selection.chosen)
    here = inside[selection.regions]
    cells = np.bincount(
        group[here].astype(np.intp) * len(classes.weights) + of_row[here],
        minlength=size * len(classes.weights),
    ).reshape(size, len(classes.weights))
    own = cells @ classes.weights
    places_total = cut.places_total(ground, selection.criteria.unit, inside)
    listed = classes.listed(own[:, 1:].sum(axis=0))
    there = np.bincount(group[here], minlength=size) > 0
    if cut.is_of_places:
        there |= places_total > 0
    told = _in_order(cut, there)
    return CutTally(
        answers=[classes.answers[at] for at in listed],
        values=[cut.values[at] for at in told],
        k=own[np.ix_(told, [at + 1 for at in listed])],
        n=own[told, 0],
        observed=_observed(selection, classes.weights[of_row, 0] > 0, group, inside, size)[told],
        places_total=places_total[told],
    )


def _in_order(cut: Cut, there: np.ndarray) -> list[int]:
    last = len(cut.values) - 1
    return sorted(np.flatnonzero(there).tolist(), key=lambda at: (at == last, cut.values[at]))


def _observed(
    selection: Selection, counting: np.ndarray, group: np.ndarray, inside: np.ndarray, size: int
) -> np.ndarray:
    """How many places of the regions inside the question counted in, by value."""
    regions = np.append(selection.ground.place_regions, len(inside) - 1)
    units, none = selection.units, len(regions) - 1
    counting = counting & (units < none)
    counting &= (inside & selection.ground.regions.seen)[regions[units]]
    pairs = np.unique(group[counting].astype(np.int64) * none + units[counting])
    return np.bincount(pairs // none, minlength=size)
