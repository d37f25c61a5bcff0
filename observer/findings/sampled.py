"""Estimates for the mission's own sample: places with a stratum and a weight.

A place counts once, with the report that came last. Where several stations of a centre were
drawn, centres were: they are the primary units then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.checklists.definition import Question
from observer.collect.models import Status
from observer.findings.classes import LEFT_OUT
from observer.findings.estimates import (
    CONFIDENCE,
    DesignError,
    Estimate,
    Sample,
    adjusted_for_missing,
    proportion,
    ratio,
    total,
)
from observer.findings.names import known
from observer.findings.selection import COUNTED, Look, Selection, definitions, unit_of
from observer.findings.versions import asked_in
from observer.missions.models import Mission, Place, PlaceKind, Round
from observer.missions.scope import Scope


class NoSampleError(DesignError):
    """The places were not drawn as a probability sample."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The places were not drawn as a sample (none has a weight): the figures describe "
                "the places observed and no others."
            )
        )


@dataclass(frozen=True)
class Drawn:
    """The places that were drawn, an array each, and how many primary units there are."""

    ids: np.ndarray
    strata: np.ndarray
    weights: np.ndarray
    units: np.ndarray
    population: Mapping[str, int]
    clustered: bool


@dataclass(frozen=True)
class StratumResponse:
    """How much of a stratum's sample has reported, and what its weights are raised by."""

    stratum: str
    drawn: int
    reported: int
    factor: float


@dataclass(frozen=True)
class SampleEstimate:
    """An estimate with what it rests on."""

    form: str
    what: str
    """The question, or the two of a ratio."""
    answer: str | None
    kind: str
    """``share``, ``ratio`` or ``total``."""
    estimate: Estimate
    drawn: int
    reported: int
    clustered: bool
    response: tuple[StratumResponse, ...]
    statuses: tuple[str, ...]
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """The estimate as programs get it."""
        found = self.estimate
        return {
            "form": self.form,
            "what": self.what,
            "answer": self.answer,
            "kind": self.kind,
            "value": found.value,
            "standard_error": found.standard_error,
            "lower": found.lower,
            "upper": found.upper,
            "margin": found.margin,
            "confidence": found.confidence,
            "interval": str(found.interval),
            "n": found.n,
            "primary_units": found.primary_units,
            "degrees_of_freedom": found.degrees_of_freedom,
            "design_effect": found.design_effect,
            "drawn": self.drawn,
            "reported": self.reported,
            "clustered": self.clustered,
            "strata": [vars(each) for each in self.response],
            "statuses": list(self.statuses),
            "at": self.at.isoformat(),
        }


def drawn_places(session: Session, mission: Mission, kind: PlaceKind) -> Drawn:
    """The mission's sample of stations, or of centres. Raises NoSampleError where there is none."""
    own = (Place.mission_id == mission.id, Place.kind == kind)
    rows = session.execute(
        select(Place.id, Place.stratum, Place.weight, func.coalesce(Place.centre_id, Place.id))
        .where(*own, Place.weight.is_not(None))
        .order_by(Place.id)
    ).all()
    if not rows:
        raise NoSampleError
    ids, strata, weights, centres = (np.array(column) for column in zip(*rows, strict=True))
    clustered = kind is PlaceKind.STATION and len(set(centres.tolist())) < len(ids)
    unit = Place.centre_id if clustered else Place.id
    counts = session.execute(
        select(Place.stratum, func.count(unit.distinct())).where(*own).group_by(Place.stratum)
    )
    population = dict(counts.tuples().all())
    for stratum in set(strata.tolist()):
        here = strata == stratum
        # A list in which only the drawn places have a stratum tells its size by their weights.
        if population[stratum] == len(set((centres if clustered else ids)[here].tolist())):
            expected = weights[here].sum()
            if clustered:
                expected *= len(set(centres[here].tolist())) / here.sum()
            population[stratum] = max(population[stratum], round(float(expected)))
    units = centres if clustered else ids
    return Drawn(ids, strata.astype(object), weights.astype(float), units, population, clustered)


def estimate_share(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str,
    question: str,
    answer: str,
    statuses: Iterable[Status] = COUNTED,
    confidence: float = CONFIDENCE,
) -> SampleEstimate:
    """The share of all places of which a question would be answered so, among those answered.

    Raises UnknownNameError, and DesignError where the sample does not allow it.
    """
    (definition,) = definitions(session, scope.mission, form)
    asked = definition.question(known(question, [q.name for q in definition.questions()], question))
    known(answer, [choice.name for choice in asked.choices] or list(asked.problems), answer)

    def count(sample: Sample, values: Callable[[str], list[Any]]) -> Estimate:
        given = values(question)
        answered = np.array([_answered(value) for value in given], bool)
        has = np.array([answer in _said(value) for value in given], bool)
        return proportion(sample, has, of=answered, confidence=confidence)

    return _estimated(
        session, scope, round_, form, asked, statuses, count, what=question, answer=answer
    )


