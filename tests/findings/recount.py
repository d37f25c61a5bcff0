"""Findings and coverage counted once more, with plain loops over the tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question
from observer.checklists.library import definition_of, published_forms
from observer.checklists.models import FormVersion
from observer.collect.models import Revision, Submission
from observer.findings.versions import asked_in
from observer.missions.models import Mission, Place, PlaceKind, Region

NO_ANSWER = (None, "", [])
LEFT_OUT = ("not_observed", "not_applicable")


@dataclass
class Counted:
    """What was counted in one region for one question."""

    n: int = 0
    k: dict[str | None, int] = field(default_factory=dict)
    places: set[int] = field(default_factory=set)


class Recount:
    """The tables of a mission as lists, read at one moment."""

    def __init__(self, session: Session, mission: Mission) -> None:
        self.forms = {v.form_id: definition_of(v) for v in published_forms(session, mission)}
        self.versions = {v.id: definition_of(v) for v in session.scalars(select(FormVersion))}
        self.regions = {region.id: region for region in session.scalars(select(Region))}
        self.places = {place.id: place for place in session.scalars(select(Place))}
        self.submissions = [
            (submission, revision.form_version_id, revision.answers)
            for submission, revision in session.execute(
                select(Submission, Revision).join(Revision, Revision.submission_id == Submission.id)
            )
            if revision.number == submission.current_revision and not revision.conflicting
        ]

    def around(self, region_id: int | None) -> list[int | None]:
        """A region and all that it lies in, and the whole."""
        around: list[int | None] = []
        while region_id is not None:
            around.append(region_id)
            region_id = self.regions[region_id].parent_id
        return [*around, None]

    def counted(self, scope, round_, statuses, form: FormDefinition):
        for submission, version_id, answers in self.submissions:
            seen = scope.region_ids is None or submission.region_id in scope.region_ids
            if (
                seen
                and submission.round_id == round_.id
                and submission.status in statuses
                and self.forms[submission.form_id].code == form.code
            ):
                yield submission, self.versions[version_id], answers

    def unit(self, form: FormDefinition | None, place_id: int | None) -> int | None:
        """The station, or centre, that a submission of the form observed."""
        place = self.places.get(place_id)
        if place is None:
            return None
        if form is None or form.place == "station":
            return place.id if place.kind == PlaceKind.STATION else None
        return place.centre_id or place.id

    def question(self, scope, round_, statuses, form, question: Question):
        """What was counted, by region."""
        by_region: dict[int | None, Counted] = {}
        for submission, version, answers in self.counted(scope, round_, statuses, form):
            if not asked_alike(version, form, question):
                continue
            items = [item for item in said(answers, question.name) if item]
            if question.has_answers:
                base = [set(item) - set(LEFT_OUT) for item in items]
                base = [item for item in base if item]
                n = len(base)
            else:
                base, n = [{None}] if items else [], 1
            for region in self.around(submission.region_id):
                here = by_region.setdefault(region, Counted())
                here.n += n
                for item in base:
                    for answer in item:
                        here.k[answer] = here.k.get(answer, 0) + 1
            unit = self.unit(form, submission.place_id)
            if n and unit is not None:
                region_id = self.places[unit].region_id
                if scope.region_ids is None or region_id in scope.region_ids:
                    for region in self.around(region_id):
                        by_region.setdefault(region, Counted()).places.add(unit)
        return by_region

    def problems(self, scope, round_, statuses, form: FormDefinition, gravity: str):
        """How many submissions have a problem of this gravity, one at least, by region."""
        by_region: dict[int | None, int] = {}
        for submission, version, answers in self.counted(scope, round_, statuses, form):
            if any(
                asked_alike(version, form, question)
                and any(question.problems.get(a) == gravity for item in items for a in item)
                for question in form.questions()
                for items in [said(answers, question.name)]
            ):
                for region in self.around(submission.region_id):
                    by_region[region] = by_region.get(region, 0) + 1
        return by_region

    def coverage(self, scope, round_, statuses, form: FormDefinition | None):
        """The places observed and the places there are, by region."""
        observed: dict[int | None, set[int]] = {}
        total: dict[int | None, int] = {}
        units = set()
        for each in self.forms.values():
            if form is None or form.code == each.code:
                for submission, _version, _answers in self.counted(scope, round_, statuses, each):
                    units.add(self.unit(form, submission.place_id))
        for place in self.places.values():
            if scope.region_ids is not None and place.region_id not in scope.region_ids:
                continue
            for region in self.around(place.region_id):
                if place.id == self.unit(form, place.id):
                    total[region] = total.get(region, 0) + 1
                if place.id in units:
                    observed.setdefault(region, set()).add(place.id)
        return {
            region: (len(observed.get(region, ())), total.get(region, 0))
            for region in (None, *self.regions)
        }


def asked_alike(version: FormDefinition, newest: FormDefinition, question: Question) -> bool:
    old = asked_in(version).get(question.name)
    if old is None:
        return False
    choices = {choice.name for choice in question.choices}
    return (
        old.question.type == question.type
        and old.repeated == asked_in(newest)[question.name].repeated
        and all(choice.name in choices for choice in old.question.choices)
    )


def said(answers, name: str) -> list[list[str]]:
    """What each item, or the one answer, says: a list of answers for each."""
    found = []
    for key, value in answers.items():
        if value in NO_ANSWER:
            continue
        if isinstance(value, list) and isinstance(value[0], dict):
            found += [each for item in value for each in said(item, name)]
        elif key == name:
            found.append([str(one) for one in (value if isinstance(value, list) else [value])])
    return found
