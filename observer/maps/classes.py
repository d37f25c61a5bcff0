"""The classes of a map: round bounds that suit the shares, each with a colour."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from observer.maps.palette import CLASSES, HOUSE, Palette

MOST_CLASSES = CLASSES

_EVEN = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_UNEVEN = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)
_CLEARLY_BETTER = 0.4
"""Bits of information that uneven classes must tell more than even ones to be preferred."""


@dataclass(frozen=True)
class ShareClass:
    """Shares from ``lower`` up to, but without, ``upper``; the last class has its upper too."""

    lower: float
    upper: float
    colour: str


def share_classes(shares: Iterable[float], *, least_step: float = 0.05) -> tuple[ShareClass, ...]:
    """At most five classes that hold all the shares, none narrower than ``least_step``.

    Even steps, unless uneven ones tell the shares apart clearly better.
    """
    values = sorted(shares)
    if not values:
        return ()
    step = next(
        (s for s in _EVEN if s >= least_step and _steps(values, s) <= MOST_CLASSES), _EVEN[-1]
    )
    best = _even_bounds(values, step)
    uneven = _trimmed(values, (0, *(bound for bound in _UNEVEN if bound >= least_step)))
    gain = _information(values, uneven) - _information(values, best)
    if len(uneven) - 1 <= MOST_CLASSES and gain > _CLEARLY_BETTER:
        best = uneven
    colours = HOUSE.spread(len(best) - 1)
    return tuple(
        ShareClass(lower, upper, colour)
        for (lower, upper), colour in zip(pairwise(best), colours, strict=True)
    )


def recoloured(classes: Sequence[ShareClass], palette: Palette) -> tuple[ShareClass, ...]:
    """The same classes in the colours of another palette."""
    colours = palette.spread(len(classes))
    return tuple(replace(each, colour=new) for each, new in zip(classes, colours, strict=True))


def class_of(share: float, classes: Sequence[ShareClass]) -> int:
    """The position of the class that a share belongs to."""
    inside = (number for number, each in enumerate(classes) if share < each.upper)
    return next(inside, len(classes) - 1)


def _steps(values: Sequence[float], step: float) -> int:
    low, high = _ends(values, step)
    return high - low


def _ends(values: Sequence[float], step: float) -> tuple[int, int]:
    # Rounded, so that 0.3 / 0.1 is 3 and not a little less.
    low = math.floor(round(values[0] / step, 6))
    high = math.ceil(round(values[-1] / step, 6))
    if low == high:
        return (low, high + 1) if high * step < 1 else (low - 1, high)
    return low, high


def _even_bounds(values: Sequence[float], step: float) -> tuple[float, ...]:
    low, high = _ends(values, step)
    return tuple(round(number * step, 6) for number in range(low, high + 1))


def _trimmed(values: Sequence[float], bounds: Sequence[float]) -> tuple[float, ...]:
    """The bounds without the classes below the least share and above the greatest."""
    first = max(number for number, bound in enumerate(bounds[:-1]) if bound <= values[0])
    last = min(number for number, bound in enumerate(bounds) if bound >= values[-1] and number)
    return tuple(bounds[first : max(last, first + 1) + 1])


def _information(values: Sequence[float], bounds: Sequence[float]) -> float:
    classes = [ShareClass(lower, upper, "") for lower, upper in pairwise(bounds)]
    counts = Counter(class_of(value, classes) for value in values)
    return -sum(n / len(values) * math.log2(n / len(values)) for n in counts.values())
