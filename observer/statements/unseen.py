"""What others changed since a form was opened: shown before anybody saves over it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from observer.statements.phrases import language_names


class SeenForm(FlaskForm):
    """A form that knows what was stored when it was opened."""

    seen = HiddenField()

    def opened_on(self, record: Any, names: Iterable[str]) -> None:
        """Take note of what is stored in the attributes of these names."""
        self.seen.data = _fingerprint(record, names)


def unseen(form: SeenForm, record: Any, told: Any) -> list[tuple[str, str, str]]:
    """Where what is stored differs from what is told: label, what is stored, what is told.

    Nothing where it is still what whoever filled in the form has seen. The form has seen it then:
    sent once more, it may be saved.
    """
    before = form.seen.data
    form.opened_on(record, vars(told))
    if not before or before == form.seen.data:
        return []
    return [
        (label, theirs, mine)
        for name in vars(told)
        for label, theirs, mine in _sides(form, name, getattr(record, name), getattr(told, name))
        if theirs != mine
    ]


def _sides(form: FlaskForm, name: str, theirs: Any, mine: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(mine, dict):
        for code, language in language_names().items():
            yield language, theirs.get(code, ""), mine.get(code, "")
        return
    field = form[name]
    names = {str(value): label for value, label, *_more in getattr(field, "iter_choices", list)()}
    names |= {"None": "", "True": _("yes"), "False": _("no")}
    shown = [str(names.get(str(value), value)) for value in (theirs, mine)]
    yield field.label.text, *shown


def _fingerprint(record: Any, names: Iterable[str]) -> str:
    values = [getattr(record, name) for name in sorted(names)]
    said = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()
