"""Estimates for the mission's own sample: places with a stratum and a weight.

A place counts once, with the report that came last. Where several stations of a centre were
drawn, centres were: they are the primary units then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.drawn import Drawn, drawn_places
from observer.findings.estimates import CONFIDENCE, Estimate, Sample, adjusted_for_missing
from observer.findings.selection import COUNTED, Look, Selection, unit_of
from observer.findings.versions import asked_in
from observer.findings.wanted import Wanted, share_wanted
from observer.missions.models import Round
from observer.missions.scope import Scope


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
            "k": found.k,
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
    look: Look | None = None,
) -> SampleEstimate:
    """The share of all places of which a question would be answered so, among those answered.

    Who has looked already hands on the look, which has its statuses.

    Raises UnknownNameError, and DesignError where the sample does not allow it.
    """
    wanted = share_wanted(session, scope, form, question, answer, confidence=confidence)
    look = look or Look(session, scope, round_, statuses)
    return SampledReports(session, scope, wanted, look).estimate()


class SampledReports:
    """The reports from the places that were drawn, to estimate one thing from.

    Raises NoSampleError where no place was drawn.
    """

    def __init__(
        self,
        session: Session,
        scope: Scope,
        wanted: Wanted,
        look: Look,
    ) -> None:
        self.look = look
        (definition,) = look.definitions(wanted.form)
        unit = unit_of(definition)
        self.wanted = wanted
        self.drawn = drawn_places(session, scope.mission, unit)
        alike = asked_in(definition)[wanted.asked.name]
        self.selection = self.look.select(wanted.form, unit).asking(alike)

    def reported(self, until: datetime | None = None) -> int:
        """How many of the drawn places have reported, or had before a moment."""
        return len(_last_of_each(self.selection, self.drawn, until)[1])

    def estimate(self, until: datetime | None = None) -> SampleEstimate:
        """The estimate from all reports, or from those received before a moment.

        Raises DesignError where they do not allow one.
        """
        drawn, wanted = self.drawn, self.wanted
        rows, places = _last_of_each(self.selection, drawn, until)
        reported = Sample(
            drawn.weights[places], drawn.strata[places], drawn.units[places], drawn.population
        )
        expected = {
            stratum: float(drawn.weights[drawn.strata == stratum].sum())
            for stratum in sorted(set(drawn.strata.tolist()))
        }
        sample, factors = adjusted_for_missing(reported, expected)

        def values(question: str) -> list[Any]:
            column = self.selection.rows.column(question)
            return [column.values[code] if code >= 0 else None for code in column.codes[rows]]

        return SampleEstimate(
            form=wanted.form,
            what=wanted.what,
            answer=wanted.answer,
            kind=wanted.kind,
            estimate=wanted.count(sample, values),
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
            statuses=tuple(str(status) for status in self.look.statuses),
            at=self.look.at,
        )


def _last_of_each(
    selection: Selection, drawn: Drawn, until: datetime | None
) -> tuple[np.ndarray, np.ndarray]:
    """The row of the last report from each drawn place, and the place's position in the sample."""
    ids = np.append(selection.ground.places.ids, -1)[selection.units]
    came = selection.rows.fixed["received_at"][selection.chosen]
    last: dict[int, int] = {}
    for at in np.argsort(came, kind="stable"):
        if until is not None and came[at] >= until.timestamp():
            break
        last[int(ids[at])] = int(selection.chosen[at])
    places = [at for at, place in enumerate(drawn.ids.tolist()) if place in last]
    rows = [last[int(drawn.ids[at])] for at in places]
    return np.array(rows, np.intp), np.array(places, np.intp)
