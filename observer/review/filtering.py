"""From the codes and names in an address to what a list is limited to, and back."""

from __future__ import annotations

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
from observer.missions.rounds import current_round, round_of_code
from observer.missions.scope import Scope, region_of_code
from observer.review.forms import (
    ANY,
    IncidentFilterForm,
    SubmissionFilterForm,
)
from observer.review.incidents import FORM
from observer.review.queries import Filters, regions_to_choose


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
    return form


def read_filters(session: Session, scope: Scope, form: SubmissionFilterForm) -> Filters:
    """What the list is limited to. Raises UnknownNameError for a code that names nothing."""
    return Filters(
        round_id=round_id(scope, form.round.data),
        form_id=form_id(session, scope, form.form.data),
        statuses=_statuses(form.status.data),
        region_ids=region_ids(session, scope, form.region.data),
        place=form.place.data or "",
        who=form.who.data or "",
        code=form.code.data or "",
        urgent=form.urgent.data == "yes",
    )


def incident_form(session: Session, scope: Scope, given: MultiDict[str, str]) -> IncidentFilterForm:
    """The filters of the incidents; gravities and types in the words of the mission's form."""
    form = IncidentFilterForm(given)
    form.round.choices = [SelectChoice(r.code, r.name) for r in scope.mission.rounds]
    if not form.round.data and (now_on := current_round(scope.mission)):
        form.round.data = now_on.code
    definition = newest_definition(session, scope.mission, FORM)
    questions = {q.name: q for q in definition.questions()} if definition else {}
    for field in (form.gravity, form.type):
        question = questions.get(field.name)
        choices = question.choices if question else ()
        field.choices = [ANY, *(SelectChoice(c.name, in_language(c.label)) for c in choices)]
    return form


def incident_filters(scope: Scope, form: IncidentFilterForm) -> tuple[Round | None, str, str]:
    """Round, gravity and type. Raises UnknownNameError for a round that there is not."""
    round_ = _round(scope, form.round.data) if form.round.data else None
    return round_, form.gravity.data or "", form.type.data or ""


def _round(scope: Scope, code: str) -> Round:
    round_ = round_of_code(scope.mission, code)
    if round_ is None:
        raise UnknownNameError(_("There is no round %(code)s.", code=code))
    return round_


def round_id(scope: Scope, code: str | None) -> int | None:
    """The id of the round with a code; None without one. UnknownNameError for no such round."""
    return _round(scope, code).id if code else None


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
    if name not in list(Status):
        raise UnknownNameError(_("There is no status %(code)s.", code=name))
    return (Status(name),)


def region_ids(session: Session, scope: Scope, code: str | None) -> frozenset[int] | None:
    """The region with a code and all in it; None without one. UnknownNameError for no such one."""
    if not code:
        return None
    region = region_of_code(session, scope.mission, code)
    if region is None:
        raise UnknownNameError(_("There is no region %(code)s.", code=code))
    return frozenset(descendants(session, scope.mission, {region.id}))
