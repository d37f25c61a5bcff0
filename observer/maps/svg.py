"""Writes a figure as SVG, its text as text, the same bytes for the same figure; or as PNG."""

from __future__ import annotations

import io
from threading import Lock
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from observer.maps.palette import HOUSE, Palette

FONT_MEASURED = "DejaVu Sans"
"""To be set for every text. matplotlib reads no WOFF, so it measures in a wider font of its own;
what it writes is set in the statement's font when it is shown."""

PNG_DPI = 200

_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "observer"}

# matplotlib's settings are the process's, whichever thread sets them.
_writing = Lock()


def write_svg(figure: Figure, *, margin_in: float | None = None, palette: Palette = HOUSE) -> str:
    """The figure as an SVG document; with a margin, cut to what is drawn."""
    out = io.BytesIO()
    with _writing, matplotlib.rc_context(_SETTINGS):
        figure.savefig(
            out,
            format="svg",
            transparent=True,
            metadata={"Date": None, "Creator": None},
            **_cut(margin_in),
        )
    return out.getvalue().decode().replace(f"'{FONT_MEASURED}'", palette.font_family)


def write_png(figure: Figure, *, margin_in: float | None = None) -> bytes:
    """The figure as a PNG picture, fine enough to be printed."""
    out = io.BytesIO()
    with _writing, matplotlib.rc_context(_SETTINGS):
        figure.savefig(out, format="png", dpi=PNG_DPI, facecolor="white", **_cut(margin_in))
    return out.getvalue()


def _cut(margin_in: float | None) -> dict[str, Any]:
    return {} if margin_in is None else {"bbox_inches": "tight", "pad_inches": margin_in}
