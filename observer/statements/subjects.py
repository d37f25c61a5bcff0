"""What figures can be about: answers, questions, places, incidents, sources, and their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from observer.checklists.definition import ANY_PLACE, FormDefinition, Question
from observer.findings.tally import answer_names
from observer.review.incidents import FORM as INCIDENT
from observer.statements.facts import NUMERIC, Facts
from observer.statements.kinds import KINDS, OF_ANSWERS, OF_CHOICES, OF_INCIDENTS, OF_NUMBERS
from observer.statements.wordsearch import words_of

_OF_FORM, _OF_FOLLOW_UP, _OF_ANSWER, _OF_SENTENCE = 0.7, 0.7, 0.75, 0.9
"""Beside the name and the short label of a question; its sentence says more than what it is."""
_PROBLEM = {"grave": 0.12, "minor": 0.1, "": 0.0}
"""Answers that are problems are more often written about."""
_ASKED_OF_FEW = -0.3
"""What is asked after one answer alone has a small base, and less is written about it."""
_NUMBERS = 0.15
"""Beside single answers: minutes of delay before one of its reasons."""
_OF_INCIDENT_REPORTS = -0.3
"""Incidents are counted; the share of the reports of them says little."""
_MAP_OF_COVERAGE = 0.2
_SOME_INCIDENTS = -0.35
"""Beside all incidents together."""
_FOLLOWS = re.compile(r"\$\{\s*(\w+)\s*\}\s*=\s*'([^']+)'")


@dataclass(frozen=True)
class Subject:
    """Something that figures can be about, with the words that speak of it."""

    kinds: tuple[str, ...]
    given: tuple[Any, ...]
    """What a call of such a figure is given first."""
    words: Mapping[str, float]
    """Each with a weight from 0 to 1."""
    named: Mapping[str, Any] = field(default_factory=dict)
    standing: float = 0.0
    """What it is worth before anything is asked."""
    takes_region: bool = True
    """Whether it can be asked for in one region."""


def subjects_of(facts: Facts) -> Iterator[Subject]:
    """All that figures of a mission can be about."""
    of_coverage = _weighed(KINDS["coverage"].words)
    yield Subject(("coverage",), (), of_coverage)
    yield Subject(("map",), (), of_coverage, standing=_MAP_OF_COVERAGE, takes_region=False)
    for form in facts.definitions.values():
        of_form = _weighed(*form.title.values(), form.code, weight=_OF_FORM)
        if form.place != ANY_PLACE:
            yield Subject(("coverage",), (form.code,), {**of_coverage, **of_form})
        follow_ups = _follow_ups(form)
        for question in form.questions():
            for subject in _of_question(form.code, question, follow_ups):
                yield Subject(**{**vars(subject), "words": {**of_form, **subject.words}})
    if INCIDENT in facts.definitions:
        yield from _of_incidents(facts.definitions[INCIDENT])
    if facts.sources:
        words = _weighed(KINDS["sources"].words)
        yield Subject(("sources",), (), words, takes_region=False)
    for source in facts.sources.values():
        words = _weighed(source.code, source.body, source.title, source.figure)
        yield Subject(("source",), (source.code,), words, takes_region=False)


def _of_question(
    form: str, question: Question, follow_ups: Mapping[tuple[str, str], Mapping[str, float]]
) -> Iterator[Subject]:
    own, about = _own(question), (form, question.name)
    usual = _ASKED_OF_FEW if question.relevant else 0.0
    if form == INCIDENT:
        usual += _OF_INCIDENT_REPORTS
    if question.has_answers:
        yield Subject(OF_CHOICES, about, own, standing=usual, takes_region=False)
        for answer in answer_names(question):
            labels = question.choice_label(answer).values()
            told = {
                **follow_ups.get((question.name, answer), {}),
                **_weighed(*labels, answer, weight=_OF_ANSWER),
                **own,
            }
            standing = usual + _PROBLEM[question.problems.get(answer, "")]
            yield Subject(OF_ANSWERS, (*about, answer), told, standing=standing)
    elif question.type in NUMERIC:
        yield Subject(OF_NUMBERS, about, own, standing=_NUMBERS)
    elif question.type not in ("note", "hidden"):
        yield Subject(("count",), about, own, standing=usual)


def _follow_ups(form: FormDefinition) -> dict[tuple[str, str], dict[str, float]]:
    """What is asked of those alone who gave an answer: it speaks of that answer too."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for question in form.questions():
        for asked in _FOLLOWS.findall(question.relevant):
            words = dict.fromkeys(_own(question), _OF_FOLLOW_UP)
            found.setdefault(asked, {}).update(words)
    return found


def _of_incidents(form: FormDefinition) -> Iterator[Subject]:
    of_form = _weighed(*form.title.values(), form.code)
    yield Subject(OF_INCIDENTS, (), of_form)
    for question in form.questions():
        if question.name not in ("gravity", "type"):
            continue
        for choice in question.choices:
            own = _weighed(*choice.label.values(), choice.name)
            named = {question.name: choice.name}
            yield Subject(OF_INCIDENTS, (), {**of_form, **own}, named, _SOME_INCIDENTS)


def _own(question: Question) -> dict[str, float]:
    short = _weighed(*question.short_label.values(), question.name)
    return {**_weighed(*question.label.values(), weight=_OF_SENTENCE), **short}


def _weighed(*texts: str, weight: float = 1.0) -> dict[str, float]:
    return {word: weight for text in texts for word in words_of(text)}
