"""Two rounds beside each other, and two questions, as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from observer.findings.comparison import Comparison
from observer.findings.crosstab import CrossTable
from observer.findings.exports.plain import rows_as_text

COMPARED = (
    "form",
    "question",
    "answer",
    "region",
    "region_name",
    "level",
    "earlier_round",
    "earlier_k",
    "earlier_n",
    "later_round",
    "later_k",
    "later_n",
    "difference_points",
    "places",
    "statuses",
)
CROSSED = (
    "rows",
    "row_answer",
    "columns",
    "column_answer",
    "count",
    "row_base",
    "column_base",
    "n",
    "counted",
    "region",
    "statuses",
)


def compared_as_csv(found: Iterable[Comparison], min_base: int) -> str:
    """Comparisons, a row each; without a difference where a base is too small for shares."""
    return rows_as_text(COMPARED, (_compared(each, min_base) for each in found))


def _compared(each: Comparison, min_base: int) -> tuple[Any, ...]:
    difference = each.difference if each.is_told(min_base) else None
    return (
        each.form,
        each.question,
        each.answer,
        each.region,
        each.name,
        each.level,
        each.rounds[0],
        each.k[0],
        each.n[0],
        each.rounds[1],
        each.k[1],
        each.n[1],
        None if difference is None else round(difference, 2),
        each.places,
        " ".join(each.statuses),
    )


def crossed_as_csv(table: CrossTable) -> str:
    """A cross-table, a row for each cell."""
    return rows_as_text(CROSSED, _cells(table))


def _cells(table: CrossTable) -> Iterator[tuple[Any, ...]]:
    for row, answer in enumerate(table.row_answers):
        for column, other in enumerate(table.column_answers):
            yield (
                "/".join(table.rows),
                answer,
                "/".join(table.columns),
                other,
                table.counts[row][column],
                table.row_bases[row],
                table.column_bases[column],
                table.n,
                "places" if table.of_places else "reports",
                table.region,
                " ".join(table.statuses),
            )
