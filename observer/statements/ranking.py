"""Which figures a query speaks of, the best first, before any of them is counted.

All words matched come before some; a kind that the query names before other kinds; then what says
most of the words that few others say, and what is written about more often.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from observer.missions.models import Region
from observer.statements.facts import Facts
from observer.statements.kinds import ASKED_BY_NAME, KINDS, OF_CHOICES
from observer.statements.subjects import Subject, subjects_of
from observer.statements.template import CallInText
from observer.statements.wordsearch import WordIndex, likeness, terms_of, words_of

_SHORTLIST = 120
"""Subjects that are looked at more closely; the others speak of too little that was asked for."""
_MOST_REGIONS = 2
_MOST = 24
_MOST_OF_ONE_QUESTION = 8
_FAR_BEHIND = 0.45
"""What says less than this part of the best is not shown beside it."""
_AS_A_WHOLE = 0.3
"""Where a table or a chart is asked for: all answers to a question before a single one."""
_NAMED = 0.8
"""From this likeness on, a word is one for a kind."""


@dataclass(frozen=True)
class Candidate:
    """A call that speaks of what was asked, before it is counted."""

    kind: str
    call: CallInText
    about: Any
    """What several calls may be about: a question, most often."""
    matched: int
    """Words of the query that are spoken of."""
    is_named: bool
    """Whether the query asks for this kind."""
    score: float

    def rank(self, worth: float = 0.0) -> tuple[float, ...]:
        """To sort by, the best first; with what it is worth besides."""
        return -self.matched, -self.is_named, -self.score - worth


def candidates(facts: Facts, query: str) -> list[Candidate]:
    """The calls that speak of a query, the best first; none for an empty one."""
    terms = terms_of(query)
    if not terms:
        return []
    subjects = list(subjects_of(facts))
    index = WordIndex(subject.words for subject in subjects)
    kinds = {name: _likes(terms, words_of(kind.words)) for name, kind in KINDS.items()}
    regions = _regions(facts, terms)
    found, telling = [], []
    for place, term in enumerate(terms):
        hits = index.find(term)
        known = any(likes[place] for likes in (*kinds.values(), *regions.values()))
        if not hits and not known:
            hits = index.alike(term) or index.slips(term)
        found.append(hits)
        telling.append(index.telling(hits) if hits else index.telling({0: 1.0}))
    if not any(found) and not any(map(any, (*kinds.values(), *regions.values()))):
        return []

    def own(number: int) -> float:
        said = sum(hits.get(number, 0.0) * tell for hits, tell in zip(found, telling, strict=True))
        return said + subjects[number].standing

    ranked = []
    for number in heapq.nlargest(_SHORTLIST, range(len(subjects)), key=own):
        subject = subjects[number]
        likes = [hits.get(number, 0.0) for hits in found]
        for name in subject.kinds:
            if name == "compare" and not _other_round(facts):
                continue
            is_named = name in ASKED_BY_NAME and max(kinds[name]) >= _NAMED
            worth = subject.standing + KINDS[name].preference
            if is_named and subject.kinds == OF_CHOICES:
                worth += _AS_A_WHOLE
            for code, of_region in regions.items():
                if code and not (subject.takes_region and KINDS[name].takes_region):
                    continue
                said = [
                    max(each) * tell
                    for *each, tell in zip(likes, kinds[name], of_region, telling, strict=True)
                ]
                call = _call(facts, subject, name, code)
                about = subject.given[:2] or tuple(subject.named.items())
                score = sum(said) + worth - 0.01 * bool(code)
                ranked.append(Candidate(name, call, about, sum(map(bool, said)), is_named, score))
    return _varied(sorted(ranked, key=Candidate.rank))


def _varied(ranked: Iterable[Candidate]) -> list[Candidate]:
    """The first ones, but not all of one question; nothing that is far behind the first."""
    chosen: list[Candidate] = []
    often: Counter[Any] = Counter()
    calls = set()
    for one in ranked:
        if len(chosen) == _MOST or (chosen and one.score < _FAR_BEHIND * chosen[0].score):
            break
        if often[one.about] < _MOST_OF_ONE_QUESTION and one.call.written not in calls:
            often[one.about] += 1
            calls.add(one.call.written)
            chosen.append(one)
    return chosen


def _call(facts: Facts, subject: Subject, name: str, region: str) -> CallInText:
    kind = KINDS[name]
    named = {"other_round": _other_round(facts)} if name == "compare" else {}
    named |= {**subject.named, **kind.named, **({"region": region} if region else {})}
    return CallInText(1, kind.call, subject.given, named, is_complete=True)


def _other_round(facts: Facts) -> str:
    """The latest of the other rounds; empty where there is but one."""
    others = [one.code for one in facts.scope.mission.rounds if one.code != facts.round.code]
    return others[-1] if others else ""


def _likes(terms: Sequence[str], words: Iterable[str]) -> list[float]:
    """How well each term stands for one of the words."""
    words = tuple(words)
    return [max((likeness(term, word) for word in words), default=0.0) for term in terms]


def _regions(facts: Facts, terms: Sequence[str]) -> dict[str, list[float]]:
    """How well each term stands for the regions that are spoken of; under no code for none."""
    scored = []
    for region in facts.regions.values():
        likes, unsaid = _likes_of_region(region, terms)
        if any(likes):
            scored.append((sum(likes) - 0.1 * unsaid, -region.level, region.code, likes))
    best = sorted(scored, key=lambda one: (-one[0], -one[1], one[2]))[:_MOST_REGIONS]
    return {"": [0.0] * len(terms)} | {code: likes for _score, _level, code, likes in best}


def _likes_of_region(region: Region, terms: Sequence[str]) -> tuple[list[float], int]:
    names = words_of(region.name)
    likes = _likes(terms, names)
    unsaid = sum(not any(likeness(term, name) for term in terms) for name in names)
    # A code says which region it is only when all of it is given.
    return [
        1.0 if term == region.code.casefold() else like
        for term, like in zip(terms, likes, strict=True)
    ], unsaid
