"""Estimates: the same as a survey library's and as textbooks', with the properties they need."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer.findings.estimates import (
    DesignError,
    Interval,
    Sample,
    adjusted_for_missing,
    merged,
    proportion,
    ratio,
    size_for_margin,
    total,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)
    from samplics.estimation import TaylorEstimator
    from samplics.utils.types import PopParam

DESIGNS = {
    "simple": {"strata": 1, "clustered": False, "correction": False},
    "simple with correction": {"strata": 1, "clustered": False, "correction": True},
    "stratified": {"strata": 4, "clustered": False, "correction": False},
    "stratified with correction": {"strata": 4, "clustered": False, "correction": True},
    "clustered": {"strata": 1, "clustered": True, "correction": False},
    "clustered and stratified with correction": {
        "strata": 3,
        "clustered": True,
        "correction": True,
    },
}
ENDLESS = 10**12
"""So many primary units that the correction for a finite population is nothing."""


def drawn(*, strata, clustered, correction, seed=3):
    """A sample of a made-up population with unequal weights, and two numbers of each unit."""
    random = np.random.default_rng(seed)
    stratum, unit, weight = [], [], []
    for h in range(strata):
        for j in range(8 + 3 * h):
            for _ in range(random.integers(1, 6) if clustered else 1):
                stratum.append(f"s{h}")
                unit.append(f"s{h}-{j}")
                weight.append(4.0 + 3 * h + (random.random() if clustered else 0))
    n = len(weight)
    population = {
        f"s{h}": (8 + 3 * h) * (4 + 3 * h) if correction else ENDLESS for h in range(strata)
    }
    sample = Sample(np.array(weight), np.array(stratum, object), np.array(unit, object), population)
    voters = random.integers(150, 400, n)
    return sample, random.binomial(voters, 0.6), voters, random.random(n) < 0.35


def theirs(sample, param, y, x=None):
    """The library's estimate and standard error. Its ``fpc`` is the factor of the variance."""
    factors = {
        stratum: 1 - len(set(sample.units[sample.strata == stratum])) / there_are
        for stratum, there_are in sample.population.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator = TaylorEstimator(param)
        estimator.estimate(
            y=y,
            x=x,
            samp_weight=sample.weights,
            stratum=sample.strata,
            psu=sample.units,
            fpc=factors,
            remove_nan=True,
        )
    value, error = estimator.point_est, estimator.stderror
    last = list(value)[-1] if isinstance(value, dict) else None
    return (value[last], error[last]) if last is not None else (value, error)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_estimates_are_those_of_a_survey_library(design):
    sample, votes, voters, late = drawn(**design)
    ours = {
        "share": (proportion(sample, late), theirs(sample, PopParam.mean, late.astype(float))),
        "ratio": (ratio(sample, votes, voters), theirs(sample, PopParam.ratio, votes, voters)),
        "total": (total(sample, votes), theirs(sample, PopParam.total, votes)),
    }
    for name, (own, other) in ours.items():
        assert (own.value, own.standard_error) == pytest.approx(other, rel=1e-6), name


def test_a_published_cluster_sample():
    """Lohr, *Sampling: Design and Analysis*, example 5.2: five suites of four, of a hundred."""
    grades = np.array(
        [3.08, 2.60, 3.44, 3.04, 2.36, 3.04, 3.28, 2.68, 2.00, 2.56,
         2.52, 1.88, 3.00, 2.88, 3.44, 3.64, 2.68, 1.92, 3.28, 3.20]
    )  # fmt: skip
    suites = np.repeat(np.arange(5), 4)
    sample = Sample(np.full(20, 20.0), np.zeros(20, int), suites, {0: 100})
    mean = ratio(sample, grades, np.ones(20))
    assert (round(mean.value, 3), round(mean.standard_error, 3)) == (2.826, 0.164)
    assert round(total(sample, grades).value, 1) == 1130.4
    assert mean.degrees_of_freedom == 4


def test_a_published_stratified_sample():
    """Lohr, example 3.2, the census of agriculture: data with the means and variances given."""
    table = {
        "NC": (1054, 103, 300_504.16, 29_618_183_543),
        "NE": (220, 21, 97_629.81, 7_647_472_708),
        "S": (1382, 135, 211_315.04, 53_587_487_856),
        "W": (422, 41, 662_295.51, 396_185_950_266),
    }
    weights, strata, values, population = [], [], [], {}
    for stratum, (there_are, n, mean, variance) in table.items():
        shape = np.linspace(-1, 1, n)
        values += list(mean + shape * np.sqrt(variance / shape.var(ddof=1)))
        weights += [there_are / n] * n
        strata += [stratum] * n
        population[stratum] = there_are
    units = np.arange(len(weights))
    sample = Sample(np.array(weights), np.array(strata, object), units, population)
    acres = total(sample, np.array(values))
    assert acres.value == pytest.approx(909_736_034, rel=1e-8)
    assert acres.standard_error == pytest.approx(50_417_248, rel=1e-7)


samples = st.builds(
    drawn,
    strata=st.integers(1, 4),
    clustered=st.booleans(),
    correction=st.booleans(),
    seed=st.integers(0, 10_000),
)


@given(samples, st.floats(0.1, 50), st.randoms())
def test_neither_scale_nor_order_matters_to_a_share(made, scale, random):
    sample, _votes, _voters, late = made
    before = proportion(sample, late)
    order = list(range(len(late)))
    random.shuffle(order)
    again = Sample(
        sample.weights[order] * scale, sample.strata[order], sample.units[order], sample.population
    )
    after = proportion(again, late[order])
    assert after.value == pytest.approx(before.value)
    assert after.standard_error == pytest.approx(before.standard_error, abs=1e-12)
    assert 0 <= after.lower <= after.value <= after.upper <= 1


@given(samples)
def test_where_all_were_drawn_nothing_is_uncertain(made):
    sample, votes, voters, late = made
    counts = {s: len(set(sample.units[sample.strata == s])) for s in set(sample.strata)}
    whole = Sample(sample.weights, sample.strata, sample.units, counts)
    assert proportion(whole, late).standard_error == 0
    assert ratio(whole, votes, voters).margin == 0


def test_few_or_rare_get_an_interval_that_is_not_symmetric():
    sample, *_ = drawn(strata=1, clustered=False, correction=False)
    none = proportion(sample, np.zeros(len(sample.weights), bool))
    assert none.interval is Interval.KORN_GRAUBARD
    # Clopper and Pearson's for none of eight.
    assert (none.lower, round(none.upper, 4)) == (0.0, 0.3694)


def test_one_unit_in_a_stratum_is_refused_or_merged_by_choice():
    strata = np.array(["a", "a", "a", "b"], object)
    sample = Sample(np.ones(4), strata, np.arange(4), {"a": 10, "b": 5})
    late = np.array([True, False, False, True])
    with pytest.raises(DesignError, match="Only one primary unit of stratum b"):
        proportion(sample, late)
    found = proportion(merged(sample, {"b": "a"}), late)
    assert (found.value, found.degrees_of_freedom) == (0.5, 3)


def test_those_that_reported_stand_for_those_that_did_not():
    strata = np.array(["a", "a", "b", "b"], object)
    sample = Sample(np.array([2.0, 2, 3, 3]), strata, np.arange(4), {"a": 10, "b": 12})
    adjusted, factors = adjusted_for_missing(sample, {"a": 8.0, "b": 6.0})
    assert factors == {"a": 2.0, "b": 1.0}
    assert list(adjusted.weights) == [4, 4, 3, 3]
    with pytest.raises(DesignError, match="Nothing has come from stratum c"):
        adjusted_for_missing(sample, {"a": 4.0, "b": 6.0, "c": 2.0})


def test_how_many_to_draw():
    assert size_for_margin(0.02, 100_000) == 2345
    assert size_for_margin(0.05, 200) == 132
    with pytest.raises(DesignError):
        size_for_margin(0, 100)
