"""What the board can be limited to, read from an address, and the words it is shown in."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from observer.access.models import Person
from observer.access.permissions import PERMISSIONS
from observer.checklists.library import newest_definition
from observer.language import in_language
from observer.missions.models import Membership, Round
from observer.missions.rounds import current_round
from observer.missions.scope import Scope, membership_of, scope_of
from observer.review.caseforms import BoardForm
from observer.review.casemodels import State
from observer.review.cases import NOBODY, Case, CaseFilters
from observer.review.filtering import UnknownNameError, named_round, regions_inside
from observer.review.forms import ANY
from observer.review.incidents import FORM, GRAVITIES
from observer.review.queries import regions_to_choose


@dataclass(frozen=True)
class Words:
    """The labels of gravities and types by name, in the reader's language and the form's order."""

    gravities: dict[str, str]
    types: dict[str, str]

    def gravity(self, name: str) -> str:
        """The word for a gravity; a name that the form does not have stands for itself."""
        return self.gravities.get(name, name)

    def type(self, name: str) -> str:
        """The word for a type."""
        return self.types.get(name, name)

    def kinds(self, case: Case) -> str:
        """The types of a case in one line."""
        return ", ".join(map(self.type, case.types)) or _("Incident")


def words_of(session: Session, scope: Scope) -> Words:
    """The words of the newest version of the mission's form of incidents."""
    definition = newest_definition(session, scope.mission, FORM)
    questions = {q.name: q for q in definition.questions()} if definition else {}

    def labels(name: str) -> dict[str, str]:
        choices = questions[name].choices if name in questions else ()
        return {choice.name: in_language(choice.label) for choice in choices}

    gravities = labels("gravity") or {name: name for name in GRAVITIES}
    return Words(gravities, labels("type"))


def board_form(
    session: Session, scope: Scope, words: Words, given: MultiDict[str, str]
) -> BoardForm:
    """The filters with what can be chosen in this mission; the current round if none is given."""
    form = BoardForm(given)
    form.round.choices = [SelectChoice(r.code, r.name) for r in scope.mission.rounds]
    if not form.round.data and (now_on := current_round(scope.mission)):
        form.round.data = now_on.code
    form.gravity.choices = [ANY, *_choices(words.gravities)]
    form.type.choices = [ANY, *_choices(words.types)]
    regions = regions_to_choose(session, scope)
    form.region.choices = [ANY, *(SelectChoice(code, name) for code, name in regions)]
    people = [SelectChoice(str(one.id), one.name) for one in desk(session, scope)]
    form.responsible.choices = [ANY, SelectChoice(str(NOBODY), _l("nobody")), *people]
    return form


def read_board(session: Session, scope: Scope, form: BoardForm) -> tuple[Round | None, CaseFilters]:
    """The round (None where the mission has none) and the filters.

    Raises UnknownNameError for a code that names nothing.
    """
    round_ = named_round(scope, form.round.data) if form.round.data else None
    return round_, CaseFilters(
        gravity=form.gravity.data or "",
        type=form.type.data or "",
        states=_states(form.state.data),
        region_ids=regions_inside(session, scope, form.region.data),
        responsible=_responsible(form.responsible.data),
        text=form.q.data or "",
    )


def desk(session: Session, scope: Scope) -> list[Person]:
    """Who may look after an incident of this mission, by name."""
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.mission_id == scope.mission.id,
            Person.active,
            Person.role.in_(sorted(PERMISSIONS["submission.verify"])),
        )
        .order_by(Person.name, Person.id)
    )
    return list(session.scalars(query))


def may_look_after(session: Session, person: Person, case: Case) -> bool:
    """Whether somebody of the desk may see a report of the case."""
    membership = membership_of(session, person)
    if membership is None:
        return False
    regions = scope_of(session, membership).region_ids
    return regions is None or any(report.region_id in regions for report in case.reports)


def _choices(labels: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(name, label) for name, label in labels.items()]


def _states(name: str | None) -> tuple[State, ...]:
    if not name:
        return ()
    if name not in list(State):
        raise UnknownNameError(
            _("There is no state %(code)s; there is %(names)s.", code=name, names=", ".join(State))
        )
    return (State(name),)


def _responsible(key: str | None) -> int | None:
    if not key:
        return None
    if not (key.isascii() and key.isdecimal() and len(key) < 10):
        raise UnknownNameError(_("There is no person %(code)s.", code=key))
    return int(key)
