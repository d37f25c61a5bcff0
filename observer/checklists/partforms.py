"""Forms in which a question or a group of a checklist is edited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from observer.checklists.definition import LISTED, Choice, Gravity, Question, Section, Texts
from observer.checklists.editing import Fault, free_name
from observer.checklists.languages import own_name
from observer.checklists.marks import problems_of, written_problems
from observer.checklists.tree import Part

MOST_CHOICES = 200
"""Choices of a list that the page edits; longer lists are edited in a workbook."""
NEW_CHOICES = 3
LONGEST_TEXT = 5_000

RANGE = "range"
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
    "audio": _l("Sound"),
    "video": _l("Video"),
    "file": _l("File"),
    "geotrace": _l("Positions of a line"),
    "geoshape": _l("Positions of an area"),
    "hidden": _l("Hidden value"),
}
"""Types of questions in words, the usual ones first."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_RANGE = {"start": "1", "end": "10", "step": "1"}
_GRAVITIES = {"": _l("no problem"), "minor": _l("problem"), "grave": _l("grave problem")}


def _clean(text: str | None) -> str:
    # A workbook cannot hold control characters, and a browser sends lines its own way.
    return _CONTROL.sub("", (text or "").replace("\r\n", "\n")).strip()


def _line(label: Any, **more: Any) -> StringField:
    return StringField(label, [Length(max=LONGEST_TEXT)], filters=[_clean], **more)


def _area(label: Any, **more: Any) -> TextAreaField:
    return TextAreaField(
        label, [Length(max=LONGEST_TEXT)], filters=[_clean], render_kw={"rows": 2}, **more
    )


class _WithTexts:
    """Fields for texts in each of the form's languages, such as ``label_0`` and ``label_1``."""

    languages: tuple[str, ...] = ()

    def texts(self, column: str) -> Texts:
        """What was typed in a column, by language."""
        typed = {code: self[f"{column}_{i}"].data for i, code in enumerate(self.languages)}
        return {code: text for code, text in typed.items() if text}

    def in_languages(self, column: str) -> list[Field]:
        """The fields of a column."""
        return [self[f"{column}_{number}"] for number in range(len(self.languages))]


class ChoiceForm(_WithTexts, Form):
    """One row of the table of choices."""

    name = StringField(_l("Name"), [Length(max=100)], filters=[_clean])
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


class PartForm(_WithTexts, FlaskForm):
    """What questions and groups have in common."""

    stamp = HiddenField(validators=[InputRequired()])
    name = StringField(
        _l("Name"),
        [Length(max=100)],
        filters=[_clean],
        description=_l("Answers are counted under this name. Left empty, it is made of the label."),
    )
    relevant = _area(
        _l("Asked only if"),
        description=_l("A condition, as in ${opened} = 'no'. Empty: always asked."),
    )
    pick = SelectField(_l("Put in a condition"), validate_choice=False)
    appearance = _line(_l("Appearance"), description=_l("A word that XLSForm has for it."))
    spot = SelectField(_l("Where"), validate_choice=False)

    _fields_of = {"repeat_count": "count", "read_only": "read_only", "finding": "problems"}

    def show(self, faults: Iterable[Fault], name: str) -> None:
        """Show what is wrong beside the fields it is about; the rest above the form."""
        for fault in faults:
            here = fault.name == name or fault.choice is not None
            field = self._field_of(fault) if here else None
            if field is not None:
                field.errors = [*field.errors, fault.message]
            elif fault.name in ("", name):
                self.form_errors.append(fault.message)
            else:
                where = " ".join(filter(None, (fault.name, fault.column)))
                self.form_errors.append(f"{where}: {fault.message}")

    def _field_of(self, fault: Fault) -> Field | None:
        column = self._fields_of.get(fault.column, fault.column)
        number = self.languages.index(fault.language) if fault.language in self.languages else 0
        return self._fields.get(column) or self._fields.get(f"{column}_{number}")

    def use_pick(self) -> None:
        """Put the condition that was picked into the field, behind what is there."""
        if self.pick.data:
            there = self.relevant.data
            before = f"({there})" if " or " in there else there
            self.relevant.data = " and ".join(filter(None, [before, self.pick.data]))
            self.pick.data = ""

    def name_for(self, taken: Iterable[str], otherwise: str) -> str:
        """The name that was typed, or one made of the label."""
        return self.name.data or free_name(self.texts("label"), taken, otherwise)


