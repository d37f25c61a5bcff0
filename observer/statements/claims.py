"""Words for how many, or how often, that do not fit the figure which stands beside them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from observer.findings.findings import Coverage, Finding
from observer.statements.claimwords import Bound, ClaimWords, Said, agrees
from observer.statements.figures import FigureUse
from observer.statements.housestyle import HouseStyle
from observer.statements.sentences import FIGURE, SOURCE, Sentence
from observer.statements.wider import ComparedFigure, EstimatedFigure

SHARES = ("share", "count", "base", "compare", "estimate")
"""Figures that say how many; words are held against them."""
MOST_APART = 200
"""A word and a figure that are further apart, in characters, are not about one thing."""
MOST_NEAR = 5
"""So many figures are near a word."""
ALMOST_NOTHING = 3
"""Words between "and" and a figure or word, that begins another clause all the same."""

APPOSED = ("", ",", "–", "—")
_STOPS = re.compile(r"[;,–—.]")
_ENDS = re.compile(r"[;,:–—.(]")
_OWN = re.compile(rf"\s*\(\s*{FIGURE}{SOURCE}?\s*\)")
"""A figure in brackets behind a word is the word's, whatever else the sentence has."""
_OPENS = re.compile(r"[(:–—]\s*\Z")
_ENDED = re.compile(rf"[\s{SOURCE}]*(?:[.,;:!?)(–—…]|$)")
_CLOSED = re.compile(r"[\s,()–—]*")


@dataclass(frozen=True)
class Claim:
    """A word for how many, and the figure beside it that it does not fit."""

    start: int
    end: int
    words: str
    bounds: tuple[Bound, Bound]
    use: FigureUse


def share_of(use: FigureUse) -> Fraction | None:
    """The share in per cent that a figure gives; None where it gives none."""
    return share_in(use.findings[0]) if len(use.findings) == 1 else None


def share_in(found: Any) -> Fraction | None:
    """The share in per cent of a finding, an estimate or a coverage; None where there is none."""
    if isinstance(found, EstimatedFigure):
        return Fraction(100 * found.share)
    if isinstance(found, Coverage):
        return Fraction(100 * found.observed, found.total) if found.total else None
    if not isinstance(found, Finding | ComparedFigure) or found.answer is None or not found.n:
        return None
    return Fraction(100 * found.k, found.n)


def misfits(sentence: Sentence, words: ClaimWords, style: HouseStyle) -> Iterator[Claim]:
    """The words for how many, or how often, in a sentence that do not fit its figures.

    A word with a figure of its own behind it is held against that one; any other is let be where it
    fits one of the figures, or where none of them stands beside it.
    """
    figures = [use for use, _shown in sentence.figures]
    shares = {share for use in figures if use and (share := share_of(use)) is not None}
    if not shares:
        return
    for said in (*words.found_in(sentence.text), *words.often_in(sentence.text)):
        if not is_said(sentence.text, said, words):
            continue
        own = _own_figure(sentence, said)
        if own is None and any(agrees(share, said.bounds, style) for share in shares):
            continue
        use = own or _beside(sentence, said, words)
        share = share_of(use) if use and use.name in SHARES else None
        if use and share is not None and not agrees(share, said.bounds, style):
            yield Claim(said.start, said.end, said.text, said.bounds, use)


def is_said(text: str, said: Said, words: ClaimWords) -> bool:
    """Whether a word is said of what is counted: not denied, not part of another, no base."""
    before = text[max(0, said.start - MOST_APART) : said.start]
    if words.ends_with(before, "not_after"):
        return False
    if not said.is_whole:
        return True
    if not said.is_often and words.ends_with(before, "of_all"):
        return False
    return not words.finds("negations", clause_around(text, said.start, said.end))


def clause_around(text: str, start: int, end: int) -> str:
    """What stands before and behind a word in its clause."""
    before = text[max(0, start - MOST_APART) : start]
    after = text[end : end + MOST_APART]
    return f"{_ENDS.split(before)[-1]} {_ENDS.split(after)[0]}"


