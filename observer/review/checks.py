"""The quality checks of one submission: each says what it found, and never changes anything.

A check is a function of a case (:mod:`observer.review.cases`). What needs many submissions at
once (values out of the ordinary, teams that answer alike) is in :mod:`observer.review.patterns`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from observer.checklists.definition import FormDefinition, Question
from observer.missions.rounds import local_time
from observer.review.checkcases import Case
from observer.review.circumstances import metres_from_centre
from observer.review.models import Severity

FAR_M, VERY_FAR_M = 500, 5_000
"""Metres from the polling centre from which a position is doubtful, and grave."""
CLOCK_WRONG_S, CLOCK_VERY_WRONG_S = 10 * 60, 24 * 60 * 60
LEAST_S_PER_ANSWER = 2
"""Nobody reads a question and answers it faster."""
LEAST_ANSWERS = 8
"""Forms with fewer answers may be filled in a moment."""
BALLOTS = ("ballots_in_box", "signatures")
"""Questions that tell how many people voted."""
OPENED = ("opening_time",)
"""Questions that tell when a polling station opened, seen by who answers."""
ARRIVED_LATER = timedelta(minutes=15)
"""Somebody who has just come may well give the time of an opening some minutes ago."""
SEEN_BY_TEAM = {"station_opened": "yes"}
"""An opening that the team did not see itself may well be before its arrival."""


@dataclass(frozen=True)
class Found:
    """What a check found: the same check and subject once per submission."""

    check: str
    severity: Severity
    subject: str = ""
    details: dict[str, Any] = field(default_factory=dict)


Check = Callable[[Case], Iterator[Found]]


def refused_answers(case: Case) -> Iterator[Found]:
    """What the form's own rules, the mission's places or the files that came held it for."""
    if not case.revision.errors:
        return
    questions = case.definition.questions() if case.definition else ()
    labels = {question.name: question.table_label for question in questions}
    named: set[str | None] = set()
    for number, each in enumerate(case.revision.errors):
        name = each.get("question")
        label = labels.get(name) or ({"en": name} if name else {})
        details = {"message": str(each.get("message", ""))[:500], "label": label}
        subject = name if name and name not in named else f"{name or ''}#{number}"
        named.add(name)
        yield Found("held", Severity.GRAVE, subject, details)


def broken_rules(case: Case) -> Iterator[Found]:
    """What the form calculates to be a problem: sums that do not add up, contradictions.

    A rule is a ``calculate`` whose result is marked in ``finding::problem``, and on which the form
    shows a note: its sentence. Without a note it is a finding that follows from others, no doubt.
    """
    if case.definition is None:
        return
    questions = list(case.definition.questions())
    for question in questions:
        result = case.answers.get(question.name)
        gravity = question.problems.get(str(result)) if question.type == "calculate" else None
        if gravity is None:
            continue
        if note := _note_on(question, str(result), questions):
            severity = Severity.GRAVE if gravity == "grave" else Severity.DOUBTFUL
            yield Found("rule", severity, question.name, {"sentence": note})


def _note_on(rule: Question, result: str, questions: list[Question]) -> dict[str, str]:
    shown = re.compile(rf"\$\{{\s*{re.escape(rule.name)}\s*\}}\s*=\s*['\"]{re.escape(result)}['\"]")
    found = (q.label for q in questions if q.type == "note" and shown.search(q.relevant))
    return next(found, {})


def turnout(case: Case) -> Iterator[Found]:
    """More ballots or signatures than the polling station has voters."""
    voters = case.place.registered_voters if case.place else None
    if not voters:
        return
    for name in BALLOTS:
        votes = case.answers.get(name)
        if isinstance(votes, int) and not isinstance(votes, bool) and votes > voters:
            details = {"votes": votes, "voters": voters, "percent": round(100 * votes / voters)}
            yield Found("turnout", Severity.GRAVE, name, details)
            return


def opened_before_arrival(case: Case) -> Iterator[Found]:
    """An opening seen by the team, at a time when its visit had not begun yet.

    Not abroad: which clocks they go by there is not known.
    """
    if case.visit is None or (case.place and case.place.region.abroad):
        return
    if any(case.answers.get(name) not in (None, seen) for name, seen in SEEN_BY_TEAM.items()):
        return
    arrived = case.visit.arrived_at
    for name in OPENED:
        opened = _moment_that_day(case, case.answers.get(name), arrived)
        if opened and arrived - opened > ARRIVED_LATER:
            minutes = round((arrived - opened).total_seconds() / 60)
            details = {"opened": str(case.answers[name])[:5], "minutes": minutes}
            details["arrived"] = local_time(case.mission, arrived).strftime("%H:%M")
            yield Found("before_arrival", Severity.DOUBTFUL, name, details)


def _moment_that_day(case: Case, clock: Any, arrived: datetime) -> datetime | None:
    if not isinstance(clock, str):
        return None
    found = re.match(r"(\d{2}):(\d{2})", clock)
    if found is None:
        return None
    there = local_time(case.mission, arrived)
    return there.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)


def too_quick(case: Case) -> Iterator[Found]:
    """Filled faster than the questions can be read."""
    started, finished = case.revision.started_at, case.revision.finished_at
    if case.definition is None or started is None or finished is None:
        return
    given = _count_given(case.answers, _calculated(case.definition))
    seconds = (finished - started).total_seconds()
    if given >= LEAST_ANSWERS and 0 <= seconds < given * LEAST_S_PER_ANSWER:
        details = {"seconds": round(seconds), "answers": given}
        yield Found("too_quick", Severity.DOUBTFUL, details=details)


def _calculated(definition: FormDefinition) -> set[str]:
    return {q.name for q in definition.questions() if q.type in ("calculate", "hidden", "note")}


def _count_given(answers: dict[str, Any], calculated: set[str]) -> int:
    given = 0
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            given += sum(_count_given(row, calculated) for row in value)
        elif name not in calculated and value not in (None, "", []):
            given += 1
    return given


def far_away(case: Case) -> Iterator[Found]:
    """Filled far from the polling centre, as far as the phone could tell."""
    metres = metres_from_centre(case.revision, case.place)
    if metres is None:
        return
    surely = metres - (case.revision.accuracy_m or 0)
    if surely > FAR_M:
        severity = Severity.GRAVE if surely > VERY_FAR_M else Severity.DOUBTFUL
        yield Found("far", severity, details={"metres": metres})


def wrong_clock(case: Case) -> Iterator[Found]:
    """A phone's clock that is wrong, or times that cannot be."""
    revision = case.revision
    error_s = revision.clock_error_s
    if error_s is not None and abs(error_s) > CLOCK_WRONG_S:
        very = abs(error_s) > CLOCK_VERY_WRONG_S
        severity = Severity.DOUBTFUL if very else Severity.NOTICE
        yield Found("clock", severity, details={"seconds": round(error_s)})
    if revision.started_at and revision.finished_at and revision.finished_at < revision.started_at:
        yield Found("times", Severity.DOUBTFUL)


