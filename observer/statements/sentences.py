"""The sentences of a composed text, each with its line, its figures, and whether it has a source.

They are found in what Markdown makes of the text: code, the footnotes themselves and the addresses
of links are no sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from markdown_it.token import Token

from observer.statements.compose import Composed
from observer.statements.figures import FigureUse
from observer.statements.filled import CLOSE, NUMBERED, OPEN, marked
from observer.statements.markdown import is_block, reader

FIGURE, SOURCE, CODE = "\ue00b", "\ue00c", "\ue00d"
"""What stands in a sentence for a figure, for a footnote's mark or a link, and for code."""
MOST_SHOWN = 70
"""So many characters are shown on each side of what a passage is about."""

_FILLED = re.compile(f"{OPEN}(\\d+){NUMBERED}(.*?){CLOSE}", re.DOTALL)
_MARKS = re.compile(f"{OPEN}\\d+{NUMBERED}|{CLOSE}")
_END = re.compile(f"[.!?…؟][\"'”’»)\\]{SOURCE}]*\\s+")
_LAST_WORD = re.compile(r"(\w+)\W*$")
_ROW_NUMBER = re.compile(r"\s*\d{1,3}[.)]?\s*")
_NUMBERING = re.compile(r"\s*\d+(\.\d+)*[.)]?\s+")
_SIGNS = {"softbreak": "\n", "hardbreak": "\n", "code_inline": CODE, "footnote_ref": SOURCE}


@dataclass(frozen=True)
class Sentence:
    """A sentence, or the cell of a table."""

    text: str
    """With signs for its figures, sources and code."""
    figures: tuple[tuple[FigureUse | None, str], ...]
    """Of each figure sign in it the figure, and the words it was put in."""
    line: int
    """The line it begins in, as the text was written."""
    has_source: bool
    lines: Sequence[int] = ()
    """The line of each line that follows within it."""
    table: int | None = None
    """Of a cell the number of its table."""

    @cached_property
    def figure_places(self) -> list[int]:
        """Where in it the figures stand."""
        return [found.start() for found in re.finditer(FIGURE, self.text)]

    @cached_property
    def breaks(self) -> list[int]:
        """Where in it lines end."""
        return [found.start() for found in re.finditer("\n", self.text)]

    def line_at(self, place: int) -> int:
        """The line as written that a place of the sentence stands in."""
        after = bisect_right(self.breaks, place)
        return self.lines[after - 1] if 0 < after <= len(self.lines) else self.line

    def around(self, start: int, end: int) -> str:
        """The words around a passage of it, with the figures as they are printed."""
        first, last = max(0, start - MOST_SHOWN), min(len(self.text), end + MOST_SHOWN)
        # Whole words, where that is not far.
        first = first and (self.text.find(" ", first, start) + 1 or first)
        if last < len(self.text):
            space = self.text.rfind(" ", end, last)
            last = space if space > 0 else last
        number = bisect_right(self.figure_places, first - 1)
        shown = []
        for sign in self.text[first:last]:
            if sign == FIGURE:
                shown.append(self.figures[number][1])
                number += 1
            elif sign not in (SOURCE, CODE):
                shown.append(sign)
        words = " ".join("".join(shown).split(None))
        return f"{'… ' if first else ''}{words}{' …' if last < len(self.text) else ''}"


@dataclass(frozen=True)
class Passage:
    """A paragraph, heading or cell as Markdown has it, before it is cut into sentences."""

    whole: Sentence
    column: int
    """Of a cell the column that it stands in, from 0 on."""
    is_heading: bool
    in_note: bool
    """Whether it stands in a footnote."""


@dataclass(frozen=True)
class Reading:
    """What Markdown makes of a composed text."""

    tokens: Sequence[Token]
    passages: Sequence[Passage]
    lines: Sequence[int]
    """Of each line of the text the one that it was written in."""

    def line_of(self, token: Token) -> int:
        """The line in which a token was written."""
        first = token.map[0] if token.map else 0
        return self.lines[min(first, len(self.lines) - 1)] if self.lines else 1


def reading_of(composed: Composed) -> Reading:
    """Read a composed text, with signs for its figures."""
    uses = {(use.line, use.query): use for use in composed.used}
    figures = [uses.get((one.line, one.query)) for one in composed.filled]
    tokens = _markdown.parse(marked(composed.text, composed.filled))
    passages = [
        Passage(_read(token, figures, composed.lines, table), column, is_heading, in_note)
        for token, table, column, is_heading, in_note in _inlines(tokens)
    ]
    return Reading(tokens, passages, composed.lines)


