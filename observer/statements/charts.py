"""Bar charts as SVG, with their text as text and the same bytes for the same bars."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache

from matplotlib.figure import Figure

from observer.maps.palette import HOUSE, Palette
from observer.maps.sheet import HATCH, Sheet
from observer.maps.svg import write_svg

WIDTH_IN = 6.3
BAR_IN = 0.245
LINE_IN = 0.14
LABEL_CHARACTERS = 34
FONT_SIZE = 9
CHARACTER_IN = 0.068
BAR_PART = 0.68
"""So much of its row a bar fills."""
LABEL_GAP_IN = 5 / 72
TEXT_GAP_IN = 4 / 72

COLUMNS_IN = 1.5
LEAST_COLUMNS = 8
MOST_LABELS = 16
COLUMN_PART = 0.72
"""So much of its room a column fills."""
NUMBER_GAP_IN = 3 / 72
NAME_GAP_IN = 11 / 72


@dataclass(frozen=True)
class Column:
    """One column: what stands below it, and its height, which is a number."""

    label: str
    number: int
    text: str
    """The number as it is written above it."""


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length from 0 to 1, and the text at its end."""

    label: str
    share: float | None
    text: str
    few: bool
    """Drawn hatched: its base is too small for a percentage."""


@lru_cache(maxsize=64)
def draw_bars(bars: tuple[Bar, ...], palette: Palette = HOUSE, *, mirrored: bool = False) -> bytes:
    """Horizontal bars, the first on top, as SVG; ``mirrored``: they begin at the right."""
    labels = [_wrapped(bar.label) for bar in bars]
    heights = [BAR_IN + (len(lines) - 1) * LINE_IN for lines in labels]
    tall = sum(heights) + 0.06
    longest = max((len(line) for lines in labels for line in lines), default=1)
    left = min(longest * CHARACTER_IN + 0.15, WIDTH_IN * 0.45)
    right = max((len(bar.text) for bar in bars), default=1) * CHARACTER_IN + 0.15
    most = max((bar.share or 0 for bar in bars), default=0) or 1
    figure = Figure(figsize=(WIDTH_IN, tall))
    sheet = Sheet(figure, WIDTH_IN, mirrored=mirrored)
    sheet.line((left, left), (0, tall), color=palette.rule, linewidth=0.8)
    style = {"va": "center_baseline", "color": palette.ink}
    top = tall - 0.03
    for bar, lines, height in zip(bars, labels, heights, strict=True):
        centre = top - height / 2
        top -= height
        length = (bar.share or 0) / most * (WIDTH_IN - left - right)
        sheet.box(
            left,
            centre - BAR_IN * BAR_PART / 2,
            length,
            BAR_IN * BAR_PART,
            facecolor="white" if bar.few else palette.bar,
            edgecolor=palette.bar,
            linewidth=0.6 if bar.share else 0,
            hatch=HATCH if bar.few else None,
        )
        for number, line in enumerate(lines):
            y = centre - (number - (len(lines) - 1) / 2) * LINE_IN
            sheet.write(left - LABEL_GAP_IN, y, line, FONT_SIZE, ha=sheet.ends, **style)
        sheet.write(left + length + TEXT_GAP_IN, centre, bar.text, FONT_SIZE, **style)
    return write_svg(figure, palette=palette).encode()


@lru_cache(maxsize=64)
def draw_columns(
    columns: tuple[Column, ...], palette: Palette = HOUSE, *, mirrored: bool = False
) -> bytes:
    """Columns side by side, as time goes by, as SVG; ``mirrored``: the first is at the right."""
    figure = Figure(figsize=(WIDTH_IN, COLUMNS_IN + 2 * BAR_IN))
    sheet = Sheet(figure, WIDTH_IN, bottom_in=BAR_IN, mirrored=mirrored)
    # Few columns do not grow to slabs.
    step = WIDTH_IN / (max(len(columns), LEAST_COLUMNS) + 0.2)
    most = max((one.number for one in columns), default=0) or 1
    style = {"ha": "center", "va": "baseline", "color": palette.ink}
    every = -(-len(columns) // MOST_LABELS)
    for place, one in enumerate(columns):
        centre = (place + 0.6) * step
        height = one.number / most * COLUMNS_IN
        wide = COLUMN_PART * step
        sheet.box(centre - wide / 2, 0, wide, height, facecolor=palette.bar, linewidth=0)
        if one.number:
            sheet.write(centre, height + NUMBER_GAP_IN, one.text, FONT_SIZE - 1, **style)
        if place % every == 0:
            sheet.write(centre, -NAME_GAP_IN, one.label, FONT_SIZE - 1, **style)
    sheet.line((0, WIDTH_IN), (0, 0), color=palette.rule, linewidth=0.8)
    return write_svg(figure, palette=palette).encode()


def _wrapped(label: str) -> list[str]:
    """The lines of a label, one at least."""
    return textwrap.wrap(label, LABEL_CHARACTERS, max_lines=3, placeholder=" …") or [""]
