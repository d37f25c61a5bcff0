"""Which submissions stand behind a figure: the very ones that were counted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Gravity
from observer.collect.models import Status
from observer.findings.names import known
from observer.findings.selection import (
    Look,
    Selection,
    definitions,
    questions,
    unit_of,
)
from observer.findings.tally import giving
from observer.findings.versions import asked_in
from observer.missions.models import Round
from observer.missions.scope import Scope


def submissions_answering(
    session: Session,
    scope: Scope,
    round_: Round,
    form: str,
    question: str,
    *,
    answer: str | None = None,
    statuses: Iterable[Status] = tuple(Status),
) -> list[uuid.UUID]:
    """The submissions of a round that give an answer, in all regions of the scope.

    Without an answer: those that answer the question at all. Of the statuses that a finding counts
    they are its *k*, except in a repeat, where a finding counts items and this gives submissions.
    Raises UnknownNameError for a form or question that there is not.
    """
    ((definition, (asked,)),) = questions(definitions(session, scope.mission, form), question)
    look = Look(session, scope, round_, statuses)
    selection = look.select(form, unit_of(definition)).asking(asked_in(definition)[question])
    answers = None if answer is None else {answer}
    return _ids(selection, giving(selection, asked, answers))


def submissions_with_problem(
    session: Session,
    scope: Scope,
    round_: Round,
    gravity: str,
    *,
    form: str | None = None,
    statuses: Iterable[Status] = tuple(Status),
) -> list[uuid.UUID]:
    """The submissions of a round that give an answer which is a problem of this gravity.

    Raises UnknownNameError for a form or gravity that there is not.
    """
    known(gravity, ("grave", "minor"), _("gravity"))
    look = Look(session, scope, round_, statuses)
    found: list[uuid.UUID] = []
    for definition in definitions(session, scope.mission, form):
        selection = look.select(definition.code, unit_of(definition))
        found += _ids(selection, with_problem(selection, definition, gravity))
    return found


def with_problem(selection: Selection, definition: FormDefinition, gravity: Gravity) -> np.ndarray:
    """Which of a form's counted submissions have a problem of this gravity; true or false each."""
    # Each question is asked by some of the versions only: they meet in the rows of the form.
    having = np.zeros(len(selection.rows.alive), bool)
    for asking, gives in _problems(selection, definition, gravity):
        having[asking.chosen[gives]] = True
    return having[selection.chosen]


def _problems(
    selection: Selection, definition: FormDefinition, gravity: Gravity
) -> Iterator[tuple[Selection, np.ndarray]]:
    alike = asked_in(definition)
    for question in definition.questions():
        answers = {name for name, grave in question.problems.items() if grave == gravity}
        if answers:
            asking = selection.asking(alike[question.name])
            yield asking, giving(asking, question, answers)


def _ids(selection: Selection, wanted: np.ndarray) -> list[uuid.UUID]:
    return [selection.rows.ids[row] for row in selection.chosen[wanted]]
