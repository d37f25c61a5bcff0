"""What a statement may ask of the mission's findings, with every name checked and explained."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.checklists.definition import SELECTS, FormDefinition, Question
from observer.collect.models import Status
from observer.findings.findings import (
    AskedOtherwise,
    Coverage,
    Finding,
    NumberSummary,
    UnknownNameError,
    asked_otherwise,
    coverage,
    findings,
    numbers,
    one_finding,
)
from observer.findings.ground import WHOLE
from observer.findings.selection import Look
from observer.findings.tally import answer_names
from observer.language import in_language
from observer.missions.models import Place, Region, Round
from observer.missions.scope import Scope
from observer.statements.models import Source
from observer.statements.template import FigureError, unknown_name

COUNTABLE = (Status.RECEIVED, Status.VERIFIED)
"""What a statement can count. It counts verified submissions unless it says otherwise."""
NUMERIC = ("integer", "decimal", "calculate")
TOGETHER = " + "
"""Between the answers of a finding that counts several together."""


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except UnknownNameError as error:
        raise FigureError(str(error)) from error


@dataclass(frozen=True)
class Row:
    """The findings of one region, in the order of the answers asked for."""

    name: str
    abroad: bool
    findings: tuple[Finding, ...]


@dataclass
class Facts:
    """The findings of one round, in one language."""

    session: Session
    scope: Scope
    round: Round
    language: str
    statuses: tuple[Status, ...]
    _looks: dict[tuple[Status, ...], Look] = field(default_factory=dict)
    _otherwise: dict[str, dict[str, list[AskedOtherwise]]] = field(default_factory=dict)

    def look(self, statuses: Sequence[Status]) -> Look:
        """The one look that all figures are counted from: what comes meanwhile changes none."""
        if not self._looks:
            first = Look(self.session, self.scope, self.round, self.statuses)
            self._looks[self.statuses] = first
        named = tuple(statuses)
        if named not in self._looks:
            self._looks[named] = self._looks[self.statuses].counting(named)
        return self._looks[named]

    @property
    def definitions(self) -> dict[str, FormDefinition]:
        """The newest published version of each form, by code."""
        return self.look(self.statuses).forms

    @property
    def forms(self) -> tuple[str, ...]:
        """The codes of the forms that are published."""
        return tuple(self.definitions)

    @cached_property
    def regions(self) -> dict[str, Region]:
        """The mission's regions by code."""
        rows = self.session.scalars(
            select(Region)
            .where(Region.mission_id == self.scope.mission.id, self.scope.sees(Region.id))
            .order_by(Region.level, Region.code)
        )
        return {region.code: region for region in rows}

    @cached_property
    def has_sample(self) -> bool:
        """Whether places of the mission were drawn as a sample."""
        drawn = select(Place.id).where(
            Place.mission_id == self.scope.mission.id, Place.weight.is_not(None)
        )
        return self.session.scalar(drawn.limit(1)) is not None

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The mission's sources by code."""
        rows = self.session.scalars(
            select(Source).where(Source.mission_id == self.scope.mission.id).order_by(Source.code)
        )
        return {source.code: source for source in rows}

    def definition(self, form: Any) -> FormDefinition:
        """The newest published version of a form."""
        return _named(form, self.definitions, _("form"))

    def question(self, form: Any, question: Any) -> Question:
        """A question of a form."""
        questions = {q.name: q for q in self.definition(form).questions() if q.type != "note"}
        return _named(question, questions, _("question in form %(form)s", form=form))

    def answers(self, form: Any, question: Any, given: Sequence[Any] = ()) -> tuple[str, ...]:
        """The answers asked for; where none is named, all that are counted."""
        asked = self.question(form, question)
        if not asked.has_answers:
            raise FigureError(_("“%(question)s” has no answers to choose.", question=question))
        counted = answer_names(asked)
        for answer in given:
            _named(answer, counted, _("answer to %(question)s", question=question))
        return tuple(given or counted)

    def left_out(self, form: str, question: str) -> list[AskedOtherwise]:
        """Other versions of the form whose answers to a question its figures do not count."""
        if form not in self._otherwise:
            self._otherwise[form] = asked_otherwise(
                self.session,
                self.scope,
                self.round,
                self.definition(form),
                look=self.look(self.statuses),
            )
        return [each for each in self._otherwise[form].get(question, ()) if not each.counted]

    def region(self, code: Any) -> Region:
        """A region."""
        return _named(code, self.regions, _("region"))

    def source(self, code: Any) -> Source:
        """A source."""
        return _named(code, self.sources, _("source"))

    def level(self, level: Any) -> int:
        """A level of the tree of regions; 0 is the whole."""
        deepest = max((region.level for region in self.regions.values()), default=0)
        if level not in range(deepest + 1):
            raise FigureError(_("level must be a number from 0 to %(deepest)s.", deepest=deepest))
        return int(level)

    def counted(self, statuses: Any) -> tuple[Status, ...]:
        """The statuses to count: those named, else the statement's own."""
        if statuses is None:
            return self.statuses
        names = (statuses,) if isinstance(statuses, str) else statuses
        if not isinstance(names, list | tuple) or not names:
            raise FigureError(_("statuses must be 'verified' or ['received', 'verified']."))
        for name in names:
            _named(name, [status.value for status in COUNTABLE], _("status to count"))
        return tuple(Status(name) for name in names)

    def one(self, form: Any, question: Any, answer: Any, region: Any, statuses: Any) -> Finding:
        """One finding, of the whole or of a region.

        Several answers to a question with one choice are counted together.
        """
        asked = self.question(form, question)
        several = isinstance(answer, list | tuple) and answer
        together = list(answer) if several else [answer]
        if len(together) > 1 and asked.type != "select_one":
            raise FigureError(
                _(
                    "Answers to %(question)s cannot be added up: one report may give several.",
                    question=question,
                )
            )
        if asked.type in SELECTS:
            self.answers(form, question, together)
        elif answer is not None and asked.type != "calculate":
            raise FigureError(_("“%(question)s” has no answers to choose.", question=question))
        if region is not None:
            self.region(region)
        counted = self.counted(statuses)
        with _explained():
            found = [
                one_finding(
                    self.session,
                    self.scope,
                    self.round,
                    form,
                    question,
                    each,
                    region=region,
                    look=self.look(counted),
                )
                for each in dict.fromkeys(together)
            ]
        return added_up(found)

    def again(self, found: Finding, statuses: Sequence[Status]) -> Finding:
        """The same finding with other reports counted."""
        answer = found.answer.split(TOGETHER) if found.answer is not None else None
        names = [status.value for status in statuses]
        return self.one(found.form, found.question, answer, found.region, names)

    def together(
        self, form: str, question: str, answers: Sequence[str], region: Any, statuses: Any
    ) -> tuple[Finding, ...]:
        """The findings for several answers, of the whole or of a region, counted in one go."""
        if region is not None:
            self.region(region)
        level = WHOLE if region is None else None
        found = self._findings(form, question, statuses, region=region, level=level)
        by_answer = {one.answer: one for one in found}
        return tuple(by_answer[answer] for answer in answers)

    def _findings(self, form: str, question: str, statuses: Any, **which: Any) -> list[Finding]:
        return self.every(self.counted(statuses), form=form, question=question, **which)

    def every(self, statuses: Sequence[Status], **which: Any) -> list[Finding]:
        """The findings of all forms and questions, or of those named, with these counted."""
        with _explained():
            return findings(self.session, self.scope, self.round, look=self.look(statuses), **which)

    def by_region(
        self, form: Any, question: Any, answers: Sequence[str], level: int, statuses: Any
    ) -> list[Row]:
        """The findings of every region of a level by name, those abroad last."""
        found = self._findings(form, question, statuses, level=level)
        by_name = {(one.region, one.answer): one for one in found}
        regions = [region for region in self.regions.values() if region.level == level]
        return [
            Row(
                region.name,
                region.abroad,
                tuple(by_name[region.code, answer] for answer in answers),
            )
            for region in regions_in_order(regions)
            if all((region.code, answer) in by_name for answer in answers)
        ]

    def coverage(self, form: Any, level: int, region: Any, statuses: Any) -> list[Coverage]:
        """Places observed of places there are: of the whole, a region, or every one of a level."""
        with _explained():
            return coverage(
                self.session,
                self.scope,
                self.round,
                form=form,
                level=level,
                region=region,
                look=self.look(self.counted(statuses)),
            )

    def numbers(self, form: Any, question: Any, region: Any, statuses: Any) -> NumberSummary:
        """What is to say of the numbers given as answers."""
        if self.question(form, question).type not in NUMERIC:
            raise FigureError(_("“%(question)s” is not answered by numbers.", question=question))
        with _explained():
            return numbers(
                self.session,
                self.scope,
                self.round,
                form,
                question,
                region=region,
                look=self.look(self.counted(statuses)),
            )

    def form_label(self, form: str) -> str:
        """A form's title."""
        return in_language(self.definition(form).title, self.language)

    def question_label(self, form: str, question: str) -> str:
        """A question as the head of a table has it."""
        return in_language(self.question(form, question).table_label, self.language)

    def answer_label(self, form: str, question: str, answer: str) -> str:
        """An answer as the form has it, or several that were counted together."""
        asked = self.question(form, question)
        labels = (
            in_language(asked.choice_label(one), self.language) for one in answer.split(TOGETHER)
        )
        return " + ".join(labels)


def added_up(found: Sequence[Finding]) -> Finding:
    """The findings for several answers to one question as one; of a single one that itself."""
    if len(found) == 1:
        return found[0]
    k, n = sum(one.k for one in found), found[0].n
    named = TOGETHER.join(str(one.answer) for one in found)
    return replace(found[0], answer=named, k=k, share=k / n if n else None)


def regions_in_order(regions: Iterable[Region]) -> list[Region]:
    """Regions by name, those abroad last."""
    return sorted(regions, key=lambda region: (region.abroad, sortable(region.name)))


def sortable(name: str) -> str:
    """A name as it is sorted: Áncash stands among those with A."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def _named(name: Any, there_is: Any, what: str) -> Any:
    """What has this name. Raises FigureError with what there is instead."""
    if not isinstance(name, str) or name not in there_is:
        raise FigureError(unknown_name(name, there_is, what))
    return there_is[name] if isinstance(there_is, dict) else name
