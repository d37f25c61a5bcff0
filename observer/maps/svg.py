"""Writes a figure as SVG: its text as text, and the same bytes for the same figure."""

from __future__ import annotations

import io
from threading import Lock

import matplotlib
from matplotlib.figure import Figure

FONT_MEASURED = "DejaVu Sans"
"""To be set for every text. matplotlib reads no WOFF, so it measures in a wider font of its own;
what it writes is set in the statement's font when it is shown."""
FONT_SHOWN = "'Source Sans 3', sans-serif"

_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "observer"}

# matplotlib's settings are the process's, whichever thread sets them.
_writing = Lock()


def write_svg(figure: Figure) -> str:
    """The figure as an SVG document."""
    out = io.BytesIO()
    with _writing, matplotlib.rc_context(_SETTINGS):
        figure.savefig(
            out, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return out.getvalue().decode().replace(f"'{FONT_MEASURED}'", FONT_SHOWN)
