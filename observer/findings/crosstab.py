"""Cross-tables: how the answers to one question go together with those to another.

Of one form, what is counted is submissions that answer both questions. Of two forms it is places:
a place gives every answer that a submission from it gives, and counts where both are answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.checklists.definition import ANY_PLACE, FormDefinition, Question
from observer.collect.models import Status
from observer.findings.classes import Classes, counted_of
from observer.findings.ground import WHOLE
from observer.findings.names import UnknownNameError
from observer.findings.selection import COUNTED, Look, Selection, definitions, questions, unit_of
from observer.findings.versions import asked_in
from observer.missions.models import PlaceKind, Round
from observer.missions.scope import Scope

Name = tuple[str, str]
"""A form's code and the name of a question of it."""


@dataclass(frozen=True)
class CrossTable:
    """Counts of two questions' answers together."""

    rows: Name
    columns: Name
    row_answers: Sequence[str]
    column_answers: Sequence[str]
    counts: Sequence[Sequence[int]]
    """By row and column."""
    row_bases: Sequence[int]
    """How many gave each row's answer and answered the other question."""
    column_bases: Sequence[int]
    n: int
    """How many answered both."""
    of_places: bool
    """Whether places were counted, not submissions."""
    region: str | None
    statuses: tuple[str, ...]
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """The table as programs get it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "at": self.at.isoformat()
        }


def cross_table(
    session: Session,
    scope: Scope,
    round_: Round,
    rows: Name,
    columns: Name,
    *,
    region: str | None = None,
    statuses: Iterable[Status] = COUNTED,
) -> CrossTable:
    """The cross-table of two questions with answers, in a region or in the whole.

    Raises UnknownNameError for a name that there is not, for a question together with itself,
    without answers to count or inside a repeat, and for two forms of which one is not filled for
    places.
    """
    if rows == columns:
        raise UnknownNameError(_("Name two different questions."))
    asked = [_asked(session, scope, name) for name in (rows, columns)]
    forms = [form for form, _question in asked]
    look = Look(session, scope, round_, statuses)
    (line,) = look.ground.regions.lines(region, WHOLE if region is None else None)
    of_places = rows[0] != columns[0]
    unit = _unit(forms) if of_places else unit_of(forms[0])
    sides = []
    for form, question in asked:
        selection = look.select(form.code, unit).asking(asked_in(form)[question.name])
        sides.append(_Side(selection, question, line))
    given = [side.of_places() if of_places else side.of_submissions() for side in sides]
    if not of_places:
        # Either question may have been asked alike in other versions than the other one.
        common = np.intersect1d(sides[0].chosen, sides[1].chosen)
        given = [
            table[np.searchsorted(side.chosen, common)]
            for side, table in zip(sides, given, strict=True)
        ]
    return _table(look, (rows, columns), sides, given, of_places=of_places, region=region)


def name_of(text: str, form: str = "") -> Name:
    """The name written as ``form/question``, or of a form that is known as ``question``."""
    before, _slash, question = text.rpartition("/")
    return before or form, question


def askable(form: FormDefinition) -> list[Question]:
    """The questions of a form that can stand in a cross-table."""
    return [
        asked.question
        for asked in asked_in(form).values()
        if asked.question.has_answers and not asked.repeated
    ]


def _asked(session: Session, scope: Scope, name: Name) -> tuple[FormDefinition, Question]:
    ((form, (question,)),) = questions(definitions(session, scope.mission, name[0]), name[1])
    if not question.has_answers:
        raise UnknownNameError(
            _("“%(question)s” has no answers to put into a table.", question=question.name)
        )
    if asked_in(form)[question.name].repeated:
        raise UnknownNameError(
            _(
                "“%(question)s” is asked several times in a report; a cross-table takes"
                " questions that are asked once.",
                question=question.name,
            )
        )
    return form, question


def _unit(forms: Sequence[FormDefinition]) -> PlaceKind:
    for form in forms:
        if form.place == ANY_PLACE:
            raise UnknownNameError(
                _("“%(form)s” is not filled for places, so it cannot be joined.", form=form.code)
            )
    units = {unit_of(form) for form in forms}
    return PlaceKind.STATION if units == {PlaceKind.STATION} else PlaceKind.CENTRE


class _Side:
    """One of the two questions: who gives which answer, first whether there was one at all."""

    def __init__(self, selection: Selection, question: Question, line: int) -> None:
        self._selection = selection
        self._here = selection.ground.regions.inside(line)[selection.regions]
        self.chosen = selection.chosen[self._here]
        self.classes = Classes(counted_of(question))
        of_row = self.classes.of_rows(selection.rows, self.chosen)
        self._gives = self.classes.weights[of_row] > 0

    def of_submissions(self) -> np.ndarray:
        """One row per submission of the region."""
        return self._gives

    def of_places(self) -> np.ndarray:
        """One row per place of the mission."""
        size = len(self._selection.ground.places.ids) + 1
        given = np.zeros((size, self._gives.shape[1]), bool)
        np.logical_or.at(given, self._selection.units[self._here], self._gives)
        return given[:-1]


def _table(
    look: Look,
    names: tuple[Name, Name],
    sides: Sequence[_Side],
    given: Sequence[np.ndarray],
    *,
    of_places: bool,
    region: str | None,
) -> CrossTable:
    both = given[0][:, 0] & given[1][:, 0]
    tables = [table[both].astype(np.int64) for table in given]
    listed = [
        side.classes.listed(table[:, 1:].sum(axis=0))
        for side, table in zip(sides, tables, strict=True)
    ]
    rows, columns = (
        table[:, [at + 1 for at in listed_]] for table, listed_ in zip(tables, listed, strict=True)
    )
    return CrossTable(
        rows=names[0],
        columns=names[1],
        row_answers=[str(sides[0].classes.answers[at]) for at in listed[0]],
        column_answers=[str(sides[1].classes.answers[at]) for at in listed[1]],
        counts=(rows.T @ columns).tolist(),
        row_bases=rows.sum(axis=0).tolist(),
        column_bases=columns.sum(axis=0).tolist(),
        n=int(np.count_nonzero(both)),
        of_places=of_places,
        region=region,
        statuses=tuple(str(status) for status in look.statuses),
        at=look.at,
    )
