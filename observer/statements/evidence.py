"""What observers reported in words: evidence to read, and to cite, while a statement is written.

Incidents that the mission confirmed, other verified reports of incidents, and the reports of
long-term observers: weekly reports, meetings, campaign events, and complaints where the mission
has a form for them. Nobody is named: a report is known by its receipt code and its day.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from observer.checklists.definition import SELECTS, FormDefinition, Question, Section
from observer.checklists.library import definition_of, published_forms
from observer.checklists.models import Form
from observer.collect.intake import receipt_code
from observer.collect.models import Revision, Status, Submission
from observer.collect.queries import counted_revisions
from observer.language import in_language
from observer.missions.models import Place, Round
from observer.missions.scope import Scope, within_region
from observer.review.cases import Case, cases
from observer.review.incidents import FORM as INCIDENT
from observer.statements.notes import plain
from observer.statements.words import Words
from observer.statements.wordsearch import likeness, terms_of, words_of

FORMS = ("weekly_report", "meeting", "campaign_event", "complaint", "complaints")
"""Forms whose reports are read rather than counted."""
KINDS = (INCIDENT, *FORMS)
SHOWN = (Status.VERIFIED, Status.RECEIVED)
MOST = 60

_TOPICS = ("topics", "topic", "type")
_WHERE = ("where_text", "area_text")
_NOT_ITS_MATTER = (*_WHERE, "requests", "plans", "follow_up_text", "comment")
"""Texts about the work of the team, which prove nothing."""


@dataclass(frozen=True)
class Passage:
    """Something that was said, under the topic or question it was said to."""

    about: str
    text: str
    topic: str = ""
    """The topic's name, where it was said to one."""
    may_be_quoted: bool = True


@dataclass(frozen=True)
class Evidence:
    """One report, or several of one event, as a writer reads them."""

    kind: str
    """The code of its form."""
    submission: uuid.UUID
    form: str
    place: str
    region: str
    day: date
    team: str
    status: Status
    is_confirmed: bool
    """Whether the mission has confirmed it as an incident."""
    topics: dict[str, str]
    """Labels of its topics by name."""
    passages: tuple[Passage, ...]
    citation: str
    """A footnote that names it, as Markdown in the language of the statement."""

    @property
    def code(self) -> str:
        """Its receipt code."""
        return receipt_code(self.submission)

    def says(self, terms: Sequence[str]) -> bool:
        """Whether each of these words, or one that begins with it, stands in it."""
        texts = (self.form, self.place, self.region, self.team, self.code, *self.topics.values())
        said = set(chain.from_iterable(map(words_of, (*texts, *(p.text for p in self.passages)))))
        return all(any(likeness(term, word) for word in said) for term in terms)


@dataclass(frozen=True, kw_only=True)
class EvidenceFilters:
    """What is asked for; everything by default."""

    text: str = ""
    kind: str = ""
    topic: str = ""
    region: str = ""
    """A region's code: what was reported from it and all that lies in it."""


def evidence(
    session: Session, scope: Scope, round_: Round, filters: EvidenceFilters, words: Words
) -> list[Evidence]:
    """The evidence of a round that the reader may see: confirmed incidents, then the newest.

    ``words`` are those of the statement that cites it; all else is in the reader's language.
    """
    if filters.region:
        scope = within_region(session, scope, filters.region)
    forms = {
        version.form.code: definition_of(version)
        for version in published_forms(session, scope.mission)
        if version.form.code in KINDS
    }
    found: list[Evidence] = []
    if INCIDENT in forms and filters.kind in ("", INCIDENT):
        found += _incidents(session, scope, round_, forms[INCIDENT], words)
    codes = [code for code in FORMS if code in forms and filters.kind in ("", code)]
    found += _reports(session, scope, round_, codes, words)
    terms = terms_of(filters.text)
    chosen = [one for one in found if one.says(terms)]
    if filters.topic:
        chosen = [_of_topic(one, filters.topic) for one in chosen if filters.topic in one.topics]
    return chosen


def topics_of(found: Sequence[Evidence]) -> dict[str, str]:
    """The topics that evidence is about, by name, in the order of their labels."""
    labels = {name: label for one in found for name, label in one.topics.items()}
    return dict(sorted(labels.items(), key=lambda one: words_of(one[1])))


def _of_topic(one: Evidence, topic: str) -> Evidence:
    """Of a report on many topics, what it says to one."""
    about = tuple(passage for passage in one.passages if passage.topic == topic)
    return replace(one, passages=about) if about else one


def _incidents(
    session: Session, scope: Scope, round_: Round, form: FormDefinition, words: Words
) -> list[Evidence]:
    """Confirmed cases, the gravest first, then cases with a verified report."""
    confirmed, others = [], []
    for case in cases(session, scope, round_):
        if case.is_confirmed:
            confirmed.append(case)
        elif case.state != "not_confirmed" and any(
            report.status == Status.VERIFIED for report in case.reports
        ):
            others.append(case)
    shown = [*confirmed, *others]
    submissions = _by_id(session, [case.first.submission for case in shown])
    return [
        _of_case(scope, form, case, submissions[case.first.submission], words) for case in shown
    ]


