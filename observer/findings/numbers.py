"""The numbers given in answer to a question, summed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import Question
from observer.collect.models import Status
from observer.findings.names import UnknownNameError
from observer.findings.selection import COUNTED, Look, Selection, questions, unit_of
from observer.findings.table import Items
from observer.findings.versions import asked_in
from observer.missions.models import Round
from observer.missions.scope import Scope

NUMERIC = ("integer", "decimal", "calculate")


@dataclass(frozen=True)
class NumberSummary:
    """How many numbers were given, and what they are like; all but *n* and *sum* None for none."""

    n: int
    sum: float
    mean: float | None
    median: float | None
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True)
class RegionNumbers:
    """The numbers given in one region, or in the whole, with the places they were given for."""

    region: str | None
    name: str
    level: int
    abroad: bool
    summary: NumberSummary
    places_observed: int
    places_total: int
    at: datetime


def numbers(
    session: Session,
    scope: Scope,
    round_: Round,
    form: str,
    question: str,
    *,
    region: str | None = None,
    statuses: Iterable[Status] = COUNTED,
    look: Look | None = None,
) -> NumberSummary:
    """The numbers given to a question in a region or in the whole; in a repeat, in every item.

    Who has looked already hands on the look, which has its statuses.

    Raises UnknownNameError for an unknown name and for a question that asks for no number.
    """
    level = 0 if region is None else None
    look = look or Look(session, scope, round_, statuses)
    found = numbers_by_region(
        session, scope, round_, form, question, region=region, level=level, look=look
    )
    return found[0].summary


def numbers_by_region(
    session: Session,
    scope: Scope,
    round_: Round,
    form: str,
    question: str,
    *,
    region: str | None = None,
    level: int | None = None,
    statuses: Iterable[Status] = COUNTED,
    look: Look | None = None,
) -> list[RegionNumbers]:
    """The same for several regions, chosen as in :func:`observer.findings.findings.findings`."""
    look = look or Look(session, scope, round_, statuses)
    ((definition, (asked,)),) = questions(look.definitions(form), question)
    _numeric(asked)
    unit = unit_of(definition)
    selection = look.select(form, unit).asking(asked_in(definition)[question])
    values, origin = _given(selection, question)
    observed = look.ground.count_places(selection.places(origin)).tolist()
    regions, total = look.ground.regions, look.ground.total(unit).tolist()
    lines = regions.lines(region, level)
    by_line = _split(look, lines, values, selection.regions[origin])
    return [
        RegionNumbers(
            region=regions.code(line),
            name=regions.name(line),
            level=regions.level(line),
            abroad=regions.is_abroad(line),
            summary=_summary(by_line[line]),
            places_observed=observed[line],
            places_total=total[line],
            at=look.at,
        )
        for line in lines
    ]


def _numeric(question: Question) -> None:
    if question.type not in NUMERIC:
        raise UnknownNameError(
            _("“%(question)s” does not ask for a number.", question=question.name)
        )


def _given(selection: Selection, question: str) -> tuple[np.ndarray, np.ndarray]:
    """Every number given, and which counted submission gave it."""
    codes, values = selection.codes(question)
    parts = [list(_numbers(value)) for value in values]
    lengths = np.array([*map(len, parts), 0], np.intp)
    origin = np.repeat(np.arange(len(codes)), lengths[codes])
    if lengths.max() <= 1:
        plain = np.array([part[0] if part else np.nan for part in parts] + [np.nan])
        return plain[codes[origin]], origin
    given = [number for code in codes.tolist() if code >= 0 for number in parts[code]]
    return np.array(given, float), origin


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, Items):
        for item in value.answers:
            yield from _numbers(item)
    elif isinstance(value, int | float | str):
        with suppress(ValueError):
            number = float(value)  # a calculation may give its number as text
            if isfinite(number):
                yield number


def _split(
    look: Look, lines: list[int], values: np.ndarray, at: np.ndarray
) -> dict[int, np.ndarray]:
    """The numbers of each line: those of a level in one pass over all of them."""
    regions = look.ground.regions
    whole = len(regions.ids)
    split = {whole: values}
    for level in {regions.level(line) for line in lines if line != whole}:
        group = regions.upper(level)[at]
        order = np.argsort(group, kind="stable")
        ends = np.cumsum(np.bincount(group, minlength=whole + 1))
        parts = np.split(values[order], ends[:-1])
        split |= {line: parts[line] for line in lines if regions.level(line) == level}
    return split


def _summary(values: np.ndarray) -> NumberSummary:
    if not len(values):
        return NumberSummary(0, 0.0, None, None, None, None)
    return NumberSummary(
        n=len(values),
        sum=float(values.sum()),
        mean=float(values.mean()),
        median=float(np.median(values)),
        minimum=float(values.min()),
        maximum=float(values.max()),
    )
