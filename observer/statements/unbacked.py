"""Numbers in the text that nothing backs: neither a figure that was called nor a source.

Days, years, times, spans of time and what is known by its number ("Article 12") are no claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from babel.dates import get_month_names

from observer.statements.claims import is_said
from observer.statements.claimwords import ClaimWords, one_of
from observer.statements.phrases import Language
from observer.statements.sentences import Sentence

FIRST_YEAR, LAST_YEAR = 1800, 2100
NEAR = 40
"""So many characters before and behind a number say what it is."""
FIRST_SPELLED = 2
"""From this number on a word for one is a number: "one" and "no" are much else."""

_GAPS = " \n\u00a0\u202f-"
_SPACES = "\u00a0\u202f\u2009 "
_NUMBER = re.compile(
    rf"(?<![\w/:.,@#&=-])(?:\d{{1,3}}(?:[{_SPACES}’']\d{{3}})+(?!\d)|\d+(?:[.,٫٬]\d+)*)"
    rf"(?![\w@°º]|[./:-]\d|\.[ªº°]|[-/][^\W\d])"
)
_NOT_ONE = re.compile(
    r"\d{4}-\d\d?-\d\d?"  # 2026-06-09
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}"  # 9.6.2026
    r"|\d{1,2}(?::|[\s\u00a0]?h[\s\u00a0]?)\d\d(?!\d)"  # 8:30, 8 h 30
    r"|(?<![\d.,])\d{1,2}\.00(?!\d)"  # 8.00
    r"|\+[\d(][\d ()./-]{5,}\d"  # +51 1 234 5678
    r"|\(\d{1,4}\)[ -]?\d[\d -]{4,}\d"  # (01) 234-5678
    r"|(?<!\d)0\d{1,3}[ -]\d[\d -]{4,}\d|(?<!\d)\d{2,4}-\d{3,4}-\d{3,4}(?!\d)"
    r"|\b(?:tel|tél|teléfono|phone|fax|whatsapp)\w*[.:\s]+\+?\d[\d -]+\d",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:[.,;–(-]|\w{1,3})?\s*")
LAST_DAY = 31
_NOTHING_BETWEEN = " \n.’'(°º\u00a0\u202f"


@dataclass(frozen=True)
class Unbacked:
    """A number, and where it stands in its sentence."""

    start: int
    end: int
    text: str


def unbacked(sentence: Sentence, language: Language) -> list[Unbacked]:
    """The numbers of a sentence that nothing backs, in order."""
    if sentence.has_source:
        return []
    words = language.claims
    found = [*_digits(sentence.text, words, language.locale), *_spelled(sentence.text, language)]
    if not sentence.figures:
        found += _shares(sentence.text, words)
    return sorted(found, key=lambda one: one.start)


def _digits(text: str, words: ClaimWords, locale: str) -> Iterator[Unbacked]:
    numbers = list(_NUMBER.finditer(text))
    skipped = _within(numbers, [found.span() for found in _NOT_ONE.finditer(text)])
    skipped |= _days(text, numbers, words, locale)
    named_until = -1
    for number, found in enumerate(numbers):
        start, end = found.span()
        before, after = text[max(0, start - NEAR) : start], text[end : end + NEAR]
        is_counted = _is_counted(after, words)
        joined = named_until >= 0 and _are_joined(text, named_until, start) and not is_counted
        if joined or _is_named(before, words):
            named_until = end
        elif number not in skipped and not _is_time(found[0], after, words):
            yield Unbacked(start, end, found[0])


def _within(numbers: Sequence[re.Match[str]], spans: Sequence[tuple[int, int]]) -> set[int]:
    """Which numbers are parts of something longer."""
    place, found = 0, set()
    for number, one in enumerate(numbers):
        while place < len(spans) and spans[place][1] <= one.start():
            place += 1
        if place < len(spans) and spans[place][0] < one.end():
            found.add(number)
    return found


def _are_joined(text: str, end: int, start: int) -> bool:
    """Whether no more than a word such as "and" stands between two places."""
    return 0 <= start - end <= NEAR and _JOINED.fullmatch(text, end, start) is not None


def _is_counted(after: str, words: ClaimWords) -> bool:
    """Whether what follows a number says that it counts something."""
    behind = after.lstrip(_GAPS)
    return behind.startswith("%") or any(
        words.begins_with(behind, name) for name in ("counted", "per_cent")
    )


def _is_named(before: str, words: ClaimWords) -> bool:
    """Whether what stands before a number says that it names something."""
    bare = before.rstrip(_NOTHING_BETWEEN)
    return bare.endswith(("§", "#", "№")) or words.ends_with(bare, "references")


def _is_time(number: str, after: str, words: ClaimWords) -> bool:
    """Whether a number is a year or a span of time."""
    if words.begins_with(after.lstrip(_GAPS), "time"):
        return True
    is_year = len(number) == 4 and number.isdecimal() and FIRST_YEAR <= int(number) <= LAST_YEAR
    return is_year and not _is_counted(after, words)


def _days(text: str, numbers: Sequence[re.Match[str]], words: ClaimWords, locale: str) -> set[int]:
    """Which numbers are days: beside the name of a month, or joined to one that is."""
    months = [found.span() for found in _months(locale).finditer(text)]
    ends = [end for _start, end in months]
    days: set[int] = set()
    place = len(months)
    # From the end on: "3 and 22 May".
    for number in range(len(numbers) - 1, -1, -1):
        one = numbers[number]
        start, end = one.span()
        while place and months[place - 1][0] >= end:
            place -= 1
        before = place and _are_joined(text, ends[place - 1], start)
        behind = place < len(months) and _are_joined(text, end, months[place][0])
        joined = number + 1 in days and _are_joined(text, end, numbers[number + 1].start())
        if not (before or behind or joined) or _is_counted(text[end : end + NEAR], words):
            continue
        if one[0].isdecimal() and int(one[0][:4]) <= LAST_DAY:
            days.add(number)
    return days


@cache
def _months(locale: str) -> re.Pattern[str]:
    names = {
        name
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for name in get_month_names(width, context, locale).values()
    }
    # As they are written, and at the beginning of a sentence: English has the word "may".
    both = names | {name[:1].upper() + name[1:] for name in names}
    return re.compile(rf"(?<!\w)(?:{one_of(both)})(?!\w)")


def _spelled(text: str, language: Language) -> Iterator[Unbacked]:
    """Numbers as words before what is counted, or before "per cent"."""
    words = language.claims
    pattern = _spelled_pattern(
        language.spelled[FIRST_SPELLED:],
        (*words["counted"], *words["per_cent"]),
        words["between"],
    )
    numbers = list(pattern.finditer(text))
    # "One in five polling stations" does not say that they are five.
    shares = [(said.start, said.end) for said in words.found_in(text)]
    parts = _within(numbers, shares)
    for number, found in enumerate(numbers):
        if number not in parts:
            yield Unbacked(found.start(), found.end(), found[0])


@cache
def _spelled_pattern(
    names: tuple[str, ...], counted: tuple[str, ...], between: tuple[str, ...]
) -> re.Pattern[str]:
    behind = rf"(?:\s+(?:{one_of(between) or '(?!)'})){{0,2}}\s+(?:{one_of(counted) or '(?!)'})"
    number = rf"(?:[^\W\d]+-)?(?:{one_of(names) or '(?!)'})"
    return re.compile(rf"(?<![\w’'-]){number}{behind}(?!\w)", re.IGNORECASE)


def _shares(text: str, words: ClaimWords) -> Iterator[Unbacked]:
    """Shares as words, such as a third of the polling stations."""
    for said in words.found_in(text):
        if said.is_share and not said.is_alone and is_said(text, said, words):
            yield Unbacked(said.start, said.end, said.text)
