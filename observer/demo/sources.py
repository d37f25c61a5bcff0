"""Figures of the real election: cited, never counted among what was observed."""

from __future__ import annotations

from typing import NamedTuple


class CitedFigure(NamedTuple):
    """Somebody else's figure, as it is printed."""

    code: str
    body: str
    title: str
    figure: str


SOURCES = (
    CitedFigure(
        "quick-count-agents",
        "IPSOS and Asociación Civil Transparencia",
        "Quick count of the run-off: polling stations with party agents at the count",
        "88.5 %",
    ),
    CitedFigure(
        "turnout",
        "Oficina Nacional de Procesos Electorales (ONPE)",
        "Turnout, run-off of the presidential election",
        "about 72 %",
    ),
    CitedFigure(
        "protocols-reviewed",
        "Jurado Nacional de Elecciones (JNE)",
        "Polling station protocols reviewed after the first round",
        "68,520",
    ),
    CitedFigure(
        "protocols-recounted",
        "Jurado Nacional de Elecciones (JNE)",
        "Polling stations recounted after the first round",
        "3,830",
    ),
)
