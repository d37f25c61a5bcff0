"""What can be estimated from a sample: a share, one question's numbers over another's, a total."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import ANY_PLACE, FormDefinition, Question
from observer.findings.classes import LEFT_OUT
from observer.findings.estimates import CONFIDENCE, Estimate, Sample, proportion, ratio, total
from observer.findings.names import UnknownNameError, known
from observer.findings.numbers import NUMERIC
from observer.findings.selection import definitions
from observer.findings.versions import asked_in
from observer.missions.scope import Scope

Values = Callable[[str], list[Any]]
"""Gives the answers to a question, one for each place of a sample that reported."""


@dataclass(frozen=True)
class Wanted:
    """What is to be estimated, and how it is counted."""

    form: str
    asked: Question
    """The question that has to be asked alike by the version of a report that counts."""
    what: str
    answer: str | None
    kind: str
    count: Callable[[Sample, Values], Estimate]
    confidence: float = CONFIDENCE


def can_be_estimated(form: FormDefinition, question: Question) -> bool:
    """Whether a question is one that a sample of places can be asked: once in each."""
    return (
        form.place != ANY_PLACE
        and (question.has_answers or question.type in NUMERIC)
        and not asked_in(form)[question.name].repeated
    )


def share_wanted(
    session: Session,
    scope: Scope,
    form: str,
    question: str,
    answer: str,
    *,
    confidence: float = CONFIDENCE,
) -> Wanted:
    """The share of places in which a question is answered so. Raises UnknownNameError."""
    asked = _asked(session, scope, form, question)
    known(answer, [choice.name for choice in asked.choices] or list(asked.problems), answer)

    def count(sample: Sample, values: Values) -> Estimate:
        given = values(question)
        answered = np.array([_answered(value) for value in given], bool)
        has = np.array([answer in _said(value) for value in given], bool)
        return proportion(sample, has, of=answered, confidence=confidence)

    return Wanted(form, asked, question, answer, "share", count, confidence)


def ratio_wanted(
    session: Session,
    scope: Scope,
    form: str,
    above: str,
    below: str,
    *,
    confidence: float = CONFIDENCE,
) -> Wanted:
    """One question's numbers over another's. Raises UnknownNameError."""
    asked = _asked(session, scope, form, above)
    _asked(session, scope, form, below)

    def count(sample: Sample, values: Values) -> Estimate:
        pairs = [
            (_number(a), _number(b)) for a, b in zip(values(above), values(below), strict=True)
        ]
        both = np.array([(0, 0) if None in pair else pair for pair in pairs], float)
        return ratio(sample, both[:, 0], both[:, 1], confidence=confidence)

    return Wanted(form, asked, f"{above}/{below}", None, "ratio", count, confidence)


def total_wanted(
    session: Session, scope: Scope, form: str, question: str, *, confidence: float = CONFIDENCE
) -> Wanted:
    """The sum of a question's numbers. Raises UnknownNameError."""
    asked = _asked(session, scope, form, question)

    def count(sample: Sample, values: Values) -> Estimate:
        numbers = np.array([_number(value) or 0 for value in values(question)], float)
        return total(sample, numbers, confidence=confidence)

    return Wanted(form, asked, question, None, "total", count, confidence)


def _asked(session: Session, scope: Scope, form: str, question: str) -> Question:
    (definition,) = definitions(session, scope.mission, form)
    asked = definition.question(known(question, [q.name for q in definition.questions()], question))
    if asked_in(definition)[question].repeated:
        raise UnknownNameError(
            _(
                "“%(question)s” is asked several times in a report; an estimate takes questions"
                " that are asked once.",
                question=question,
            )
        )
    return asked


def wanted_of(
    session: Session,
    scope: Scope,
    form: str,
    question: str,
    *,
    answer: str | None = None,
    below: str | None = None,
) -> Wanted:
    """The share of an answer, the ratio to another question, or, with neither, the total."""
    if below:
        return ratio_wanted(session, scope, form, question, below)
    if answer:
        return share_wanted(session, scope, form, question, answer)
    return total_wanted(session, scope, form, question)


def _said(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _answered(value: Any) -> bool:
    return value is not None and not set(_said(value)) <= set(LEFT_OUT)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
