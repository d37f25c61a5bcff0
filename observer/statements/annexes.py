"""The annexes of a statement: what the mission observed, and every figure with its base."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from observer.maps.palette import Palette
from observer.statements.charts import Column, draw_columns
from observer.statements.compose import Composed
from observer.statements.facts import COUNTABLE
from observer.statements.figures import FigureUse
from observer.statements.models import Source
from observer.statements.observed import Observed
from observer.statements.recounted import Recount
from observer.statements.words import Words

OUTSIDE = (
    *("table", "chart", "map", "coverage", "incidents", "incident_table"),
    *("recommendation", "recommendations", "recommendation_count"),
    *("follow_up", "follow_up_count"),
)
"""What says its base where it stands, or has an annex of its own."""
HOURS = "figure:hours.svg"


def has_row(use: FigureUse) -> bool:
    """Whether the annex of figures has a row of a figure."""
    return use.name not in OUTSIDE


def bases(composed: Composed) -> list[dict[str, object]]:
    """The rows of the annex of figures: each figure given in the text, once."""
    uses: dict[tuple[object, ...], FigureUse] = {}
    for use in filter(has_row, composed.used):
        uses.setdefault(_row_of(use.text, use.label, use.findings[0]), use)
    recount = Recount(composed.facts, COUNTABLE)
    recount.prepare(use.findings[0] for use in uses.values())
    return [
        {
            "text": use.text,
            "label": use.label,
            "finding": use.findings[0],
            "all": recount.again(use.findings[0]),
        }
        for use in uses.values()
    ]


def of_all_reports(composed: Composed) -> list[Any]:
    """Of each figure in the text the base that the annex of figures gives for all reports.

    None for a figure that has no row there, or of which all reports say nothing.
    """
    rows = {_row_of(row["text"], row["label"], row["finding"]): row for row in bases(composed)}
    return [
        rows[_row_of(use.text, use.label, use.findings[0])]["all"] if has_row(use) else None
        for use in composed.used
    ]


def _row_of(text: object, label: object, found: Any) -> tuple[object, ...]:
    """What figures have in common that have one row."""
    return text, label, found.k, found.n, found.statuses


def hours_chart(
    observed: Observed, words: Words, palette: Palette, *, mirrored: bool
) -> tuple[bytes, str]:
    """When reports were finished, as a chart, and the same in words."""
    columns = tuple(
        Column(
            _clock(step.begins, words, by_hour=observed.by_hour),
            step.reports,
            words.number(step.reports),
        )
        for step in observed.steps
    )
    svg = draw_columns(columns, palette, mirrored=mirrored)
    told = "; ".join(f"{one.label} {one.text}" for one in columns if one.number)
    caption = words.phrase("by_hour" if observed.by_hour else "by_day")
    return svg, words.phrase("alt_columns", caption=caption, bars=told)


def _clock(moment: datetime, words: Words, *, by_hour: bool) -> str:
    return f"{moment:%H:%M}" if by_hour else words.short_day(moment.date())


def sources_to_list(composed: Composed) -> tuple[Source, ...]:
    """The sources to list behind a text: those it cites, unless it lists them itself."""
    return () if composed.lists_sources else composed.cited


class Numbering:
    """Numbers the tables and figures of the annexes as they come: A1, A2."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()

    def __call__(self, kind: str) -> str:
        """The next number of a ``table`` or ``figure``."""
        self._counted[kind] += 1
        return f"A{self._counted[kind]}"
