"""The calls that look further than this round's places: estimates for all, and other rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from observer.collect.models import Status
from observer.findings.comparison import Comparison, comparison
from observer.findings.estimates import DesignError
from observer.findings.findings import Finding, UnknownNameError
from observer.findings.sampled import SampleEstimate, estimate_share
from observer.missions.models import Round
from observer.statements.facts import Facts
from observer.statements.figures import Figures, digits_of
from observer.statements.notes import plain
from observer.statements.template import FigureError, unknown_name

KEPT_DIGITS = 10
"""A share is kept with so many: on another machine its last ones may come out otherwise."""


@dataclass(frozen=True)
class EstimatedFigure:
    """An estimate for all places, with the sample that it rests on as its base."""

    form: str
    question: str
    answer: str
    k: int
    n: int
    share: float
    lower: float
    upper: float
    confidence: float
    interval: str
    places_observed: int
    """Places of the sample that have reported."""
    places_total: int
    """Places of the sample."""
    statuses: tuple[str, ...]
    region: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The figure as programs get it."""
        return vars(self) | {"statuses": list(self.statuses)}

    def again(self, facts: Facts, statuses: Sequence[Status]) -> EstimatedFigure:
        """The same estimate with other reports counted."""
        return estimated(facts, self.form, self.question, self.answer, statuses)


@dataclass(frozen=True)
class ComparedFigure:
    """A figure of this round beside that of another one, over the same places."""

    form: str
    question: str
    answer: str
    region: str | None
    k: int
    n: int
    other_round: str
    other_k: int
    other_n: int
    difference: float | None
    """This round's share less the other one's, in percentage points."""
    places_observed: int
    """Places in which the question was answered in both rounds."""
    places_total: int
    statuses: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The figure as programs get it."""
        return vars(self) | {"statuses": list(self.statuses)}

    def again(self, facts: Facts, statuses: Sequence[Status]) -> ComparedFigure:
        """The same comparison with other reports counted."""
        which = (self.form, self.question, self.answer, self.other_round, self.region)
        return compared(facts, *which, statuses)


def estimated(
    facts: Facts, form: str, question: str, answer: Any, statuses: Sequence[Status]
) -> EstimatedFigure:
    """The estimate of an answer's share. Raises FigureError where the sample allows none."""
    facts.answers(form, question, (answer,))
    asked = {"form": form, "question": question, "answer": answer, "look": facts.look(statuses)}
    try:
        found = estimate_share(facts.session, facts.scope, facts.round, **asked)
    except (DesignError, UnknownNameError) as error:
        raise FigureError(_("No estimate: %(reason)s", reason=error)) from error
    return _as_figure(found)


def _as_figure(found: SampleEstimate) -> EstimatedFigure:
    its = found.estimate
    return EstimatedFigure(
        form=found.form,
        question=found.what,
        answer=str(found.answer),
        k=its.k or 0,
        n=its.n,
        share=round(its.value, KEPT_DIGITS),
        lower=round(its.lower, KEPT_DIGITS),
        upper=round(its.upper, KEPT_DIGITS),
        confidence=its.confidence,
        interval=str(its.interval),
        places_observed=found.reported,
        places_total=found.drawn,
        statuses=found.statuses,
    )


def compared(  # noqa: PLR0917
    facts: Facts,
    form: str,
    question: str,
    answer: Any,
    other: Any,
    region: Any,
    statuses: Sequence[Status],
) -> ComparedFigure:
    """An answer in the statement's round and in another one, over the same places."""
    facts.answers(form, question, (answer,))
    base = facts.one(form, question, answer, region, [status.value for status in statuses])
    others = {one.code: one for one in facts.scope.mission.rounds if one.id != facts.round.id}
    if other not in others:
        raise FigureError(unknown_name(other, others, _("other round")))
    try:
        (found,) = comparison(
            facts.session,
            facts.scope,
            others[other],
            facts.round,
            form,
            question,
            answer=answer,
            region=region,
            level=None if region else 0,
            look=facts.look(statuses),
        )
    except UnknownNameError as error:
        raise FigureError(str(error)) from error
    return _side_by_side(found, base)