def estimate_ratio(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str,
    above: str,
    below: str,
    statuses: Iterable[Status] = COUNTED,
    confidence: float = CONFIDENCE,
) -> SampleEstimate:
    """The sum of one question's numbers over that of another: turnout, say. Raises as a share."""
    (definition,) = definitions(session, scope.mission, form)
    for name in (above, below):
        known(name, [q.name for q in definition.questions()], name)

    def count(sample: Sample, values: Callable[[str], list[Any]]) -> Estimate:
        pairs = [
            (_number(a), _number(b)) for a, b in zip(values(above), values(below), strict=True)
        ]
        both = np.array([(0, 0) if None in pair else pair for pair in pairs], float)
        return ratio(sample, both[:, 0], both[:, 1], confidence=confidence)

    what = f"{above}/{below}"
    asked = definition.question(above)
    return _estimated(session, scope, round_, form, asked, statuses, count, what=what, kind="ratio")


def estimate_total(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str,
    question: str,
    statuses: Iterable[Status] = COUNTED,
    confidence: float = CONFIDENCE,
) -> SampleEstimate:
    """The sum of a question's numbers over all places. Raises as a share."""
    (definition,) = definitions(session, scope.mission, form)
    asked = definition.question(known(question, [q.name for q in definition.questions()], question))

    def count(sample: Sample, values: Callable[[str], list[Any]]) -> Estimate:
        numbers = np.array([_number(value) or 0 for value in values(question)], float)
        return total(sample, numbers, confidence=confidence)

    return _estimated(
        session, scope, round_, form, asked, statuses, count, what=question, kind="total"
    )


def _estimated(  # noqa: PLR0917
    session: Session,
    scope: Scope,
    round_: Round,
    form: str,
    asked: Question,
    statuses: Iterable[Status],
    count: Callable[[Sample, Callable[[str], list[Any]]], Estimate],
    *,
    what: str,
    answer: str | None = None,
    kind: str = "share",
) -> SampleEstimate:
    (definition,) = definitions(session, scope.mission, form)
    drawn = drawn_places(session, scope.mission, unit_of(definition))
    look = Look(session, scope, round_, statuses)
    alike = asked_in(definition)[asked.name]
    selection = look.select(form, unit_of(definition)).asking(alike)
    rows, places = _last_of_each(selection, drawn)
    reported = Sample(
        drawn.weights[places], drawn.strata[places], drawn.units[places], drawn.population
    )
    expected = {
        stratum: float(drawn.weights[drawn.strata == stratum].sum())
        for stratum in sorted(set(drawn.strata.tolist()))
    }
    sample, factors = adjusted_for_missing(reported, expected)

    def values(question: str) -> list[Any]:
        column = selection.rows.column(question)
        return [column.values[code] if code >= 0 else None for code in column.codes[rows]]

    return SampleEstimate(
        form=form,
        what=what,
        answer=answer,
        kind=kind,
        estimate=count(sample, values),
        drawn=len(drawn.ids),
        reported=len(places),
        clustered=drawn.clustered,
        response=tuple(
            StratumResponse(
                stratum,
                int(np.count_nonzero(drawn.strata == stratum)),
                int(np.count_nonzero(drawn.strata[places] == stratum)),
                factors[stratum],
            )
            for stratum in expected
        ),
        statuses=tuple(str(status) for status in look.statuses),
        at=look.at,
    )


def _last_of_each(selection: Selection, drawn: Drawn) -> tuple[np.ndarray, np.ndarray]:
    """The row of the last report from each drawn place, and the place's position in the sample."""
    ids = np.append(selection.ground.places.ids, -1)[selection.units]
    came = selection.rows.fixed["received_at"][selection.chosen]
    last: dict[int, int] = {}
    for at in np.argsort(came, kind="stable"):
        last[int(ids[at])] = int(selection.chosen[at])
    places = [at for at, place in enumerate(drawn.ids.tolist()) if place in last]
    rows = [last[int(drawn.ids[at])] for at in places]
    return np.array(rows, np.intp), np.array(places, np.intp)


def _said(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _answered(value: Any) -> bool:
    return value is not None and not set(_said(value)) <= set(LEFT_OUT)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
