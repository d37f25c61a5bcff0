"""The review queue: submissions with open flags that wait for a reviewer, the gravest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from observer.access.models import Person, Role
from observer.collect.models import Status, Submission
from observer.missions.models import Membership
from observer.missions.scope import Scope
from observer.review.flags import RANK, SEVERITIES, is_open, open_flags
from observer.review.models import Flag, Severity
from observer.review.queries import for_lists

PAGE = 50
WAITING = (Status.HELD, Status.RECEIVED)
_RANKS = list(SEVERITIES)


@dataclass(frozen=True, kw_only=True)
class QueueFilters:
    """What the queue is limited to; nothing by default."""

    round_id: int | None = None
    form_id: int | None = None
    region_ids: frozenset[int] | None = None
    check: str = ""
    severity: str = ""
    assigned_to: int | None = None
    unassigned: bool = False


@dataclass(frozen=True)
class Waiting:
    """A submission in the queue, with what asks for a look."""

    submission: Submission
    severity: Severity
    flags: Sequence[Flag]


@dataclass(frozen=True)
class Queue:
    """Some of the queue, and how many there are of each severity in all."""

    waiting: list[Waiting]
    counts: dict[Severity, int]
    more: bool


def queue(
    session: Session, scope: Scope, filters: QueueFilters, *, page: int = 1, limit: int = PAGE
) -> Queue:
    """A page of the queue: urgent ones first, then by severity, then those that wait longest."""
    worst = _worst(filters)
    conditions = _conditions(scope, filters)
    rows = session.execute(
        for_lists(
            select(Submission, worst.c.rank)
            .join(worst, worst.c.submission_id == Submission.id)
            .where(*conditions)
        )
        .order_by(Submission.urgent.desc(), worst.c.rank, Submission.received_at, Submission.id)
        .offset((page - 1) * limit)
        .limit(limit + 1)
    ).all()
    flags = open_flags(session, [row.Submission.id for row in rows[:limit]])
    counts = session.execute(
        select(worst.c.rank, func.count())
        .join(Submission, worst.c.submission_id == Submission.id)
        .where(*conditions)
        .group_by(worst.c.rank)
    )
    return Queue(
        waiting=[
            Waiting(row.Submission, _RANKS[row.rank], flags[row.Submission.id])
            for row in rows[:limit]
        ],
        counts={_RANKS[rank]: count for rank, count in sorted(counts.tuples())},
        more=len(rows) > limit,
    )


def _worst(filters: QueueFilters) -> Subquery:
    """The rank of the gravest open flag of every submission that has one."""
    query = select(Flag.submission_id, func.min(RANK).label("rank")).where(is_open())
    if filters.check:
        query = query.where(Flag.check == filters.check)
    query = query.group_by(Flag.submission_id)
    if filters.severity:
        query = query.having(func.min(RANK) == _RANKS.index(Severity(filters.severity)))
    return query.subquery()


def _conditions(scope: Scope, filters: QueueFilters) -> list[ColumnElement[bool]]:
    conditions = [
        Submission.mission_id == scope.mission.id,
        Submission.status.in_(WAITING),
        scope.sees(Submission.region_id),
    ]
    if filters.round_id is not None:
        conditions.append(Submission.round_id == filters.round_id)
    if filters.form_id is not None:
        conditions.append(Submission.form_id == filters.form_id)
    if filters.region_ids is not None:
        conditions.append(Submission.region_id.in_(filters.region_ids))
    if filters.assigned_to is not None:
        conditions.append(Submission.assigned_to_id == filters.assigned_to)
    if filters.unassigned:
        conditions.append(Submission.assigned_to_id.is_(None))
    return conditions


def next_in_queue(session: Session, scope: Scope, submission: Submission) -> Submission | None:
    """The first of the queue besides a submission."""
    found = queue(session, scope, QueueFilters(round_id=submission.round_id), limit=2).waiting
    return next((each.submission for each in found if each.submission.id != submission.id), None)


def reviewers(session: Session, scope: Scope) -> Sequence[Person]:
    """Who may look after submissions, by name."""
    return session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.mission_id == scope.mission.id,
            Person.role.in_((Role.COORDINATOR, Role.ANALYST, Role.EDITOR)),
            Person.active,
        )
        .order_by(Person.name)
    ).all()
