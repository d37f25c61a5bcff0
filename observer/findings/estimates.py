"""Design-based estimates from a probability sample of places, with their uncertainty.

Proportions, ratios and totals for samples that are stratified, clustered, both or neither, by
Taylor linearisation with the finite population correction at the first stage: Cochran, *Sampling
Techniques* (1977), 5.3, 6.11 and 11.5; Särndal, Swensson and Wretman, *Model Assisted Survey
Sampling* (1992), 5.6. Nothing here knows of submissions or of a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from flask_babel import gettext as _
from scipy import special

CONFIDENCE = 0.95
FEW_UNITS = 30
"""With fewer primary units the normal approximation is poor."""
RARE = 0.1
"""So it is for shares below this, or above one less this."""


class Interval(StrEnum):
    """How an interval was made."""

    STUDENT = "t"
    """Estimate ± t times its standard error."""
    KORN_GRAUBARD = "Korn-Graubard"
    """Clopper and Pearson's with the effective sample size (Korn and Graubard, 1998)."""


class DesignError(ValueError):
    """The sample does not allow an estimate; the message says why and what would."""


@dataclass(frozen=True)
class Sample:
    """The units of a sample that reported, an array each; strata and units are any labels."""

    weights: np.ndarray
    """How many units of the population each stands for."""
    strata: np.ndarray
    units: np.ndarray
    """The primary unit that each lies in: itself, or the centre that was drawn."""
    population: Mapping[Any, float]
    """How many primary units the population has in each stratum."""

    def __post_init__(self) -> None:
        if len(self.weights) == 0:
            raise DesignError(_("No sampled place has reported yet."))
        if np.any(self.weights <= 0):
            raise DesignError(_("Every sampled place needs a weight above zero."))


@dataclass(frozen=True)
class Estimate:
    """An estimate with its uncertainty."""

    value: float
    standard_error: float
    lower: float
    upper: float
    interval: Interval
    confidence: float
    n: int
    """Units it was estimated from."""
    primary_units: int
    degrees_of_freedom: int
    design_effect: float | None
    """Variance over that of a simple random sample of as many; None where that is zero."""
    k: int | None = None
    """How many of them have what it is the share of; None for ratios and totals."""

    @property
    def margin(self) -> float:
        """The larger of the distances to the ends of the interval."""
        return max(self.upper - self.value, self.value - self.lower)


def merged(sample: Sample, into: Mapping[Any, Any]) -> Sample:
    """The sample with strata merged by an explicit choice: ``{"small": "the one it joins"}``."""
    population: dict[Any, float] = {}
    for stratum, count in sample.population.items():
        target = into.get(stratum, stratum)
        population[target] = population.get(target, 0) + count
    strata = np.array([into.get(stratum, stratum) for stratum in sample.strata], object)
    return Sample(sample.weights, strata, sample.units, population)


def adjusted_for_missing(
    sample: Sample, drawn: Mapping[Any, float]
) -> tuple[Sample, dict[Any, float]]:
    """The sample with its weights raised for the places that were drawn and have not reported.

    Within a stratum those that reported stand for all that were drawn there: right where those
    that are missing do not differ from the others of their stratum. ``drawn`` is the sum of the
    weights of all places drawn in each stratum. Returns the factor of each stratum too. Raises
    DesignError where nothing has come of a stratum.
    """
    factors: dict[Any, float] = {}
    for stratum, total in drawn.items():
        reported = float(sample.weights[sample.strata == stratum].sum())
        if reported == 0:
            raise DesignError(
                _(
                    "Nothing has come from stratum %(stratum)s yet: no estimate for the whole. "
                    "Wait for it, or merge it with another stratum.",
                    stratum=stratum,
                )
            )
        factors[stratum] = total / reported
    weights = sample.weights * np.array([factors[stratum] for stratum in sample.strata])
    return Sample(weights, sample.strata, sample.units, sample.population), factors


