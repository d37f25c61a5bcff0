"""The voting day hour by hour: stations opened, closed and counted, visited and reported.

Every line is cumulative and counts stations: by each full hour, in how many of them it had
happened. Opening, closing and counting are at the times that observers wrote down, on the clocks
of the place, and of all stations; visits and reports are of those assigned, by the mission's
clocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition, Question
from observer.collect.models import Visit
from observer.findings.deployment import Deployment
from observer.findings.hours import BEGINS, LASTS, hours_of_clock, hours_of_moments
from observer.findings.selection import COUNTED, Selection, unit_of
from observer.findings.versions import asked_in
from observer.language import in_language
from observer.missions.models import PlaceKind, Round


@dataclass(frozen=True)
class Line:
    """What happened in how many stations by each hour, and in how many at all."""

    label: str
    form: str
    question: str
    """The question that says when; empty for visits and reports."""
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Day:
    """The lines of a day by its hours, counted from midnight; 25 is one in the next morning."""

    hours: tuple[int, ...]
    events: list[Line]
    """What observers wrote down, in the order of the forms."""
    visited: Line
    reported: Line
    at: datetime


def look_at_day(session: Session, round_: Round, deployed: Deployment) -> Day:
    """The day in the stations that the deployment is limited to."""
    told = [
        (form, question, _first(selection, _written(selection, question)))
        for form, question, selection in _times(deployed)
    ]
    visited = _visited(session, round_, deployed)
    reported = _reported(round_, deployed)
    visited = np.fmin(visited, reported)
    columns = [each[deployed.stations] for each in (visited, reported)]
    written = [np.where(deployed.within, first, np.nan) for *_asked, first in told]
    hours = _hours([*columns, *written])
    return Day(
        hours=hours,
        events=[
            _line(in_language(question.table_label), first, hours, form.code, question.name)
            for (form, question, _first_), first in zip(told, written, strict=True)
        ],
        visited=_line("", columns[0], hours),
        reported=_line("", columns[1], hours),
        at=deployed.look.at,
    )


def _times(deployed: Deployment) -> Iterator[tuple[FormDefinition, Question, Selection]]:
    """The questions for a time in the forms that are filled for a station, outside repeats."""
    look = deployed.look.counting(COUNTED)
    for form in deployed.forms:
        if unit_of(form) is not PlaceKind.STATION:
            continue
        for asked in asked_in(form).values():
            if asked.question.type == "time" and not asked.repeated:
                selection = look.select(form.code, PlaceKind.STATION).asking(asked)
                yield form, asked.question, selection


def _written(selection: Selection, question: Question) -> np.ndarray:
    codes, values = selection.codes(question.name)
    return np.array([*map(hours_of_clock, values), np.nan])[codes]


def _first(selection: Selection, hours: np.ndarray) -> np.ndarray:
    """The first of these hours at each place; NaN where there is none."""
    first = np.full(len(selection.ground.places.ids) + 1, np.nan)
    np.fmin.at(first, selection.units, hours)
    return first[:-1]


def _reported(round_: Round, deployed: Deployment) -> np.ndarray:
    first = np.full(len(deployed.look.ground.places.ids), np.nan)
    for form in deployed.forms:
        if unit_of(form) is PlaceKind.STATION:
            selection = deployed.look.select(form.code, PlaceKind.STATION)
            moments = selection.rows.fixed["received_at"][selection.chosen]
            first = np.fmin(first, _first(selection, hours_of_moments(round_, moments)))
    return first


def _visited(session: Session, round_: Round, deployed: Deployment) -> np.ndarray:
    places = deployed.look.ground.places
    first = np.full(len(places.ids) + 1, np.nan)
    rows = session.execute(
        select(Visit.place_id, func.min(Visit.arrived_at))
        .where(Visit.round_id == round_.id, Visit.place_id.is_not(None))
        .group_by(Visit.place_id)
    ).all()
    at = places.positions(np.array([row[0] for row in rows], np.int64))
    moments = np.array([row[1].timestamp() for row in rows])
    first[at] = hours_of_moments(round_, moments)
    return np.fmin(first[:-1], first[places.centres])


def _hours(columns: Sequence[np.ndarray]) -> tuple[int, ...]:
    """The full hours between which something happened; of a usual day where nothing did."""
    happened = np.concatenate(columns)
    happened = happened[np.isfinite(happened)]
    if not len(happened):
        return tuple(range(6, 25))
    first = max(BEGINS, math.floor(happened.min()))
    last = min(BEGINS + LASTS, math.floor(happened.max()) + 1)
    return tuple(range(first, max(last, first + 1) + 1))


def _line(
    label: str, first: np.ndarray, hours: Sequence[int], form: str = "", question: str = ""
) -> Line:
    happened = np.sort(first[np.isfinite(first)])
    counts = np.searchsorted(happened, hours, side="right").tolist()
    return Line(label, form, question, tuple(counts), len(happened))
