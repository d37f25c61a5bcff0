"""The tables of an export: what its rows are, its variables, and where the rows come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from observer.findings.exports import about
from observer.findings.exports.order import Checked, Layout, Where, count
from observer.findings.exports.reading import (
    RegionNames,
    Report,
    items_of,
    numeric_calculations,
    region_names,
    reports_by_place,
    reports_of,
)
from observer.findings.exports.variables import (
    Kind,
    Variable,
    VersionedForm,
    asked_variables,
    distinctly_named,
    in_labels,
    repeats_of,
)

Batches = Iterator[list[Any]]
Position = tuple[float | None, float | None]


@dataclass(frozen=True)
class Table:
    """Rows that all have the same variables."""

    name: str
    title: str
    about: tuple[Variable, ...]
    answers: tuple[Variable, ...]
    batches: Callable[[], Batches]
    """Its rows as the variables read them, some at a time."""
    size: int
    """How many submissions they are read from."""
    position: Callable[[Any], Position] | None = None
    """Latitude and longitude of a row; None where rows have no geometry."""
    is_sparse: bool = False
    """Whether most variables are of some rows alone, as where several forms stand in one table."""

    @property
    def variables(self) -> list[Variable]:
        """Its columns, no name twice."""
        return distinctly_named((*self.about, *self.answers))


def tables_of(session: Session, checked: Checked, *, labelled: bool = False) -> list[Table]:
    """The tables that an order asks for, in the order of the forms.

    ``labelled``: with the labels of choices instead of their names.
    """
    regions = region_names(session, checked.scope.mission)
    maker = TableMaker(session, checked, regions, count(session, checked))
    match checked.order.layout:
        case Layout.SUBMISSIONS:
            tables = [maker.submissions(form) for form in checked.forms]
        case Layout.REPEATS:
            tables = [
                maker.items(form, path)
                for form in checked.forms
                for path in repeats_of(form).values()
            ]
        case Layout.STATIONS:
            tables = [maker.places()]
    return [_labelled(table) for table in tables] if labelled else tables


def _labelled(table: Table) -> Table:
    return replace(
        table,
        about=tuple(map(in_labels, table.about)),
        answers=tuple(map(in_labels, table.answers)),
    )


def _title(form: VersionedForm, language: str) -> str:
    titles = form.newest.title
    return titles.get(language) or next(iter(titles.values()), form.code)


@dataclass(frozen=True)
class TableMaker:
    """Makes the tables of one export."""

    session: Session
    checked: Checked
    regions: RegionNames
    sizes: Mapping[str, int]
    """How many submissions of each form there are to export."""
    numeric: Callable[[Session, Checked, str], frozenset[str]] = numeric_calculations
    """Which calculations of a form are numbers."""

    def submissions(self, form: VersionedForm) -> Table:
        """A form's submissions."""
        return Table(
            name=form.code,
            title=_title(form, self.checked.language),
            about=tuple(about.about_report(self.checked, self.regions)),
            answers=self._answers(form),
            batches=lambda: reports_of(self.session, self.checked, form.code),
            size=self.sizes[form.code],
            position=self._position(),
        )

    def items(self, form: VersionedForm, path: tuple[str, ...]) -> Table:
        """The items of a repeat, to which this path of repeats leads."""

        def batches() -> Batches:
            for batch in reports_of(self.session, self.checked, form.code):
                yield [item for report in batch for item in items_of(report, path)]

        return Table(
            name=f"{form.code}.{path[-1]}",
            title=f"{_title(form, self.checked.language)}: {path[-1]}",
            about=tuple(about.about_item(self.checked, self.regions, path)),
            answers=self._answers(form, path[-1]),
            batches=batches,
            size=self.sizes[form.code],
            position=self._position(),
        )

    def places(self) -> Table:
        """The places with the last report of each form."""

        def batches() -> Batches:
            for gathered in gathered_by_place(self.session, self.checked):
                yield [gathered]

        answers: list[Variable] = []
        said = about.about_report(self.checked, self.regions)
        for form in self.checked.forms:
            own = [*(v for v in said if v.name in SAID_OF_EACH), *self._answers(form)]
            answers += [_reports_of(form.code), *(_prefixed(form.code, v) for v in own)]
        located = self.checked.order.geometry is not Where.NONE
        return Table(
            name="stations",
            title=_("Places with the last report of each form"),
            about=tuple(about.about_place(self.regions)),
            answers=tuple(answers),
            batches=batches,
            size=sum(self.sizes.values()),
            position=about.place_position if located else None,
        )

    def _answers(self, form: VersionedForm, repeat: str = "") -> tuple[Variable, ...]:
        links = self.checked.order.links.rstrip("/")

        def link(report: Report, sha256: str) -> str:
            return f"{links}/submissions/{report.row.id}/attachments/{sha256}"

        numeric = frozenset[str]()
        if not repeat:
            numeric = self.numeric(self.session, self.checked, form.code)
        variables = asked_variables(
            form,
            repeat=repeat,
            language=self.checked.language,
            numeric=numeric,
            link=link if links else None,
        )
        return tuple(variables)

    def _position(self) -> Callable[[Any], Position] | None:
        match self.checked.order.geometry:
            case Where.PLACE:
                return about.place_position
            case Where.POSITION:
                return lambda report: (report.row.lat, report.row.lon)
        return None


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The last report of each form at one place, and how many there are of each."""

    last: Mapping[str, Report]
    counted: Mapping[str, int]

    @property
    def row(self) -> Any:
        """Of any of the reports: what it says of the place is the same for all."""
        return next(iter(self.last.values())).row


def gathered_by_place(
    session: Session, checked: Checked, *more: ColumnElement[bool]
) -> Iterator[_Gathered]:
    """The rows of the table of places, in the order of their codes."""
    codes = {id_: code for code, id_ in checked.form_ids.items()}
    read = reports_by_place(session, checked, *more)
    reports = (report for batch in read for report in batch)
    for _place, here in groupby(reports, lambda report: report.row.place_id):
        yield _gather(here, codes)


def _gather(reports: Iterable[Report], codes: Mapping[int, str]) -> _Gathered:
    last: dict[str, Report] = {}
    counted: Counter[str] = Counter()
    for report in reports:
        form = codes[report.row.form_id]
        last[form] = report
        counted[form] += 1
    return _Gathered(last, counted)


SAID_OF_EACH = (
    "submission_id",
    "form_version",
    "status",
    "round",
    "team",
    "observer_name",
    "observer_email",
    "received_utc",
)
"""What is said of each form's last report beside one another."""


