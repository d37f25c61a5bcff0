"""Which submissions a reviewer sees: one by its id, a page of many, the latest.

A submission without a region (its place is unknown, or none was given) is seen by those who see
the whole mission and by nobody who is limited to regions: nothing says it lies in one of theirs.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    any_,
    false,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.orm import Session, joinedload, load_only

from observer.access.models import Person
from observer.collect.models import Attachment, Revision, Status, Submission
from observer.collect.queries import counted_revision
from observer.missions.models import Membership, Place, PlaceKind, Region, Round, Team
from observer.missions.scope import Scope
from observer.review.models import Verification

Id = TypeVar("Id", int, uuid.UUID)

PAGE = 50
COUNT_UP_TO = 10_000
FEW = 200
LEVELS_TO_CHOOSE = 2


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of submissions is limited to; nothing by default."""

    round_id: int | None = None
    form_id: int | None = None
    statuses: tuple[Status, ...] = ()
    region_ids: frozenset[int] | None = None
    """Regions with all that lies in them."""
    place: str = ""
    """The beginning of a place's code, or a part of a centre's name."""
    who: str = ""
    """A team's code, or a part of an observer's name."""
    code: str = ""
    """The beginning of a receipt code, or of the id that it is taken from."""
    urgent: bool = False
    """Only those that their observers marked as urgent."""
    only: Sequence[uuid.UUID] | None = None
    """Only those with these ids."""


@dataclass(frozen=True)
class Cursor:
    """A position in the list, which runs from the newest to the oldest."""

    received_at: datetime
    submission_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.received_at.isoformat()}_{self.submission_id}"

    @classmethod
    def of(cls, submission: Submission) -> Cursor:
        """The position of a submission."""
        return cls(submission.received_at, submission.id)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The position that ``str`` gave. Raises ValueError for anything else."""
        received_at, _separator, submission_id = text.partition("_")
        cursor = cls(datetime.fromisoformat(received_at), uuid.UUID(submission_id))
        if cursor.received_at.tzinfo is None:
            raise ValueError(f"{text!r} has no time zone")
        return cursor


@dataclass(frozen=True)
class Page:
    """Some submissions of a list, and where the next older ones begin."""

    submissions: Sequence[Submission]
    older: Cursor | None
    count: int | None
    """How many the whole list has, where that was asked; one over COUNT_UP_TO means more."""


def page(
    session: Session,
    scope: Scope,
    filters: Filters,
    *,
    after: Cursor | None = None,
    limit: int = PAGE,
    counted: bool = False,
) -> Page:
    """The submissions in scope that pass the filters, newest first, from a position on."""
    wanted = conditions(session, scope, filters)
    query = select(Submission).where(*wanted)
    if after is not None:
        query = query.where(
            Submission.received_at <= after.received_at,
            or_(
                Submission.received_at < after.received_at,
                Submission.id < after.submission_id,
            ),
        )
    newest = Submission.received_at.desc()
    if filters.urgent:
        # There are few: SQLite would walk all submissions in this order, to look for them.
        newest = func.coalesce(Submission.received_at, None).desc()
    query = query.order_by(newest, Submission.id.desc()).limit(limit + 1)
    found = session.scalars(for_lists(query)).all()
    more = len(found) > limit
    found = found[:limit]
    return Page(
        found,
        Cursor.of(found[-1]) if more else None,
        count_up_to(session, wanted) if counted else None,
    )


def latest(
    session: Session, scope: Scope, round_: Round | None = None, limit: int = 10
) -> Sequence[Submission]:
    """The submissions that arrived last, of a round or of all."""
    filters = Filters(round_id=round_.id if round_ else None)
    return page(session, scope, filters, limit=limit).submissions


def submission_in_scope(
    session: Session, scope: Scope, submission_id: uuid.UUID
) -> Submission | None:
    """The submission with this id; None too where it is none of the reader's business."""
    query = select(Submission).where(
        Submission.id == submission_id,
        Submission.mission_id == scope.mission.id,
        scope.sees(Submission.region_id),
    )
    return session.scalar(for_lists(query))


def other_revisions(session: Session, submission: Submission) -> Sequence[Revision]:
    """Every other content of the submission, newest first: earlier revisions and conflicts."""
    counted = counted_revision(session, submission)
    return session.scalars(
        select(Revision)
        .where(Revision.submission_id == submission.id, Revision.id != counted.id)
        .order_by(Revision.number.desc(), Revision.id.desc())
    ).all()


def attachments(session: Session, submission: Submission) -> Sequence[Attachment]:
    """The photos of a submission, those still on their way included."""
    return session.scalars(
        select(Attachment)
        .where(Attachment.submission_id == submission.id)
        .order_by(Attachment.question, Attachment.id)
    ).all()


def history(session: Session, submission: Submission) -> Sequence[Verification]:
    """What reviewers did with a submission, oldest first."""
    return session.scalars(
        select(Verification)
        .where(Verification.submission_id == submission.id)
        .order_by(Verification.id)
        .options(joinedload(Verification.person))
    ).all()


def region(session: Session, region_id: int | None) -> Region | None:
    """A region without its geometry."""
    query = select(Region).where(Region.id == region_id)
    return session.scalar(query.options(load_only(Region.code, Region.name, Region.parent_id)))


