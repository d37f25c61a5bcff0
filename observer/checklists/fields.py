"""A form definition as a WTForms form: the phone page is rendered and answers are checked by it.

Groups are for the eye only, so their questions are fields of the form itself; a repeat is a
FieldList of forms. Names of fields in a repeat's rows are joined by colons
(``parties:0:women``), which no question's name contains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import fields, widgets
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation

from observer.checklists import reading
from observer.checklists.definition import SELECTS, FormDefinition, Question, Section
from observer.checklists.expressions import Tree
from observer.checklists.logic import (
    FormLogic,
    Item,
    SettledRow,
    constraint_message,
    logic_of,
    required_message,
)
from observer.checklists.values import to_string
from observer.language import in_language

SEPARATOR = ":"
MOST_ROWS = 200
"""Rows that one repeat may have."""

MOST_KEPT = 400

_kept: dict[tuple[int, str], tuple[FormDefinition, type[ChecklistForm]]] = {}


class ChecklistForm(BaseForm):
    """A form, or one row of a repeat. Its fields are found by the names of their questions.

    Not ``wtforms.Form``, whose fields are attributes: a question may be named ``data``.
    """

    declared: Sequence[tuple[str, UnboundField]] = ()
    items: Sequence[Item] = ()
    logic: FormLogic
    language = "en"
    row: SettledRow
    """What is asked, required and refused in this row; known once it is settled."""

    class Meta(DefaultMeta):
        """The language of WTForms' own messages."""

    def __init__(
        self,
        formdata: Any = None,
        obj: Any = None,
        prefix: str = "",
        meta: dict[str, Any] | None = None,
        **answers: Any,
    ) -> None:
        own_meta = self.Meta()
        own_meta.update_values(meta or {})
        super().__init__(self.declared, prefix=prefix, meta=own_meta)
        self.process(formdata, obj, data=answers)

    def settle(self, row: SettledRow) -> None:
        """Take over what the form's expressions make of the answers."""
        self.row = row
        for field in self:
            if isinstance(field, RowsField):
                for entry, inner in zip(field.entries, row.rows[field.short_name], strict=True):
                    entry.form.settle(inner)


class Given:
    """Validator: an answer that is required is there."""

    def __call__(self, form: ChecklistForm, field: Any) -> None:
        if field.process_errors:
            raise StopValidation
        if field.data is None:
            if field.short_name in form.row.required:
                raise StopValidation(required_message(field.question, form.language))
            raise StopValidation


class Possible:
    """Validator: an answer keeps to its question's constraint."""

    def __call__(self, form: ChecklistForm, field: Any) -> None:
        if field.short_name in form.row.refused:
            raise StopValidation(constraint_message(field.question, form.language))


_CHECKS = (Given(), Possible())


class Asked:
    """What the fields of all questions have in common; ``question`` says which one it is.

    ``data`` is the answer as it is stored; None where there is none.
    """

    question: Question

    def __init__(self, question: Question, **settings: Any) -> None:
        self.question = question
        super().__init__(validators=_CHECKS, **settings)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if given := [value for value in valuelist if value is not None and value != ""]:
            try:
                self.data = reading.READERS[self.question.type](self.question, given)
            except reading.UnreadableError as error:
                raise ValueError(self.gettext(error.message)) from error

    def pre_validate(self, form: ChecklistForm) -> None:
        """Nothing: what cannot be an answer was refused when it was read."""

    def validate(self, form: ChecklistForm, extra_validators: Sequence[Any] = ()) -> bool:
        name = self.question.name
        if self.question.calculation:
            self.data = reading.calculated(self.question, form.row.values[name])
            self.process_errors = []
        elif name not in form.row.relevant:
            self.data, self.process_errors, self.errors = None, [], []
            return True
        return super().validate(form, extra_validators)


class OneField(Asked, fields.RadioField):
    """One choice of several."""


