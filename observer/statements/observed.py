"""What the mission observed, as a statement's annex tells it: who, where and when, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from observer.checklists.models import Form
from observer.collect.models import Revision, Submission
from observer.findings.findings import Coverage
from observer.statements.facts import Facts

LONGEST_BY_HOUR = timedelta(hours=36)
"""What took longer is told by the day."""
_MINUTE = "%Y-%m-%d %H:%M"


@dataclass
class Presence:
    """The reports of a region, and who they are of."""

    coverage: Coverage
    teams: set[int] = field(default_factory=set)
    observers: set[int] = field(default_factory=set)
    reports: int = 0

    def row(self) -> dict[str, Any]:
        """As a row of data: numbers, and nobody's name."""
        numbers = {
            "teams": len(self.teams),
            "observers": len(self.observers),
            "reports": self.reports,
        }
        return self.coverage.to_json() | numbers


@dataclass(frozen=True)
class Step:
    """An hour or a day of the mission's own time zone, and the reports finished in it."""

    begins: datetime
    reports: int


@dataclass(frozen=True)
class Observed:
    """Who reported from where, and when."""

    regions: list[Presence]
    whole: Presence
    forms: list[tuple[str, int]]
    """Titles of forms, with how many reports each has, the most first."""
    first: datetime | None
    last: datetime | None
    by_hour: bool
    """Whether steps are hours; else they are days."""
    steps: list[Step]


def what_was_observed(facts: Facts) -> Observed:
    """Count what a statement counts by region, by form and by hour."""
    whole = Presence(facts.coverage(None, 0, None, None)[0])
    by_code = {one.region: Presence(one) for one in facts.coverage(None, 1, None, None)}
    upper = _upper(facts)
    counted = sa.and_(
        Submission.mission_id == facts.scope.mission.id,
        Submission.round_id == facts.round.id,
        Submission.status.in_(facts.statuses),
        facts.scope.sees(Submission.region_id),
    )
    found = facts.session.execute(
        select(
            Submission.region_id,
            Submission.team_id,
            Submission.person_id,
            func.count().label("reports"),
        )
        .where(counted)
        .group_by(Submission.region_id, Submission.team_id, Submission.person_id)
    )
    for row in found:
        region = by_code.get(upper.get(row.region_id))
        for presence in (whole, region) if region else (whole,):
            presence.reports += row.reports
            presence.observers.add(row.person_id)
            if row.team_id is not None:
                presence.teams.add(row.team_id)
    moments = _by_minute(facts.session, counted, facts.scope.mission.timezone)
    first, last = min(moments, default=None), max(moments, default=None)
    by_hour = first is not None and last is not None and last - first <= LONGEST_BY_HOUR
    return Observed(
        regions=list(by_code.values()),
        whole=whole,
        forms=_by_form(facts, counted),
        first=first,
        last=last,
        by_hour=by_hour,
        steps=_steps(moments, by_hour=by_hour),
    )


def _upper(facts: Facts) -> dict[int | None, str]:
    """The code of the region of the first level that each region lies in, by its id."""
    upper: dict[int | None, str] = {}
    # Facts give regions level by level, so that a region's parent comes before it.
    for region in facts.regions.values():
        upper[region.id] = region.code if region.level == 1 else upper.get(region.parent_id, "")
    return upper


def _by_form(facts: Facts, counted: ColumnElement[bool]) -> list[tuple[str, int]]:
    found = facts.session.execute(
        select(Form.code, func.count())
        .select_from(Submission)
        .join(Form, Form.id == Submission.form_id)
        .where(counted)
        .group_by(Form.code)
    )
    titles = [(facts.form_label(code), number) for code, number in found if code in facts.forms]
    return sorted(titles, key=lambda one: (-one[1], one[0]))


def _by_minute(session: Session, counted: ColumnElement[bool], timezone: str) -> Counter[datetime]:
    """How many reports were finished in each minute, on the mission's clocks.

    By the minute, because the hours of some time zones begin at the half hour of others.
    """
    moment = func.coalesce(Revision.finished_at, Submission.received_at)
    if session.get_bind().dialect.name == "postgresql":
        minute = func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD HH24:MI")
    else:
        minute = func.strftime(_MINUTE, moment)
    found = session.execute(
        select(minute, func.count())
        .select_from(Submission)
        .join(
            Revision,
            sa.and_(
                Revision.submission_id == Submission.id,
                Revision.number == Submission.current_revision,
                Revision.conflicting.is_(False),
            ),
        )
        .where(counted)
        .group_by(minute)
    )
    zone = ZoneInfo(timezone)
    return Counter(
        {
            datetime.strptime(text, _MINUTE).replace(tzinfo=UTC).astimezone(zone): number
            for text, number in found
        }
    )


def _steps(moments: Counter[datetime], *, by_hour: bool) -> list[Step]:
    """Every hour or day from the first to the last report, those without a report too."""
    floor = {"minute": 0} if by_hour else {"minute": 0, "hour": 0}
    reports: Counter[datetime] = Counter()
    for moment, number in moments.items():
        reports[moment.replace(**floor)] += number
    if not reports:
        return []
    step = timedelta(hours=1) if by_hour else timedelta(days=1)
    steps, begins = [], min(reports)
    while begins <= max(reports):
        steps.append(Step(begins, reports[begins]))
        begins += step
    return steps
