"""Which submissions stand behind a figure: the very ones that were counted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Gravity
from observer.collect.models import Status
from observer.findings.classes import AnyGiven, Given
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
        classes = any_problem(selection, definition, gravity).classes()
        found += _ids(selection, classes.of_rows(selection.rows, selection.chosen) > 0)
    return found


def any_problem(selection: Selection, definition: FormDefinition, gravity: Gravity) -> AnyGiven:
    """To count of a form's submissions: those with a problem of this gravity, one at least."""
    alike = asked_in(definition)
    return AnyGiven(
        tuple(
            Given(
                question.name,
                frozenset(answers),
                selection.asking(alike[question.name]).criteria.version_ids,
            )
            for question in definition.questions()
            if (answers := [name for name, grave in question.problems.items() if grave == gravity])
        )
    )


def _ids(selection: Selection, wanted: np.ndarray) -> list[uuid.UUID]:
    return [selection.rows.ids[row] for row in selection.chosen[wanted]]
