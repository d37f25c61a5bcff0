"""The data of a statement's tables, charts and maps as CSV files, to go into its archive copy."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from tinyhtml5 import parse

from observer.statements.compose import Composed
from observer.statements.figures import FigureUse
from observer.statements.pages import Attached

TABLES = ("table", "incidents", "incident_table")
PICTURES = ("chart", "map")
AS_PRINTED = ("incidents", "incident_table")
"""Tables whose rows are incidents: their data are what the table says."""
FIGURES = "figures.csv"
COVERAGE = "coverage.csv"
TIMES = "times.csv"
_HTML = "{http://www.w3.org/1999/xhtml}"


def attached_files(composed: Composed) -> list[Attached]:
    """A file for every table, chart and map, one of all figures, and those of the annexes.

    The columns have the names that programs get, in English; region and answer also have those of
    the statement. What was typed as a table is as it was typed.
    """
    made, typed = _tables_in(composed.html)
    numbers: Counter[str] = Counter()
    files = []
    for use in composed.used:
        if use.name not in TABLES + PICTURES:
            continue
        kind = "table" if use.name in TABLES else "figure"
        numbers[kind] += 1
        number = numbers[kind]
        if use.name in AS_PRINTED:
            content = _written(made[number - 1])
        else:
            content = _as_csv([_row(composed, use, found) for found in use.findings])
        files.append(Attached(f"{kind}-{number}.csv", f"{use.text}. {use.label}", content))
    for number, cells in enumerate(typed, 1):
        name = f"table-in-text-{number}.csv"
        files.append(Attached(name, ", ".join(cells[0] if cells else ()), _written(cells)))
    words = composed.words
    files.append(Attached(FIGURES, words.phrase("annex_figures"), _as_csv(_figures(composed))))
    observed = composed.observed
    covered = [one.row() for one in [*observed.regions, observed.whole]]
    files.append(Attached(COVERAGE, words.phrase("annex_who_caption"), _as_csv(covered)))
    steps = [{"begins": one.begins.isoformat(), "reports": one.reports} for one in observed.steps]
    caption = words.phrase("by_hour" if observed.by_hour else "by_day")
    files.append(Attached(TIMES, caption, _as_csv(steps)))
    return files


def _figures(composed: Composed) -> list[dict[str, Any]]:
    """Every figure that stands in a sentence, with its base and how it was asked for."""
    return [
        {"as_printed": use.text, "label": use.label, "query": use.query}
        | _row(composed, use, found)
        for use in composed.used
        if use.name not in TABLES + PICTURES
        for found in use.findings
    ]


def _row(composed: Composed, use: FigureUse, found: Any) -> dict[str, Any]:
    row = found.to_json()
    facts = composed.facts
    if row.get("region") in facts.regions:
        row["region_name"] = facts.regions[row["region"]].name
    if use.name not in ("incident_count", "incident_base") and row.get("answer") is not None:
        row["answer_label"] = facts.answer_label(row["form"], row["question"], row["answer"])
    return row


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows with names; without the moment, so that the same figures are the same file."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name != "at"]
    return _written([names, *([_cell(row.get(name)) for name in names] for row in rows)])


def _cell(value: Any) -> object:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _written(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    # With a mark of its encoding, without which spreadsheets misread accents.
    return out.getvalue().encode("utf-8-sig")


def _tables_in(html: str) -> tuple[list[list[list[str]]], list[list[list[str]]]]:
    """The cells of the tables that calls have made, and of those that were typed."""
    root = parse(html, namespace_html_elements=True)
    made = [
        block.find(f".//{_HTML}table")
        for block in root.iter(f"{_HTML}div")
        if block.get("class") == "table-block"
    ]
    typed = [table for table in root.iter(f"{_HTML}table") if table not in made]
    return [_cells(table) for table in made if table is not None], [_cells(t) for t in typed]


def _cells(table: Element) -> list[list[str]]:
    return [
        ["".join(_text(cell)) for cell in row if cell.tag in (f"{_HTML}th", f"{_HTML}td")]
        for row in table.iter(f"{_HTML}tr")
    ]


def _text(element: Element) -> Iterator[str]:
    """The words of a cell, without its footnotes."""
    if element.get("class") != "footnote":
        yield element.text or ""
        for child in element:
            yield from _text(child)
            yield child.tail or ""
