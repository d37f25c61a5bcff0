"""Looking for a figure by a few words, and what each one found says now, with its base.

The words are those of forms, questions, answers, regions and sources in every language they have,
and those for the kinds of figure. Whatever is found is a call, ready to stand in a text.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from observer.missions.models import Region
from observer.statements.captions import fill_numbers
from observer.statements.compose import calls_of
from observer.statements.displays import Displays
from observer.statements.facts import Facts
from observer.statements.figures import Figures
from observer.statements.kinds import KINDS
from observer.statements.subjects import Subject, subjects_of
from observer.statements.template import CallInText, FigureError, calls_in, unknown_name
from observer.statements.words import Words
from observer.statements.wordsearch import WordIndex, likeness, terms_of, words_of

MOST = 12
_SHORTLIST = 120
"""Subjects that are looked at more closely; the others speak of too little that was asked for."""
_MOST_REGIONS = 2
_MOST_OF_ONE_QUESTION = 5
_FAR_BEHIND = 0.45
"""What says less than this part of the best is not shown beside it."""
_DRAWN = ("table", "chart", "map")
"""Kinds of which only the base is counted here: drawing each would take a while."""


@dataclass(frozen=True)
class Suggestion:
    """A figure that was found: its call, and what it says now."""

    kind: str
    title: str
    """What kind of figure it is, in the reader's language."""
    call: str
    text: str = ""
    """As it would be printed; empty for what is drawn, and where it cannot be given."""
    label: str = ""
    base: tuple[int, int] | None = None
    """*k* of *n*."""
    places: tuple[int, int] | None = None
    """Observed, of those there are."""
    problem: str = ""
    """Why it cannot be given."""
    hint: str = ""
    """What is missing, and may be told later."""

    @property
    def inserted(self) -> str:
        """What stands in a text for it."""
        return f"{{{{ {self.call} }}}}"


def search(facts: Facts, words: Words, query: str) -> list[Suggestion]:
    """The figures that a query speaks of, the best first; none for an empty one."""
    terms = terms_of(query)
    if not terms:
        return []
    return [_counted(facts, words, call, kind) for kind, call in _best(facts, terms)]


def used_most(facts: Facts, words: Words, text: str) -> list[Suggestion]:
    """The figures that a text uses, those it uses most often first."""
    calls = {call.written: call for call in calls_in(text) if call.is_complete}
    often = Counter(call.written for call in calls_in(text) if call.is_complete)
    return [
        _counted(facts, words, calls[name], _kind_of(calls[name]))
        for name, _times in often.most_common(MOST)
    ]


def _best(facts: Facts, terms: Sequence[str]) -> list[tuple[str, CallInText]]:
    """The calls that speak of the terms best, with their kinds."""
    subjects = list(subjects_of(facts))
    index = WordIndex(subject.words for subject in subjects)
    kinds = {name: _likes(terms, words_of(kind.words)) for name, kind in KINDS.items()}
    regions = _regions(facts, terms)
    found, telling = [], []
    for place, term in enumerate(terms):
        hits = index.find(term)
        known = any(likes[place] for likes in (*kinds.values(), *regions.values()))
        if not hits and not known:
            hits = index.slips(term)
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
            for code, of_region in regions.items():
                if code and not (subject.takes_region and KINDS[name].takes_region):
                    continue
                said = [
                    max(each) * tell
                    for *each, tell in zip(likes, kinds[name], of_region, telling, strict=True)
                ]
                score = sum(said) + subject.standing + KINDS[name].preference - 0.01 * bool(code)
                ranked.append((sum(map(bool, said)), score, -number, name, code))
    ranked.sort(key=lambda one: (-one[0], -one[1], -one[2]))
    chosen = _varied(facts, ranked, subjects)
    return [
        (name, _call(facts, subjects[-number], name, code)) for _m, _s, number, name, code in chosen
    ]


