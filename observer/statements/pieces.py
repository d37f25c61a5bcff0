"""The live pieces of a text - calls, choices, loops, guidance - marked in what they come to.

A marked text can leave the platform (see ``wordout``) and come back: each piece keeps its number,
and its source is put back in its place. A loop or an ``if`` is one piece with all it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment

BEGIN, END, GUIDE = "\ue002{}\ue003", "\ue004{}\ue005", "\ue006{}\ue007"
MARK = re.compile("\ue002(\\d+)\ue003|\ue004(\\d+)\ue005|\ue006(\\d+)\ue007")
_SPAN = re.compile("\ue002(\\d+)\ue003(.*?)\ue004\\1\ue005", re.DOTALL)
_BLOCK = "\ue000"
"""What a table or picture is marked with, see ``markdown``."""
_OPENS, _CLOSES = ("if", "for"), ("endif", "endfor")
_lexer = Environment(autoescape=True).lexer


@dataclass(frozen=True)
class Piece:
    """A live piece: where it stands in the text, and whether it is guidance for the writer."""

    start: int
    end: int
    source: str
    is_guidance: bool = False


@dataclass(frozen=True)
class Pieced:
    """A text with outputs of marks around its pieces, on the same lines."""

    text: str
    pieces: tuple[Piece, ...]


def mark_pieces(text: str) -> Pieced:
    """Mark the live pieces of a text. Raises TemplateSyntaxError where it cannot be read."""
    pieces = _with_paragraphs(text, [*_find(text)])
    marked, place = [], 0
    for number, piece in enumerate(pieces):
        signs = [sign if sign in "-+" else "" for sign in (piece.source[2], piece.source[-3])]
        if piece.is_guidance:
            lines = "\n" * piece.source.count("\n")
            inside = f'{{{{{signs[0]}"{GUIDE.format(number)}"{lines}{signs[1]}}}}}'
        else:
            begin, end = BEGIN.format(number), END.format(number)
            inside = f'{{{{{signs[0]}"{begin}"}}}}{piece.source}{{{{"{end}"{signs[1]}}}}}'
        marked += [text[place : piece.start], inside]
        place = piece.end
    return Pieced("".join([*marked, text[place:]]), tuple(pieces))


def _find(text: str) -> Iterator[Piece]:
    place, depth, start, opening = 0, 0, 0, ""
    for _line, kind, value in _lexer.tokeniter(text, None):
        place = text.index(value, place)
        if kind in ("variable_begin", "block_begin", "comment_begin"):
            start = place if depth == 0 else start
            opening = kind
        elif opening == "block_begin" and kind == "name":
            depth += (value in _OPENS) - (value in _CLOSES)
            # Only the first word of a block says what it is.
            opening = "block"
        place += len(value)
        if kind in ("variable_end", "block_end", "comment_end") and depth == 0:
            source = text[start:place].strip()
            yield Piece(start, start + len(source), source, is_guidance=kind == "comment_end")


def _with_paragraphs(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces; one that begins or ends within a sentence and has several paragraphs holds these.

    Whatever else stands in them is a part of it.
    """
    whole: list[Piece] = []
    for piece in pieces:
        if whole and piece.start < whole[-1].end:
            continue
        start, end = piece.start, piece.end
        if "\n\n" in piece.source and not piece.is_guidance:
            start = text.rfind("\n\n", 0, start) + 2 if "\n\n" in text[:start] else 0
            end = text.find("\n\n", end) if "\n\n" in text[end:] else len(text)
            start += len(text[start:end]) - len(text[start:end].lstrip())
        while whole and whole[-1].end > start:
            whole.pop()
        source = text[start:end].rstrip()
        whole.append(Piece(start, start + len(source), source, piece.is_guidance))
    return whole


def settle(text: str) -> str:
    """Bring the marks of an evaluated text to where Markdown keeps them.

    A piece of several paragraphs, or with a table or picture, has its marks in paragraphs of their
    own.
    """

    def around(found: re.Match[str]) -> str:
        number, inside = found[1], found[2]
        is_block = _BLOCK in inside or "\n\n" in inside.strip("\n")
        if not is_block:
            return BEGIN.format(number) + inside.strip("\n") + END.format(number)
        return f"\n\n{BEGIN.format(number)}\n\n{inside}\n\n{END.format(number)}\n\n"

    return _SPAN.sub(around, text)
