"""A form definition as a WTForms form: the phone page is rendered and answers are checked by it.

Groups are for the eye only, so their questions are fields of the form itself; a repeat is a
FieldList of forms. Names of fields in a repeat's rows are joined by colons
(``parties:0:women``), which no question's name contains.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import fields, widgets
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation

from observer.checklists import reading
from observer.checklists.definition import FILES, LISTED, FormDefinition, Question, Section
from observer.checklists.logic import (
    FormLogic,
    Item,
    SettledRow,
    constraint_message,
    logic_of,
    required_message,
    unlisted_message,
)
from observer.checklists.markup import plain
from observer.checklists.standing import Tree
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
                # Those above the repeat's count do not count.
                del field.entries[len(row.rows[field.short_name]) :]
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
        if field.short_name in form.row.unlisted:
            raise StopValidation(unlisted_message())


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
        if self.question.is_calculated:
            self.data = reading.calculated(self.question, form.row.values[name])
            self.process_errors = []
        elif name not in form.row.relevant:
            self.data, self.process_errors, self.errors = None, [], []
            return True
        return super().validate(form, extra_validators)


class OneField(Asked, fields.RadioField):
    """One choice of several."""


class ListField(Asked, fields.SelectField):
    """One choice of many, or of a list that the form's author wants small: opened by a tap."""


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
    "audio": widgets.FileInput(),
    "calculate": widgets.HiddenInput(),
    "date": widgets.DateInput(),
    "decimal": widgets.NumberInput(step="any"),
    "file": widgets.FileInput(),
    "geopoint": widgets.HiddenInput(),
    "geoshape": widgets.HiddenInput(),
    "geotrace": widgets.HiddenInput(),
    "hidden": widgets.HiddenInput(),
    "image": widgets.FileInput(),
    "integer": widgets.NumberInput(step="1"),
    "note": widgets.HiddenInput(),
    "text": widgets.TextInput(),
    "time": widgets.TimeInput(),
    "video": widgets.FileInput(),
}
_BOUNDS = {">=": "min", "<=": "max"}
_ACCEPTED = {
    "image": "image/*",
    "audio": "audio/*",
    "video": "video/*",
    "file": "image/*,audio/*,video/*,application/pdf",
}
MOST_SHOWN_CHOICES = 30
"""Choices that are shown all at once; more of them are a list to open."""
_LIST = re.compile(r"\b(minimal|autocomplete|search)\b")
MOST_SHOWN_STEPS = 11
"""A range of so many steps is shown as choices; one of more as a number to write."""
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
        "default": _default(question),
        "render_kw": _attributes(question, item.constraint),
    }
    if question.type in LISTED:
        return _listed(question, language, settings)
    if values := range_values(question):
        settings["choices"] = [fields.SelectChoice(value, value) for value in values]
        return OneField(question, **settings)
    if question.type == "dateTime":
        return MomentField(question, **settings)
    widget = _WIDGETS[question.type]
    if question.type == "text" and "multiline" in question.appearance:
        widget = widgets.TextArea()
    return InputField(question, widget=widget, **settings)


def _listed(question: Question, language: str, settings: dict[str, Any]) -> UnboundField:
    if question.from_places:
        settings["render_kw"] |= {"data-place-code": "", "autocapitalize": "characters"}
        return InputField(question, widget=widgets.TextInput(), **settings)
    settings["choices"] = [
        fields.SelectChoice(choice.name, in_language(choice.label, language) or choice.name)
        for choice in question.choices
    ]
    if question.type != "select_one":
        return SeveralField(question, **settings)
    if len(question.choices) <= MOST_SHOWN_CHOICES and not _LIST.search(question.appearance):
        return OneField(question, **settings)
    # The options of a list are words alone.
    plain_choices = [fields.SelectChoice(c.value, plain(c.label)) for c in settings["choices"]]
    settings["choices"] = [fields.SelectChoice("", ""), *plain_choices]
    return ListField(question, **settings)


def _default(question: Question) -> Any:
    """The answer that is there from the beginning; None where the form has no possible one."""
    if not question.default or question.type in FILES:
        return None
    try:
        return reading.READERS[question.type](question, [question.default])
    except reading.UnreadableError:
        return None


def _attributes(question: Question, constraint: Tree | None) -> dict[str, str]:
    """What helps a phone to show the right keyboard and to keep to the constraint's bounds."""
    attributes: dict[str, str] = {}
    if question.type in _INPUT_MODES:
        attributes["inputmode"] = _INPUT_MODES[question.type]
        attributes |= dict(_bounds(constraint, question.name))
        attributes |= _range_attributes(question)
    if question.type in FILES:
        attributes["accept"] = _ACCEPTED[question.type]
    if question.type == "image" and "new" not in question.appearance.split():
        attributes["capture"] = "environment"
    if question.read_only or question.is_calculated:
        attributes["readonly"] = "readonly"
    if question.type == "acknowledge":
        attributes["value"] = reading.ACKNOWLEDGED
    return attributes


def range_values(question: Question) -> list[str]:
    """The numbers of a range that has few enough to be shown as choices."""
    if not question.parameters:
        return []
    start, end, step = reading.range_of(question)
    steps = math.floor((end - start) / step + 1e-9)
    if steps > MOST_SHOWN_STEPS:
        return []
    return [to_string(round(start + number * step, 9)) for number in range(steps + 1)]


def _range_attributes(question: Question) -> dict[str, str]:
    if not question.parameters:
        return {}
    start, end, step = reading.range_of(question)
    bounds = {"min": min(start, end), "max": max(start, end), "step": abs(step)}
    written = {name: to_string(number) for name, number in bounds.items()}
    return written | {"placeholder": f"{written['min']} – {written['max']}"}


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
