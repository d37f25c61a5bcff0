"""Reads a table of the feed a page at a time, by key and not by number."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from observer.collect.models import Revision, Submission
from observer.findings.exports.order import Layout, count_places
from observer.findings.exports.reading import (
    COUNTED_REVISION,
    items_of,
    json_type,
    reports_of,
)
from observer.findings.exports.tables import gathered_by_place
from observer.findings.feed.positions import AfterPlace, AfterReport, Position
from observer.findings.feed.sets import EntitySet, Feed
from observer.missions.models import Place

MOST_ROWS = 1_000
FEWEST_ROWS = 20
MOST_VALUES = 200_000
"""In a page, so that wide tables, too, take little memory here and there."""
REPORTS_AT_ONCE = 200
"""Of a repeat: so many submissions are read, and more while the page is not full."""


@dataclass(frozen=True)
class Page:
    """Some rows of a table, and where they end; None at the table's own end."""

    rows: list[Any]
    end: Position | None


def rows_of_page(columns: int) -> int:
    """How many rows of so many columns a page has."""
    return max(FEWEST_ROWS, min(MOST_ROWS, MOST_VALUES // max(columns, 1)))


def read_page(feed: Feed, entity_set: EntitySet, after: Position | None, size: int) -> Page:
    """The rows after a position, or from the first on; at most so many."""
    if entity_set.layout is Layout.STATIONS:
        return _places(feed, after, size)
    return _reports(feed, entity_set, after, size)


def skip_rows(feed: Feed, entity_set: EntitySet, number: int) -> Position | None:
    """The position after the first rows, one or more; None where there are not so many."""
    if entity_set.layout is Layout.STATIONS:
        query = _codes(feed, None).offset(number - 1).limit(1)
        code = feed.session.scalar(query)
        return None if code is None else AfterPlace(code)
    if not entity_set.path:
        query = _keys(feed, entity_set).offset(number - 1).limit(1)
        row = feed.session.execute(query).first()
        return None if row is None else AfterReport(*row, 1)
    for received_at, id_, items in _numbers_of_items(feed, entity_set):
        if number <= items:
            return AfterReport(received_at, id_, number)
        number -= items
    return None


def count_rows(feed: Feed, entity_set: EntitySet) -> int:
    """How many rows the whole table has."""
    if entity_set.layout is Layout.STATIONS:
        return count_places(feed.session, feed.checked)
    if not entity_set.path:
        query = select(func.count(Submission.id)).where(*feed.checked.of_form(entity_set.form))
        return feed.session.scalar(query) or 0
    return sum(items for _at, _id, items in _numbers_of_items(feed, entity_set))


def _reports(feed: Feed, entity_set: EntitySet, after: Position | None, size: int) -> Page:
    """Submissions, or the items of a repeat in them: whose rows begin on a page may end on it."""
    rows: list[Any] = []
    end = after if isinstance(after, AfterReport) else None
    # The last submission of the page before is read again, and one more says that there is a next.
    limit = 2 + (min(size, REPORTS_AT_ONCE) if entity_set.path else size)
    while True:
        conditions = [*_with_items(feed, entity_set), *_from(end)]
        read = 0
        for batch in reports_of(
            feed.session, feed.checked, entity_set.form, *conditions, limit=limit
        ):
            for report in batch:
                read += 1
                items = list(items_of(report, entity_set.path))
                given = end.given if end and end.id == report.id else 0
                room = size - len(rows)
                rows += items[given : given + room]
                if len(items) > given + room:
                    return Page(rows, _after(report.row, given + room))
                end = _after(report.row, len(items))
        if read < limit:
            return Page(rows, None)


def _after(row: Any, given: int) -> AfterReport:
    return AfterReport(row.received_at, row.id, given)


def _from(end: AfterReport | None) -> list[ColumnElement[bool]]:
    """What submissions are from this one on, itself included."""
    if end is None:
        return []
    later = Submission.received_at > end.received_at
    return [Submission.received_at >= end.received_at, or_(later, Submission.id >= end.id)]


def _with_items(feed: Feed, entity_set: EntitySet) -> list[ColumnElement[bool]]:
    """What submissions are that may have rows in a table."""
    if not entity_set.path:
        return []
    return [json_type(feed.session, entity_set.path[0]) == "array"]


def _keys(feed: Feed, entity_set: EntitySet, *more: Any) -> Select[Any]:
    conditions = [*feed.checked.of_form(entity_set.form), *_with_items(feed, entity_set)]
    return (
        select(Submission.received_at, Submission.id, *more)
        .outerjoin(Revision, COUNTED_REVISION)
        .where(*conditions)
        .order_by(Submission.received_at, Submission.id)
    )


def _numbers_of_items(
    feed: Feed, entity_set: EntitySet
) -> Iterator[tuple[datetime, uuid.UUID, int]]:
    """Of each submission in turn, how many rows a repeat has in it."""
    query = _keys(feed, entity_set, Revision.answers[entity_set.path[0]])
    found = feed.session.execute(query.execution_options(yield_per=MOST_ROWS))
    for received_at, id_, items in found:
        yield received_at, id_, _how_many(items, entity_set.path[1:])


def _how_many(items: Sequence[Any] | None, path: Sequence[str]) -> int:
    if not path:
        return len(items or ())
    return sum(_how_many(item.get(path[0]), path[1:]) for item in items or ())


def _places(feed: Feed, after: Position | None, size: int) -> Page:
    code = after.code if isinstance(after, AfterPlace) else None
    codes = list(feed.session.scalars(_codes(feed, code).limit(size + 1)))
    here = codes[:size]
    if not here:
        return Page([], None)
    within = Place.code.in_(here)
    rows = list(gathered_by_place(feed.session, feed.checked, within))
    return Page(rows, AfterPlace(here[-1]) if len(codes) > size else None)


def _codes(feed: Feed, after: str | None) -> Select[Any]:
    """The codes of the places that reports name."""
    checked = feed.checked
    named = exists().where(
        Submission.place_id == Place.id,
        Submission.form_id.in_(checked.form_ids.values()),
        *checked.conditions(),
    )
    query = select(Place.code).where(Place.mission_id == checked.scope.mission.id, named)
    if after is not None:
        query = query.where(Place.code > after)
    return query.order_by(Place.code)
