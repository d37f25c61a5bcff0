"""Findings: how often an answer was given, with what that was counted from.

The newest published version of a form says which questions and answers there are; submissions
of all its versions that ask a question alike are counted together. Answers of a version that
asks it otherwise, for another type or out of choices that are there no more, are counted apart.

A question inside a repeat is counted by item: *n* is the number of items (of parties, say) for
which it was answered, and for a question without choices *k* is the number of submissions that
answer it at least once.

A submission counts in the region it was received for; a place in the region it lies in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question
from observer.collect.models import Status
from observer.findings.classes import counted_of
from observer.findings.coverage import Coverage, coverage
from observer.findings.cuts import Cut, cut_of, cut_tally
from observer.findings.ground import WHOLE
from observer.findings.names import UnknownNameError, known
from observer.findings.numbers import NumberSummary, numbers
from observer.findings.selection import (
    COUNTED,
    Look,
    Plan,
    Selection,
    questions,
    unit_of,
)
from observer.findings.tally import Tally, tally
from observer.findings.versions import asked_in
from observer.missions.models import Round
from observer.missions.scope import Scope


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure with its base: *k* of *n*."""

    form: str
    question: str
    answer: str | None
    """None for a question without choices: then *k* is how many of *n* submissions answer it."""
    region: str | None
    """A region's code, or None for the whole of what the reader may see."""
    level: int
    k: int
    n: int
    share: float | None
    places_observed: int
    """Stations (or centres, where the form is filled for those) in which the question counted."""
    places_total: int
    statuses: tuple[str, ...]
    at: datetime
    by: str | None = None
    """What the region's figure is cut by; see :mod:`observer.findings.cuts`."""
    value: str | None = None
    """The value of the cut that this figure is of."""

    def to_json(self) -> dict[str, Any]:
        """The finding as programs get it; with its cut, where there is one."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        if self.by is None:
            del fields["by"], fields["value"]
        return fields | {"statuses": list(self.statuses), "at": self.at.isoformat()}


def findings(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    form: str | None = None,
    question: str | None = None,
    answer: str | None = None,
    region: str | None = None,
    level: int | None = None,
    statuses: Iterable[Status] = COUNTED,
    by: str | None = None,
    look: Look | None = None,
) -> list[Finding]:
    """The findings of a round: of all forms, questions, answers and regions, or of those named.

    A region alone gives that region, a level alone the regions of that level (0: the whole),
    both together the regions of the level that lie in the region. ``by`` cuts each of these
    figures: ``hour``, ``team``, ``status``, ``stratum``, or ``attr:`` and an attribute of places.
    Who has looked already hands on the look, which has its statuses.

    Raises UnknownNameError for a form, question, answer, region or cut that there is not.
    """
    look = look or Look(session, scope, round_, statuses)
    plan = questions(look.definitions(form), question)
    if by is None:
        found = _count(look, plan, region, level)
    else:
        cut = cut_of(session, scope.mission, look.ground, by)
        found = _count_by(look, plan, region, level, cut)
    if answer is None:
        return found
    known(answer, dict.fromkeys(each.answer for each in found if each.answer), _("answer"))
    return [each for each in found if each.answer == answer]


def _count(look: Look, plan: Plan, region: str | None, level: int | None) -> list[Finding]:
    lines = look.ground.regions.lines(region, level)
    result: list[Finding] = []
    for definition, asked in plan:
        selection = look.select(definition.code, unit_of(definition))
        alike = asked_in(definition)
        for question in asked:
            counted = tally(selection.asking(alike[question.name]), question)
            result += _findings(look, definition, question.name, counted, lines)
    return result


def _count_by(
    look: Look, plan: Plan, region: str | None, level: int | None, cut: Cut
) -> list[Finding]:
    statuses = tuple(str(status) for status in look.statuses)
    regions = look.ground.regions
    result: list[Finding] = []
    for definition, asked in plan:
        selection = look.select(definition.code, unit_of(definition))
        alike = asked_in(definition)
        for question in asked:
            chosen = selection.asking(alike[question.name])
            for line in regions.lines(region, level):
                counted = cut_tally(chosen, counted_of(question), cut, line)
                k, n = counted.k.tolist(), counted.n.tolist()
                result += [
                    Finding(
                        form=definition.code,
                        question=question.name,
                        answer=answer,
                        region=regions.code(line),
                        level=regions.level(line),
                        k=k[at][column],
                        n=n[at],
                        share=k[at][column] / n[at] if n[at] else None,
                        places_observed=int(counted.observed[at]),
                        places_total=int(counted.places_total[at]),
                        statuses=statuses,
                        at=look.at,
                        by=cut.by,
                        value=value,
                    )
                    for column, answer in enumerate(counted.answers)
                    for at, value in enumerate(counted.values)
                ]
    return result


def _findings(
    look: Look, definition: FormDefinition, question: str, counted: Tally, lines: list[int]
) -> list[Finding]:
    statuses = tuple(str(status) for status in look.statuses)
    regions = look.ground.regions
    places_total = look.ground.total(unit_of(definition)).tolist()
    k, n, observed = counted.k.tolist(), counted.n.tolist(), counted.observed.tolist()
    return [
        Finding(
            form=definition.code,
            question=question,
            answer=answer,
            region=regions.code(line),
            level=regions.level(line),
            k=k[line][column],
            n=n[line],
            share=k[line][column] / n[line] if n[line] else None,
            places_observed=observed[line],
            places_total=places_total[line],
            statuses=statuses,
            at=look.at,
        )
        for column, answer in enumerate(counted.answers)
        for line in lines
    ]


@dataclass(frozen=True)
class AskedOtherwise:
    """The figures of a question as another version asks it, of that version alone."""

    version: int
    question: Question
    findings: tuple[Finding, ...]
    """In the region that was asked for, or in the whole; one for each answer."""
    counted: bool
    """Whether they are counted with the question's figures too."""
    lacks: tuple[str, ...]
    """The answers that this version did not offer."""

    @property
    def answered(self) -> int:
        """How many answers it has."""
        first = self.findings[0]
        return first.k if first.answer is None else first.n