class SeveralField(Asked, fields.SelectMultipleField):
    """Any number of choices."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class InputField(Asked, fields.StringField):
    """Whatever is put into one input."""


class MomentField(InputField):
    """A date with a time; the input shows it by the clock on the wall."""

    widget = widgets.DateTimeLocalInput()

    def _value(self) -> str:
        return str(self.data or "")[:16]


class RowsField(fields.FieldList):
    """The rows of a repeat."""

    section: Section

    def __init__(self, section: Section, language: str, row: UnboundField, **settings: Any) -> None:
        self.section = section
        super().__init__(
            row, label=in_language(section.label, language), separator=SEPARATOR, **settings
        )

    def validate(self, form: ChecklistForm, extra_validators: Sequence[Any] = ()) -> bool:
        if self.section.name not in form.row.relevant:
            self.entries.clear()
        return super().validate(form, extra_validators)


_WIDGETS: dict[str, widgets.Input | widgets.TextArea] = {
    "acknowledge": widgets.CheckboxInput(),
    "calculate": widgets.HiddenInput(),
    "date": widgets.DateInput(),
    "decimal": widgets.NumberInput(step="any"),
    "geopoint": widgets.HiddenInput(),
    "hidden": widgets.HiddenInput(),
    "image": widgets.FileInput(),
    "integer": widgets.NumberInput(step="1"),
    "note": widgets.HiddenInput(),
    "text": widgets.TextInput(),
    "time": widgets.TimeInput(),
}
_BOUNDS = {">=": "min", "<=": "max"}
_INPUT_MODES = {"integer": "numeric", "decimal": "decimal"}


def form_class(definition: FormDefinition, language: str) -> type[ChecklistForm]:
    """The form's class, its labels in a language; made once for each definition object."""
    key = (id(definition), language)
    # The definition is kept with it, so that no other one can come to have its id.
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        logic = logic_of(definition)
        meta = type("Meta", (ChecklistForm.Meta,), {"locales": (language, "en")})
        base = type("ChecklistForm", (ChecklistForm,), {"Meta": meta, "language": language})
        made = _class(base, definition.children, logic.items)
        made.logic = logic
        _kept[key] = definition, made
    return _kept[key][1]


def _class(
    base: type[ChecklistForm], children: Sequence[Question | Section], items: Sequence[Item]
) -> type[ChecklistForm]:
    declared: list[tuple[str, UnboundField]] = []

    def declare(children: Sequence[Question | Section], items: Sequence[Item]) -> None:
        for child, item in zip(children, items, strict=True):
            if isinstance(child, Question):
                declared.append((child.name, _field(child, base.language, item)))
            elif child.repeated:
                row_class = _class(base, child.children, item.items)
                row = fields.FormField(row_class, separator=SEPARATOR)
                declared.append((child.name, RowsField(child, base.language, row)))
            else:
                declare(child.children, item.items)

    declare(children, items)
    return type(base.__name__, (base,), {"declared": tuple(declared), "items": items})


def _field(question: Question, language: str, item: Item) -> UnboundField:
    settings: dict[str, Any] = {
        "label": in_language(question.label or question.table_label, language) or question.name,
        "description": in_language(question.hint, language),
        "default": question.default or None,
        "render_kw": {"data-question": question.name, "data-type": question.type}
        | _attributes(question, item.constraint),
    }
    if question.type in SELECTS:
        settings["choices"] = [
            fields.SelectChoice(choice.name, in_language(choice.label, language) or choice.name)
            for choice in question.choices
        ]
        return (OneField if question.type == "select_one" else SeveralField)(question, **settings)
    if question.type == "dateTime":
        return MomentField(question, **settings)
    widget = _WIDGETS[question.type]
    if question.type == "text" and "multiline" in question.appearance:
        widget = widgets.TextArea()
    return InputField(question, widget=widget, **settings)


def _attributes(question: Question, constraint: Tree | None) -> dict[str, str]:
    """What helps a phone to show the right keyboard and to keep to the constraint's bounds."""
    attributes: dict[str, str] = {}
    if question.type in _INPUT_MODES:
        attributes["inputmode"] = _INPUT_MODES[question.type]
        attributes |= dict(_bounds(constraint, question.name))
    if question.type == "image":
        attributes |= {"accept": "image/*", "capture": "environment"}
    if question.type == "acknowledge":
        attributes["value"] = reading.ACKNOWLEDGED
    return attributes


def _bounds(constraint: Tree | None, name: str) -> Iterator[tuple[str, str]]:
    """The bounds that a constraint such as ``. >= 0 and . <= 720`` sets."""
    if not isinstance(constraint, list):
        return
    operation, *arguments = constraint
    if operation == "and":
        for each in arguments:
            yield from _bounds(each, name)
    elif operation in _BOUNDS and arguments[0] == ["answer", 0, name]:
        bound = arguments[1]
        yield from [(_BOUNDS[operation], to_string(bound))] if isinstance(bound, float) else []