def _side_by_side(found: Comparison, base: Finding) -> ComparedFigure:
    difference = found.difference
    return ComparedFigure(
        form=found.form,
        question=found.question,
        answer=str(found.answer),
        region=found.region,
        k=found.k[1],
        n=found.n[1],
        other_round=found.rounds[0],
        other_k=found.k[0],
        other_n=found.n[0],
        difference=None if difference is None else round(difference, KEPT_DIGITS),
        places_observed=found.places,
        places_total=base.places_total,
        statuses=found.statuses,
    )


def counted_again(facts: Facts, found: Any, statuses: Sequence[Status]) -> Any:
    """A figure's base with other reports counted; None where that says nothing."""
    if isinstance(found, Finding):
        return facts.again(found, statuses)
    if not isinstance(found, EstimatedFigure | ComparedFigure):
        return None
    try:
        return found.again(facts, statuses)
    except FigureError:
        return None


class Wider:
    """The calls; they keep what they use with the other figures."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.facts = figures.facts
        self.words = figures.words

    def calls(self) -> dict[str, Callable[..., object]]:
        """The calls by the names they have in a text."""
        return {"estimate": self.estimate, "compare": self.compare}

    def estimate(
        self, form: Any, question: Any, answer: Any, digits: Any = 1, *, statuses: Any = None
    ) -> str:
        """``13.2 per cent (± 3.7 percentage points)``; only where the places were drawn."""
        found = estimated(self.facts, form, question, answer, self.facts.counted(statuses))
        if found.n < self.words.min_base:
            raise FigureError(
                _(
                    "No estimate: it needs answers from %(least)s places of the sample; there "
                    "are %(count)s.",
                    least=self.words.min_base,
                    count=found.n,
                )
            )
        text = self.words.estimate(found.share, found.lower, found.upper, digits_of(digits))
        place = self.facts.definition(form).place
        note = self.words.phrase(
            "estimated",
            places=self.words.phrase(place),
            confidence=self.words.number(found.confidence * 100),
            lower=self.words.number(found.lower * 100, 1),
            upper=self.words.number(found.upper * 100, 1),
        )
        self._keep("estimate", text, found, note)
        return plain(text)

    def compare(
        self,
        form: Any,
        question: Any,
        answer: Any,
        other_round: Any,
        region: Any = None,
        *,
        digits: Any = 0,
        statuses: Any = None,
    ) -> str:
        """``25 per cent (First round: 20 per cent; 5 percentage points more)``."""
        counted, shown = self.facts.counted(statuses), digits_of(digits)
        found = compared(self.facts, form, question, answer, other_round, region, counted)
        other = self._round(found.other_round)
        enough = min(found.n, found.other_n) >= self.words.min_base
        text = self.words.phrase(
            "compared" if enough else "compared_few",
            share=self._share(found.k, found.n, shown, enough=enough),
            round=other.name,
            other=self._share(found.other_k, found.other_n, shown, enough=enough),
            difference=self.words.difference(found.difference or 0, shown),
        )
        note = self.words.phrase(
            "compared_base",
            round=other.name,
            k=self.words.number(found.other_k),
            n=self.words.number(found.other_n),
        )
        self._keep("compare", text, found, note)
        return plain(text)

    def _share(self, k: int, n: int, digits: int, *, enough: bool) -> str:
        """A share, or counts where either round has too few: one is not set against the other."""
        return self.words.share(k, n, digits) if enough else self.words.k_of_n(k, n)

    def _round(self, code: str) -> Round:
        return next(one for one in self.facts.scope.mission.rounds if one.code == code)

    def _keep(
        self, name: str, text: str, found: EstimatedFigure | ComparedFigure, note: str
    ) -> None:
        label = [
            self.facts.question_label(found.form, found.question),
            self.facts.answer_label(found.form, found.question, found.answer),
        ]
        if found.region is not None:
            label.append(self.facts.region(found.region).name)
        self.figures.keep(name, text, " · ".join([*label, note]), (found,))
