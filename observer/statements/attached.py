"""The data of a statement's tables, charts and maps as CSV files, to go into its archive copy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from pypdfium2 import PdfDocument
from tinyhtml5 import parse

from observer.statements.compose import Composed
from observer.statements.figures import FigureUse
from observer.statements.observed import Observed
from observer.statements.pages import Attached

TABLES = ("table", "incidents", "incident_table")
PICTURES = ("chart", "map")
COUNTED_TABLES = ("table",)
"""Tables of findings. Of the others, incidents or what was typed, the data are what they say."""
FIGURES = "figures.csv"
COVERAGE = "coverage.csv"
TIMES = "times.csv"
_HTML = "{http://www.w3.org/1999/xhtml}"


def attached_files(composed: Composed) -> list[Attached]:
    """A file for every table, chart and map, one of all figures, and those of the annexes.

    The columns have the names that programs get, in English; region and answer also have those of
    the statement. What was typed as a table is as it was typed, by its number where it has one.
    """
    numbered, unnumbered = _tables_in(composed.html)
    counted = {use.number: use for use in composed.used if use.name in COUNTED_TABLES}
    files = [
        Attached(f"figure-{use.number}.csv", _caption(use), _data(composed, use))
        for use in composed.used
        if use.name in PICTURES
    ]
    for number, (caption, cells) in numbered.items():
        use = counted.get(number)
        content = _data(composed, use) if use else _written(cells)
        files.append(Attached(f"table-{number}.csv", _caption(use) if use else caption, content))
    for number, cells in enumerate(unnumbered, 1):
        name = f"table-in-text-{number}.csv"
        files.append(Attached(name, ", ".join(cells[0] if cells else ()), _written(cells)))
    words = composed.words
    files.append(Attached(FIGURES, words.phrase("annex_figures"), _as_csv(_figures(composed))))
    observed = composed.observed
    rows = rows_observed(observed)
    caption = words.phrase("by_hour" if observed.by_hour else "by_day")
    files.append(Attached(COVERAGE, words.phrase("annex_who_caption"), _as_csv(rows[COVERAGE])))
    files.append(Attached(TIMES, caption, _as_csv(rows[TIMES])))
    return files


def rows_observed(observed: Observed) -> dict[str, list[dict[str, Any]]]:
    """The rows of the annex of what was observed, by the files that they are attached in."""
    return {
        COVERAGE: [one.row() for one in [*observed.regions, observed.whole]],
        TIMES: [
            {"begins": one.begins.isoformat(), "reports": one.reports} for one in observed.steps
        ],
    }


def attached_in(content: bytes, name: str) -> list[dict[str, str]] | None:
    """The rows of a CSV file that an archive copy has attached; None where there is none.

    Raises PdfiumError for a file that is no PDF.
    """
    document = PdfDocument(content)
    try:
        for number in range(document.count_attachments()):
            attachment = document.get_attachment(number)
            if attachment.get_name() == name:
                return _read(bytes(attachment.get_data()))
    finally:
        document.close()
    return None


def as_attached(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Rows as they are read from the file that they are attached in."""
    return _read(_as_csv(rows))


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


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


def _caption(use: FigureUse) -> str:
    return f"{use.text}. {use.label}"


def _data(composed: Composed, use: FigureUse) -> bytes:
    return _as_csv([_row(composed, use, found) for found in use.findings])


def _tables_in(html: str) -> tuple[dict[int, tuple[str, list[list[str]]]], list[list[list[str]]]]:
    """The tables with a number, each with its caption and its cells; the cells of the others."""
    numbered, unnumbered = {}, []
    for table in parse(html, namespace_html_elements=True).iter(f"{_HTML}table"):
        caption = table.find(f"{_HTML}caption")
        number = caption.findtext(f"{_HTML}b") if caption is not None else None
        if caption is not None and number:
            words = " ".join("".join(_text(caption)).split())
            numbered[int(number.rstrip(".").split()[-1])] = (words, _cells(table))
        else:
            unnumbered.append(_cells(table))
    return numbered, unnumbered


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
