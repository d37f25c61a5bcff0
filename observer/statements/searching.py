"""Looking for a figure by a few words, and what each one found says now, with its base.

The words are those of forms, questions, answers, regions and sources in every language they have,
and those for the kinds of figure. Whatever is found is a call, ready to stand in a text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from observer.statements.captions import fill_numbers
from observer.statements.compose import calls_of
from observer.statements.displays import Displays
from observer.statements.facts import Facts
from observer.statements.figures import Figures
from observer.statements.kinds import KINDS
from observer.statements.ranking import candidates
from observer.statements.template import CallInText, FigureError, calls_in, unknown_name
from observer.statements.words import Words

MOST = 12
_MOST_OF_ONE_QUESTION = 5
_NOBODY, _NO_REPORT = -0.4, -0.8
"""What an answer that nobody gave, and what no report speaks of, is worth beside others."""
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
    counted = [
        (_counted(facts, words, one.call, one.kind), one) for one in candidates(facts, query)
    ]
    counted.sort(key=lambda pair: pair[1].rank(_worth(pair[0])))
    often: Counter[Any] = Counter()
    found = []
    for suggestion, one in counted:
        often[one.about] += 1
        if often[one.about] <= _MOST_OF_ONE_QUESTION:
            found.append(suggestion)
    return found[:MOST]


def used_most(facts: Facts, words: Words, text: str) -> list[Suggestion]:
    """The figures that a text uses, those it uses most often first."""
    calls = {call.written: call for call in calls_in(text) if call.is_complete}
    often = Counter(call.written for call in calls_in(text) if call.is_complete)
    return [
        _counted(facts, words, calls[name], _kind_of(calls[name]))
        for name, _times in often.most_common(MOST)
    ]


def _worth(suggestion: Suggestion) -> float:
    """Less than nothing for what nobody reported."""
    k, n = suggestion.base or (1, 1)
    observed, _total = suggestion.places or (1, 1)
    if not (n and observed):
        return _NO_REPORT
    return 0.0 if k else _NOBODY


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