def _varied(
    facts: Facts, ranked: list[tuple[int, float, int, str, str]], subjects: Sequence[Subject]
) -> list[tuple[int, float, int, str, str]]:
    """The first ones, but not all of one question; nothing that is far behind the first."""
    chosen: list[tuple[int, float, int, str, str]] = []
    often: Counter[tuple[Any, ...]] = Counter()
    calls = set()
    for one in ranked:
        _matched, score, number, name, code = one
        subject = subjects[-number]
        if len(chosen) == MOST or (chosen and score < _FAR_BEHIND * chosen[0][1]):
            break
        call = _call(facts, subject, name, code).written
        about = subject.given[:2] or tuple(subject.named.items())
        if often[about] < _MOST_OF_ONE_QUESTION and call not in calls:
            often[about] += 1
            calls.add(call)
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


def _kind_of(call: CallInText) -> str:
    """The kind of figure that a call is of."""
    same = [name for name, kind in KINDS.items() if kind.call == call.name]
    return next((n for n in same if KINDS[n].named.items() <= call.named.items()), call.name)


def _counted(facts: Facts, words: Words, call: CallInText, kind: str) -> Suggestion:
    """What a call says now, or why it says nothing."""
    title = str(KINDS[kind].title) if kind in KINDS else kind
    figures = Figures(facts, words)
    calls = calls_of(figures, Displays(figures))
    shown = call.written
    try:
        if call.name in _DRAWN:
            return _undrawn(facts, call, kind, title)
        calls[call.name](*call.given, **call.named)
    except KeyError:
        return Suggestion(kind, title, shown, problem=unknown_name(call.name, calls))
    except (FigureError, TypeError) as error:
        return Suggestion(kind, title, shown, problem=str(error))
    use = figures.used[-1] if figures.used else None
    if use is None:
        return _cited(facts, words, call, kind, title)
    found = use.findings[0]
    if hasattr(found, "n"):
        base = (found.k, found.n)
        places = _places(found)
    else:
        base, places = None, (found.observed, found.total)
    # What is drawn is the first of its kind here.
    return Suggestion(kind, title, shown, fill_numbers(use.text, {0: 1}), use.label, base, places)


def _places(found: Any) -> tuple[int, int] | None:
    if not hasattr(found, "places_observed"):
        return None
    return found.places_observed, found.places_total


def _cited(facts: Facts, words: Words, call: CallInText, kind: str, title: str) -> Suggestion:
    """A source with its figure and its date, or the list of those that a text cites."""
    if call.name == "sources":
        label = _("The sources that the text cites, by name, in the place of this call")
        return Suggestion(kind, title, call.written, label=label)
    source = facts.source([*call.given, *call.named.values()][0])
    label = f"{source.body}, {source.title}"
    if source.published_on:
        label += f", {words.day(source.published_on)}"
    hint = "" if source.accessed_on else _("The day on which it was read is missing.")
    return Suggestion(kind, title, call.written, source.figure, label, hint=hint)


def _undrawn(facts: Facts, call: CallInText, kind: str, title: str) -> Suggestion:
    """The base of what is drawn: that of its first answer in all regions, or the coverage."""
    form, question, *answers = (*call.given, None, None)[: max(3, len(call.given))]
    if question is None:
        whole = facts.coverage(form, 0, None, None)[0]
        label = facts.form_label(form) if form else _("Places observed, by region")
        observed = (whole.observed, whole.total)
        return Suggestion(kind, title, call.written, "", label, None, observed)
    named = [answer for answer in answers if isinstance(answer, str)]
    first = facts.answers(form, question, named)[0]
    found = facts.one(form, question, first, None, call.named.get("statuses"))
    label = facts.question_label(form, question)
    if named:
        label += " · " + ", ".join(facts.answer_label(form, question, one) for one in named)
    base = (found.k, found.n) if len(named) == 1 else None
    places = (found.places_observed, found.places_total)
    return Suggestion(kind, title, call.written, "", label, base, places)
