"""A sheet that is drawn on in inches, without the axes of matplotlib, which take longer to make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from observer.maps.svg import FONT_MEASURED

HATCH = "/////"
HATCH_WIDTH = 0.5


class Sheet:
    """A part of a figure; what is drawn on it is placed from its lower left corner.

    ``mirrored``: it is read from the right, and *x* is counted from its right edge.
    """

    def __init__(
        self,
        figure: Figure,
        width_in: float,
        *,
        left_in: float = 0,
        bottom_in: float = 0,
        mirrored: bool = False,
    ) -> None:
        self._figure = figure
        way, begins = (-1, left_in + width_in) if mirrored else (1, left_in)
        self._place = Affine2D().scale(way, 1).translate(begins, bottom_in) + figure.dpi_scale_trans
        self.begins, self.ends = ("right", "left") if mirrored else ("left", "right")
        """How a text is aligned that begins at its place, or that ends there."""

    def write(self, x: float, y: float, text: str, size: float, **style: Any) -> None:
        """A line of text, of a size in points, halfway up at its place."""
        style = {"va": "center", "ha": self.begins, "fontfamily": FONT_MEASURED} | style
        place = {"transform": self._place, "parse_math": False}
        self._figure.text(x, y, text, fontsize=size, **place, **style)

    def line(self, xs: Sequence[float], ys: Sequence[float], **style: Any) -> None:
        """A line from place to place."""
        self._figure.add_artist(Line2D(xs, ys, transform=self._place, clip_on=False, **style))

    def box(self, x: float, y: float, width: float, height: float, **style: Any) -> None:
        """A rectangle with its lower corner, where it begins, at its place."""
        drawn = Rectangle((x, y), width, height, transform=self._place, clip_on=False, **style)
        drawn.set_hatch_linewidth(HATCH_WIDTH)
        self._figure.add_artist(drawn)