def regions_to_choose(session: Session, scope: Scope) -> list[tuple[str, str]]:
    """Code and name of the regions in scope of the upper levels, each under the one it lies in."""
    query = select(Region.id, Region.parent_id, Region.code, Region.name).where(
        Region.mission_id == scope.mission.id,
        Region.level <= LEVELS_TO_CHOOSE,
        scope.sees(Region.id),
    )
    rows = session.execute(query.order_by(Region.abroad, Region.name)).all()
    ids = {row.id for row in rows}
    chosen = []
    for top in (row for row in rows if row.parent_id not in ids):
        chosen.append((top.code, top.name))
        chosen += [(row.code, f"– {row.name}") for row in rows if row.parent_id == top.id]
    return chosen


def for_lists(query: Select[tuple[Submission]]) -> Select[tuple[Submission]]:
    """The query with all that a row of a list shows."""
    # A region's geometry can be large, and no list draws it.
    return query.options(
        joinedload(Submission.round),
        joinedload(Submission.form),
        joinedload(Submission.person),
        joinedload(Submission.team),
        joinedload(Submission.place).joinedload(Place.centre),
        joinedload(Submission.region).load_only(Region.code, Region.name, Region.parent_id),
    )


def count_up_to(
    session: Session, wanted: Sequence[ColumnElement[bool]], most: int = COUNT_UP_TO
) -> int:
    """How many submissions there are of these conditions; one over ``most`` means more."""
    # Counting a million rows takes longer than anything else on the page.
    rows = select(Submission.id).where(*wanted).limit(most + 1)
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def conditions(session: Session, scope: Scope, filters: Filters) -> list[ColumnElement[bool]]:
    """What a submission has to be to be in scope and to pass the filters."""
    wanted = [Submission.mission_id == scope.mission.id, scope.sees(Submission.region_id)]
    if filters.round_id is not None:
        wanted.append(Submission.round_id == filters.round_id)
    if filters.form_id is not None:
        wanted.append(Submission.form_id == filters.form_id)
    if filters.only is not None:
        wanted.append(_among(session, filters.only))
    if filters.statuses:
        wanted.append(Submission.status.in_(filters.statuses))
    if filters.region_ids is not None:
        wanted.append(Submission.region_id.in_(filters.region_ids))
    if filters.place.strip():
        places = _listed(session, _places(scope, filters.place.strip()))
        wanted.append(Submission.place_id.in_(places))
    if filters.who.strip():
        wanted.append(_reported_by(session, scope, filters.who.strip()))
    if filters.code.strip():
        wanted.append(_begins_with(filters.code))
    if filters.urgent:
        urgent = select(Submission.id).where(*wanted, Submission.urgent)
        found = _listed(session, urgent)
        # None at all is for SQLite no reason to stop looking.
        wanted.append(false() if found == [] else Submission.id.in_(found))
    return wanted


def _places(scope: Scope, text: str) -> CompoundSelect[tuple[int]]:
    in_mission = Place.mission_id == scope.mission.id
    coded = select(Place.id).where(in_mission, Place.code.startswith(text, autoescape=True))
    centres = select(Place.id).where(
        in_mission,
        Place.kind == PlaceKind.CENTRE,
        Place.name.icontains(text, autoescape=True),
    )
    stations = select(Place.id).where(Place.centre_id.in_(centres))
    # One by one: each finds its rows by an index of its own.
    return union(coded, centres, stations)


def _reported_by(session: Session, scope: Scope, text: str) -> ColumnElement[bool]:
    people = (
        select(Membership.person_id)
        .join(Membership.person)
        .where(
            Membership.mission_id == scope.mission.id,
            Person.name.icontains(text, autoescape=True),
        )
    )
    teams = select(Team.id).where(Team.mission_id == scope.mission.id, Team.code == text)
    return or_(
        Submission.person_id.in_(_listed(session, people)),
        Submission.team_id.in_(_listed(session, teams)),
    )


def _among(session: Session, ids: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """One of these, of which there may be more than a statement has room for."""
    if not ids:
        return false()
    if len(ids) <= FEW:
        return Submission.id.in_(ids)
    if session.get_bind().dialect.name == "postgresql":
        return Submission.id == any_(literal(list(ids), ARRAY(Uuid)))
    each = func.json_each(json.dumps([one.hex for one in ids])).table_valued("value")
    return Submission.id.in_(select(type_coerce(each.c.value, Uuid)))


def _begins_with(code: str) -> ColumnElement[bool]:
    digits = re.sub(r"[\s-]", "", code).lower()
    if not re.fullmatch(r"[0-9a-f]{1,32}", digits):
        return false()
    # Between two ids, which the key's own index finds, however a database stores them.
    return Submission.id.between(uuid.UUID(f"{digits:0<32}"), uuid.UUID(f"{digits:f<32}"))


def _listed(
    session: Session, ids: Select[tuple[Id]] | CompoundSelect[tuple[Id]]
) -> Select[tuple[Id]] | CompoundSelect[tuple[Id]] | Sequence[Id]:
    """The ids themselves where they are few, so that the database looks them up in its index."""
    found = session.scalars(ids.limit(FEW + 1)).all()
    return ids if len(found) > FEW else found
