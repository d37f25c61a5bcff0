"""What still has to be written: placeholders, empty sections, calls and footnotes left open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile, zip_longest

from flask_babel import gettext as _

from observer.findings.words import quoted
from observer.statements.claimwords import ClaimWords
from observer.statements.compose import Composed
from observer.statements.markdown import notes_written
from observer.statements.sentences import SOURCE, Passage, Reading

MOST_NAMED = 6
"""So many placeholders of one paragraph are named."""
BEFORE = 40
"""So many characters before a number in Roman letters say that it is one."""

_DOTS = r"(?:…|\.{3,})"
_SIGNS = re.compile(
    rf"""(?<!\w)X{{2,}}(?!\w)          # XX observers
    |(?<![\w_])_{{3,}}(?!\w)|\?{{3,}}   # ____, ???
    |(?i:(?<!\w)lorem\ ipsum(?!\w))
    |\[\s*\]
    |\A\W*{_DOTS}\W*\Z                 # nothing else in the paragraph
    |\A{_DOTS}(?=[\s,])|(?<=\s){_DOTS}(?=\W*\Z)   # at its beginning; it concludes that …
    """,
    re.VERBOSE,
)
_BEFORE_WORDS = re.compile(rf"(?<!\S){_DOTS}\s*")
_ROMAN = re.compile(r"X+")
_BRACKETS = re.compile(r"\[([^\[\]^]{1,60})\]|<([^<>]{1,60})>|\{([^{}]{1,60})\}")
_CALL = re.compile(
    r"\{\{|\}\}|\{%|%\}|(?<![\w.])[a-z]+(?:_[a-z]+)*\((?:\)|\s*['\"‘“][\w-]{1,60}['\"’”]\s*[,)])"
)
_OPEN_NOTE = re.compile(r"\[\^(?![^\]\s]+\])|\^\[")
_REMARK = re.compile(r"<!--|-->|\{#|#\}")


@dataclass(frozen=True)
class Unfinished:
    """Something still to be written."""

    line: int
    message: str
    passage: str


def unfinished(composed: Composed, reading: Reading, words: ClaimWords) -> Iterator[Unfinished]:
    """Everything in a text that still has to be written; what stands in code is let be."""
    for passage in reading.passages:
        yield from _in_passage(passage, words)
    yield from _empty_sections(reading)
    yield from _empty_notes(composed, reading)


def _in_passage(passage: Passage, words: ClaimWords) -> Iterator[Unfinished]:
    whole = passage.whole
    text = whole.text
    if passage.is_heading and not text.strip(f" \n{SOURCE}"):
        yield Unfinished(whole.line, _("This heading has no words."), "")
    if found := sorted(_placeholders(text, words)):
        named = list(dict.fromkeys(text[start:end].strip() for start, end in found))
        message = _(
            "%(words)s: something still has to be written here.",
            words=quoted(named[:MOST_NAMED]),
        )
        start, end = found[0]
        yield Unfinished(whole.line_at(start), message, whole.around(start, end))
    for pattern, message in (
        (_CALL, _("A call stands here as words: calls go between {{ and }}.")),
        (_OPEN_NOTE, _("A footnote’s mark is not closed: write it as [^name].")),
        (_REMARK, _("A remark stands here as words: remarks go between {# and #}.")),
    ):
        if one := pattern.search(text):
            yield Unfinished(whole.line_at(one.start()), message, whole.around(*one.span()))


def _placeholders(text: str, words: ClaimWords) -> Iterator[tuple[int, int]]:
    """Where placeholders stand in a text."""
    for found in _SIGNS.finditer(text):
        before = text[max(0, found.start() - BEFORE) : found.start()]
        is_roman = _ROMAN.fullmatch(found[0]) and any(
            words.ends_with(before, name) for name in ("centuries", "references")
        )
        if not is_roman:
            dots = re.search(_DOTS, found[0])
            yield (
                (found.start() + dots.start(), found.start() + dots.end()) if dots else found.span()
            )
    for found in _BEFORE_WORDS.finditer(text):
        behind = text[found.end() : found.end() + BEFORE]
        if behind.startswith("%") or words.begins_with(behind, "per_cent"):
            yield found.start(), found.start() + len(found[0].rstrip())
    # In capitals only as they are written: in Spanish "todo" is a word.
    capitals = {word for word in words["placeholders"] if word.isupper()}
    for found in words.pattern_of("placeholders").finditer(text):
        if found[0] in capitals or found[0].upper() not in capitals:
            yield found.span()
    for found in _BRACKETS.finditer(text):
        inside = next(filter(None, found.groups()))
        if words.finds("in_brackets", inside) and not words.finds("placeholders", inside):
            yield found.span()


def _empty_sections(reading: Reading) -> Iterator[Unfinished]:
    """Headings behind which another one of their level or above comes, or the end."""
    headings = {one.whole.line: one.whole for one in reading.passages if one.is_heading}
    # Footnotes come behind everything else.
    in_text = takewhile(lambda token: token.type != "footnote_block_open", reading.tokens)
    tops = [one for one in in_text if one.level == 0 and one.nesting >= 0 and one.type != "hr"]
    for token, following in zip_longest(tops, tops[1:]):
        whole = headings.get(reading.line_of(token))
        if token.type != "heading_open" or whole is None or not whole.text.strip():
            continue
        if following is None or (following.type == "heading_open" and following.tag <= token.tag):
            shown = whole.around(0, len(whole.text))
            yield Unfinished(whole.line, _("Nothing stands under this heading."), shown)


def _empty_notes(composed: Composed, reading: Reading) -> Iterator[Unfinished]:
    """Footnotes without words, and those that nothing marks."""
    lines = notes_written(composed.text)
    words: dict[str, bool] = {}
    for token, following in pairwise(reading.tokens):
        if token.type == "footnote_open":
            words[str(token.meta.get("label"))] = following.type != "footnote_anchor"
    for label, line in lines.items():
        if label not in words:
            message = _("Nothing marks the footnote [^%(label)s]: it is not printed.", label=label)
        elif not words[label]:
            message = _("The footnote [^%(label)s] has no words.", label=label)
        else:
            continue
        written = reading.lines[min(line, len(reading.lines) - 1)] if reading.lines else 1
        yield Unfinished(written, message, "")