def sentences_of(reading: Reading, abbreviations: frozenset[str]) -> list[Sentence]:
    """The sentences of a text, in order; cells of tables are one sentence each.

    ``abbreviations``: words, in small letters, after which a full stop ends no sentence.
    """
    found: list[Sentence] = []
    for passage in reading.passages:
        whole = passage.whole
        if passage.in_note:
            continue
        if passage.is_heading and (numbering := _NUMBERING.match(whole.text)):
            whole = _cut(whole, numbering.end(), len(whole.text))
        if whole.table is None:
            found += _split(whole, abbreviations)
        elif passage.column or not _ROW_NUMBER.fullmatch(whole.text):
            found.append(whole)
    return found


def _inlines(tokens: Sequence[Token]) -> Iterator[tuple[Token, int | None, int, bool, bool]]:
    """The tokens with words: in which table and column, whether in a heading, or in a footnote."""
    tables, table, column, in_note, is_heading = 0, None, -1, False, False
    for token in tokens:
        if token.type == "table_open":
            table = tables
            tables += 1
        elif token.type == "table_close":
            table = None
        elif token.type == "tr_open":
            column = -1
        elif token.type in ("th_open", "td_open"):
            column += 1
        elif token.type in ("footnote_block_open", "footnote_block_close"):
            in_note = token.type == "footnote_block_open"
        elif token.type in ("heading_open", "heading_close"):
            is_heading = token.type == "heading_open"
        elif token.type == "inline" and not is_block(token.content):
            yield token, table, column, is_heading, in_note


def _read(
    token: Token, figures: Sequence[FigureUse | None], lines: Sequence[int], table: int | None
) -> Sentence:
    """All words of a token as one sentence."""
    parts = [_words(child) for child in token.children or ()]
    kept: list[tuple[FigureUse | None, str]] = []

    def fill(found: re.Match[str]) -> str:
        number = int(found[1])
        kept.append((figures[number] if number < len(figures) else None, found[2]))
        return FIGURE + SOURCE * (SOURCE in found[2])

    text = _MARKS.sub("", _FILLED.sub(fill, "".join(parts)))
    first, end = token.map or (0, 1)
    written = [lines[min(line, len(lines) - 1)] for line in range(first, end)] if lines else []
    return Sentence(
        text=text,
        figures=tuple(kept),
        line=written[0] if written else 1,
        lines=written[1:],
        has_source=SOURCE in text,
        table=table,
    )


def _words(token: Token) -> str:
    """What a part of a paragraph is in a sentence: its words, or a sign."""
    if token.type == "text":
        return token.content
    if token.type == "link_open" and str(token.attrGet("href") or "").startswith("http"):
        return SOURCE
    return _SIGNS.get(token.type, "")


def _split(whole: Sentence, abbreviations: frozenset[str]) -> Iterator[Sentence]:
    text = whole.text
    ends = [
        found.end() for found in _END.finditer(text) if not _goes_on(text, found, abbreviations)
    ]
    for start, end in pairwise([0, *ends, len(text)]):
        if text[start:end].strip():
            yield _cut(whole, start, end)


def _goes_on(text: str, found: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Whether a sentence goes on behind what looks like its end."""
    if found.end() >= len(text) or text[found.end()].islower():
        return True
    word = _LAST_WORD.search(text[max(0, found.start() - 20) : found.start()])
    if not word or text[found.start()] != ".":
        return False
    return word[1].casefold() in abbreviations or (len(word[1]) == 1 and word[1].isalpha())


def _cut(whole: Sentence, start: int, end: int) -> Sentence:
    text = whole.text[start:end]
    begin = start + len(text) - len(text.lstrip())
    before = bisect_right(whole.breaks, begin - 1)
    first = bisect_right(whole.figure_places, start - 1)
    last = bisect_right(whole.figure_places, end - 1)
    begins = whole.lines[before - 1] if 0 < before <= len(whole.lines) else whole.line
    return replace(
        whole,
        text=text.lstrip(),
        figures=whole.figures[first:last],
        line=begins,
        lines=whole.lines[before : before + text.count("\n")],
        has_source=SOURCE in text,
    )


_markdown = reader()