def asked_otherwise(
    session: Session,
    scope: Scope,
    round_: Round,
    form: FormDefinition,
    *,
    question: str | None = None,
    region: str | None = None,
    statuses: Iterable[Status] = COUNTED,
    look: Look | None = None,
) -> dict[str, list[AskedOtherwise]]:
    """Of a form's questions, or of one, by name: what other versions of the form ask otherwise.

    Who has looked already hands on the look, which has its statuses. Raises UnknownNameError for a
    region that there is not.
    """
    look = look or Look(session, scope, round_, statuses)
    line, selection = _in_region(look, form, region)
    alike = asked_in(form)
    otherwise: dict[str, list[AskedOtherwise]] = {}
    for name in alike if question is None else [question]:
        asked = alike[name]
        for version, own in selection.otherwise(asked):
            theirs = version.asked[name]
            found = _findings(look, form, name, tally(own, theirs.question), [line])
            each = AskedOtherwise(
                version.number,
                theirs.question,
                tuple(found),
                counted=theirs.agrees(asked),
                lacks=tuple(theirs.lacks(asked)),
            )
            if each.answered:
                otherwise.setdefault(name, []).append(each)
    return otherwise


def counted_versions(
    session: Session,
    scope: Scope,
    round_: Round,
    form: FormDefinition,
    *,
    region: str | None = None,
    statuses: Iterable[Status] = COUNTED,
) -> dict[int, int]:
    """How many of a form's submissions were made with each version, by its number.

    Raises UnknownNameError for a region that there is not.
    """
    line, selection = _in_region(Look(session, scope, round_, statuses), form, region)
    numbers = sorted((version.number, id_) for id_, version in selection.versions.items())
    made = {number: selection.of_versions({id_}).by_region() for number, id_ in numbers}
    return {number: int(count[line]) for number, count in made.items() if count[-1]}


def _in_region(look: Look, form: FormDefinition, region: str | None) -> tuple[int, Selection]:
    """The line of a region, or of the whole, and the submissions of a form."""
    (line,) = look.ground.regions.lines(region, WHOLE if region is None else None)
    return line, look.select(form.code, unit_of(form))


def one_finding(  # noqa: PLR0917
    session: Session,
    scope: Scope,
    round_: Round,
    form: str,
    question: str,
    answer: str | None,
    *,
    region: str | None = None,
    statuses: Iterable[Status] = COUNTED,
    look: Look | None = None,
) -> Finding:
    """One finding: of a region, or of the whole. Without an answer: of a question without choices.

    Who has looked already hands on the look, which has its statuses.

    Raises UnknownNameError for a form, question, answer or region that there is not.
    """
    found = findings(
        session,
        scope,
        round_,
        form=form,
        question=question,
        answer=answer,
        region=region,
        level=WHOLE if region is None else None,
        statuses=statuses,
        look=look,
    )
    if found[0].answer != answer:
        raise UnknownNameError(
            _(
                "“%(question)s” has answers; name one of %(names)s.",
                question=question,
                names=", ".join(str(each.answer) for each in found),
            )
        )
    return found[0]


def problems(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    statuses: Iterable[Status] = COUNTED,
    region: str | None = None,
    look: Look | None = None,
) -> list[Finding]:
    """The findings of all answers that their forms mark as problems, of a region or the whole.

    Who has looked already hands on the look, which has its statuses.
    """
    look = look or Look(session, scope, round_, statuses)
    plan = [
        (definition, [question for question in asked if question.problems])
        for definition, asked in questions(look.definitions(None))
    ]
    marked = {
        (definition.code, question.name, answer)
        for definition, asked in plan
        for question in asked
        for answer in question.problems
    }
    level = WHOLE if region is None else None
    found = _count(look, plan, region, level)
    return [each for each in found if (each.form, each.question, each.answer) in marked]


__all__ = [
    "COUNTED",
    "AskedOtherwise",
    "Coverage",
    "Finding",
    "NumberSummary",
    "UnknownNameError",
    "asked_otherwise",
    "counted_versions",
    "coverage",
    "findings",
    "numbers",
    "one_finding",
    "problems",
]
