"""Letters that the fonts of ``reports/fonts`` do not have.

They come out in whatever font the machine has that prints, or as empty boxes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from fontTools.ttLib import TTFont

from observer.statements.compose import Composed
from observer.statements.markdown import without_marks
from observer.statements.pages import FONTS

_ARABIC = "-arabic-"
"""Fonts with this in their name are taken up by texts from the right alone."""
_SEEN = frozenset("LNPSM")
"""The classes of signs that a font must have; not spaces, and not what is never seen."""
_SELECTORS = range(0xFE00, 0xFE10)
"""They say how the sign before them is drawn."""


def without_font(composed: Composed) -> Iterator[tuple[int, str]]:
    """Each line of a text as written that has letters no font has, and those letters, once."""
    there_are = _letters(with_arabic=composed.words.from_right)
    lines: dict[int, dict[str, None]] = {}
    for number, line in enumerate(without_marks(composed.text).split("\n")):
        missing = {sign: None for sign in line if ord(sign) not in there_are and _is_seen(sign)}
        if missing and composed.lines:
            # Behind the text stand the footnotes of its sources.
            written = composed.lines[min(number, len(composed.lines) - 1)]
            lines.setdefault(written, {}).update(missing)
    yield from ((line, "".join(missing)) for line, missing in lines.items())


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] in _SEEN and ord(sign) not in _SELECTORS


@cache
def _letters(*, with_arabic: bool) -> frozenset[int]:
    """The letters that the fonts have."""
    found: set[int] = set()
    for path in sorted(FONTS.glob("*.woff")):
        if with_arabic or _ARABIC not in path.name:
            found |= TTFont(path, lazy=True).getBestCmap().keys()
    return frozenset(found)
