"""The mission room: what is known of a round at this moment, on one page.

Counted is in the columns that the process keeps, so that a room costs the same by the number of
submissions it has; the database is asked for the few that are shown by name.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.checklists.definition import ANY_PLACE, FormDefinition, Gravity
from observer.collect.models import Status, Submission
from observer.findings.answered import any_problem
from observer.findings.coverage import Coverage, coverage
from observer.findings.findings import Finding, problems
from observer.findings.ground import WHOLE
from observer.findings.selection import COUNTED, Look, Selection, unit_of
from observer.language import in_language
from observer.missions.models import PlaceKind, Round
from observer.missions.scope import Scope
from observer.review.incidents import FORM as INCIDENT
from observer.review.incidents import GRAVITIES, Incident, incidents
from observer.review.incidents import SHOWN as SHOWN_STATUSES
from observer.review.queries import COUNT_UP_TO, latest

SHOWN_PROBLEMS = 5
SHOWN_INCIDENTS = 3
SHOWN_SUBMISSIONS = 5
SHADES = 4
"""How many shades a cell of the regions can have, besides none."""


@dataclass(frozen=True)
class Problem:
    """A finding of an answer that its form marks as a problem, in the reader's language."""

    finding: Finding
    question: str
    answer: str


@dataclass(frozen=True)
class RegionLine:
    """What is known of one region."""

    coverage: Coverage
    reports: int
    """Counted submissions, those of incidents not among them."""
    grave: int
    """How many of them have a grave problem, one at least."""
    minor: int
    incidents: int


@dataclass(frozen=True)
class Room:
    """What the mission room shows of a round."""

    whole: Coverage
    by_form: list[tuple[FormDefinition, Coverage]]
    in_all: RegionLine
    by_region: list[RegionLine]
    """The regions of the uppermost level in scope."""
    problems: dict[Gravity, list[Problem]]
    """The most frequent ones of each gravity."""
    incident_counts: dict[str, int]
    incidents: list[Incident]
    incident_form: FormDefinition | None
    latest: Sequence[Submission]
    held: int
    """Submissions that wait for a reviewer; one over the queries' COUNT_UP_TO means more."""

    def shade(self, column: str, line: RegionLine) -> int:
        """How dark a region's cell is: its count by the highest one of the column, 0 for none."""
        highest = max((getattr(each, column) for each in self.by_region), default=0)
        return -(-SHADES * getattr(line, column) // highest) if highest else 0


def look_into_room(
    session: Session,
    scope: Scope,
    round_: Round,
    *,
    min_base: int,
    most_problems: int = SHOWN_PROBLEMS,
) -> Room:
    """Everything the mission room shows, of the regions in scope.

    Of each gravity it has the most frequent problems, not more than ``most_problems``. One with a
    base under ``min_base`` comes after all others: its share says little.
    """
    look = Look(session, scope, round_, COUNTED)
    forms = look.forms
    told = look.counting(SHOWN_STATUSES).select(INCIDENT, PlaceKind.CENTRE)
    (whole,) = coverage(session, scope, round_, level=WHOLE, look=look)
    newest = _newest(told, SHOWN_INCIDENTS)
    in_all, *by_region = _by_region(
        [whole, *_tops(session, scope, round_, look)], look, told, forms
    )
    return Room(
        whole=whole,
        by_form=[
            (form, coverage(session, scope, round_, form=code, level=WHOLE, look=look)[0])
            for code, form in forms.items()
            if form.place != ANY_PLACE
        ],
        in_all=in_all,
        by_region=by_region,
        problems=_frequent(
            problems(session, scope, round_, look=look), forms, min_base, most_problems
        ),
        incident_counts=_by_gravity(told),
        incidents=incidents(session, scope, round_, limit=SHOWN_INCIDENTS, only=newest),
        incident_form=forms.get(INCIDENT),
        latest=latest(session, scope, round_, SHOWN_SUBMISSIONS),
        held=_held(session, scope, round_, look),
    )


def _tops(session: Session, scope: Scope, round_: Round, look: Look) -> list[Coverage]:
    return coverage(session, scope, round_, level=look.ground.regions.top, look=look)


def _by_region(
    covered: Sequence[Coverage], look: Look, told: Selection, forms: dict[str, FormDefinition]
) -> list[RegionLine]:
    size = len(look.ground.regions.ids) + 1
    counts = {name: np.zeros(size, np.int64) for name in ("reports", "grave", "minor")}
    for code, form in forms.items():
        if code == INCIDENT:
            continue
        selection = look.select(code, unit_of(form))
        counts["reports"] += selection.by_region()
        for gravity in ("grave", "minor"):
            counts[gravity] += selection.by_region(any_problem(selection, form, gravity))
    counts["incidents"] = told.by_region()
    regions = look.ground.regions
    lines = [len(regions.ids), *regions.lines(None, regions.top)]
    return [
        RegionLine(one, **{name: int(each[at]) for name, each in counts.items()})
        for one, at in zip(covered, lines, strict=True)
    ]


def _newest(told: Selection, count: int) -> list[uuid.UUID]:
    received_at = told.rows.fixed["received_at"][told.chosen]
    newest = np.argsort(received_at, kind="stable")[::-1][:count]
    return [told.rows.ids[row] for row in told.chosen[newest]]


def _by_gravity(told: Selection) -> dict[str, int]:
    """How many incidents there are of each gravity, the worst first, those without one last."""
    codes, values = told.codes("gravity")
    counts = dict(zip(map(str, [*values, ""]), _counted(codes, len(values)), strict=True))
    order = [*GRAVITIES, *sorted(set(counts) - {*GRAVITIES, ""}), ""]
    return {name: counts[name] for name in order if counts.get(name)}


def _counted(codes: np.ndarray, size: int) -> list[int]:
    """How often there is each code, and at the end −1."""
    found = np.bincount(codes + 1, minlength=size + 1).tolist()
    return [*found[1:], found[0]]


def _held(session: Session, scope: Scope, round_: Round, look: Look) -> int:
    # What names a form that there is not has no answers to count, and is in no column.
    formless = session.scalar(
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.round_id == round_.id,
            Submission.form_id.is_(None),
            Submission.status == Status.HELD,
            scope.sees(Submission.region_id),
        )
    )
    return min(look.counting((Status.HELD,)).count() + (formless or 0), COUNT_UP_TO + 1)


def _frequent(
    found: Sequence[Finding], forms: dict[str, FormDefinition], min_base: int, most: int
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
        del each[most:]
    return seen