def duplicates(case: Case) -> Iterator[Found]:
    """Another submission of the same form from the same place in the same round."""
    for other in case.others:
        same_team = other.team_id is not None and other.team_id == case.submission.team_id
        differing = len(differences(case.answers, other.answers))
        details = {"same_team": same_team, "differing": differing}
        severity = Severity.GRAVE if same_team or differing == 0 else Severity.DOUBTFUL
        yield Found("duplicate", severity, str(other.id), details)


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The questions that two submissions answer differently, with both answers."""
    names = [*one, *(name for name in other if name not in one)]
    return {
        name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)
    }


def photos_used_twice(case: Case) -> Iterator[Found]:
    """A photo that another submission has too, in the same bytes or to the eye."""
    for photo in case.shared_photos:
        details = {"question": photo.question}
        yield Found("photo_twice", Severity.GRAVE, str(photo.other), details)


MUTUAL_CHECKS: tuple[Check, ...] = (duplicates, photos_used_twice)
"""Checks that find another submission, which has the same flag in return."""
OWN_CHECKS: tuple[Check, ...] = (
    refused_answers,
    broken_rules,
    turnout,
    opened_before_arrival,
    too_quick,
    far_away,
    wrong_clock,
    *MUTUAL_CHECKS,
)
"""The checks that are made when a submission arrives, and again on demand."""
OWN_NAMES = (
    "held",
    "rule",
    "turnout",
    "before_arrival",
    "too_quick",
    "far",
    "clock",
    "times",
    "duplicate",
    "photo_twice",
)
"""The names under which they find something."""
ABOUT_OTHERS = ("usual", "others", "everywhere", "places")
"""Details that move with what others report, while the matter stays the same."""
MUTUAL_NAMES = ("duplicate", "photo_twice")
"""Of these, those of MUTUAL_CHECKS: their subject is the other submission's id."""
