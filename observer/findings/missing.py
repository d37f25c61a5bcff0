"""What is missing: stations without a report, teams without one, regions where nobody was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from observer.checklists.definition import FormDefinition
from observer.findings.coverage import Coverage, coverage
from observer.findings.deployment import REPORTED, Deployment, Progress
from observer.missions.models import Place, Region, Round
from observer.missions.scope import Scope


@dataclass(frozen=True)
class FormProgress:
    """How many of the assigned stations a form was reported for."""

    form: FormDefinition
    reported: int
    missing: int


@dataclass(frozen=True)
class MissingStation:
    """A station that a team was sent to and that nobody reported."""

    place: Place
    team: str
    visited: bool
    overdue: bool


@dataclass(frozen=True)
class Missing:
    """What is missing of a round."""

    whole: Progress
    by_form: list[FormProgress]
    stations: list[MissingStation]
    """The overdue ones first, then by team; not more than were asked for."""
    count: int
    """How many they are in all."""
    teams: list[Progress]
    """Those without any report."""
    regions: list[Coverage]
    """Those with stations, none of which was reported."""


def what_is_missing(
    session: Session,
    scope: Scope,
    round_: Round,
    deployed: Deployment,
    *,
    form: FormDefinition | None = None,
    level: int | None = None,
    limit: int | None = None,
) -> Missing:
    """What is missing of a round, in general or of one form.

    Regions are those of a level, of the uppermost one in scope where none is named.
    """
    level = level or deployed.look.ground.regions.top
    by_form = []
    for each in deployed.forms:
        reported = int(np.count_nonzero(deployed.reported_with(each)))
        by_form.append(FormProgress(each, reported, len(deployed.stations) - reported))
    reported = deployed.reported if form is None else deployed.reported_with(form)
    wanted = np.flatnonzero(~reported)
    order = np.lexsort(
        (deployed.stations[wanted], deployed.teams[wanted], ~deployed.overdue[wanted])
    )
    covered = coverage(session, scope, round_, level=level, statuses=REPORTED, look=deployed.look)
    return Missing(
        whole=deployed.whole(),
        by_form=by_form,
        stations=_stations(session, deployed, wanted[order][:limit]),
        count=len(wanted),
        teams=deployed.teams_without_report(),
        regions=[one for one in covered if one.total and not one.observed and one.region],
    )


def _stations(
    session: Session, deployed: Deployment, assignments: np.ndarray
) -> list[MissingStation]:
    ids = [int(deployed.look.ground.places.ids[deployed.stations[at]]) for at in assignments]
    places = _places(session, ids)
    return [
        MissingStation(
            places[place_id],
            deployed.team_codes[deployed.teams[at]],
            bool(deployed.visited[at]),
            bool(deployed.overdue[at]),
        )
        for at, place_id in zip(assignments.tolist(), ids, strict=True)
    ]


AT_A_TIME = 500


def _places(session: Session, ids: Sequence[int]) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for start in range(0, len(ids), AT_A_TIME):
        query = (
            select(Place)
            .where(Place.id.in_(ids[start : start + AT_A_TIME]))
            .options(
                joinedload(Place.centre),
                joinedload(Place.region).load_only(Region.code, Region.name),
            )
        )
        found |= {place.id: place for place in session.scalars(query)}
    return found
