"""Footnotes that cite sources, and texts from the database made safe to stand in Markdown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from observer.statements.models import Source
from observer.statements.words import Words

_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""White space other than what keeps a number and its sign together."""


def on_one_line(text: str) -> str:
    """A text without the white space that breaks lines, or stands twice or at its ends."""
    return _SPACES.sub(" ", text).strip()


def plain(text: str) -> str:
    """A text as Markdown that shows just this text, on one line."""
    return _SIGNS.sub(r"\\\1", on_one_line(text))


def label_of(source: Source) -> str:
    """The label of the footnote that cites a source."""
    return f"source-{source.code}"


def citation(source: Source, words: Words) -> str:
    """Who published what, when, where and when it was read: Markdown for a footnote."""
    parts = [plain(source.body), f"*{plain(source.title)}*"]
    if source.published_on:
        parts.append(plain(words.day(source.published_on)))
    text = ", ".join(parts)
    if source.url:
        text += f", {f'<{source.url}>' if is_link(source.url) else plain(source.url)}"
    if source.accessed_on:
        text += f" ({plain(words.phrase('accessed', day=words.day(source.accessed_on)))})"
    return f"{text}."


def is_link(url: str) -> bool:
    """Whether a text is an address on the web that can be printed as a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"[\s<>\\]", url)
    )


def definitions(sources: list[Source], words: Words) -> str:
    """The footnotes of the sources cited, to stand at the end of the text."""
    return "".join(f"\n\n[^{label_of(source)}]: {citation(source, words)}\n" for source in sources)
