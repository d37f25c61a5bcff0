"""Classes hold every share once, and are few."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from observer.maps.classes import MOST_CLASSES, class_of, share_classes

SHARES = st.tuples(st.integers(0, 3000), st.integers(1, 3000)).map(
    lambda counts: min(counts) / counts[1]
)


@given(st.lists(SHARES, min_size=1, max_size=40), st.sampled_from([0.05, 0.001]))
@example([0.0], 0.05)
@example([1.0], 0.05)
@example([0.0, 1.0], 0.001)
@example([0.3, 0.4, 0.7], 0.05)
@example([0.0015, 0.003, 0.007, 0.015, 0.03, 0.07, 0.15, 0.3, 0.9], 0.001)
def test_every_share_is_in_exactly_one_of_a_few_classes(shares, least_step):
    classes = share_classes(shares, least_step=least_step)
    assert 1 <= len(classes) <= MOST_CLASSES
    assert len({each.colour for each in classes}) == len(classes)
    assert all(0 <= each.lower < each.upper <= 1 for each in classes)
    assert all(each.upper - each.lower >= least_step - 1e-9 for each in classes)
    assert all(before.upper == after.lower for before, after in pairwise(classes))
    for share in shares:
        number = class_of(share, classes)
        holding = [
            position
            for position, each in enumerate(classes)
            if each.lower <= share < each.upper
            or (position == len(classes) - 1 and share == each.upper)
        ]
        assert holding == [number]


@pytest.mark.parametrize(
    ("shares", "bounds"),
    [
        ((), []),
        ((0.11, 0.14), [0.1, 0.15]),
        ((0.3, 0.7), [0.3, 0.4, 0.5, 0.6, 0.7]),
        ((0.02, 0.5, 0.97), [0, 0.2, 0.4, 0.6, 0.8, 1]),
        # One region far above the others must not leave them all in one class.
        ((0.06, 0.07, 0.12, 0.13, 0.14, 0.3, 0.9), [0.05, 0.1, 0.2, 0.5, 1]),
    ],
)
def test_bounds_are_round_and_suit_the_shares(shares, bounds):
    classes = share_classes(shares)
    assert [each.lower for each in classes] + [each.upper for each in classes[-1:]] == bounds
