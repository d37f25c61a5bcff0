"""Lines over the hours of a day, as the coordinates of an SVG drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from observer.findings.hours import clock_of

WIDTH = 720
HEIGHT = 280
LEFT = 56
RIGHT = 16
TOP = 12
BOTTOM = 32
MOST_TICKS = 5
MOST_LABELS = 12


@dataclass(frozen=True)
class ChartLine:
    """One line: what it shows, and its points as SVG's ``polyline`` takes them."""

    label: str
    points: str


@dataclass(frozen=True)
class Chart:
    """Lines with the marks of both axes."""

    lines: list[ChartLine]
    across: list[tuple[float, str]]
    """Where each labelled hour is, from the left."""
    up: list[tuple[float, int]]
    """Where each labelled count is, from the top."""
    band: str = ""
    """What is filled around a line, as SVG's ``polygon`` takes it."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def line_chart(hours: Sequence[int], lines: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """The chart of counts by the hour, each line with its label."""
    step = _step(max((max(counts) for _label, counts in lines), default=0))
    highest = step * max(1, -(-max((max(c) for _label, c in lines), default=0) // step))

    def x(number: int) -> float:
        return round(LEFT + number * (WIDTH - LEFT - RIGHT) / (len(hours) - 1), 1)

    def y(count: int) -> float:
        return round(HEIGHT - BOTTOM - count * (HEIGHT - TOP - BOTTOM) / highest, 1)

    every = -(-len(hours) // MOST_LABELS)
    return Chart(
        lines=[
            ChartLine(label, " ".join(f"{x(at)},{y(count)}" for at, count in enumerate(counts)))
            for label, counts in lines
        ],
        across=[(x(at), clock_of(hour)) for at, hour in enumerate(hours) if at % every == 0],
        up=[(y(count), count) for count in range(0, highest + 1, step)],
    )


def band_chart(
    labels: Sequence[str], values: Sequence[tuple[float, float, float] | None], label: str
) -> Chart:
    """The chart of a value between its bounds, step by step; None where there is none yet.

    The axis upwards begins and ends near the bounds and not at zero: they may be a few points
    apart. Where they are wide at first, what they are later still has room.
    """
    known = [(at, each) for at, each in enumerate(values) if each is not None]
    least = min((low for _at, (_value, low, _high) in known), default=0)
    most = max((high for _at, (_value, _low, high) in known), default=1)
    step = _step(max(1, ceil(most - least)))
    bottom, top = step * floor(least / step), step * max(ceil(most / step), floor(least / step) + 1)

    def x(number: int) -> float:
        return round(LEFT + number * (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1), 1)

    def y(value: float) -> float:
        share = (value - bottom) / (top - bottom)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    every = -(-len(labels) // MOST_LABELS)
    around = [(at, high) for at, (_value, _low, high) in known]
    around += [(at, low) for at, (_value, low, _high) in reversed(known)]
    return Chart(
        lines=[ChartLine(label, " ".join(f"{x(at)},{y(value)}" for at, (value, *_b) in known))],
        across=[(x(at), text) for at, text in enumerate(labels) if at % every == 0],
        up=[(y(value), value) for value in range(bottom, top + 1, step)],
        band=" ".join(f"{x(at)},{y(value)}" for at, value in around),
    )


def _step(highest: int) -> int:
    """A round number, of which few make up the highest count."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * MOST_TICKS >= highest:
                return step * factor
        step *= 10
