"""From the codes and names in an address to what a list is limited to, and back."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from observer.checklists.library import definition_of, published_forms
from observer.checklists.models import Form
from observer.collect.models import Status
from observer.language import in_language
from observer.missions.models import Round
from observer.missions.regions import descendants
from observer.missions.rounds import round_of_code
from observer.missions.scope import Scope, region_of_code
from observer.review.forms import ANY, SubmissionFilterForm
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
        round_id=_round_id(scope, form.round.data),
        form_id=_form_id(session, scope, form.form.data),
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


def _round_id(scope: Scope, code: str | None) -> int | None:
    return named_round(scope, code).id if code else None


def _form_id(session: Session, scope: Scope, code: str | None) -> int | None:
    if not code:
        return None
    mission = scope.mission
    form_id = session.scalar(
        select(Form.id).where(Form.mission_id == mission.id, Form.code == code)
    )
    if form_id is None:
        raise UnknownNameError(_("There is no form %(code)s.", code=code))
    return form_id


def _statuses(name: str | None) -> tuple[Status, ...]:
    if not name:
        return ()
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