def _reports_of(form: str) -> Variable:
    return Variable(
        name=f"{form}.reports",
        label=_("How many reports: %(form)s", form=form),
        kind=Kind.INTEGER,
        read=lambda gathered: gathered.counted.get(form, 0),
    )


def _prefixed(form: str, variable: Variable) -> Variable:
    read = variable.read

    def of_form(gathered: _Gathered) -> Any:
        report = gathered.last.get(form)
        return None if report is None else read(report)

    return replace(variable, name=f"{form}.{variable.name}", read=of_form)


@dataclass(frozen=True, slots=True)
class _Of:
    """A row of one of several tables that stand in one."""

    table: str
    own: Any


def in_one(tables: Sequence[Table]) -> Table:
    """Several tables as one: what is said of all rows once, the answers named with their table."""
    which = Variable(name="table", label=_("Table"), kind=Kind.TEXT, read=lambda row: row.table)
    shared = tuple(_passed_on(v) for v in tables[0].about if _in_all(v, tables))
    answers: list[Variable] = []
    for table in tables:
        own = [v for v in table.about if not _in_all(v, tables)]
        answers += [_only_of(table.name, v) for v in (*own, *table.answers)]

    def batches() -> Batches:
        for table in tables:
            for batch in table.batches():
                yield [_Of(table.name, row) for row in batch]

    position = tables[0].position
    return Table(
        name="reports",
        title=_("Reports of all forms"),
        about=(which, *shared),
        answers=tuple(answers),
        batches=batches,
        size=sum(table.size for table in tables),
        position=(lambda row: position(row.own)) if position else None,
        is_sparse=True,
    )


def _in_all(variable: Variable, tables: Iterable[Table]) -> bool:
    return all(any(v.name == variable.name for v in table.about) for table in tables)


def _passed_on(variable: Variable) -> Variable:
    read = variable.read
    return replace(variable, read=lambda row: read(row.own))


def _only_of(table: str, variable: Variable) -> Variable:
    read = variable.read
    return replace(
        variable,
        name=f"{table}.{variable.name}",
        read=lambda row: read(row.own) if row.table == table else None,
    )
