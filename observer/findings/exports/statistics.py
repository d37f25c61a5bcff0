"""Files for SPSS and Stata: choices as numbers with labels, what was not observed as codes apart.

Neither format can be written row by row, so a table of these is in memory as a whole.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
from flask_babel import gettext as _

from observer.findings.classes import LEFT_OUT
from observer.findings.exports.names import NotExportedError, simple_names
from observer.findings.exports.tables import Table
from observer.findings.exports.variables import NUMERIC, Kind, Variable

MOST_CELLS = 50_000_000
"""Larger tables would not fit into the memory of a small server."""
LONGEST_NAME = {"sav": 64, "dta": 32}
LONGEST_LABEL = {"sav": 120, "dta": 80}
"""In bytes, of a variable as of a value."""
MISSING = {name: -number for number, name in enumerate(LEFT_OUT, start=1)}
"""The codes of answers that are none: −1 not observed, −2 does not apply."""


@dataclass(frozen=True)
class Coded:
    """A table with the names and codes that its file gives them."""

    suffix: str
    table: Table
    names: list[str]
    codes: Mapping[str, dict[str, int]]
    """By the variable's name in the table: the number of each choice."""


def coded(table: Table, suffix: str) -> Coded:
    """Name the variables, number the choices. Raises NotExportedError for too large a table."""
    variables = table.variables
    if table.size * len(variables) > MOST_CELLS:
        raise NotExportedError(
            _(
                "%(table)s is too large for this format: %(rows)s reports with %(columns)s "
                "columns. Export one form, round or region at a time, or choose Parquet or CSV.",
                table=table.name,
                rows=table.size,
                columns=len(variables),
            )
        )
    names = simple_names((v.name for v in variables), LONGEST_NAME[suffix])
    codes = {v.name: _codes(v) for v in variables if v.kind is Kind.CHOICE}
    return Coded(suffix, table, names, codes)


def _codes(variable: Variable) -> dict[str, int]:
    said = [name for name in variable.choices if name not in MISSING]
    codes = {name: number for number, name in enumerate(said, start=1)}
    return codes | {name: MISSING[name] for name in variable.has_missing}


def write_coded(path: Path, table: Coded) -> None:
    """Write a table for SPSS or for Stata."""
    frame = _frame(table)
    labels, values = _labels(table)
    if table.suffix == "sav":
        pyreadstat.write_sav(
            frame,
            str(path),
            column_labels=labels,
            variable_value_labels=values,
            missing_ranges={
                name: [{"lo": min(MISSING.values()), "hi": max(MISSING.values())}]
                for name, named in values.items()
                if min(named) < 0
            },
            row_compress=True,
        )
    else:
        texts = [name for name in frame if frame[name].dtype == object]
        frame.to_stata(
            path,
            write_index=False,
            version=118,
            variable_labels=labels,
            value_labels=values,
            convert_strl=[name for name in texts if _is_long(frame[name])],
        )


LONGEST_FIXED = 2045
"""Bytes of a text that Stata keeps in a column of one width."""


def _is_long(column: pd.Series) -> bool:
    return any(len(text.encode()) > LONGEST_FIXED for text in column)


def _labels(table: Coded) -> tuple[dict[str, str], dict[str, dict[int, str]]]:
    longest = LONGEST_LABEL[table.suffix]
    labels: dict[str, str] = {}
    values: dict[str, dict[int, str]] = {}
    for variable, name in zip(table.table.variables, table.names, strict=True):
        labels[name] = _cut(variable.label, longest)
        if codes := table.codes.get(variable.name):
            values[name] = {
                code: _cut(variable.choices.get(choice, choice), longest)
                for choice, code in codes.items()
            }
    return labels, values


def _cut(text: str, longest: int) -> str:
    """The beginning of a text that is no longer than this many bytes."""
    return text.encode()[:longest].decode(errors="ignore")


def _frame(table: Coded) -> pd.DataFrame:
    variables = table.table.variables
    columns = [_Column(variable, table.codes.get(variable.name)) for variable in variables]
    for batch in table.table.batches():
        for column in columns:
            column.read(batch)
    return pd.DataFrame(
        {name: column.series() for name, column in zip(table.names, columns, strict=True)}
    )


class _Column:
    """The values of one variable, gathered."""

    def __init__(self, variable: Variable, codes: dict[str, int] | None) -> None:
        self._variable = variable
        self._codes = codes
        self._numbers = array("d")
        self._others: list[Any] = []

    def read(self, rows: list[Any]) -> None:
        values = map(self._variable.read, rows)
        if self._codes is not None:
            self._numbers.extend(np.nan if v is None else self._code(v) for v in values)
        elif self._variable.kind in NUMERIC:
            self._numbers.extend(np.nan if v is None else v for v in values)
        elif self._variable.kind in (Kind.MOMENT, Kind.LOCAL):
            self._others.extend(None if v is None else v.replace(tzinfo=None) for v in values)
        else:
            self._others.extend("" if v is None else v for v in values)

    def _code(self, name: str) -> int:
        """The number of a choice; one that no version offers gets a number of its own."""
        code = self._codes.get(name)
        if code is None:
            code = self._codes[name] = max(0, *self._codes.values()) + 1
        return code

    def series(self) -> Any:
        if self._codes is not None or self._variable.kind in NUMERIC:
            return np.frombuffer(self._numbers, np.float64)
        if self._variable.kind in (Kind.MOMENT, Kind.LOCAL):
            return pd.to_datetime(pd.Series(self._others, dtype=object), errors="coerce")
        return pd.Series(self._others, dtype=object)
