"""What is counted: the submissions of one form, round and choice of statuses, in some regions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question
from observer.checklists.library import definition_of, published_forms
from observer.collect.models import Status
from observer.database import now
from observer.findings.classes import SUBMISSIONS, Countable
from observer.findings.frame import rows_by_form
from observer.findings.ground import Ground, ground_of
from observer.findings.names import known
from observer.findings.running import Count, Criteria, count
from observer.findings.table import STATUSES, Rows, Table
from observer.findings.versions import Asked, Version, versions_of
from observer.missions.models import Mission, PlaceKind, Round
from observer.missions.scope import Scope

COUNTED = (Status.RECEIVED, Status.VERIFIED)
"""What dashboards count."""
WITHOUT_FINDINGS = ("note", "hidden")
"""Types of question that nobody answers."""

Plan = list[tuple[FormDefinition, list[Question]]]
"""Questions to count, by form."""


@dataclass(frozen=True)
class Selection:
    """The counted submissions of one form: where each was made, and what it answers."""

    ground: Ground
    rows: Rows
    criteria: Criteria
    versions: Mapping[int, Version]
    """The versions of the form's submissions, by id; without those that are unknown."""
    _codes: dict[str, tuple[np.ndarray, Sequence[object]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def chosen(self) -> np.ndarray:
        """The positions of the counted submissions among the rows."""
        alive = np.flatnonzero(self.rows.alive)
        regions = self.ground.regions.positions(self.rows.fixed["region_id"][alive])
        return alive[self.criteria.choose(self.rows, alive, self.ground.regions.seen[regions])]

    @cached_property
    def regions(self) -> np.ndarray:
        """The region of each counted submission."""
        return self.ground.regions.positions(self.rows.fixed["region_id"][self.chosen])

    @cached_property
    def units(self) -> np.ndarray:
        """The station, or centre, of each counted submission."""
        place_ids = self.rows.fixed["place_id"][self.chosen]
        return self.ground.places.units(place_ids, self.criteria.unit)

    def asking(self, question: Asked) -> Selection:
        """Those of the submissions whose version asks the question alike."""
        alike = {
            version.id
            for version in self.versions.values()
            if (asked := version.asked.get(question.question.name)) and asked.agrees(question)
        }
        return self if alike >= self.rows.version_ids else self.of_versions(alike)

    def otherwise(self, question: Asked) -> list[tuple[Version, Selection]]:
        """The submissions of each version that asks the question otherwise, the oldest first.

        Those whose answers are not counted with it, and those that offered fewer choices.
        """
        otherwise = [
            version
            for version in self.versions.values()
            if (asked := version.asked.get(question.question.name))
            and (not asked.agrees(question) or asked.lacks(question))
        ]
        otherwise.sort(key=lambda version: version.number)
        return [(version, self.of_versions({version.id})) for version in otherwise]

    def of_versions(self, ids: set[int]) -> Selection:
        """Those of the submissions that were made with these versions."""
        return replace(self, criteria=replace(self.criteria, version_ids=frozenset(ids)))

    def count(self, counted: Countable = SUBMISSIONS) -> Count:
        """Count the answers to a question, or the submissions, all or those that give something."""
        return count(self.rows, self.ground, self.criteria, counted)

    def codes(self, question: str) -> tuple[np.ndarray, Sequence[object]]:
        """The code of each counted submission's answer, −1 for none, and what codes stand for.

        There are no codes that no counted submission has.
        """
        if question not in self._codes:
            self._codes[question] = self._coded(question)
        return self._codes[question]

    def _coded(self, question: str) -> tuple[np.ndarray, Sequence[object]]:
        column = self.rows.column(question)
        codes = column.codes[self.chosen]
        used = np.flatnonzero(np.bincount(codes + 1, minlength=1)[1:])
        renumbered = np.full(len(column.values) + 1, -1, np.int32)
        renumbered[used] = np.arange(len(used))
        return renumbered[codes], [column.values[code] for code in used]

    def by_region(self, counted: Countable = SUBMISSIONS) -> np.ndarray:
        """How many submissions there are in each region, rolled up; or answers to a question."""
        return self.ground.regions.roll_up(self.count(counted).own[:, 0])

    def places(self, chosen: np.ndarray | None = None) -> np.ndarray:
        """Which places submissions, all or those chosen, were made in; true or false for each."""
        if chosen is None:
            return self.count().seen
        seen = np.zeros(len(self.ground.places.ids) + 1, bool)
        seen[self.units[chosen]] = True
        seen[-1] = False
        return seen


_NOTHING = Table().rows()


class Look:
    """One look at a mission's answers: what every figure of one page is counted from."""

    def __init__(
        self, session: Session, scope: Scope, round_: Round, statuses: Iterable[Status]
    ) -> None:
        self.ground = ground_of(session, scope)
        self.statuses = tuple(Status(status) for status in statuses)
        self.at = now()
        self._rows = rows_by_form(session, scope.mission)
        self._round_id = round_.id
        self._session = session
        self._mission = scope.mission
        self._selected: dict[tuple[str, PlaceKind], Selection] = {}

    @cached_property
    def forms(self) -> dict[str, FormDefinition]:
        """The newest published definition of every form, by its code."""
        return {each.code: each for each in definitions(self._session, self._mission, None)}

    def definitions(self, form: str | None) -> list[FormDefinition]:
        """The newest published definition of the form, or of each. Raises UnknownNameError."""
        return list(self.forms.values()) if form is None else [_of_code(self.forms, form)]

    def counting(self, statuses: Iterable[Status]) -> Look:
        """The same look, at what has other statuses."""
        other = self._again()
        other.statuses = tuple(Status(status) for status in statuses)
        return other

    def of_round(self, round_: Round) -> Look:
        """The same look, at another round."""
        other = self._again()
        other._round_id = round_.id
        return other

    def _again(self) -> Look:
        """The same look with nothing selected yet."""
        other = copy(self)
        other._selected = {}
        return other

    def select(self, form: str, unit: PlaceKind) -> Selection:
        """The counted submissions of a form that is filled for stations, or for centres."""
        if (form, unit) not in self._selected:
            self._selected[form, unit] = self._select(form, unit)
        return self._selected[form, unit]

    def count(self) -> int:
        """How many submissions of all forms are counted."""
        # The kind of place makes no difference to how many they are.
        made = (self.select(code, PlaceKind.STATION) for code in self._rows)
        return sum(int(selection.count().own[:, 0].sum()) for selection in made)

    def teams(self) -> set[int]:
        """The ids of the teams that made the counted submissions of all forms."""
        made = [rows.fixed["team_id"][self._wanted(rows)[0]] for rows in self._rows.values()]
        return {int(team_id) for each in made for team_id in _distinct(each)} - {-1}

    def last_by_person(self) -> dict[int, float]:
        """When the last of the counted submissions of each person came, in seconds since 1970."""
        made = [(rows.fixed, self._wanted(rows)[0]) for rows in self._rows.values()]
        people = np.concatenate([fixed["person_id"][wanted] for fixed, wanted in made] or [[]])
        moments = np.concatenate([fixed["received_at"][wanted] for fixed, wanted in made] or [[]])
        ids, position = np.unique(people, return_inverse=True)
        last = np.zeros(len(ids))
        np.maximum.at(last, position, moments)
        return dict(zip(ids.tolist(), last.tolist(), strict=True))

    def _select(self, form: str, unit: PlaceKind) -> Selection:
        rows = self._rows.get(form, _NOTHING)
        criteria = Criteria(self._round_id, frozenset(self.statuses), unit)
        versions = versions_of(self._session, rows)
        return Selection(self.ground, rows, criteria, versions)

    def _wanted(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """Which rows are counted, and the region of every row."""
        fixed = rows.fixed
        counted = np.array([status in self.statuses for status in STATUSES])
        regions = self.ground.regions.positions(fixed["region_id"])
        wanted = rows.alive & (fixed["round_id"] == self._round_id) & counted[fixed["status"]]
        return wanted & self.ground.regions.seen[regions], regions


def _distinct(ids: np.ndarray) -> list[int]:
    """The ids that there are, −1 among them; counting is faster than sorting."""
    return (np.flatnonzero(np.bincount(ids + 1)) - 1).tolist()


def definitions(session: Session, mission: Mission, form: str | None) -> list[FormDefinition]:
    """The newest published definition of the form, or of each. Raises UnknownNameError."""
    found = {v.form.code: definition_of(v) for v in published_forms(session, mission)}
    return list(found.values()) if form is None else [_of_code(found, form)]


def _of_code(forms: Mapping[str, FormDefinition], code: str) -> FormDefinition:
    return forms[known(code, forms, _("form"))]


def unit_of(definition: FormDefinition) -> PlaceKind:
    """The kind of place that a form's coverage counts."""
    return PlaceKind.STATION if definition.place == "station" else PlaceKind.CENTRE


def questions(forms: Iterable[FormDefinition], name: str | None = None) -> Plan:
    """The questions of each form that have figures, or those with this name.

    Raises UnknownNameError where no form has a question of this name.
    """
    plan = [
        (form, [q for q in form.questions() if q.type not in WITHOUT_FINDINGS]) for form in forms
    ]
    if name is None:
        return plan
    known(name, dict.fromkeys(q.name for _form, asked in plan for q in asked), _("question"))
    named = [(form, [q for q in asked if q.name == name]) for form, asked in plan]
    return [(form, asked) for form, asked in named if asked]