def proportion(
    sample: Sample, has: np.ndarray, *, confidence: float = CONFIDENCE, of: np.ndarray | None = None
) -> Estimate:
    """The share of the population that has something: true or false for each unit.

    ``of`` limits it to a part of the population (those where the question was answered), whose
    size is estimated too.
    """
    inside = np.ones(len(has)) if of is None else of.astype(float)
    found = _ratio(sample, has.astype(float) * inside, inside, confidence, is_share=True)
    return replace(found, k=int(np.count_nonzero(has.astype(float) * inside)))


def ratio(
    sample: Sample, above: np.ndarray, below: np.ndarray, *, confidence: float = CONFIDENCE
) -> Estimate:
    """One total over another: turnout as votes over voters, a candidate's votes over all valid.

    Where no part exceeds its whole the interval stays within 0 and 1.
    """
    above, below = above.astype(float), below.astype(float)
    is_share = bool(np.all((above >= 0) & (above <= below)))
    return _ratio(sample, above, below, confidence, is_share=is_share, exact=False)


def total(sample: Sample, values: np.ndarray, *, confidence: float = CONFIDENCE) -> Estimate:
    """The sum over the population."""
    values = values.astype(float)
    value = float(np.sum(sample.weights * values))
    variance, units, strata = _variance(sample, sample.weights * values)
    size = float(sample.weights.sum())
    simple = size**2 * _simple_variance(sample, values, np.ones(len(values)))
    return _estimate(
        value, variance, confidence, units=units, strata=strata, simple=simple, n=len(values)
    )


def _ratio(
    sample: Sample,
    above: np.ndarray,
    below: np.ndarray,
    confidence: float,
    *,
    is_share: bool,
    exact: bool = True,
) -> Estimate:
    whole = float(np.sum(sample.weights * below))
    if whole == 0:
        raise DesignError(_("There is nothing to estimate a share of: the whole is zero."))
    value = float(np.sum(sample.weights * above)) / whole
    residuals = (above - value * below) / whole
    variance, units, strata = _variance(sample, sample.weights * residuals)
    size = float(sample.weights.sum())
    simple = (size / whole) ** 2 * _simple_variance(sample, above - value * below, below)
    n = int(np.count_nonzero(below))
    found = _estimate(value, variance, confidence, units=units, strata=strata, simple=simple, n=n)
    if not is_share:
        return found
    if exact and (units < FEW_UNITS or min(value, 1 - value) < RARE):
        return _korn_graubard(found)
    lower, upper = max(found.lower, 0.0), min(found.upper, 1.0)
    return replace(found, lower=lower, upper=upper)


def _variance(sample: Sample, contributions: np.ndarray) -> tuple[float, int, int]:
    """Of a sum of contributions; with the number of primary units and of strata."""
    variance, count, strata = 0.0, 0, 0
    for stratum in dict.fromkeys(sample.strata.tolist()):
        here = sample.strata == stratum
        _labels, places = np.unique(sample.units[here], return_inverse=True)
        sums = np.bincount(places, weights=contributions[here])
        drawn, there_are = len(sums), sample.population.get(stratum)
        if there_are is None or there_are < drawn:
            raise DesignError(
                _(
                    "Stratum %(stratum)s has %(count)s primary units, and %(reported)s reported.",
                    stratum=stratum,
                    count=round(there_are or 0),
                    reported=drawn,
                )
            )
        count, strata = count + drawn, strata + 1
        if drawn == there_are:
            continue
        if drawn == 1:
            raise DesignError(
                _(
                    "Only one primary unit of stratum %(stratum)s has reported, so its variance is "
                    "unknown. Wait for more, or merge it with another stratum.",
                    stratum=stratum,
                )
            )
        correction = 1 - drawn / there_are
        spread = float(np.sum((sums - sums.mean()) ** 2))
        variance += correction * drawn / (drawn - 1) * spread
    return variance, count, strata


