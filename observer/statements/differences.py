"""What differs between two texts, and between the figures of two versions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CONTEXT = 2
"""Lines shown around each change."""


@dataclass(frozen=True)
class Line:
    """A line of a comparison: ``same``, ``removed``, ``added``, or ``left_out`` between them."""

    kind: str
    text: str = ""


def text_difference(before: str, after: str) -> list[Line]:
    """What was changed between two texts, line by line, with some lines around it."""
    kinds = {" ": "same", "-": "removed", "+": "added"}
    lines: list[Line] = []
    told = difflib.unified_diff(before.splitlines(), after.splitlines(), n=CONTEXT, lineterm="")
    for number, line in enumerate(told):
        if number < 2:
            continue
        if line.startswith("@@"):
            if lines:
                lines.append(Line("left_out"))
            continue
        lines.append(Line(kinds[line[0]], line[1:]))
    return lines


@dataclass(frozen=True)
class Piece:
    """Some words of a text, and whether the other text has them too."""

    text: str
    is_own: bool


MOST_WORDS = 5_000
"""Longer texts are compared by the line, for time's sake."""


def side_by_side(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Two texts in pieces, word by word; what only one of them has is its own."""
    parts = [re.findall(r"\S+|\s+", text) for text in (one, other)]
    if max(map(len, parts)) > MOST_WORDS:
        parts = [text.splitlines(keepends=True) for text in (one, other)]
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, *parts, autojunk=False).get_opcodes():
        for pieces, words in ((left, parts[0][a:b]), (right, parts[1][c:d])):
            if words:
                pieces.append(Piece("".join(words), tag != "equal"))
    return left, right


@dataclass(frozen=True)
class FigureChange:
    """A figure that another version gives otherwise, or does not give."""

    query: str
    label: str
    before: str
    """As it was printed, with its base; empty where it was not there."""
    after: str


def figure_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[FigureChange]:
    """The figures, by their calls, that are not what they were."""
    return list(_figure_changes(_by_query(before), _by_query(after)))


def _by_query(figures: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {figure["query"]: figure for figure in figures}


def _figure_changes(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> Iterator[FigureChange]:
    for query in [*before, *(query for query in after if query not in before)]:
        old, new = before.get(query), after.get(query)
        shown = tuple("" if figure is None else _shown(figure) for figure in (old, new))
        if shown[0] != shown[1]:
            label = (new or old or {}).get("label", "")
            yield FigureChange(query, label, *shown)


def _shown(figure: dict[str, Any]) -> str:
    findings = figure["findings"]
    if len(findings) == 1 and "k" in findings[0]:
        return f"{figure['text']} ({findings[0]['k']}/{findings[0]['n']})"
    if len(findings) == 1 and "observed" in findings[0]:
        return figure["text"]
    if len(findings) == 1 and "recommendations" in findings[0]:
        told = (
            ", ".join(filter(None, (one["code"], one["status"], one["text"])))
            for one in findings[0]["recommendations"]
        )
        return f"{figure['text']} ({'; '.join(told)})"
    counts = "; ".join(f"{one.get('k')}/{one.get('n')}" for one in findings)
    return f"{figure['text']} ({counts})" if counts else figure["text"]
