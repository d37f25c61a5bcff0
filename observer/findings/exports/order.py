"""What somebody wants exported, and its check against what the mission has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from observer.checklists.library import definition_of, published_forms
from observer.checklists.models import Form, FormVersion
from observer.collect.models import Status, Submission
from observer.findings.exports.variables import VersionedForm
from observer.findings.names import UnknownNameError, known
from observer.findings.selection import COUNTED
from observer.language import LANGUAGES
from observer.missions.models import Mission
from observer.missions.regions import descendants
from observer.missions.scope import Scope, region_of_code


class Layout(StrEnum):
    """What a row is."""

    SUBMISSIONS = "submissions"
    """A submission."""
    REPEATS = "repeats"
    """An item of a repeat: a party, a ballot box."""
    STATIONS = "stations"
    """A place, with the last report of every form side by side."""


class Where(StrEnum):
    """Which position is a row's geometry."""

    PLACE = "place"
    POSITION = "position"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is exported, by the codes that people use. Nothing named means all of it."""

    layout: Layout = Layout.SUBMISSIONS
    forms: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    region: str | None = None
    statuses: tuple[Status, ...] = COUNTED
    labels: str | None = None
    """The language of heads and choices; None for the names that programs use."""
    geometry: Where = Where.PLACE
    people: bool = False
    """Whether it names the observers and reviewers."""
    links: str = ""
    """The address of the pages, for links to photos; empty for none."""

    def to_json(self) -> dict[str, Any]:
        """The order as plain JSON."""
        return {
            "layout": self.layout.value,
            "forms": list(self.forms),
            "rounds": list(self.rounds),
            "region": self.region,
            "statuses": [status.value for status in self.statuses],
            "labels": self.labels,
            "geometry": self.geometry.value,
            "people": self.people,
            "links": self.links,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Order:
        """The order that :meth:`to_json` gave."""
        return cls(
            layout=Layout(stored["layout"]),
            forms=tuple(stored["forms"]),
            rounds=tuple(stored["rounds"]),
            region=stored["region"],
            statuses=tuple(Status(status) for status in stored["statuses"]),
            labels=stored["labels"],
            geometry=Where(stored["geometry"]),
            people=stored["people"],
            links=stored["links"],
        )


@dataclass(frozen=True)
class Checked:
    """An order with what its codes name."""

    order: Order
    scope: Scope
    forms: tuple[VersionedForm, ...]
    form_ids: Mapping[str, int]
    version_numbers: Mapping[int, int]
    round_ids: tuple[int, ...]
    """Empty for all."""
    region_ids: frozenset[int] | None
    """The regions with all that lies in them; None for all in scope."""
    language: str
    """The language of labels, in the file's heads or in its dictionary."""

    @property
    def page_language(self) -> str:
        """The language of the words that are ours: English where we do not speak the other one."""
        return self.language if self.language in LANGUAGES else "en"

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a submission must be to be exported, whatever its form."""
        return [*self.in_reach(), Submission.status.in_(self.order.statuses)]

    def in_reach(self) -> list[ColumnElement[bool]]:
        """The same without regard to its status."""
        found: list[ColumnElement[bool]] = [
            Submission.mission_id == self.scope.mission.id,
            self.scope.sees(Submission.region_id),
        ]
        if self.round_ids:
            found.append(Submission.round_id.in_(self.round_ids))
        if self.region_ids is not None:
            found.append(Submission.region_id.in_(self.region_ids))
        return found

    def of_form(self, form: str) -> list[ColumnElement[bool]]:
        """What a submission of this form must be to be exported."""
        return [*self.conditions(), Submission.form_id == self.form_ids[form]]


def check(session: Session, scope: Scope, order: Order) -> Checked:
    """Look up what an order names. Raises UnknownNameError for what there is not."""
    mission = scope.mission
    published = {v.form.code: v for v in published_forms(session, mission)}
    for code in order.forms:
        known(code, published, _("form"))
    wanted = {code: v for code, v in published.items() if not order.forms or code in order.forms}
    rounds = {each.code: each.id for each in mission.rounds}
    round_ids = tuple(rounds[known(code, rounds, _("round"))] for code in order.rounds)
    versions = _versions(session, [v.form_id for v in wanted.values()])
    forms = tuple(_with_versions(v, versions) for v in wanted.values())
    if order.labels is not None:
        known(order.labels, _languages(forms), _("language"))
    return Checked(
        order=order,
        scope=scope,
        forms=forms,
        form_ids={code: v.form_id for code, v in wanted.items()},
        version_numbers={version.id: version.number for version in versions},
        round_ids=round_ids,
        region_ids=_region_ids(session, scope, order.region),
        language=order.labels or mission.language,
    )


def _region_ids(session: Session, scope: Scope, code: str | None) -> frozenset[int] | None:
    if code is None:
        return None
    region = region_of_code(session, scope.mission, code)
    if region is None or (scope.region_ids is not None and region.id not in scope.region_ids):
        raise UnknownNameError(_("There is no region “%(code)s” here.", code=code))
    return frozenset(descendants(session, scope.mission, {region.id}))


def _versions(session: Session, form_ids: list[int]) -> list[FormVersion]:
    """The published versions, the newest first: with others nothing is reported."""
    return list(
        session.scalars(
            select(FormVersion)
            .where(FormVersion.form_id.in_(form_ids), FormVersion.published_at.is_not(None))
            .order_by(FormVersion.number.desc())
        )
    )


def _with_versions(newest: FormVersion, versions: Iterable[FormVersion]) -> VersionedForm:
    numbered = {v.number: definition_of(v) for v in versions if v.form_id == newest.form_id}
    return VersionedForm(newest.form.code, definition_of(newest), numbered)


def _languages(forms: Iterable[VersionedForm]) -> list[str]:
    spoken = [language for form in forms for language in form.newest.languages]
    return list(dict.fromkeys([*spoken, *LANGUAGES]))


def languages_of(session: Session, mission: Mission) -> list[str]:
    """The languages that labels can be in: those of the forms, and those of the pages."""
    definitions = [definition_of(v) for v in published_forms(session, mission)]
    return _languages(VersionedForm(d.code, d, {}) for d in definitions)


def count(session: Session, checked: Checked) -> dict[str, int]:
    """How many submissions of each form the order asks for."""
    query = (
        select(Form.code, func.count(Submission.id))
        .join(Form, Form.id == Submission.form_id)
        .where(*checked.conditions(), Submission.form_id.in_(checked.form_ids.values()))
        .group_by(Form.code)
    )
    counted = dict(session.execute(query).all())
    return {form.code: counted.get(form.code, 0) for form in checked.forms}


def count_places(session: Session, checked: Checked) -> int:
    """How many places the reports of all these forms name."""
    query = select(func.count(Submission.place_id.distinct())).where(
        *checked.conditions(), Submission.form_id.in_(checked.form_ids.values())
    )
    return session.scalar(query) or 0


def left_out(session: Session, checked: Checked) -> dict[str, int]:
    """How many submissions in the same rounds and regions are not exported, by status.

    Under the empty name those whose form the mission does not have.
    """
    everywhere = checked.in_reach()
    by_status: Select[Any] = (
        select(Submission.status, func.count())
        .where(
            *everywhere,
            Submission.form_id.in_(checked.form_ids.values()),
            Submission.status.not_in(checked.order.statuses),
        )
        .group_by(Submission.status)
    )
    found = {str(status): number for status, number in session.execute(by_status).all()}
    if not checked.order.forms:
        unknown = select(func.count()).where(*everywhere, Submission.form_id.is_(None))
        found |= {"": session.scalar(unknown) or 0}
    return {status: number for status, number in sorted(found.items()) if number}
