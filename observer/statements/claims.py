"""Words for how many that do not fit the figure which stands beside them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from observer.findings.findings import Coverage, Finding
from observer.statements.claimwords import Bound, ClaimWords, agrees
from observer.statements.figures import FigureUse
from observer.statements.housestyle import HouseStyle
from observer.statements.sentences import Sentence
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
    """The words for how many in a sentence that fit none of its figures, one of them beside it."""
    figures = [use for use, _shown in sentence.figures]
    shares = {share for use in figures if use and (share := share_of(use)) is not None}
    if not shares or words.pattern is None:
        return
    for found in words.pattern.finditer(sentence.text):
        word = words.word_of(found)
        if any(agrees(share, words.words[word], style) for share in shares):
            continue
        if not is_said(sentence.text, found, words):
            continue
        use = _beside(sentence, found, words)
        if use is not None:
            yield Claim(found.start(), found.end(), found[0], words.words[word], use)


def is_said(text: str, found: re.Match[str], words: ClaimWords) -> bool:
    """Whether a word is said of what is counted: not denied, not part of another, no base."""
    before = text[max(0, found.start() - MOST_APART) : found.start()]
    if words.ends_with(before, "not_after"):
        return False
    if not words.is_whole(words.word_of(found)):
        return True
    after = text[found.end() : found.end() + MOST_APART]
    clause = f"{_ENDS.split(before)[-1]} {_ENDS.split(after)[0]}"
    return not words.ends_with(before, "of_all") and not words.finds("negations", clause)


def _beside(sentence: Sentence, found: re.Match[str], words: ClaimWords) -> FigureUse | None:
    """The figure that is nearest to a word in the same clause."""
    places = sentence.figure_places
    first = bisect_left(places, found.start() - MOST_APART)
    last = bisect_left(places, found.end() + MOST_APART)
    near = sorted(range(first, last), key=lambda number: abs(places[number] - found.start()))
    for number in near[:MOST_NEAR]:
        place, use = places[number], sentence.figures[number][0]
        if use is None or use.name not in SHARES or share_of(use) is None:
            continue
        if _is_one_clause(sentence.text, found, place, words):
            return use
    return None


def _is_one_clause(text: str, found: re.Match[str], place: int, words: ClaimWords) -> bool:
    """Whether nothing between a word and a figure begins something else."""
    if place >= found.end():
        between = text[found.end() : place]
        # Set beside the word between two commas, it is the word's all the same.
        bare = between.rstrip()
        if bare[-1:] in APPOSED and text[place + 1 : place + 3].lstrip()[:1] in (*APPOSED, *".!"):
            between = bare[:-1]
    else:
        between = text[place + 1 : found.start()]
    if len(between) > MOST_APART or _STOPS.search(between) or words.finds("breaks", between):
        return False
    behind_joins = (between[one.end() :] for one in words.pattern_of("joins").finditer(between))
    return all(len(behind.split()) >= ALMOST_NOTHING for behind in behind_joins)
