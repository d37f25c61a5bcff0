"""A form's findings as people read them: question by question, or one question by region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question
from observer.collect.models import Status
from observer.findings import words
from observer.findings.coverage import Coverage, coverage
from observer.findings.cuts import cut_names
from observer.findings.findings import AskedOtherwise, Finding, asked_otherwise, findings
from observer.findings.ground import WHOLE, ground_of
from observer.findings.numbers import NUMERIC, NumberSummary, numbers_by_region
from observer.findings.selection import COUNTED, questions
from observer.language import in_language
from observer.missions.models import Round
from observer.missions.scope import Scope


@dataclass(frozen=True)
class QuestionFindings:
    """The findings of one question in one region or in the whole: one for each answer."""

    question: Question
    findings: tuple[Finding, ...]
    numbers: NumberSummary | None = None
    """Of the numbers given, where it asks for one."""
    otherwise: tuple[AskedOtherwise, ...] = ()
    """As other versions of the form ask it."""

    @property
    def base(self) -> Finding:
        """Any of the findings: all have the same base."""
        return self.findings[0]

    def label(self, answer: str) -> str:
        """An answer in the reader's language."""
        return in_language(self.question.choice_label(answer))

    def labels(self, answers: Iterable[str]) -> list[str]:
        """Answers in the reader's language."""
        return [self.label(answer) for answer in answers]

    def gravity(self, answer: str) -> str:
        """How grave a problem an answer is; empty for none."""
        return self.question.problems.get(answer, "")


@dataclass(frozen=True)
class RegionFindings:
    """The findings of a question in one region; in the whole where the region has no code."""

    region: Coverage
    counted: QuestionFindings


def form_sheet(
    session: Session,
    scope: Scope,
    round_: Round,
    form: FormDefinition,
    *,
    region: str | None = None,
    statuses: Iterable[Status] = COUNTED,
) -> list[QuestionFindings]:
    """Every question of a form with its findings, in the form's order.

    Raises UnknownNameError for a region that there is not.
    """
    where = {
        "region": region,
        "level": WHOLE if region is None else None,
        "statuses": tuple(statuses),
    }
    found = findings(session, scope, round_, form=form.code, **where)
    by_question = {name: tuple(each) for name, each in groupby(found, attrgetter("question"))}
    otherwise = asked_otherwise(
        session, scope, round_, form, region=region, statuses=where["statuses"]
    )
    ((_form, asked),) = questions([form])
    sheet = []
    for question in asked:
        numbers = None
        if _asks_number(question):
            (given,) = numbers_by_region(session, scope, round_, form.code, question.name, **where)
            numbers = given.summary
        name = question.name
        sheet.append(
            QuestionFindings(question, by_question[name], numbers, tuple(otherwise.get(name, ())))
        )
    return sheet


def question_by_region(
    session: Session,
    scope: Scope,
    round_: Round,
    form: FormDefinition,
    question: Question,
    *,
    level: int,
    statuses: Iterable[Status] = COUNTED,
) -> list[RegionFindings]:
    """A question's findings in every region of a level; level 0 is the whole.

    How other versions ask it is told of the whole alone.
    """
    where = {"level": level, "statuses": tuple(statuses)}
    found = findings(session, scope, round_, form=form.code, question=question.name, **where)
    by_region: dict[str | None, list[Finding]] = {}
    for finding in found:
        by_region.setdefault(finding.region, []).append(finding)
    numbers = {}
    if _asks_number(question):
        given = numbers_by_region(session, scope, round_, form.code, question.name, **where)
        numbers = {each.region: each.summary for each in given}
    told = {}
    if level == WHOLE:
        told = asked_otherwise(
            session, scope, round_, form, question=question.name, statuses=where["statuses"]
        )
    return [
        RegionFindings(
            region,
            QuestionFindings(
                question,
                tuple(by_region[region.region]),
                numbers.get(region.region),
                tuple(told.get(question.name, ())),
            ),
        )
        for region in coverage(session, scope, round_, form=form.code, **where)
    ]


@dataclass(frozen=True)
class CutFindings:
    """The findings of a question for one value of a cut, as the reader calls it."""

    name: str
    counted: QuestionFindings


def question_by_cut(
    session: Session,
    scope: Scope,
    round_: Round,
    form: FormDefinition,
    question: Question,
    *,
    by: str,
    statuses: Iterable[Status] = COUNTED,
) -> list[CutFindings]:
    """A question's findings in the whole, for each value of a cut.

    Raises UnknownNameError for a cut that there is not.
    """
    found = findings(
        session,
        scope,
        round_,
        form=form.code,
        question=question.name,
        level=WHOLE,
        statuses=statuses,
        by=by,
    )
    by_value: dict[str | None, list[Finding]] = {}
    for finding in found:
        by_value.setdefault(finding.value, []).append(finding)
    return [
        CutFindings(words.cut_value(by, value or ""), QuestionFindings(question, tuple(each)))
        for value, each in by_value.items()
    ]


def cut_choices(session: Session, scope: Scope) -> dict[str, str]:
    """The cuts that there are, by their names, as the reader calls them."""
    names = cut_names(session, scope.mission, ground_of(session, scope))
    return {name: words.cut_name(name) for name in names}


def _asks_number(question: Question) -> bool:
    return question.type in NUMERIC and not question.has_answers
