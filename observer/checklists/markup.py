"""Marks in the texts of forms: a small part of Markdown, and of the HTML that older forms have.

``**bold**``, ``*italic*``, links, headings and line breaks are shown on the phone; other tags of
HTML are left out and what stands between them stays. All else is text and is escaped. Where no
marks can be shown, as in a table's head, the text is without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup, escape

_MARK = re.compile(
    r"""
      \*\*(?P<bold>[^*\s](?:.*?\S)?)\*\*(?!\*)
    | (?<!\w)__(?P<bold_>[^_\s](?:.*?[^_\s])?)__(?!\w)
    | (?<![\w*])\*(?P<italic>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])
    | (?<!\w)_(?P<italic_>[^_\s](?:[^_]*[^_\s])?)_(?!\w)
    | ^\#{2,6}[ ]+(?P<heading>[^\n]+)
    | \[(?P<text>[^\[\]]+)\]\((?P<address>https?://[^\s()<>"']+)\)
    | <(?P<tag>a|b|big|center|div|em|font|h[1-6]|i|p|small|span|strong|sub|sup|u)\b
        (?P<attributes>[^<>]*)>(?P<inner>.*?)</(?P=tag)\s*>
    | (?P<line>[ ]*(?:<br\s*/?>|\n)\s*)
    | (?P<tag_alone></?(?:a|b|big|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|small|span|strong
        |sub|sup|table|tbody|td|th|tr|u|ul)\b[^<>]*>)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_REFERENCE = re.compile(r"\bhref\s*=\s*[\"']?(https?://[^\s\"'<>]+)", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BOLD = ("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6")
_ITALIC = ("i", "em")
_SIGNS = re.compile(r"[*_#<\[\n]")
MOST_LETTERS = 10_000
"""Longer texts are shown as they are: finding marks in them would take too long."""


def shown(text: str) -> Markup:
    """The text as HTML, with its marks; everything else in it is escaped."""
    if not _SIGNS.search(text) or len(text) > MOST_LETTERS:
        return escape(text)
    parts: list[Markup] = []
    at = 0
    for found in _MARK.finditer(text):
        parts += [escape(text[at : found.start()]), _html(found)]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def plain(text: str) -> str:
    """The text without its marks."""
    if not _SIGNS.search(text) or len(text) > MOST_LETTERS:
        return text
    return _MARK.sub(_words, text).strip()


def _html(found: re.Match[str]) -> Markup:
    if inner := found["bold"] or found["bold_"] or found["heading"]:
        return Markup("<strong>{}</strong>").format(shown(inner))
    if inner := found["italic"] or found["italic_"]:
        return Markup("<em>{}</em>").format(shown(inner))
    if found["address"]:
        return _link(found["address"], shown(found["text"]))
    if found["tag"]:
        return _tagged(found)
    return Markup("<br>") if found["line"] else Markup("")


def _tagged(found: re.Match[str]) -> Markup:
    inner = _inner(found, shown, Markup(""))
    tag = found["tag"].lower()
    if tag in _BOLD:
        return Markup("<strong>{}</strong>").format(inner)
    if tag in _ITALIC:
        return Markup("<em>{}</em>").format(inner)
    if tag == "a" and (address := _REFERENCE.search(found["attributes"])):
        return _link(address[1], inner)
    return inner


def _link(address: str, text: Markup) -> Markup:
    # In a window of its own: a form half filled is not left by a tap.
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
        address, text
    )


def _words(found: re.Match[str]) -> str:
    if found["tag"]:
        return _inner(found, plain, "")
    names = ("bold", "bold_", "italic", "italic_", "heading", "text")
    inner = next((found[name] for name in names if found[name]), "")
    return plain(inner) if inner else " " if found["line"] else ""


def _inner(found: re.Match[str], how: Callable[[str], Markup | str], nothing: str) -> Markup | str:
    return nothing if _UNSEEN.search(found["attributes"]) else how(found["inner"])
