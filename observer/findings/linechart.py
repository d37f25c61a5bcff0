"""Lines over the hours of a day, as the coordinates of an SVG drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def _step(highest: int) -> int:
    """A round number, of which few make up the highest count."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * MOST_TICKS >= highest:
                return step * factor
        step *= 10
