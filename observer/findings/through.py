"""Figures as they grew through the voting day: what had been received by each half hour.

Reports count as they stand now, from the moment the server received them on: the figure *as of
14:30* is of the reports received before, with their present answers and statuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.selection import (
    COUNTED,
    Look,
    Selection,
    definitions,
    questions,
    unit_of,
)
from observer.findings.tally import first_steps, tally_by_step
from observer.findings.versions import asked_in
from observer.missions.models import PlaceKind, Round
from observer.missions.scope import Scope

STEP = timedelta(minutes=30)
LONGEST = timedelta(hours=36)
"""From the midnight before the voting day on; what comes later is in the last step."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a step added to a figure."""

    step: int
    k: int
    n: int
    observed: int


@dataclass(frozen=True)
class Growth:
    """How a figure grew in each region, step by step.

    Step *i* holds what was received before ``moments[i]``; one more step, the last, what came
    since then.
    """

    moments: tuple[datetime, ...]
    added: dict[str | None, tuple[Added, ...]]
    """By the region's code, None for the whole; steps that add nothing are left out."""

    def steps_of(self, region: str | None) -> list[Added]:
        """The figure of a region after each step that added to it."""

        def together(before: Added, each: Added) -> Added:
            return Added(
                each.step, before.k + each.k, before.n + each.n, before.observed + each.observed
            )

        return list(accumulate(self.added.get(region, ()), together))


def growth(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str | None = None,
    question: str | None = None,
    answer: str | None = None,
    statuses: Iterable[Status] = COUNTED,
) -> Growth:
    """How a finding, or without a question the coverage, grew in the whole and every region.

    Of coverage *k* and *n* are 0: only places are observed. Raises UnknownNameError for a form or
    question that there is not.
    """
    asked = definitions(session, scope.mission, form)
    look = Look(session, scope, round_, statuses)
    selections = {
        definition.code: look.select(
            definition.code, PlaceKind.STATION if form is None else unit_of(definition)
        )
        for definition in asked
    }
    moments = steps_of_day(round_, selections.values(), until=look.at)
    bounds = np.array([moment.timestamp() for moment in moments])
    steps = len(moments) + 1
    if question is None:
        places = np.full(len(look.ground.places.ids) + 1, steps)
        for selection in selections.values():
            at = _steps(selection, bounds)
            every = np.ones(len(at), bool)
            places = np.minimum(places, first_steps(selection, at, steps, every))
        observed = look.ground.count_first(places, steps)
        k = n = np.zeros_like(observed)
    else:
        ((definition, (its_question,)),) = questions(asked, question)
        alike = asked_in(definition)[question]
        selection = selections[definition.code].asking(alike)
        at = _steps(selection, bounds)
        k, n, observed = tally_by_step(selection, its_question, answer, at, steps)
    regions = look.ground.regions
    return Growth(
        tuple(moments),
        {
            regions.code(line): tuple(
                Added(int(step), int(k[line, step]), int(n[line, step]), int(observed[line, step]))
                for step in np.flatnonzero(n[line] + observed[line])
            )
            for line in regions.lines(None, None)
        },
    )


def steps_of_day(
    round_: Round, selections: Iterable[Selection], until: datetime, step: timedelta = STEP
) -> list[datetime]:
    """The half hours, or other steps, on the mission's clocks that the day's reports came between.

    The first one after the first report up to the one after the last, none later than ``until``.
    """
    zone = ZoneInfo(round_.mission.timezone)
    start = datetime.combine(round_.voting_day, datetime.min.time(), zone).astimezone(UTC)
    offsets = np.concatenate(
        [_received(selection) - start.timestamp() for selection in selections] or [np.zeros(0)]
    )
    of_the_day = offsets[(offsets >= 0) & (offsets < LONGEST.total_seconds())]
    if not len(of_the_day):
        return []
    first, last = (int(end // step.total_seconds()) for end in (of_the_day.min(), of_the_day.max()))
    moments = [(start + number * step).astimezone(zone) for number in range(first + 1, last + 2)]
    return [moment for moment in moments if moment <= until]


def _received(selection: Selection) -> np.ndarray:
    return selection.rows.fixed["received_at"][selection.chosen]


def _steps(selection: Selection, bounds: np.ndarray) -> np.ndarray:
    return np.searchsorted(bounds, _received(selection), side="right")
