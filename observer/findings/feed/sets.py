"""The entity sets of the feed: which there are, and the columns of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.findings.exports.names import simple_names
from observer.findings.exports.order import Checked, Layout, Order, Where, check
from observer.findings.exports.plain import moment
from observer.findings.exports.reading import region_names
from observer.findings.exports.tables import Table, TableMaker
from observer.findings.exports.variables import (
    Kind,
    UnexpectedAnswerError,
    Variable,
    VersionedForm,
    repeats_of,
)
from observer.findings.feed.calculated import calculated_numbers
from observer.findings.names import known
from observer.missions.scope import Scope

EDM = {
    Kind.TEXT: "Edm.String",
    Kind.CHOICE: "Edm.String",
    Kind.CHOICES: "Edm.String",
    Kind.INTEGER: "Edm.Int64",
    Kind.DECIMAL: "Edm.Double",
    Kind.FLAG: "Edm.Byte",
    Kind.MOMENT: "Edm.DateTimeOffset",
    # OData has no moment without a zone: it stays the text that it is in a CSV file.
    Kind.LOCAL: "Edm.String",
}
"""The type of a column by what the variable's values are."""
LONGEST_NAME = 128
STATIONS = "stations"
BEYOND = 2**63
"""From here on a number is too large for Edm.Int64."""


@dataclass(frozen=True)
class Column:
    """A property of an entity: a variable of the export under a name that OData allows."""

    name: str
    variable: Variable

    @property
    def edm(self) -> str:
        """Its type."""
        return EDM[self.variable.kind]

    def value(self, row: Any) -> Any:
        """Its value in a row, as JSON has it.

        Raises UnexpectedAnswerError for one that the column's type cannot hold.
        """
        value = self.variable.read(row)
        if value is None:
            return None
        match self.variable.kind:
            case Kind.MOMENT | Kind.LOCAL:
                return moment(value)
            case Kind.INTEGER:
                return self._whole(value)
        return value

    def _whole(self, value: float) -> int:
        if abs(value) >= BEYOND or value != int(value):
            raise UnexpectedAnswerError(
                _(
                    "In %(column)s stands %(value)s, which is no whole number or too large a one.",
                    column=self.name,
                    value=value,
                )
            )
        return int(value)


@dataclass(frozen=True)
class EntitySet:
    """A table of the exports."""

    name: str
    layout: Layout
    form: str = ""
    """The code of the form; empty for the places, which have all of them."""
    path: tuple[str, ...] = ()
    """Of a repeat: the names of the repeats it lies in, its own last."""

    @property
    def key_variables(self) -> list[str]:
        """The variables that tell a row from all others."""
        if self.layout is Layout.STATIONS:
            return ["place_code"]
        return ["submission_id", *(f"{repeat}_item" for repeat in self.path)]


@dataclass(frozen=True)
class Described:
    """An entity set with its columns."""

    entity_set: EntitySet
    title: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> list[Column]:
        """The columns that tell a row from all others."""
        by_variable = {column.variable.name: column for column in self.columns}
        return [by_variable[name] for name in self.entity_set.key_variables]


@dataclass(frozen=True)
class Feed:
    """What somebody may read of a mission, or of one round of it, in one request."""

    session: Session
    checked: Checked

    @cached_property
    def sets(self) -> Mapping[str, EntitySet]:
        """Its tables by their names."""
        return {each.name: each for each in _sets(self.checked.forms)}

    def set_of(self, name: str) -> EntitySet:
        """The set of this name. Raises UnknownNameError."""
        return self.sets[known(name, self.sets, _("table"))]

    def describe(self, *entity_sets: EntitySet) -> list[Described]:
        """These sets with their columns."""
        maker = TableMaker(
            self.session,
            self.checked,
            region_names(self.session, self.checked.scope.mission),
            {form.code: 0 for form in self.checked.forms},
            numeric=calculated_numbers,
        )
        return [self._described(each, maker) for each in entity_sets]

    def _described(self, entity_set: EntitySet, maker: TableMaker) -> Described:
        table = self._table(entity_set, maker)
        variables = table.variables
        names = simple_names((variable.name for variable in variables), LONGEST_NAME)
        columns = tuple(map(Column, names, variables))
        return Described(entity_set, table.title, columns)

    def _table(self, entity_set: EntitySet, maker: TableMaker) -> Table:
        if entity_set.layout is Layout.STATIONS:
            return maker.places()
        form = next(each for each in self.checked.forms if each.code == entity_set.form)
        if entity_set.layout is Layout.REPEATS:
            return maker.items(form, entity_set.path)
        return maker.submissions(form)


def open_feed(session: Session, scope: Scope, *, rounds: tuple[str, ...], links: str) -> Feed:
    """The feed of a scope: of these rounds, or of all where none is named.

    What an export has that is asked for without further choices. Raises UnknownNameError.
    """
    order = Order(rounds=rounds, geometry=Where.NONE, links=links)
    return Feed(session, check(session, scope, order))


def _sets(forms: tuple[VersionedForm, ...]) -> list[EntitySet]:
    whole = [(form.code, Layout.SUBMISSIONS, form.code, ()) for form in forms]
    repeats = [
        (f"{form.code}.{name}", Layout.REPEATS, form.code, path)
        for form in forms
        for name, path in repeats_of(form).items()
    ]
    # Names are given in this order, so that a new form takes none from what is there.
    tables = [(STATIONS, Layout.STATIONS, "", ()), *whole, *repeats]
    names = simple_names((name for name, *_more in tables), LONGEST_NAME)
    places, *others = [
        EntitySet(name, *more) for name, (_long, *more) in zip(names, tables, strict=True)
    ]
    return [*others, places]
