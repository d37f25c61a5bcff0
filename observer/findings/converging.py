"""How an estimate and its interval settle as the reports of the sample come in: a quick count.

As in :mod:`observer.findings.through`, reports count as they stand now, from the moment the
server received them on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.estimates import DesignError, Estimate
from observer.findings.exports.plain import moment, rows_as_text
from observer.findings.sampled import SampledReports
from observer.findings.selection import COUNTED, Look
from observer.findings.through import STEP, steps_of_day
from observer.findings.wanted import Wanted
from observer.missions.models import Round
from observer.missions.scope import Scope

MINUTES = (60, 30, 15)
"""The steps that can be asked for."""
COLUMNS = (
    "form",
    "what",
    "answer",
    "kind",
    "until",
    "reported",
    "drawn",
    "value",
    "lower",
    "upper",
    "margin",
    "confidence",
    "interval",
    "n",
    "statuses",
)


@dataclass(frozen=True)
class Step:
    """What was known before a moment."""

    until: datetime | None
    """None for all reports there are."""
    reported: int
    """Sampled places that had reported."""
    estimate: Estimate | None
    reason: str
    """Why there is no estimate yet."""

    def to_json(self) -> dict[str, Any]:
        """The step as programs get it."""
        found = self.estimate
        names = ("value", "lower", "upper", "margin", "n")
        return {
            "until": self.until.isoformat() if self.until else None,
            "reported": self.reported,
            **{name: getattr(found, name) if found else None for name in names},
            "interval": str(found.interval) if found else None,
            "reason": self.reason or None,
        }


@dataclass(frozen=True)
class Convergence:
    """An estimate step by step; the last step is of all reports there are."""

    wanted: Wanted
    drawn: int
    clustered: bool
    confidence: float
    steps: tuple[Step, ...]
    statuses: tuple[str, ...]
    at: datetime

    @property
    def now(self) -> Step:
        """The step of all reports there are."""
        return self.steps[-1]

    def to_json(self) -> dict[str, Any]:
        """The convergence as programs get it."""
        return {
            "form": self.wanted.form,
            "what": self.wanted.what,
            "answer": self.wanted.answer,
            "kind": self.wanted.kind,
            "drawn": self.drawn,
            "clustered": self.clustered,
            "confidence": self.confidence,
            "steps": [step.to_json() for step in self.steps],
            "statuses": list(self.statuses),
            "at": self.at.isoformat(),
        }


def convergence(
    session: Session,
    scope: Scope,
    round_: Round,
    wanted: Wanted,
    *,
    step: timedelta = STEP,
    statuses: Iterable[Status] = COUNTED,
) -> Convergence:
    """The estimate as it was at each step of the day. Raises NoSampleError without a sample."""
    reports = SampledReports(session, scope, wanted, Look(session, scope, round_, statuses))
    look = reports.look
    moments = steps_of_day(round_, [reports.selection], until=look.at, step=step)
    return Convergence(
        wanted=wanted,
        drawn=len(reports.drawn.ids),
        clustered=reports.drawn.clustered,
        confidence=wanted.confidence,
        steps=tuple(_step(reports, until) for until in (*moments, None)),
        statuses=tuple(str(status) for status in look.statuses),
        at=look.at,
    )


def _step(reports: SampledReports, until: datetime | None) -> Step:
    try:
        found = reports.estimate(until)
    except DesignError as error:
        return Step(until, reports.reported(until), None, str(error))
    return Step(until, found.reported, found.estimate, "")


def converged_as_csv(found: Convergence) -> str:
    """The steps as CSV; moments in UTC, so that programs read them right."""
    return rows_as_text(COLUMNS, (_row(found, step) for step in found.steps))


def _row(found: Convergence, step: Step) -> tuple[Any, ...]:
    wanted, told = found.wanted, step.to_json()
    return (
        wanted.form,
        wanted.what,
        wanted.answer,
        wanted.kind,
        moment((step.until or found.at).astimezone(UTC)),
        step.reported,
        found.drawn,
        *(told[name] for name in ("value", "lower", "upper", "margin")),
        found.confidence,
        told["interval"],
        told["n"],
        " ".join(found.statuses),
    )
