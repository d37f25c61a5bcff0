"""How small a typed table has to be set so that all of its columns are on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

SIZES = (("", 94), ("narrow", 116), ("narrower", 144))
"""Classes of a table, and how many characters stand beside each other in one of them."""
NARROWEST = "narrowest"
"""The class of a table whose words do not fit beside each other, and are broken anywhere."""
PADDING = 3
"""The room between two columns, in characters."""
LONGEST = 14
"""A longer word, such as an address, is broken rather than the table set smaller."""


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
            words = map(len, re.split(r"[\s\-/]+", _text(token)))
            longest[column] = max(longest.get(column, 0), min(max(words), LONGEST))
            column += 1
    for length in longest.values():
        yield length + PADDING


def _text(token: Token) -> str:
    return "".join(child.content or " " for child in token.children or ())
