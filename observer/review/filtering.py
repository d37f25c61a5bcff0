"""From the codes and names in an address to what a list is limited to, and back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from observer.checklists.library import definition_of, newest_definition, published_forms
from observer.checklists.models import Form
from observer.collect.models import Status
from observer.language import in_language
from observer.missions.models import Round
from observer.missions.regions import descendants
from observer.missions.rounds import round_of_code
from observer.missions.scope import Scope, region_of_code
from observer.review.forms import ANY, COUNTED, SubmissionFilterForm
from observer.review.queries import Filters, regions_to_choose

HIDDEN = ("note", "hidden")
"""Types of question that nobody answers."""


class Answered(Protocol):
    """Who knows the answers of all submissions: a room behind this one."""

    def submissions_answering(
        self,
        session: Session,
        scope: Scope,
        round_: Round,
        form: str,
        question: str,
        *,
        answer: str | None,
        statuses: Iterable[Status],
    ) -> Sequence[uuid.UUID]:
        """The submissions that give an answer, or answer the question at all."""

    def submissions_with_problem(
        self,
        session: Session,
        scope: Scope,
        round_: Round,
        gravity: str,
        *,
        form: str | None,
        statuses: Iterable[Status],
    ) -> Sequence[uuid.UUID]:
        """The submissions with a problem of this gravity, one at least."""


class UnknownNameError(LookupError):
    """A code in the address names nothing; the message is a sentence."""


def form_titles(session: Session, scope: Scope) -> dict[str, str]:
    """The title of every published form by its code, in the reader's language."""
    definitions = (definition_of(v) for v in published_forms(session, scope.mission))
    return {definition.code: in_language(definition.title) for definition in definitions}


def submission_form(
    session: Session, scope: Scope, given: MultiDict[str, str]
) -> SubmissionFilterForm:
    """The filters of the list of submissions with what can be chosen in this mission."""
    form = SubmissionFilterForm(given)
    form.round.choices = [ANY, *(SelectChoice(r.code, r.name) for r in scope.mission.rounds)]
    titles = form_titles(session, scope)
    form.form.choices = [ANY, *(SelectChoice(code, title) for code, title in titles.items())]
    regions = regions_to_choose(session, scope)
    form.region.choices = [ANY, *(SelectChoice(code, name) for code, name in regions)]
    _offer_questions(session, scope, form)
    return form


def _offer_questions(session: Session, scope: Scope, form: SubmissionFilterForm) -> None:
    """Once a form is chosen its questions can be, and then the answers; not before."""
    code = form.form.data
    definition = newest_definition(session, scope.mission, code) if code else None
    questions = [q for q in definition.questions() if q.type not in HIDDEN] if definition else []
    form.question.choices = [
        ANY,
        *(SelectChoice(q.name, in_language(q.table_label) or q.name) for q in questions),
    ]
    asked = next((q for q in questions if q.name == form.question.data), None)
    answers = [choice.name for choice in asked.choices] or list(asked.problems) if asked else []
    form.answer.choices = [
        ANY,
        *(SelectChoice(name, in_language(asked.choice_label(name))) for name in answers),
    ]
    if not definition and not form.question.data:
        del form.question
    if not answers and not form.answer.data:
        del form.answer


def read_filters(
    session: Session, scope: Scope, form: SubmissionFilterForm, answered: Answered
) -> Filters:
    """What the list is limited to. Raises UnknownNameError for a code that names nothing."""
    return Filters(
        round_id=round_id(scope, form.round.data),
        form_id=form_id(session, scope, form.form.data),
        only=_behind(session, scope, form, answered),
        statuses=_statuses(form.status.data),
        region_ids=regions_inside(session, scope, form.region.data),
        place=form.place.data or "",
        who=form.who.data or "",
        code=form.code.data or "",
        urgent=form.urgent.data == "yes",
    )


def named_round(scope: Scope, code: str) -> Round:
    """The round with this code. Raises UnknownNameError where there is none."""
    round_ = round_of_code(scope.mission, code)
    if round_ is None:
        raise UnknownNameError(_("There is no round %(code)s.", code=code))
    return round_


def round_id(scope: Scope, code: str | None) -> int | None:
    """The id of the round with a code; None without one. UnknownNameError for no such round."""
    return named_round(scope, code).id if code else None


def form_id(session: Session, scope: Scope, code: str | None) -> int | None:
    """The id of the form with a code; None without one. UnknownNameError for no such form."""
    if not code:
        return None
    mission = scope.mission
    found = session.scalar(select(Form.id).where(Form.mission_id == mission.id, Form.code == code))
    if found is None:
        raise UnknownNameError(_("There is no form %(code)s.", code=code))
    return found


def _statuses(name: str | None) -> tuple[Status, ...]:
    if not name:
        return ()
    if name == COUNTED:
        return (Status.RECEIVED, Status.VERIFIED)
    if name not in list(Status):
        raise UnknownNameError(_("There is no status %(code)s.", code=name))
    return (Status(name),)


def regions_inside(session: Session, scope: Scope, code: str | None) -> frozenset[int] | None:
    """A region with all that lies in it, by id; None where no code is given.

    Raises UnknownNameError where there is no such region.
    """
    if not code:
        return None
    region = region_of_code(session, scope.mission, code)
    if region is None:
        raise UnknownNameError(_("There is no region %(code)s.", code=code))
    return frozenset(descendants(session, scope.mission, {region.id}))


def _behind(
    session: Session, scope: Scope, form: SubmissionFilterForm, answered: Answered
) -> list[uuid.UUID] | None:
    """The submissions that give the answer and have the problem asked for; None for all."""
    question, answer = form.data.get("question"), form.data.get("answer") or None
    gravity, code = form.problem.data, form.form.data
    if (answer and not question) or (question and not code):
        raise UnknownNameError(
            _("An answer belongs to a question, and a question to a form: name all of them.")
        )
    rounds = [named_round(scope, form.round.data)] if form.round.data else scope.mission.rounds
    statuses = _statuses(form.status.data) or tuple(Status)
    asked: list[Callable[[Round], Sequence[uuid.UUID]]] = []
    if question:
        asked.append(
            lambda round_: answered.submissions_answering(
                session, scope, round_, code, question, answer=answer, statuses=statuses
            )
        )
    if gravity:
        asked.append(
            lambda round_: answered.submissions_with_problem(
                session, scope, round_, gravity, form=code or None, statuses=statuses
            )
        )
    try:
        found = [{one for round_ in rounds for one in ask(round_)} for ask in asked]
    except LookupError as error:
        raise UnknownNameError(str(error)) from error
    return list(set.intersection(*found)) if found else None
