"""Two rounds compared over the same places.

Only places count in which the question was answered in both rounds, so that a difference is not
one between other places. A submission counts in the region that its place lies in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.findings.classes import Classes, counted_of
from observer.findings.names import UnknownNameError, known
from observer.findings.selection import (
    COUNTED,
    Look,
    Selection,
    questions,
    unit_of,
)
from observer.findings.versions import asked_in
from observer.missions.models import Mission, Round
from observer.missions.scope import Scope


@dataclass(frozen=True, slots=True)
class Comparison:
    """An answer in an earlier and a later round: *k* of *n* in each, over the same places."""

    form: str
    question: str
    answer: str | None
    region: str | None
    """A region's code, or None for the whole of what the reader may see."""
    name: str
    level: int
    rounds: tuple[str, str]
    k: tuple[int, int]
    n: tuple[int, int]
    places: int
    """Places in which the question was answered in both rounds."""
    statuses: tuple[str, ...]
    at: datetime

    def is_told(self, min_base: int) -> bool:
        """Whether both rounds have a base that allows shares, and with them a difference."""
        return min(self.n) >= min_base

    @property
    def difference(self) -> float | None:
        """The later share less the earlier one, in percentage points; None without a base."""
        if 0 in self.n:
            return None
        earlier, later = (k / n for k, n in zip(self.k, self.n, strict=True))
        return 100 * (later - earlier)

    def to_json(self) -> dict[str, Any]:
        """The comparison as programs get it."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        lists = {name: list(fields[name]) for name in ("rounds", "k", "n", "statuses")}
        return fields | lists | {"difference": self.difference, "at": self.at.isoformat()}


def rounds_to_compare(mission: Mission, round_: Round, other: str | None) -> tuple[Round, Round]:
    """The earlier and the later of a round and another one, the one before where none is named.

    Raises UnknownNameError where there is no such other round.
    """
    others = {each.code: each for each in mission.rounds if each.id != round_.id}
    if not others:
        raise UnknownNameError(_("The mission has no other round to compare with."))
    if other == round_.code:
        raise UnknownNameError(_("Name two different rounds to compare."))
    if other is None:
        before = [each for each in others.values() if each.voting_day < round_.voting_day]
        chosen = before[-1] if before else next(iter(others.values()))
    else:
        chosen = others[known(other, others, _("round"))]
    earlier, later = sorted((chosen, round_), key=lambda each: each.voting_day)
    return earlier, later


def comparison(  # noqa: PLR0917
    session: Session,
    scope: Scope,
    earlier: Round,
    later: Round,
    form: str,
    question: str,
    *,
    region: str | None = None,
    level: int | None = None,
    answer: str | None = None,
    statuses: Iterable[Status] = COUNTED,
    look: Look | None = None,
) -> list[Comparison]:
    """Each answer to a question in two rounds, or one; region and level choose as for findings.

    Who has looked already, at any round, hands on the look, which has its statuses.

    Raises UnknownNameError for a form, question, region or answer that there is not, for a round
    compared with itself, and for a form that is not filled for places.
    """
    look = look or Look(session, scope, later, statuses)
    ((definition, (asked,)),) = questions(look.definitions(form), question)
    if earlier.id == later.id:
        raise UnknownNameError(_("Name two different rounds to compare."))
    if definition.place == "any":
        raise UnknownNameError(
            _("“%(form)s” is not filled for places, so there are none to compare.", form=form)
        )
    counted = counted_of(asked)
    alike = asked_in(definition)[question]
    sides = [
        _Side(each.select(form, unit_of(definition)).asking(alike), Classes(counted))
        for each in (look.of_round(earlier), look.of_round(later))
    ]
    both = sides[0].seen & sides[1].seen
    tables = [side.by_region(both) for side in sides]
    ground = look.ground
    places = ground.count_places(both)
    listed = dict.fromkeys(
        given for side, table in zip(sides, tables, strict=True) for given in side.listed(table)
    )
    if answer is not None:
        listed = {known(answer, [each for each in listed if each], _("answer")): None}
    regions = ground.regions
    return [
        Comparison(
            form=form,
            question=question,
            answer=given,
            region=regions.code(line),
            name=regions.name(line),
            level=regions.level(line),
            rounds=(earlier.code, later.code),
            k=tuple(s.given(t, given, line) for s, t in zip(sides, tables, strict=True)),
            n=tuple(int(table[line, 0]) for table in tables),
            places=int(places[line]),
            statuses=tuple(map(str, look.statuses)),
            at=look.at,
        )
        for given in listed
        for line in regions.lines(region, level)
    ]


class _Side:
    """One of the two rounds."""

    def __init__(self, selection: Selection, classes: Classes) -> None:
        self._selection = selection
        self._classes = classes
        self._of_row = classes.of_rows(selection.rows, selection.chosen)
        self._counting = classes.weights[self._of_row, 0] > 0
        self.seen = selection.places(self._counting)

    def by_region(self, places: np.ndarray) -> np.ndarray:
        """In each region, rolled up: how often there was an answer in these places, and each."""
        ground, weights = self._selection.ground, self._classes.weights
        rows = np.flatnonzero(self._counting & places[self._selection.units])
        regions = ground.place_regions[self._selection.units[rows]]
        # A place may have moved out of what the reader sees, since a report of it was received.
        seen = ground.regions.seen[regions]
        rows, regions = rows[seen], regions[seen]
        size = len(ground.regions.ids) + 1
        cells = regions.astype(np.intp) * len(weights) + self._of_row[rows]
        own = np.bincount(cells, minlength=size * len(weights)).reshape(size, len(weights))
        return ground.regions.roll_up(own @ weights)

    def listed(self, table: np.ndarray) -> list[str | None]:
        """The answers to tell of."""
        return [self._classes.answers[at] for at in self._classes.listed(table[-1, 1:])]

    def given(self, table: np.ndarray, answer: str | None, line: int) -> int:
        """How often an answer was given in a region."""
        column = self._classes.columns.get(answer)
        return 0 if column is None else int(table[line, column])
