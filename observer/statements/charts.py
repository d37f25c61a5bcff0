"""Bar charts as SVG, with their text as text and the same bytes for the same bars."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import matplotlib
from matplotlib.figure import Figure

from observer.maps.palette import HOUSE, Palette

WIDTH_IN = 6.3
BAR_IN = 0.245
LINE_IN = 0.14
LABEL_CHARACTERS = 34
FONT_SIZE = 9
CHARACTER_IN = 0.068

_FONT_MEASURED = "DejaVu Sans"
"""matplotlib reads no WOFF; what it writes as text is set in the theme's faces when it is shown."""
# matplotlib's settings are the process's, and maps are drawn by other threads meanwhile.
_drawing = Lock()


COLUMNS_IN = 1.5
LEAST_COLUMNS = 8
MOST_LABELS = 16


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
    heights = [max(1, label.count("\n") + 1) for label in labels]
    centres, top = [], 0.0
    for lines in heights:
        size = BAR_IN + (lines - 1) * LINE_IN
        centres.append(top + size / 2)
        top += size
    longest = max((len(line) for label in labels for line in label.split("\n")), default=1)
    left = min(longest * CHARACTER_IN + 0.15, WIDTH_IN * 0.45)
    right = max((len(bar.text) for bar in bars), default=1) * CHARACTER_IN + 0.15
    figure = Figure(figsize=(WIDTH_IN, top + 0.06))
    begin = right if mirrored else left
    axes = figure.add_axes((begin / WIDTH_IN, 0, (WIDTH_IN - left - right) / WIDTH_IN, 1))
    axes.set_ylim(top + 0.03, -0.03)
    axes.set_xlim(0, max((bar.share or 0 for bar in bars), default=0) or 1)
    if mirrored:
        axes.invert_xaxis()
    before, after = ("left", "right") if mirrored else ("right", "left")
    aside = -1 if mirrored else 1
    axes.set_axis_off()
    axes.axvline(0, color=palette.rule, linewidth=0.8)
    for bar, label, centre in zip(bars, labels, centres, strict=True):
        axes.barh(
            centre,
            bar.share or 0,
            BAR_IN * 0.68,
            color="white" if bar.few else palette.bar,
            edgecolor=palette.bar,
            linewidth=0.6 if bar.share else 0,
            hatch="/////" if bar.few else None,
        )
        style = {
            "va": "center_baseline",
            "fontsize": FONT_SIZE,
            "color": palette.ink,
            "textcoords": "offset points",
            "parse_math": False,
        }
        lines = label.split("\n")
        for number, line in enumerate(lines):
            place = centre + (number - (len(lines) - 1) / 2) * LINE_IN
            axes.annotate(line, (0, place), (-5 * aside, 0), ha=before, **style)
        end = (bar.share or 0, centre)
        axes.annotate(bar.text, end, (4 * aside, 0), ha=after, **style)
    return _svg(figure, palette)


@lru_cache(maxsize=64)
def draw_columns(
    columns: tuple[Column, ...], palette: Palette = HOUSE, *, mirrored: bool = False
) -> bytes:
    """Columns side by side, as time goes by, as SVG; ``mirrored``: the first is at the right."""
    figure = Figure(figsize=(WIDTH_IN, COLUMNS_IN + 2 * BAR_IN))
    below = BAR_IN / (COLUMNS_IN + 2 * BAR_IN)
    axes = figure.add_axes((0, below, 1, 1 - 2 * below))
    # Few columns do not grow to slabs.
    axes.set_xlim(-0.6, max(len(columns), LEAST_COLUMNS) - 0.4)
    axes.set_ylim(0, max((one.number for one in columns), default=0) or 1)
    if mirrored:
        axes.invert_xaxis()
    axes.set_axis_off()
    axes.axhline(0, color=palette.rule, linewidth=0.8, clip_on=False)
    axes.bar(range(len(columns)), [one.number for one in columns], 0.72, color=palette.bar)
    style = {
        "ha": "center",
        "fontsize": FONT_SIZE - 1,
        "color": palette.ink,
        "textcoords": "offset points",
        "parse_math": False,
    }
    every = -(-len(columns) // MOST_LABELS)
    for place, one in enumerate(columns):
        if one.number:
            axes.annotate(one.text, (place, one.number), (0, 3), **style)
        if place % every == 0:
            axes.annotate(one.label, (place, 0), (0, -11), **style)
    return _svg(figure, palette)


def _wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, LABEL_CHARACTERS, max_lines=3, placeholder=" …"))


def _svg(figure: Figure, palette: Palette) -> bytes:
    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": "observer",
        "font.family": [_FONT_MEASURED],
        "hatch.linewidth": 0.5,
    }
    out = io.BytesIO()
    with _drawing, matplotlib.rc_context(settings):
        figure.savefig(
            out, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return out.getvalue().replace(f"'{_FONT_MEASURED}'".encode(), palette.font_family.encode())
