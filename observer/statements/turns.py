"""Words for a change, such as "rose", that do not fit the comparison which stands beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from observer.statements.claims import MOST_APART, clause_around, figures_near, is_one_clause
from observer.statements.claimwords import ROSE, UNCHANGED, ClaimWords, Said
from observer.statements.figures import FigureUse
from observer.statements.sentences import Sentence
from observer.statements.wider import ComparedFigure

_NORMAL = 1.96
"""So many standard errors hold 95 of 100 differences that are chance alone."""


@dataclass(frozen=True)
class Turn:
    """A word for a change, and the comparison beside it that it does not fit."""

    said: Said
    name: str
    """The list that it stands in: one of ``TURNS``."""
    difference: float
    """In percentage points."""
    margin: float
    """Up to so many points a difference of so many answers may be chance."""
    use: FigureUse

    @property
    def is_against(self) -> bool:
        """Whether the word says the contrary of the figure; else the figure says too little."""
        if self.name == UNCHANGED:
            return True
        return self.difference < 0 if self.name == ROSE else self.difference > 0


def turns_misfit(sentence: Sentence, words: ClaimWords) -> Iterator[Turn]:
    """The words for a change in a sentence that fit none of its comparisons, one beside them."""
    compared = [use for use, _shown in sentence.figures if _figure_of(use)]
    if not compared:
        return
    for name, said in _turns_in(sentence.text, words):
        if any(_fits(name, _figure_of(use)) for use in compared):
            continue
        for place, use in figures_near(sentence, said.start, said.end):
            figure = _figure_of(use)
            if use and figure and is_one_clause(sentence.text, said, place, words):
                yield Turn(said, name, figure.difference or 0, margin_of(figure), use)
                break


def _turns_in(text: str, words: ClaimWords) -> Iterator[tuple[str, Said]]:
    """The words for a change in a text that are not denied, each with its list."""
    for found in words.turns.finditer(text):
        start, end, name = found.start(), found.end(), found.lastgroup or UNCHANGED
        around = clause_around(text, start, end)
        denied = words.ends_with(text[max(0, start - MOST_APART) : start], "not_after")
        if name == UNCHANGED or not (denied or words.finds("negations", around)):
            yield name, Said(start, end, found[0], ("none", "all"), is_alone=True)


def _figure_of(use: FigureUse | None) -> ComparedFigure | None:
    """The comparison that a figure is; None for another figure, or without a base."""
    if use is None or len(use.findings) != 1:
        return None
    found = use.findings[0]
    is_told = isinstance(found, ComparedFigure) and found.difference is not None
    return found if is_told else None


def _fits(name: str, figure: ComparedFigure | None) -> bool:
    if figure is None or figure.difference is None:
        return False
    margin = margin_of(figure)
    if name == UNCHANGED:
        return abs(figure.difference) <= margin
    return figure.difference > margin if name == ROSE else figure.difference < -margin


def margin_of(figure: ComparedFigure) -> float:
    """Up to how many percentage points a difference may be chance, with 95 per cent confidence.

    As if the answers of both rounds were drawn by chance and on their own; where the places were
    chosen otherwise it is no margin of error, and still says which differences are small.
    """
    variance = sum(
        share * (1 - share) / n
        for share, n in (
            (figure.k / figure.n, figure.n),
            (figure.other_k / figure.other_n, figure.other_n),
        )
    )
    return 100 * _NORMAL * math.sqrt(variance)
