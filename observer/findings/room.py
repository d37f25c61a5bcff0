"""The mission room: what is known of a round at this moment, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from observer.checklists.definition import ANY_PLACE, FormDefinition, Gravity
from observer.checklists.library import definition_of, published_forms
from observer.collect.models import Status, Submission
from observer.findings.coverage import Coverage, coverage
from observer.findings.findings import Finding, problems
from observer.findings.ground import WHOLE
from observer.language import in_language
from observer.missions.models import Round
from observer.missions.scope import Scope
from observer.review.incidents import FORM as INCIDENT
from observer.review.incidents import Incident, count_by_gravity, incidents
from observer.review.queries import Filters, latest, page

SHOWN_PROBLEMS = 6
SHOWN_INCIDENTS = 5
SHOWN_SUBMISSIONS = 8


@dataclass(frozen=True)
class Problem:
    """A finding of an answer that its form marks as a problem, in the reader's language."""

    finding: Finding
    question: str
    answer: str


@dataclass(frozen=True)
class Room:
    """What the mission room shows of a round."""

    whole: Coverage
    by_form: list[tuple[FormDefinition, Coverage]]
    by_region: list[Coverage]
    problems: dict[Gravity, list[Problem]]
    """The most frequent ones of each gravity."""
    incident_counts: dict[str, int]
    incidents: list[Incident]
    incident_form: FormDefinition | None
    latest: Sequence[Submission]
    held: int
    """Submissions that wait for a reviewer; one over the queries' COUNT_UP_TO means more."""


def look_into_room(session: Session, scope: Scope, round_: Round, *, min_base: int) -> Room:
    """Everything the mission room shows, of the regions in scope.

    A problem with a base under ``min_base`` comes after all others: its share says little.
    """
    forms = {v.form.code: definition_of(v) for v in published_forms(session, scope.mission)}
    (whole,) = coverage(session, scope, round_, level=WHOLE)
    waiting = Filters(round_id=round_.id, statuses=(Status.HELD,))
    return Room(
        whole=whole,
        by_form=[
            (form, coverage(session, scope, round_, form=code, level=WHOLE)[0])
            for code, form in forms.items()
            if form.place != ANY_PLACE
        ],
        by_region=coverage(session, scope, round_, level=1),
        problems=_frequent(problems(session, scope, round_), forms, min_base),
        incident_counts=count_by_gravity(session, scope, round_),
        incidents=incidents(session, scope, round_, limit=SHOWN_INCIDENTS),
        incident_form=forms.get(INCIDENT),
        latest=latest(session, scope, round_, SHOWN_SUBMISSIONS),
        held=page(session, scope, waiting, limit=1, counted=True).count or 0,
    )


def _frequent(
    found: Sequence[Finding], forms: dict[str, FormDefinition], min_base: int
) -> dict[Gravity, list[Problem]]:
    """The problems that were seen, by their share; those of incidents are not among them."""
    seen: dict[Gravity, list[Problem]] = {"grave": [], "minor": []}
    for finding in found:
        if finding.form == INCIDENT or not finding.k or finding.answer is None:
            continue
        question = forms[finding.form].question(finding.question)
        seen[question.problems[finding.answer]].append(
            Problem(
                finding,
                in_language(question.table_label),
                in_language(question.choice_label(finding.answer)),
            )
        )
    for each in seen.values():
        each.sort(key=lambda p: (p.finding.n < min_base, -(p.finding.share or 0), p.question))
        del each[SHOWN_PROBLEMS:]
    return seen
