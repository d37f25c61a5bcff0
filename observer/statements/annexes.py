"""The annexes of a statement: what the mission observed, and every figure with its base."""

from __future__ import annotations

from datetime import datetime

from observer.maps.palette import Palette
from observer.statements.charts import Column, draw_columns
from observer.statements.compose import Composed
from observer.statements.facts import COUNTABLE
from observer.statements.observed import Observed
from observer.statements.wider import counted_again
from observer.statements.words import Words

OUTSIDE = (
    *("table", "chart", "map", "coverage", "incidents", "incident_table"),
    *("recommendation", "recommendations", "recommendation_count"),
    *("follow_up", "follow_up_count"),
)
"""What says its base where it stands, or has an annex of its own."""
HOURS = "figure:hours.svg"


def bases(composed: Composed) -> list[dict[str, object]]:
    """The rows of the annex of figures: each figure given in the text, once."""
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for use in composed.used:
        found = use.findings[0]
        if use.name in OUTSIDE:
            continue
        key = (use.text, use.label, found.k, found.n, found.statuses)
        if key not in rows:
            everything = counted_again(composed.facts, found, COUNTABLE)
            row = {"text": use.text, "label": use.label, "finding": found, "all": everything}
            rows[key] = row
    return list(rows.values())


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
