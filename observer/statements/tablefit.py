"""How a table has to be set so that all of its columns are on the page.

Typed tables of many columns are set smaller. Long words, such as addresses, are broken where they
do not fit beside the other columns, and nowhere else: laying out a cell whose words may break takes
WeasyPrint as many steps as it has letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from markdown_it.token import Token

SIZES = (("", 94), ("narrow", 116), ("narrower", 144))
"""Classes of a table, and how many characters stand beside each other in one of them."""
NARROWEST = "narrowest"
"""The class of a table whose words do not fit beside each other, and are broken anywhere."""
PADDING = 3
"""The room between two columns, in characters."""
LONGEST = 14
"""A longer word, such as an address, is broken rather than the table set smaller."""
CAPITAL = 0.4
"""By how many characters a capital letter is wider than others."""
BROKEN = "long-word"
"""The class of a cell whose words are broken anywhere."""
_ENDS = re.compile(r"[\s\-/]+")
"""Where a line may end without breaking a word."""


def set_sizes(state: Any) -> None:
    """Give each table a class of how small it is set. A rule of markdown-it."""
    tokens: Sequence[Token] = state.tokens
    ends = [place for place, token in enumerate(tokens) if token.type.startswith("table_")]
    for first, last in pairwise(ends):
        if tokens[first].type != "table_open" or tokens[last].type != "table_close":
            continue
        needed = sum(_needed(tokens[first:last]))
        size = next((name for name, room in SIZES if needed <= room), NARROWEST)
        if size:
            tokens[first].attrJoin("class", size)


def _needed(tokens: Sequence[Token]) -> Iterator[int]:
    """The characters that each column needs beside the others."""
    longest: dict[int, int] = {}
    column = 0
    for before, token in pairwise(tokens):
        if token.type == "tr_open":
            column = 0
        elif token.type == "inline" and before.type in ("th_open", "td_open"):
            words = map(len, _ENDS.split(_text(token)))
            longest[column] = max(longest.get(column, 0), min(max(words), LONGEST))
            column += 1
    for length in longest.values():
        yield length + PADDING


def _text(token: Token) -> str:
    return "".join(child.content or " " for child in token.children or ())


def break_long_words(document: Element) -> None:
    """Give each cell of a document a class where its words have to break for its table to fit."""
    rooms = {**dict(SIZES), NARROWEST: 0}
    for table in document.iter("table"):
        rows = [[cell for cell in row if cell.tag in ("th", "td")] for row in table.iter("tr")]
        widths: dict[int, float] = {}
        for row in rows:
            for column, cell in enumerate(row):
                # What spans columns has room in all of them.
                if "colspan" not in cell.attrib:
                    widths[column] = max(widths.get(column, 0), _longest_word(cell))
        classes = (table.get("class") or "").split()
        room = min((rooms[one] for one in classes if one in rooms), default=rooms[""])
        if sum(width + PADDING for width in widths.values()) <= room:
            continue
        for cell in (cell for row in rows for cell in row):
            if _longest_word(cell) > LONGEST:
                cell.set("class", f"{cell.get('class') or ''} {BROKEN}".strip())


def _longest_word(cell: Element) -> float:
    words = _ENDS.split("".join(_texts(cell)))
    return max(len(word) + CAPITAL * sum(map(str.isupper, word)) for word in words)


def _texts(element: Element) -> Iterator[str]:
    """What stands in an element, but not in its footnotes, which have the width of the page."""
    yield element.text or ""
    for child in element:
        if child.get("class") != "footnote":
            yield from _texts(child)
        yield child.tail or ""
