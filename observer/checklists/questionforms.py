"""The form in which a question of a checklist is edited, with its table of choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import Length, ValidationError

from observer.checklists.definition import LISTED, Choice, Gravity, Question
from observer.checklists.editing import Fault, free_name
from observer.checklists.marks import problems_of, written_problems
from observer.checklists.partforms import (
    PartForm,
    WithTexts,
    area,
    clean,
    columns_of,
    line,
    text_fields,
    texts_of,
)

MOST_CHOICES = 200
"""Choices of a list that the page edits; longer lists are edited in a workbook."""
NEW_CHOICES = 3

RANGE = "range"
STATION = "station"
TYPES = {
    "select_one": _l("One of several choices"),
    "select_multiple": _l("Any of several choices"),
    "integer": _l("Whole number"),
    "decimal": _l("Decimal number"),
    "text": _l("Text"),
    "date": _l("Date"),
    "time": _l("Time"),
    "dateTime": _l("Date and time"),
    "image": _l("Photo"),
    "geopoint": _l("Position"),
    "note": _l("Note, nothing is asked"),
    "acknowledge": _l("Tick when done"),
    "calculate": _l("Calculation, not shown"),
    "rank": _l("Choices put in order"),
    RANGE: _l("Number from a range"),
    STATION: _l("One of the mission's polling stations"),
    "audio": _l("Sound"),
    "video": _l("Video"),
    "file": _l("File"),
    "geotrace": _l("Positions of a line"),
    "geoshape": _l("Positions of an area"),
    "hidden": _l("Hidden value"),
}
"""Types of questions in words, the usual ones first."""

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_STORED = {RANGE: "integer", STATION: "select_one"}
"""Types that are told apart on the page alone; the reader finds out about decimal numbers."""
_RANGE = {"start": "1", "end": "10", "step": "1"}
_GRAVITIES = {"": _l("no problem"), "minor": _l("problem"), "grave": _l("grave problem")}


class ChoiceForm(WithTexts, Form):
    """One row of the table of choices."""

    name = StringField(_l("Name"), [Length(max=100)], filters=[clean])
    problem = SelectField(
        _l("As an answer it is"),
        choices=[SelectChoice(value, label) for value, label in _GRAVITIES.items()],
    )
    columns: tuple[str, ...] = ()
    """Further columns of the choices, which a choice filter uses."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is typed in the row."""
        return not (self.name.data or self.texts("label"))

    def extra(self) -> list[Field]:
        """The fields of the further columns."""
        return [self[f"column_{number}"] for number in range(len(self.columns))]

    def choice(self) -> Choice:
        """What is typed, as a choice."""
        cells = {each: self[f"column_{i}"].data or "" for i, each in enumerate(self.columns)}
        return Choice(name=self.name.data or "", label=self.texts("label"), columns=cells)


