"""Writes an export into a file: whole, or not at all."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Engine

from observer.database import snapshot
from observer.findings.exports.columns import write_parquet
from observer.findings.exports.dictionary import Codes, about_csv, dictionary
from observer.findings.exports.geographic import write_geojson, write_geopackage
from observer.findings.exports.names import Format, NotExportedError, format_of
from observer.findings.exports.order import Order, check, left_out
from observer.findings.exports.plain import write_csv, write_rows
from observer.findings.exports.statistics import Coded, coded, write_coded
from observer.findings.exports.tables import Batches, Table, in_one, tables_of
from observer.findings.exports.workbook import write_workbook
from observer.missions.scope import Scope

Progress = Callable[[int, int], None]
"""Told how many submissions of how many are read; what it raises stops the export."""


@dataclass(frozen=True)
class Written:
    """What an export has written."""

    files: tuple[Path, ...]
    """The file asked for, and the dictionary where it is a file of its own."""
    rows: int
    left_out: dict[str, int]
    """How many submissions are not in it, by status; under the empty name those without a form."""


def write_export(
    engine: Engine,
    scope: Scope,
    order: Order,
    out: Path,
    *,
    progress: Progress = lambda _done, _total: None,
) -> Written:
    """Write what is ordered into a file whose name says the format, and its dictionary.

    A file is there only once it is whole, whatever stops this. Raises UnknownNameError for what
    the mission does not have, NotExportedError for what the format cannot hold.
    """
    chosen, zipped = format_of(out.name)
    with snapshot(engine) as session:
        mission = session.merge(scope.mission, load=False)
        checked = check(session, replace(scope, mission=mission), order)
        with force_locale(checked.page_language), _folder_beside(out) as folder:
            counter = _Counter(progress)
            labelled = order.labels is not None and not chosen.has_codes
            tables = [
                counter.counting(table) for table in tables_of(session, checked, labelled=labelled)
            ]
            if not tables:
                raise NotExportedError(_("There is nothing to export: no form has a repeat."))
            counter.total = sum(table.size for table in tables)
            if zipped:
                made = [_zip(folder / out.name, folder, chosen, tables, order)]
            elif chosen.holds_tables:
                made = [_write_together(folder / out.name, chosen, tables, order)]
            else:
                one = in_one(tables) if len(tables) > 1 else tables[0]
                made = _write_single(folder / out.name, chosen, one, order)
            files = tuple(_move(file, out.with_name(file.name)) for file in made)
            return Written(files, counter.rows, left_out(session, checked))


class _Counter:
    """Counts the submissions and the rows that go by."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.total = 0
        self._done = 0
        self.rows = 0

    def counting(self, table: Table) -> Table:
        """The table whose rows are counted as they are read."""

        def batches() -> Batches:
            before, read = self._done, 0
            for batch in table.batches():
                yield batch
                read += len(batch)
                self.rows += len(batch)
                self._done = before + min(read, table.size)
                self._progress(self._done, self.total)
            self._done = before + table.size
            self._progress(self._done, self.total)

        return replace(table, batches=batches)


@contextmanager
def _folder_beside(out: Path) -> Iterator[Path]:
    """A folder for what is not whole yet, on the disk of what it will be; gone at the end."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{out.stem}-", dir=out.parent))
    except OSError as error:
        raise NotExportedError(
            _("%(file)s cannot be written: %(reason)s", file=str(out), reason=error.strerror)
        ) from error
    try:
        yield folder
    except OSError as error:
        raise NotExportedError(
            _("%(file)s cannot be written: %(reason)s", file=str(out), reason=error.strerror)
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _move(file: Path, to: Path) -> Path:
    return file.replace(to)


def _heads(table: Table, order: Order) -> list[str]:
    """What stands above the columns: names, or labels where they were asked for."""
    variables = table.variables
    if order.labels is None:
        return [variable.name for variable in variables]
    labels = [variable.label for variable in variables]
    return [
        f"{label} [{variable.name}]" if labels.count(label) > 1 else label
        for variable, label in zip(variables, labels, strict=True)
    ]


def _write_together(path: Path, chosen: Format, tables: list[Table], order: Order) -> Path:
    if chosen.suffix == "gpkg":
        names = {t.name: [v.name for v in t.variables] for t in tables}
        write_geopackage(path, tables, dictionary(tables, names))
    else:
        heads = {table.name: _heads(table, order) for table in tables}
        write_workbook(
            path, [(table, heads[table.name]) for table in tables], dictionary(tables, heads)
        )
    return path


def _write_single(path: Path, chosen: Format, table: Table, order: Order) -> list[Path]:
    """A table and its dictionary beside it."""
    names = [variable.name for variable in table.variables]
    codes: Codes = {}
    match chosen.suffix:
        case "csv":
            names = _heads(table, order)
            write_csv(path, table, names)
        case "parquet":
            write_parquet(path, table)
        case "geojson":
            write_geojson(path, table)
        case _:
            with_codes: Coded = coded(table, chosen.suffix)
            write_coded(path, with_codes)
            names, codes = with_codes.names, with_codes.codes
    beside = path.with_name(f"{path.stem}-dictionary.csv")
    write_dictionary(beside, dictionary([table], {table.name: names}, codes))
    return [path, beside]


def write_dictionary(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """A dictionary as a CSV file, with a last line on how texts are made safe in it."""
    heads, *variables = rows
    blank = ["", "", "", about_csv(), *[""] * (len(heads) - 4)]
    write_rows(path, heads, [*variables, blank])


def _zip(path: Path, folder: Path, chosen: Format, tables: list[Table], order: Order) -> Path:
    """A file for each table with its dictionary."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            own = folder / f"{table.name}.{chosen.suffix}"
            if chosen.holds_tables:
                made = [_write_together(own, chosen, [table], order)]
            else:
                made = _write_single(own, chosen, table, order)
            for file in made:
                archive.write(file, file.name)
                file.unlink()
    return path