class SectionForm(PartForm):
    """A group, or a repeat."""

    repeated = BooleanField(_l("Asked again for each of several (a repeat)"))
    count = _line(
        _l("How often"),
        description=_l("A number or an answer, as in ${parties}. Empty: observers add rows."),
    )

    def section(self, old: Section, name: str) -> Section:
        """The section as it was typed."""
        return replace(
            old,
            name=name,
            label=self.texts("label"),
            relevant=self.relevant.data,
            repeated=self.repeated.data,
            count=self.count.data if self.repeated.data else "",
            appearance=self.appearance.data,
        )


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
    required_if = _line(_l("Required if"), description=_l("As in ${opened} = 'no'."))
    constraint = _area(
        _l("Answers that are possible"),
        description=_l("A condition on the answer, which is “.”, as in . >= 0 and . <= 720"),
    )
    calculation = _area(_l("Calculation"), description=_l("As in ${present} - ${required}"))
    default = _line(_l("Answer at first"))
    parameters = _line(_l("Range"), description=_l("As in start=1 end=10 step=1"))
    choice_filter = _line(_l("Choices that are offered"), description=_l("As in region=${region}"))
    trigger = _line(
        _l("Calculated anew when"), description=_l("Questions whose change does so: ${opened}")
    )
    problems = _line(
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
            type="integer" if self.type.data == RANGE else self.type.data,
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
        for entry in self.choices:
            choice = entry.form.choice()
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


def section_form(languages: tuple[str, ...]) -> type[SectionForm]:
    """The form for a section of a checklist in these languages."""
    texts = _texts(languages, {"label": (_l("Label"), _area)})
    return type("LocalSectionForm", (SectionForm,), texts)


def question_form(languages: tuple[str, ...], question: Question) -> type[QuestionForm]:
    """The form for a question of a checklist in these languages."""
    fields = _texts(
        languages,
        {
            "label": (_l("Label"), _area),
            "hint": (_l("Hint"), _line),
            "short_label": (_l("Short label, for tables"), _line),
            "required_message": (_l("Said when the answer is missing"), _line),
            "constraint_message": (_l("Said when the answer is not possible"), _line),
        },
    )
    if len(question.choices) <= MOST_CHOICES:
        columns = _further(question)
        cells = {f"column_{number}": _line(each) for number, each in enumerate(columns)}
        row = _texts(languages, {"label": (_l("Label"), _line)}) | cells | {"columns": columns}
        fields["choices"] = FieldList(
            FormField(type("LocalChoiceForm", (ChoiceForm,), row)), max_entries=MOST_CHOICES
        )
    return type("LocalQuestionForm", (QuestionForm,), fields)


def section_data(section: Section, languages: tuple[str, ...]) -> dict[str, Any]:
    """A section as its form shows it."""
    return _columns(section, ("name", "relevant", "repeated", "count", "appearance")) | _typed(
        section, ("label",), languages
    )


def question_data(question: Question, languages: tuple[str, ...]) -> dict[str, Any]:
    """A question as its form shows it."""
    texts = ("label", "hint", "short_label", "required_message", "constraint_message")
    plain = ("name", "relevant", "appearance", "constraint", "calculation", "choice_filter")
    required = {"": "no", "true()": "yes"}.get(question.required, "if")
    return (
        _columns(question, (*plain, "read_only"))
        | _typed(question, texts, languages)
        | {
            "type": RANGE if question.parameters else question.type,
            "required": required,
            "required_if": question.required if required == "if" else "",
            "default": question.first_value or question.default,
            "parameters": " ".join(f"{k}={v}" for k, v in question.parameters.items()),
            "trigger": ", ".join(f"${{{name}}}" for name in question.trigger),
            "problems": "" if question.type in LISTED else written_problems(question.problems),
            "choices": choice_rows(question, languages),
        }
    )


def choice_rows(question: Question, languages: tuple[str, ...]) -> list[dict[str, Any]]:
    """The choices of a question as the table of choices shows them."""
    further = _further(question)
    return [
        {"name": choice.name, "problem": question.problems.get(choice.name, "")}
        | _typed(choice, ("label",), languages)
        | {f"column_{i}": choice.columns.get(column, "") for i, column in enumerate(further)}
        for choice in question.choices
    ]


def _further(question: Question) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for c in question.choices for each in c.columns))


def _columns(part: Part, columns: Iterable[str]) -> dict[str, Any]:
    return {column: getattr(part, column) for column in columns}


def _typed(part: Part | Choice, columns: Iterable[str], languages: tuple[str, ...]) -> dict:
    return {
        f"{column}_{number}": getattr(part, column).get(code, "")
        for column in columns
        for number, code in enumerate(languages)
    }


def _texts(languages: tuple[str, ...], columns: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {"languages": languages}
    for column, (label, make) in columns.items():
        for number, code in enumerate(languages):
            several = f"{label} ({own_name(code)})" if len(languages) > 1 else label
            fields[f"{column}_{number}"] = make(several)
    return fields


def _parameters(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split())
    return {name: value for name, _sep, value in parts} or dict(_RANGE)
