"""The filters of the review queue: in the address, as a form, and as what the queue is asked."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.fields import SelectChoice

from observer.access.models import Person
from observer.missions.scope import Scope
from observer.review.filtering import (
    UnknownNameError,
    form_id,
    form_titles,
    regions_inside,
    round_id,
)
from observer.review.flags import SEVERITIES, TITLES
from observer.review.forms import ANY, GetForm
from observer.review.models import Severity
from observer.review.queries import regions_to_choose
from observer.review.queue import Level, QueueFilters

LEVEL_NAMES = {
    Level.URGENT: _l("urgent"),
    Level.GRAVE: SEVERITIES[Severity.GRAVE],
    Level.HELD: _l("held"),
    Level.DOUBTFUL: SEVERITIES[Severity.DOUBTFUL],
    Level.NOTICE: SEVERITIES[Severity.NOTICE],
    Level.PLAIN: _l("nothing found"),
}


class QueueFilterForm(GetForm):
    """What the review queue is limited to."""

    whose = SelectField(
        _l("Looked after by"),
        choices=[ANY, SelectChoice("mine", _l("me")), SelectChoice("nobody", _l("nobody"))],
        validate_choice=False,
    )
    round = SelectField(_l("Round"), validate_choice=False)
    form = SelectField(_l("Form"), validate_choice=False)
    region = SelectField(_l("Region"), validate_choice=False)
    severity = SelectField(
        _l("Severity"),
        choices=[ANY, *(SelectChoice(name, label) for name, label in SEVERITIES.items())],
        validate_choice=False,
    )
    check = SelectField(
        _l("Check"),
        choices=[ANY, *(SelectChoice(name, label) for name, label in TITLES.items())],
        validate_choice=False,
    )


FILTERS = ("whose", "round", "form", "region", "severity", "check")


def queue_form(session: Session, scope: Scope, given: MultiDict[str, str]) -> QueueFilterForm:
    """The filters of the queue with what can be chosen in this mission."""
    form = QueueFilterForm(given)
    form.round.choices = [ANY, *(SelectChoice(r.code, r.name) for r in scope.mission.rounds)]
    titles = form_titles(session, scope)
    form.form.choices = [ANY, *(SelectChoice(code, name) for code, name in titles.items())]
    regions = regions_to_choose(session, scope)
    form.region.choices = [ANY, *(SelectChoice(code, name) for code, name in regions)]
    return form


def queue_filters(
    session: Session, scope: Scope, given: MultiDict[str, str], reader: Person
) -> QueueFilters:
    """What the queue is limited to. Raises UnknownNameError for a name that means nothing."""
    whose, severity = given.get("whose", ""), given.get("severity", "")
    if whose not in ("", "mine", "nobody"):
        raise UnknownNameError(_("There is nobody called %(name)s here.", name=whose))
    if severity and severity not in list(Severity):
        raise UnknownNameError(_("There is no severity %(code)s.", code=severity))
    check = given.get("check", "")
    if check and check not in TITLES:
        raise UnknownNameError(_("There is no check %(code)s.", code=check))
    return QueueFilters(
        round_id=round_id(scope, given.get("round")),
        form_id=form_id(session, scope, given.get("form")),
        region_ids=regions_inside(session, scope, given.get("region")),
        assigned_to=reader.id if whose == "mine" else None,
        unassigned=whose == "nobody",
        check=check,
        severity=Severity(severity) if severity else None,
    )
