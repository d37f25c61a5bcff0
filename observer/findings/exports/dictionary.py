"""The data dictionary of an export: what each variable of each table means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from observer.findings.exports.plain import GUARD
from observer.findings.exports.tables import Table
from observer.findings.exports.variables import Kind, Variable

Codes = Mapping[str, Mapping[str, int | str]]
"""Of each variable, by its name in the form's words, the code of each choice."""


def dictionary(
    tables: Iterable[Table], names: Mapping[str, Sequence[str]], codes: Codes | None = None
) -> list[list[str]]:
    """The dictionary's heads and rows; ``names`` are the columns of each table in its file."""
    heads = [
        "table",
        "variable",
        "question",
        "label",
        "type",
        "choices",
        "form_versions",
        "base",
        "missing",
    ]
    rows = [heads]
    for table in tables:
        for variable, name in zip(table.variables, names[table.name], strict=True):
            own = (codes or {}).get(variable.name, {})
            rows.append(
                [
                    table.name,
                    name,
                    variable.question,
                    variable.label,
                    variable.type or variable.kind.value,
                    _choices(variable, own),
                    ", ".join(map(str, variable.versions)),
                    variable.base,
                    _missing(variable, own),
                ]
            )
    return rows


def _choices(variable: Variable, codes: Mapping[str, int | str]) -> str:
    return "; ".join(
        f"{codes.get(name, name)} = {label}" if codes or name != label else name
        for name, label in variable.choices.items()
    )


def _missing(variable: Variable, codes: Mapping[str, int | str]) -> str:
    """What stands for no answer, and what each of it means."""
    if not variable.versions:
        return _("empty: not known") if variable.kind is not Kind.FLAG else ""
    told = [_("empty: not asked, or not answered")]
    meanings = {
        "not_observed": _("asked, but could not be observed"),
        "not_applicable": _("asked, but does not apply"),
    }
    told += [
        _("%(what)s: %(meaning)s", what=codes.get(name, name), meaning=meanings[name])
        for name in variable.has_missing
    ]
    return "; ".join(told)


def about_csv() -> str:
    """How texts in a CSV file are made safe for spreadsheets, and how to have them back."""
    return _(
        "A text that a spreadsheet would take for a formula, or that begins with %(guard)s itself, "
        "has one %(guard)s more in front; take it away to have the text as it was given. Empty "
        "cells are missing; files are UTF-8.",
        guard=GUARD,
    )
