"""Reads the submissions of an export from the database, a batch at a time.

Whatever the number of submissions, one batch is in memory.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from observer.access.models import Person
from observer.collect.models import Revision, Submission
from observer.findings.exports.order import Checked
from observer.missions.models import Mission, Place, Region, Round, Team
from observer.review.models import Flag, Severity, Verification

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was done last with a submission."""

    at: datetime
    by: str
    reason: str


@dataclass(slots=True)
class Report:
    """One submission, or one item of a repeat of it."""

    row: Row[Any]
    answers: Mapping[str, Any]
    version: int | None
    flags: Sequence[Severity] = ()
    """How much each quality flag weighs that stands."""
    reviewed: Reviewed | None = None
    item: tuple[int, ...] = ()
    """Of an item: its number, counted from 1, after the numbers of the items it lies in."""

    @property
    def id(self) -> uuid.UUID:
        """The submission's id."""
        return self.row.id


_Centre = aliased(Place, name="centre")


def _query(conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(
            Submission.id,
            Submission.form_id,
            Submission.status,
            Submission.current_revision.label("revision"),
            Submission.received_at,
            Submission.urgent,
            Submission.region_id,
            Submission.place_id,
            Submission.change,
            Round.code.label("round"),
            Place.code.label("place_code"),
            Place.name.label("place_name"),
            Place.kind.label("place_kind"),
            Place.registered_voters,
            Place.stratum,
            Place.weight,
            Place.lat.label("place_lat"),
            Place.lon.label("place_lon"),
            _Centre.code.label("centre_code"),
            _Centre.name.label("centre_name"),
            _Centre.lat.label("centre_lat"),
            _Centre.lon.label("centre_lon"),
            Team.code.label("team"),
            Person.name.label("observer_name"),
            Person.email.label("observer_email"),
            Revision.form_version_id,
            Revision.answers,
            Revision.started_at,
            Revision.finished_at,
            Revision.clock_error_s,
            Revision.lat,
            Revision.lon,
            Revision.accuracy_m,
        )
        .join(Round, Round.id == Submission.round_id)
        .join(Person, Person.id == Submission.person_id)
        .outerjoin(Place, Place.id == Submission.place_id)
        .outerjoin(_Centre, _Centre.id == Place.centre_id)
        .outerjoin(Team, Team.id == Submission.team_id)
        .outerjoin(Revision, COUNTED_REVISION)
        .where(*conditions)
    )


COUNTED_REVISION = and_(
    Revision.submission_id == Submission.id,
    Revision.number == Submission.current_revision,
    Revision.conflicting.is_(False),
)


def reports_of(
    session: Session, checked: Checked, form: str, *more: ColumnElement[bool], limit: int = 0
) -> Iterator[list[Report]]:
    """The submissions of a form in batches, in the order in which they were received."""
    query = _query([*checked.of_form(form), *more])
    query = query.order_by(Submission.received_at, Submission.id)
    yield from _batches(session, checked, query.limit(limit) if limit else query)


def reports_by_place(
    session: Session, checked: Checked, *more: ColumnElement[bool]
) -> Iterator[list[Report]]:
    """The submissions of all forms that name a place, place by place, the last received last."""
    conditions = [
        *checked.conditions(),
        Submission.form_id.in_(checked.form_ids.values()),
        Submission.place_id.is_not(None),
        *more,
    ]
    query = _query(conditions).order_by(Place.code, Submission.received_at, Submission.id)
    yield from _batches(session, checked, query)


def _batches(session: Session, checked: Checked, query: Select[Any]) -> Iterator[list[Report]]:
    numbers = checked.version_numbers
    rows = session.execute(query.execution_options(yield_per=BATCH))
    for part in rows.partitions():
        ids = [row.id for row in part]
        flags, reviewed = _flags(session, ids), _reviewed(session, ids)
        yield [
            Report(
                row,
                row.answers or {},
                numbers.get(row.form_version_id),
                flags.get(row.id, ()),
                reviewed.get(row.id),
            )
            for row in part
        ]


def _flags(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Severity]]:
    query = select(Flag.submission_id, Flag.severity).where(
        Flag.submission_id.in_(ids), Flag.gone_at.is_(None), Flag.dismissed_at.is_(None)
    )
    found = defaultdict[uuid.UUID, list[Severity]](list)
    for submission_id, severity in session.execute(query):
        found[submission_id].append(Severity(severity))
    return found


def _reviewed(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Reviewed]:
    query = (
        select(Verification.submission_id, Verification.at, Person.name, Verification.reason)
        .join(Person, Person.id == Verification.person_id)
        .where(Verification.submission_id.in_(ids))
        .order_by(Verification.id)
    )
    return {id_: Reviewed(at, name, reason) for id_, at, name, reason in session.execute(query)}


def items_of(report: Report, path: Sequence[str]) -> Iterator[Report]:
    """The items of a repeat that this path of repeats leads to, in their order."""
    if not path:
        yield report
        return
    for number, item in enumerate(report.answers.get(path[0]) or (), start=1):
        inner = Report(
            report.row,
            item,
            report.version,
            report.flags,
            report.reviewed,
            (*report.item, number),
        )
        yield from items_of(inner, path[1:])


@dataclass(frozen=True)
class RegionNames:
    """Codes and names of the regions that a region lies in, itself included, by level."""

    deepest: int
    chains: Mapping[int, Mapping[int, tuple[str, str]]]

    def at(self, region_id: int | None, level: int) -> tuple[str | None, str | None]:
        """Code and name of the region of this level; none where it is not known."""
        return self.chains.get(region_id or 0, {}).get(level, (None, None))


def region_names(session: Session, mission: Mission) -> RegionNames:
    """Those of every region of a mission."""
    rows = {
        row.id: row
        for row in session.execute(
            select(Region.id, Region.parent_id, Region.code, Region.name, Region.level).where(
                Region.mission_id == mission.id
            )
        )
    }
    chains: dict[int, dict[int, tuple[str, str]]] = {}
    for row in sorted(rows.values(), key=lambda row: row.level):
        above = chains.get(row.parent_id, {})
        chains[row.id] = {**above, row.level: (row.code, row.name)}
    return RegionNames(max((row.level for row in rows.values()), default=0), chains)


def numeric_calculations(session: Session, checked: Checked, form: str) -> frozenset[str]:
    """The calculations outside of repeats whose results are numbers in every submission."""
    definition = next(each for each in checked.forms if each.code == form)
    names = sorted(
        {
            question.name
            for version in definition.versions.values()
            for question in version.questions()
            if question.type == "calculate"
        }
    )
    if not names:
        return frozenset()
    columns = []
    for name in names:
        kind = json_type(session, name)
        columns.append(func.sum(case((kind.in_(NUMBERS), 1), else_=0)))
        columns.append(func.sum(case((kind.in_(NUMBERS), 0), (kind.in_(NULLS), 0), else_=1)))
    found = session.execute(
        select(*columns)
        .select_from(Submission)
        .join(Revision, COUNTED_REVISION)
        .where(*checked.of_form(form))
    ).one()
    return frozenset(
        name for at, name in enumerate(names) if found[2 * at] and not found[2 * at + 1]
    )


NUMBERS = ("number", "integer", "real")
NULLS = ("null", "none")


def json_type(session: Session, name: str) -> ColumnElement[str]:
    """What kind of JSON an answer is, ``none`` for none; each database has its own words."""
    if session.get_bind().dialect.name == "postgresql":
        kind = func.jsonb_typeof(Revision.answers[name])
    else:
        kind = func.json_type(Revision.answers, f'$."{name}"')
    return func.coalesce(kind, "none")