def _of_case(
    scope: Scope, form: FormDefinition, case: Case, submission: Submission, words: Words
) -> Evidence:
    first = case.first
    passages = [Passage("", case.title)] if case.title else []
    passages += [Passage("", report.summary) for report in case.reports if report.summary]
    moment = case.occurred_at or case.told_at
    day = moment.astimezone(ZoneInfo(scope.mission.timezone)).date()
    types = next((q for q in form.questions() if q.name == "type"), None)
    statuses = {report.status for report in case.reports}
    return Evidence(
        kind=INCIDENT,
        submission=first.submission,
        form=in_language(form.title),
        place=first.place,
        region=first.region,
        day=day,
        team=submission.team.code if submission.team else "",
        status=Status.VERIFIED if Status.VERIFIED in statuses else first.status,
        is_confirmed=case.is_confirmed,
        topics={n: in_language(types.choice_label(n)) if types else n for n in case.types},
        passages=tuple(passages),
        citation=_citation(first.submission, form, day, words),
    )


def _reports(
    session: Session, scope: Scope, round_: Round, codes: Sequence[str], words: Words
) -> list[Evidence]:
    """The reports of some forms, those of the latest days first."""
    submissions = session.scalars(
        select(Submission)
        .join(Form, Form.id == Submission.form_id)
        .where(
            Submission.mission_id == scope.mission.id,
            Submission.round_id == round_.id,
            Submission.status.in_(SHOWN),
            Form.code.in_(codes),
            scope.sees(Submission.region_id),
        )
        .options(*_with())
    ).all()
    revisions = counted_revisions(session, submissions)
    found = [
        _of_report(scope, one, revisions[one.id], words)
        for one in submissions
        if one.id in revisions and revisions[one.id].form_version
    ]
    return sorted(found, key=lambda one: (-one.day.toordinal(), one.submission))


def _by_id(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Submission]:
    rows = session.scalars(select(Submission).where(Submission.id.in_(ids)).options(*_with()))
    return {submission.id: submission for submission in rows}


def _with() -> tuple[Any, ...]:
    place = joinedload(Submission.place).joinedload(Place.centre)
    return place, joinedload(Submission.team), joinedload(Submission.region)


def _of_report(scope: Scope, submission: Submission, revision: Revision, words: Words) -> Evidence:
    form = definition_of(revision.form_version)  # type: ignore[arg-type]
    answers = revision.answers
    told = revision.finished_at or submission.received_at
    day = _day(form, answers) or told.astimezone(ZoneInfo(scope.mission.timezone)).date()
    place = submission.place
    return Evidence(
        kind=form.code,
        submission=submission.id,
        form=in_language(form.title),
        place=_name(place) if place else _text(answers, *_WHERE),
        region=submission.region.name if submission.region else "",
        day=day,
        team=submission.team.code if submission.team else "",
        status=submission.status,
        is_confirmed=False,
        topics=dict(_topics(form.children, answers)),
        passages=tuple(_passages(form.children, answers)),
        citation=_citation(submission.id, form, day, words),
    )


def _name(place: Place) -> str:
    return f"{place.centre.name if place.centre else place.name} · {place.code}"


def _citation(submission: uuid.UUID, form: FormDefinition, day: date, words: Words) -> str:
    title = in_language(form.title, words.language)
    code = receipt_code(submission)
    return words.phrase("report_cited", code=code, form=plain(title), day=words.day(day))


def _day(form: FormDefinition, answers: Mapping[str, Any]) -> date | None:
    """The day that a report names: of the meeting, of the event, of the end of the week."""
    for question in form.questions():
        if question.type in ("date", "dateTime") and question.name in answers:
            try:
                return datetime.fromisoformat(str(answers[question.name])).date()
            except ValueError:
                continue
    return None


def _text(answers: Mapping[str, Any], *names: str) -> str:
    found = (answers.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text), "")


def _topics(
    children: Sequence[Question | Section], answers: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for child in children:
        if isinstance(child, Section):
            for row in _rows(child, answers):
                yield from _topics(child.children, row)
        elif child.name in _TOPICS and child.type in SELECTS:
            given = answers.get(child.name)
            for name in given if isinstance(given, list) else [given]:
                if isinstance(name, str) and name:
                    yield name, in_language(child.choice_label(name))


def _passages(
    children: Sequence[Question | Section], answers: Mapping[str, Any]
) -> Iterator[Passage]:
    """What was written, topic by topic where the form asks for topics."""
    topic, label = next(
        _topics([c for c in children if isinstance(c, Question)], answers), ("", "")
    )
    asked_once = any(isinstance(child, Question) and child.name == "topic" for child in children)
    for child in children:
        if isinstance(child, Section):
            for row in _rows(child, answers):
                yield from _passages(child.children, row)
        elif child.type == "text" and child.name not in _NOT_ITS_MATTER:
            text = _text(answers, child.name)
            if text:
                about = label if asked_once else in_language(child.table_label)
                may = answers.get("quote_allowed") != "no"
                yield Passage(about, text, topic if asked_once else "", may)


def _rows(section: Section, answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a section's questions are answered by: the same answers, or one row after another."""
    if not section.repeated:
        return [answers]
    rows = answers.get(section.name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