class QuestionForm(PartForm):
    """A question of any type; which fields mean something depends on the type."""

    type = SelectField(
        _l("Type"), choices=[SelectChoice(value, label) for value, label in TYPES.items()]
    )
    required = RadioField(
        _l("An answer is required"),
        choices=[
            SelectChoice("no", _l("no")),
            SelectChoice("yes", _l("always")),
            SelectChoice("if", _l("under a condition")),
        ],
        default="no",
    )
    required_if = line(_l("Required if"), description=_l("As in ${opened} = 'no'."))
    constraint = area(
        _l("Answers that are possible"),
        description=_l("A condition on the answer, which is “.”, as in . >= 0 and . <= 720"),
    )
    calculation = area(_l("Calculation"), description=_l("As in ${present} - ${required}"))
    default = line(_l("Answer at first"))
    parameters = line(_l("Range"), description=_l("As in start=1 end=10 step=1"))
    choice_filter = line(_l("Choices that are offered"), description=_l("As in region=${region}"))
    trigger = line(
        _l("Calculated anew when"), description=_l("Questions whose change does so: ${opened}")
    )
    problems = line(
        _l("Results that are problems"), description=_l("One ! each, two if grave: yes! late!!")
    )
    read_only = BooleanField(_l("Cannot be changed by the observer"))
    like = SelectField(_l("Same choices as"), validate_choice=False)
    also = BooleanField()
    choices: FieldList
    """One row each; not there where the list is too long for a page."""

    _fields_of = PartForm._fields_of | {"required": "required_if"}

    def set_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Put these rows into the table of choices, in this order."""
        while self.choices.entries:
            self.choices.pop_entry()
        for row in rows:
            self.choices.append_entry(row)

    def arrange(self, what: str, number: int) -> None:
        """Change the table of choices as one of its buttons says."""
        rows = self.choices.data
        if what == "more":
            rows.append({})
        elif what == "drop" and 0 <= number < len(rows):
            del rows[number]
        elif what in ("up", "down"):
            beside = number - 1 if what == "up" else number + 1
            if 0 <= number < len(rows) and 0 <= beside < len(rows):
                rows[number], rows[beside] = rows[beside], rows[number]
        self.set_rows(rows)

    def _field_of(self, fault: Fault) -> Field | None:
        if fault.choice is not None and fault.choice < len(self.choices):
            return self.choices[fault.choice].form.name
        return super()._field_of(fault)

    def question(self, old: Question, name: str) -> Question:
        """The question as it was typed. Wrong marks of problems are told beside their field."""
        listed = self.type.data in LISTED
        choices = self._typed_choices(old) if listed else ()
        return replace(
            old,
            name=name,
            type=_STORED.get(self.type.data, self.type.data),
            from_places=self.type.data == STATION,
            label=self.texts("label"),
            hint=self.texts("hint"),
            short_label=self.texts("short_label"),
            required=self._required(),
            required_message=self.texts("required_message"),
            relevant=self.relevant.data,
            constraint=self.constraint.data,
            constraint_message=self.texts("constraint_message"),
            calculation=self.calculation.data,
            appearance=self.appearance.data,
            default=self.default.data,
            # Whether it is an expression is found out when the form is read again.
            first_value="",
            trigger=tuple(_NAME.findall(self.trigger.data)),
            read_only=self.read_only.data,
            parameters=_parameters(self.parameters.data) if self.type.data == RANGE else {},
            choices=choices,
            choice_filter=self.choice_filter.data if listed else "",
            problems=self._problems(old, choices) if listed else self._typed_problems(),
        )

    def _required(self) -> str:
        return {"no": "", "yes": "true()"}.get(self.required.data, self.required_if.data)

    def _typed_choices(self, old: Question) -> tuple[Choice, ...]:
        if not hasattr(self, "choices"):
            return old.choices
        choices: list[Choice] = []
        pictures = {each.name: each.picture for each in old.choices}
        for entry in self.choices:
            choice = entry.form.choice()
            if choice.name in pictures:
                choice = replace(choice, picture=pictures[choice.name])
            if not choice.name:
                made = free_name(choice.label, [each.name for each in choices], "choice")
                choice = replace(choice, name=made)
                entry.form.name.data = made
            choices.append(choice)
        return tuple(choices)

    def _problems(self, old: Question, choices: tuple[Choice, ...]) -> dict[str, Gravity]:
        if not hasattr(self, "choices"):
            return old.problems
        marks = {row.form.name.data: row.form.problem.data for row in self.choices}
        return {choice.name: marks[choice.name] for choice in choices if marks[choice.name]}

    def _typed_problems(self) -> dict[str, Gravity]:
        def refuse(_column: str, message: str) -> None:
            self.problems.errors = [*self.problems.errors, message]

        return problems_of({"problem": self.problems.data}, set(), refuse)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a question that says nothing to the observer."""
        valid = super().validate(extra_validators)
        if self.type.data in ("calculate", "hidden") or self.texts("label"):
            return valid
        self.in_languages("label")[0].errors = [_("Write what is asked.")]
        return False

    def validate_required_if(self, field: Field) -> None:
        """Refuse a condition that is none."""
        if self.required.data == "if" and not field.data:
            raise ValidationError(_("Write the condition."))

    def validate_choices(self, field: Field) -> None:
        """Take out rows in which nothing is typed, and refuse a list without any choice."""
        self.set_rows([entry.data for entry in field if not entry.form.is_blank])
        if self.type.data in LISTED and not field.entries:
            raise ValidationError(_("Add at least one choice."))


def question_form(languages: tuple[str, ...], question: Question) -> type[QuestionForm]:
    """The form for a question of a checklist in these languages."""
    fields = text_fields(
        languages,
        {
            "label": (_l("Label"), area),
            "hint": (_l("Hint"), line),
            "short_label": (_l("Short label, for tables"), line),
            "required_message": (_l("Said when the answer is missing"), line),
            "constraint_message": (_l("Said when the answer is not possible"), line),
        },
    )
    if len(question.choices) <= MOST_CHOICES:
        columns = _further(question)
        cells = {f"column_{number}": line(each) for number, each in enumerate(columns)}
        row = text_fields(languages, {"label": (_l("Label"), line)}) | cells | {"columns": columns}
        fields["choices"] = FieldList(
            FormField(type("LocalChoiceForm", (ChoiceForm,), row)), max_entries=MOST_CHOICES
        )
    return type("LocalQuestionForm", (QuestionForm,), fields)


def question_data(question: Question, languages: tuple[str, ...]) -> dict[str, Any]:
    """A question as its form shows it."""
    texts = ("label", "hint", "short_label", "required_message", "constraint_message")
    plain = ("name", "relevant", "appearance", "constraint", "calculation", "choice_filter")
    required = {"": "no", "true()": "yes"}.get(question.required, "if")
    return (
        columns_of(question, (*plain, "read_only"))
        | texts_of(question, texts, languages)
        | {
            "type": type_word(question),
            "required": required,
            "required_if": question.required if required == "if" else "",
            "default": question.first_value or question.default,
            "parameters": " ".join(f"{k}={v}" for k, v in question.parameters.items()),
            "trigger": ", ".join(f"${{{name}}}" for name in question.trigger),
            "problems": "" if question.type in LISTED else written_problems(question.problems),
            "choices": choice_rows(question, languages),
        }
    )


def type_word(question: Question) -> str:
    """Which of ``TYPES`` a question is."""
    if question.from_places:
        return STATION
    return RANGE if question.parameters else question.type


def choice_rows(question: Question, languages: tuple[str, ...]) -> list[dict[str, Any]]:
    """The choices of a question as the table of choices shows them."""
    further = _further(question)
    return [
        {"name": choice.name, "problem": question.problems.get(choice.name, "")}
        | texts_of(choice, ("label",), languages)
        | {f"column_{i}": choice.columns.get(column, "") for i, column in enumerate(further)}
        for choice in question.choices
    ]


def _further(question: Question) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for c in question.choices for each in c.columns))


def _parameters(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split())
    return {name: value for name, _sep, value in parts} or dict(_RANGE)
