"""What a page of figures is asked for: a form, a question, the statuses to count."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from observer.checklists.definition import FormDefinition, Question
from observer.checklists.library import definition_of, published_forms
from observer.collect.models import Status
from observer.database import get_session
from observer.findings.names import known
from observer.findings.selection import COUNTED
from observer.findings.tally import answer_names
from observer.missions.models import Mission

CHOICES_OF_STATUS: Mapping[str, tuple[Status, ...]] = {
    "": COUNTED,
    "verified": (Status.VERIFIED,),
}
"""What can be counted, by its name in the address."""


def forms_of(mission: Mission) -> dict[str, FormDefinition]:
    """The newest published definition of every form, by its code, in their order."""
    return {v.form.code: definition_of(v) for v in published_forms(get_session(), mission)}


def form_named(forms: Mapping[str, FormDefinition], code: str) -> FormDefinition:
    """The form with this code. Raises UnknownNameError."""
    return forms[known(code, forms, _("form"))]


def question_named(form: FormDefinition, name: str) -> Question:
    """The question of a form with this name. Raises UnknownNameError."""
    return form.question(known(name, [q.name for q in form.questions()], _("question")))


def answer_shown_first(question: Question) -> str | None:
    """Its first answer that is a problem, else its first; None for a question without answers."""
    if not question.has_answers:
        return None
    answers = answer_names(question)
    problems = [answer for answer in answers if answer in question.problems]
    return next(iter([*problems, *answers]), None)


def statuses_named(name: str) -> tuple[Status, ...]:
    """The statuses to count by their name in the address. Raises UnknownNameError."""
    return CHOICES_OF_STATUS[known(name, CHOICES_OF_STATUS, _("status"))]