def _simple_variance(sample: Sample, values: np.ndarray, inside: np.ndarray) -> float:
    """Of a mean, had as many units been drawn at random from the whole population."""
    n = int(np.count_nonzero(inside))
    if n < 2:
        return 0.0
    weights = sample.weights
    size = float(weights.sum())
    mean = float(np.sum(weights * values)) / size
    spread = float(np.sum(weights * (values - mean) ** 2)) / size * n / (n - 1)
    return max(1 - n / size, 0.0) * spread / n


def _estimate(
    value: float,
    variance: float,
    confidence: float,
    *,
    units: int,
    strata: int,
    simple: float,
    n: int,
) -> Estimate:
    freedom = units - strata
    error = float(np.sqrt(variance))
    quantile = float(special.stdtrit(freedom, (1 + confidence) / 2)) if freedom > 0 else 0.0
    return Estimate(
        value=value,
        standard_error=error,
        lower=value - quantile * error,
        upper=value + quantile * error,
        interval=Interval.STUDENT,
        confidence=confidence,
        n=n,
        primary_units=units,
        degrees_of_freedom=freedom,
        design_effect=variance / simple if simple > 0 else None,
    )


def _korn_graubard(found: Estimate) -> Estimate:
    """Korn and Graubard, *Survey Methodology* 24 (1998), 193-201, with n in place of a zero."""
    share, n = found.value, float(found.n)
    if found.standard_error > 0:
        n_effective = share * (1 - share) / found.standard_error**2
        if found.degrees_of_freedom > 0 and found.n > 1:
            tail = (1 + found.confidence) / 2
            by_n = special.stdtrit(found.n - 1, tail)
            by_design = special.stdtrit(found.degrees_of_freedom, tail)
            n_effective *= float((by_n / by_design) ** 2)
        n = min(n_effective, n)
    k, alpha = share * n, 1 - found.confidence
    lower = float(special.betaincinv(k, n - k + 1, alpha / 2)) if k > 0 else 0.0
    upper = float(special.betaincinv(k + 1, n - k, 1 - alpha / 2)) if k < n else 1.0
    return replace(found, lower=lower, upper=upper, interval=Interval.KORN_GRAUBARD)


def size_for_margin(
    margin: float, population: int, *, share: float = 0.5, confidence: float = CONFIDENCE
) -> int:
    """How many units to draw for a margin of a share, both as fractions of one.

    n = p(1−p) / (e²/z² + p(1−p)/N), rounded up; Cochran (1977), 4.4.
    """
    if not 0 < margin < 1 or not 0 < share < 1 or population < 1:
        raise DesignError(
            _(
                "The margin lies between 0 and 100 points, the share between 0 and 100 per "
                "cent, and there is at least one polling station to draw from."
            )
        )
    z = float(special.ndtri((1 + confidence) / 2))
    spread = share * (1 - share)
    return min(population, int(np.ceil(spread / (margin**2 / z**2 + spread / population) - 1e-9)))


def planned_margin(
    strata: Iterable[tuple[int, int]], *, share: float = 0.5, confidence: float = CONFIDENCE
) -> float:
    """The margin of a share to expect of a stratified sample, as a fraction of one.

    Each stratum is given by how many units it has and how many of them are drawn:
    z · √(Σ (N_h/N)² (1 − n_h/N_h) p(1−p)/n_h); Cochran (1977), 5.6.
    """
    sizes = list(strata)
    population = sum(there_are for there_are, _drawn in sizes)
    if population == 0 or any(drawn == 0 for there_are, drawn in sizes if there_are):
        raise DesignError(_("A stratum of which nothing is drawn has no margin."))
    variance = sum(
        (there_are / population) ** 2 * (1 - drawn / there_are) * share * (1 - share) / drawn
        for there_are, drawn in sizes
        if there_are
    )
    return float(special.ndtri((1 + confidence) / 2)) * variance**0.5
