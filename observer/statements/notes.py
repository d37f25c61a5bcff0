"""Footnotes that cite sources, and texts from the database made safe to stand in Markdown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from observer.statements.models import Source
from observer.statements.words import Words

_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""White space other than what keeps a number and its sign together."""


def plain(text: str) -> str:
    """A text as Markdown that shows just this text, on one line."""
    return _SIGNS.sub(r"\\\1", _SPACES.sub(" ", text).strip())


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
        text += f", {_link(source.url)}"
    if source.accessed_on:
        text += f" ({plain(words.phrase('accessed', day=words.day(source.accessed_on)))})"
    return f"{text}."


def _link(url: str) -> str:
    safe = urlsplit(url).scheme in ("http", "https") and not re.search(r"[\s<>\\]", url)
    return f"<{url}>" if safe else plain(url)


def definitions(sources: list[Source], words: Words) -> str:
    """The footnotes of the sources cited, to stand at the end of the text."""
    return "".join(f"\n\n[^{label_of(source)}]: {citation(source, words)}\n" for source in sources)
