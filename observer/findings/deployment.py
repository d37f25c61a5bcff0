"""How far the teams are: of the stations assigned, which were visited, reported, are overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.checklists.definition import ANY_PLACE, FormDefinition
from observer.collect.models import Status, Visit
from observer.findings.assigned import assignments
from observer.findings.hours import day_end
from observer.findings.selection import Look, unit_of
from observer.missions.models import PlaceKind, Round, Team
from observer.missions.scope import Scope

REPORTED = (Status.HELD, Status.RECEIVED, Status.VERIFIED)
"""What an observer has done, whatever a reviewer still has to say of it."""


@dataclass(frozen=True)
class Progress:
    """How many of the assigned stations of a team or a region are how far."""

    code: str
    name: str
    assigned: int
    visited: int
    reported: int
    overdue: int


@dataclass(frozen=True)
class Deployment:
    """Every assignment of a round to a station in scope; arrays with one entry for each.

    Who is sent to a centre is sent to each of its stations.
    """

    look: Look
    """At what was reported."""
    forms: Sequence[FormDefinition]
    """Those that are filled in at a place."""
    team_codes: Sequence[str]
    team_ids: Sequence[int]
    within: np.ndarray
    """Which places are looked at, assigned or not: true or false for each."""
    teams: np.ndarray
    """The position among the codes of each assignment's team."""
    stations: np.ndarray
    visited: np.ndarray
    """Whether somebody of the mission came there: a report says so, too."""
    reported: np.ndarray
    """Whether anybody reported it."""
    overdue: np.ndarray
    """Whether it is not reported although it should be by now."""

    @cached_property
    def regions(self) -> np.ndarray:
        """The region of each assignment's station."""
        ground = self.look.ground
        return ground.regions.positions(ground.places.region_ids)[self.stations]

    def reported_with(self, form: FormDefinition) -> np.ndarray:
        """Whether this form was reported, for each assignment's station or for its centre."""
        unit = unit_of(form)
        places = self.look.ground.places
        at = self.stations if unit is PlaceKind.STATION else places.centres[self.stations]
        return self.look.select(form.code, unit).places()[at]

    def whole(self) -> Progress:
        """How far all teams are together."""
        return Progress("", "", len(self.stations), *map(int, map(sum, self._states)))

    def by_team(self) -> list[Progress]:
        """How far each team is, by its code."""
        names = [(code, code) for code in self.team_codes]
        return self._progress(self.teams, names)

    def teams_without_report(self) -> list[Progress]:
        """The teams that are sent somewhere and of which no report came, from wherever."""
        heard = self.look.teams()
        quiet = {
            code
            for code, id_ in zip(self.team_codes, self.team_ids, strict=True)
            if id_ not in heard
        }
        return [team for team in self.by_team() if team.code in quiet]

    def by_region(self) -> list[Progress]:
        """How far the teams are in each region of the uppermost level where they are sent."""
        regions = self.look.ground.regions
        names = list(zip(regions.codes, regions.names, strict=True))
        return self._progress(regions.upper(regions.top)[self.regions], names)

    @property
    def _states(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.visited, self.reported, self.overdue

    def _progress(self, group: np.ndarray, names: Sequence[tuple[str, str]]) -> list[Progress]:
        size = len(names) + 1
        assigned = np.bincount(group, minlength=size)
        states = [np.bincount(group[state], minlength=size) for state in self._states]
        found = [
            Progress(*names[at], int(assigned[at]), *(int(state[at]) for state in states))
            for at in np.flatnonzero(assigned[:-1])
        ]
        return sorted(found, key=lambda each: each.code)


def deployment(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    patience: timedelta,
    team: str | None = None,
    region: str | None = None,
) -> Deployment:
    """The assignments of a round in scope, of one team or in one region where that is named.

    A station is overdue when it is not reported and everybody has left its centre longer ago than
    the patience, or when the voting day is over. Raises UnknownNameError for a region there is not.
    """
    look = Look(session, scope, round_, REPORTED)
    forms = [form for form in look.forms.values() if form.place != ANY_PLACE]
    known = session.execute(
        select(Team.id, Team.code).where(Team.mission_id == scope.mission.id).order_by(Team.code)
    ).all()
    team_ids = [row.id for row in known]
    teams, stations = _assignments(session, round_, look, team_ids)
    regions = look.ground.regions
    seen = regions.seen if region is None else regions.inside(regions.position(region))
    within = seen[regions.positions(look.ground.places.region_ids)]
    kept = within[stations]
    if team is not None:
        kept &= np.array([row.code == team for row in known], bool)[teams]
    teams, stations = teams[kept], stations[kept]
    if team is not None:
        within = np.isin(np.arange(len(within)), stations)
    seen_at, left = _visits(session, round_, look)
    reported = _reported(look, forms)[stations]
    late = np.full(len(stations), look.at >= day_end(round_))
    late |= left[stations] < (look.at - patience).timestamp()
    return Deployment(
        look=look,
        forms=forms,
        team_codes=[row.code for row in known],
        team_ids=team_ids,
        within=within,
        teams=teams,
        stations=stations,
        visited=seen_at[stations] | reported,
        reported=reported,
        overdue=~reported & late,
    )


def _assignments(
    session: Session, round_: Round, look: Look, team_ids: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """For each assigned station the position of its team, and its own."""
    rows = assignments(session, round_)
    position = {team_id: at for at, team_id in enumerate(team_ids)}
    teams = np.array([position[team_id] for team_id in rows[:, 0].tolist()], np.intp)
    places = look.ground.places
    own = places.units(rows[:, 1], PlaceKind.STATION)
    none = len(places.ids)
    parts = [(teams[own != none], own[own != none])]
    stations_of = places.stations_by_centre() if (own == none).any() else {}
    for team_at, centre in zip(
        teams[own == none], places.units(rows[:, 1], PlaceKind.CENTRE)[own == none], strict=True
    ):
        inside = stations_of.get(int(centre), np.zeros(0, np.intp))
        parts.append((np.full(len(inside), team_at), inside))
    # Sent to a centre and to one of its stations is sent there once.
    pairs = np.unique(np.concatenate([np.column_stack(part) for part in parts]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _visits(session: Session, round_: Round, look: Look) -> tuple[np.ndarray, np.ndarray]:
    """For each place: whether somebody came, and when the last one left (never: infinitely late).

    Whoever comes to a centre comes to its stations.
    """
    places = look.ground.places
    came = np.zeros(len(places.ids) + 1, bool)
    left = np.full(len(places.ids) + 1, np.inf)
    rows = session.execute(
        select(
            Visit.place_id,
            func.max(Visit.left_at),
            func.count(Visit.id) - func.count(Visit.left_at),
        )
        .where(Visit.round_id == round_.id, Visit.place_id.is_not(None))
        .group_by(Visit.place_id)
    ).all()
    at = places.positions(np.array([row[0] for row in rows], np.int64))
    came[at] = True
    left[at] = [row[1].timestamp() if row[1] and not row[2] else np.inf for row in rows]
    came[-1], left[-1] = False, np.inf
    inside = places.centres
    return (
        np.append(came[:-1] | came[inside], False),
        np.append(np.minimum(left[:-1], left[inside]), np.inf),
    )


def _reported(look: Look, forms: Sequence[FormDefinition]) -> np.ndarray:
    """Which stations anybody reported."""
    reported = np.zeros(len(look.ground.places.ids) + 1, bool)
    for form in forms:
        if unit_of(form) is PlaceKind.STATION:
            reported |= look.select(form.code, PlaceKind.STATION).places()
    return reported