def _own_figure(sentence: Sentence, said: Said) -> FigureUse | None:
    found = _OWN.match(sentence.text, said.end)
    if found is None:
        return None
    return sentence.figures[bisect_left(sentence.figure_places, said.end)][0]


def _beside(sentence: Sentence, said: Said, words: ClaimWords) -> FigureUse | None:
    """The figure that is nearest to a word in the same clause."""
    for place, use in figures_near(sentence, said.start, said.end):
        if use is None or use.name not in SHARES or share_of(use) is None:
            continue
        if said.is_often and not _is_set_apart(sentence.text, said, place, words):
            continue
        if is_one_clause(sentence.text, said, place, words):
            return use
    return None


def figures_near(
    sentence: Sentence, start: int, end: int
) -> Iterator[tuple[int, FigureUse | None]]:
    """The figures around a word with their places, the nearest first."""
    places = sentence.figure_places
    first = bisect_left(places, start - MOST_APART)
    last = bisect_left(places, end + MOST_APART)
    near = sorted(range(first, last), key=lambda number: abs(places[number] - start))
    yield from ((places[number], sentence.figures[number][0]) for number in near[:MOST_NEAR])


def _is_set_apart(text: str, said: Said, place: int, words: ClaimWords) -> bool:
    """Whether a figure behind a word stands in brackets, or behind a colon or a dash.

    Any other says in how many places it was seldom or often so.
    """
    if place < said.end:
        return False
    return _OPENS.search(_without_last(text[said.end : place], words, "leads")) is not None


def _without_last(text: str, words: ClaimWords, name: str) -> str:
    """A text without the word of a list that it ends with."""
    bare = text.rstrip()
    found = [one for one in words.pattern_of(name).finditer(bare) if one.end() == len(bare)]
    return bare[: found[0].start()] if found else text


def is_one_clause(text: str, said: Said, place: int, words: ClaimWords) -> bool:
    """Whether nothing between a word and a figure begins something else."""
    if place >= said.end:
        between = text[said.end : place]
        if between[:1] == "," and _leads_in(text, said, words):
            between = between[1:]
        # Set beside the word between two commas, it is the word's all the same.
        bare = between.rstrip()
        if bare[-1:] in APPOSED and text[place + 1 : place + 3].lstrip()[:1] in (*APPOSED, *".!"):
            between = bare[:-1]
    else:
        between = text[place + 1 : said.start]
        if said.is_alone and _is_apposed(between, words):
            return True
    if len(between) > MOST_APART or _STOPS.search(between) or words.finds("breaks", between):
        return False
    if place >= said.end and not _is_all_of_it(between, text[place + 1 :][:MOST_APART], words):
        return False
    behind_joins = (between[one.end() :] for one in words.pattern_of("joins").finditer(between))
    return all(len(behind.split()) >= ALMOST_NOTHING for behind in behind_joins)


def _is_all_of_it(between: str, behind: str, words: ClaimWords) -> bool:
    """Whether a figure in brackets or behind a colon stands there alone, or with what is counted.

    "Most respected it (violations in 25 per cent)" and "few did not: 75 per cent had ramps" say
    something else there.
    """
    bracket = between.rfind("(")
    if bracket > between.rfind(")"):
        return not _without_last(between[bracket + 1 :], words, "leads").strip()
    if _OPENS.search(_without_last(between, words, "leads")) is None:
        return True
    counted = words.counted_first.match(behind)
    return _ENDED.match(behind, counted.end() if counted else 0) is not None


def _leads_in(text: str, said: Said, words: ClaimWords) -> bool:
    """Whether a word begins a sentence that goes on behind it, such as "in most stations,"."""
    before = text[max(0, said.start - MOST_APART) : said.start]
    return not _without_last(_ENDS.split(before)[-1], words, "leads").strip()


def _is_apposed(between: str, words: ClaimWords) -> bool:
    """Whether what stands between a figure and a word says the same again in other words."""
    bare = _without_last(between, words, "appositions")
    counted = words.counted_first.match(bare)
    return _CLOSED.fullmatch(bare, counted.end() if counted else 0) is not None
