"""Arabic words in pictures, joined and put in order for a printer that sets letter by letter.

In an SVG, WeasyPrint sets one letter after the other from the left. Browsers join the letters
themselves: what is shown in them must not be shaped.
"""

from __future__ import annotations

import re
from html import escape, unescape

import arabic_reshaper
from bidi import get_display

_FROM_RIGHT = re.compile("[\u0590-\u08ff]")
_TEXT = re.compile(r"(<text[^>]*>)([^<]*)(</text>)")


def shaped(svg: bytes) -> bytes:
    """A picture with its words as they are to be set; others are left as they are."""
    text = svg.decode()
    if not _FROM_RIGHT.search(text):
        return svg
    return _TEXT.sub(lambda found: found[1] + _set(found[2]) + found[3], text).encode()


def _set(words: str) -> str:
    if not _FROM_RIGHT.search(words):
        return words
    return escape(get_display(arabic_reshaper.reshape(unescape(words)), base_dir="R"), quote=False)
