"""The review queue: which submissions wait for a reviewer, and in which order.

The queue is a row of levels, what weighs most first; within a level the oldest is first. A
submission is in one level only, so that each level is read by an index of its own and a page
that begins in one goes on in the next.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from observer.collect.models import Status, Submission
from observer.missions.scope import Scope
from observer.review import queries
from observer.review.flags import RANK, is_open
from observer.review.models import Flag, Severity

WAITING = (Status.HELD, Status.RECEIVED)
COUNT_UP_TO = 1_000


class Level(StrEnum):
    """Why a submission waits; the order is that of the queue."""

    URGENT = "urgent"
    GRAVE = "grave"
    HELD = "held"
    DOUBTFUL = "doubtful"
    NOTICE = "notice"
    PLAIN = "plain"
    """Nothing was found wrong with it; nobody has verified it."""


LEVELS = tuple(Level)


@dataclass(frozen=True, kw_only=True)
class QueueFilters(queries.Filters):
    """What the queue is limited to; nothing by default."""

    assigned_to: int | None = None
    """Those that this person looks after."""
    unassigned: bool = False
    check: str = ""
    """Those with an open flag of this check."""
    severity: Severity | None = None
    """Those with an open flag that weighs so much."""


@dataclass(frozen=True)
class Position:
    """A place in the queue."""

    level: Level
    received_at: datetime
    submission_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.level}_{self.received_at.isoformat()}_{self.submission_id}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """The position that ``str`` gave. Raises ValueError for anything else."""
        level, _separator, rest = text.partition("_")
        cursor = queries.Cursor.parse(rest)
        return cls(Level(level), cursor.received_at, cursor.submission_id)


@dataclass(frozen=True)
class QueuePage:
    """Some of the submissions that wait, each with its level, and where the next ones begin."""

    waiting: Sequence[tuple[Submission, Level]]
    later: Position | None


def page(
    session: Session,
    scope: Scope,
    filters: QueueFilters,
    *,
    after: Position | None = None,
    limit: int = queries.PAGE,
) -> QueuePage:
    """The submissions in scope that wait and pass the filters, from a position on."""
    wanted = _conditions(session, scope, filters)
    found: list[tuple[Submission, Level]] = []
    for level in LEVELS[LEVELS.index(after.level) if after else 0 :]:
        query = _query(filters, level, [*wanted, *_in_level(level)])
        if after is not None and after.level == level:
            query = query.where(
                Submission.received_at >= after.received_at,
                or_(
                    Submission.received_at > after.received_at,
                    Submission.id > after.submission_id,
                ),
            )
        query = query.order_by(Submission.received_at, Submission.id)
        query = query.limit(limit + 1 - len(found))
        query = queries.for_lists(query).options(joinedload(Submission.assigned_to))
        found += [(submission, level) for submission in session.scalars(query)]
        if len(found) > limit:
            break
    more = len(found) > limit
    found = found[:limit]
    return QueuePage(found, _position(*found[-1]) if more else None)


def position_of(session: Session, submission: Submission) -> Position:
    """Where a submission stands in the queue, or would stand if it waited."""
    weights = set(
        session.scalars(select(Flag.severity).where(Flag.submission_id == submission.id, is_open()))
    )
    level = Level.PLAIN
    if submission.urgent:
        level = Level.URGENT
    elif Severity.GRAVE in weights:
        level = Level.GRAVE
    elif submission.status == Status.HELD:
        level = Level.HELD
    elif weights:
        level = Level.DOUBTFUL if Severity.DOUBTFUL in weights else Level.NOTICE
    return _position(submission, level)


def next_after(
    session: Session, scope: Scope, filters: QueueFilters, position: Position
) -> Submission | None:
    """The first one in the queue behind a position."""
    found = page(session, scope, filters, after=position, limit=1).waiting
    return found[0][0] if found else None


def count_by_level(session: Session, scope: Scope, filters: QueueFilters) -> dict[Level, int]:
    """How many wait in each level; one over COUNT_UP_TO means more."""
    wanted = _conditions(session, scope, filters)
    return {
        level: queries.count_up_to(session, [*wanted, *_in_level(level)], COUNT_UP_TO)
        for level in LEVELS
    }


def _query(
    filters: QueueFilters, level: Level, wanted: Sequence[ColumnElement[bool]]
) -> Select[tuple[Submission]]:
    is_narrow = filters.check or filters.severity or filters.assigned_to is not None
    if not is_narrow and level in (Level.HELD, Level.PLAIN):
        return select(Submission).where(*wanted)
    # These are few: all of them are found first. A database that hopes to come by a page of them
    # in the order of arrival goes through all submissions where there is none.
    few = select(Submission.id).where(*wanted).cte("few").prefix_with("MATERIALIZED")
    return select(Submission).join(few, few.c.id == Submission.id)


def _position(submission: Submission, level: Level) -> Position:
    return Position(level, submission.received_at, submission.id)


def _conditions(session: Session, scope: Scope, filters: QueueFilters) -> list[ColumnElement[bool]]:
    wanted = queries.conditions(session, scope, filters)
    if filters.assigned_to is not None:
        wanted.append(Submission.assigned_to_id == filters.assigned_to)
    if filters.unassigned:
        wanted.append(Submission.assigned_to_id.is_(None))
    if filters.check or filters.severity:
        # Named even where all of them are meant: the index of the open flags begins with it.
        weights = [filters.severity] if filters.severity else list(Severity)
        flagged = select(Flag.submission_id).where(Flag.severity.in_(weights), is_open())
        if filters.check:
            flagged = flagged.where(Flag.check == filters.check)
        wanted.append(Submission.id.in_(flagged))
    return wanted


def _in_level(level: Level) -> list[ColumnElement[bool]]:
    if level == Level.URGENT:
        return [Submission.urgent, Submission.status.in_(WAITING)]
    calm = ~Submission.urgent
    received = Submission.status == Status.RECEIVED
    if level == Level.GRAVE:
        return [calm, Submission.status.in_(WAITING), _weighs(Severity.GRAVE)]
    if level == Level.HELD:
        return [calm, Submission.status == Status.HELD, ~_weighs(Severity.GRAVE)]
    if level == Level.PLAIN:
        flagged = exists().where(Flag.submission_id == Submission.id, is_open())
        return [calm, received, ~flagged]
    return [calm, received, _weighs(Severity(level))]


def _weighs(weight: Severity) -> ColumnElement[bool]:
    """Whether the gravest open flag of a submission weighs so much.

    The open flags are gone through once: looked up for each submission they take a hundred times
    as long, as a database takes those that weigh more for fewer than they are.
    """
    gravest = func.min(RANK) == list(Severity).index(weight)
    worst = select(Flag.submission_id).where(is_open()).group_by(Flag.submission_id)
    return Submission.id.in_(worst.having(gravest))
