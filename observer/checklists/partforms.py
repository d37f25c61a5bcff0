"""Forms in which a question or a group of a checklist is edited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from observer.checklists.definition import Choice, FormDefinition, Section, Texts
from observer.checklists.editing import Fault, free_name
from observer.checklists.languages import language_code, own_name
from observer.checklists.tree import Part

LONGEST_TEXT = 5_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str | None) -> str:
    """What was typed, as a cell of a workbook can hold it."""
    # A workbook cannot hold control characters, and a browser sends lines its own way.
    return _CONTROL.sub("", (text or "").replace("\r\n", "\n")).strip()


def line(label: Any, **more: Any) -> StringField:
    """A field for a line."""
    return StringField(label, [Length(max=LONGEST_TEXT)], filters=[clean], **more)


def area(label: Any, **more: Any) -> TextAreaField:
    """A field for a text of some lines."""
    return TextAreaField(
        label, [Length(max=LONGEST_TEXT)], filters=[clean], render_kw={"rows": 2}, **more
    )


class WithTexts:
    """Fields for texts in each of the form's languages, such as ``label_0`` and ``label_1``."""

    languages: tuple[str, ...] = ()

    def texts(self, column: str) -> Texts:
        """What was typed in a column, by language."""
        typed = {code: self[f"{column}_{i}"].data for i, code in enumerate(self.languages)}
        return {code: text for code, text in typed.items() if text}

    def in_languages(self, column: str) -> list[Field]:
        """The fields of a column."""
        return [self[f"{column}_{number}"] for number in range(len(self.languages))]


class PartForm(WithTexts, FlaskForm):
    """What questions and groups have in common."""

    stamp = HiddenField(validators=[InputRequired()])
    name = StringField(
        _l("Name"),
        [Length(max=100)],
        filters=[clean],
        description=_l("Answers are counted under this name. Left empty, it is made of the label."),
    )
    relevant = area(
        _l("Asked only if"),
        description=_l("A condition, as in ${opened} = 'no'. Empty: always asked."),
    )
    pick = SelectField(_l("Put in a condition"), validate_choice=False)
    appearance = line(_l("Appearance"), description=_l("A word that XLSForm has for it."))
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

    name = StringField(
        _l("Name"),
        [Length(max=100)],
        filters=[clean],
        description=_l("Left empty, it is made of the label."),
    )
    repeated = BooleanField(_l("Asked again for each of several (a repeat)"))
    count = line(
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


def section_form(languages: tuple[str, ...]) -> type[SectionForm]:
    """The form for a section of a checklist in these languages."""
    texts = text_fields(languages, {"label": (_l("Label"), area)})
    return type("LocalSectionForm", (SectionForm,), texts)


def section_data(section: Section, languages: tuple[str, ...]) -> dict[str, Any]:
    """A section as its form shows it."""
    return columns_of(section, ("name", "relevant", "repeated", "count", "appearance")) | texts_of(
        section, ("label",), languages
    )


class SettingsForm(WithTexts, FlaskForm):
    """What a checklist says of itself: its title, its languages, what it is filled for."""

    stamp = HiddenField(validators=[InputRequired()])
    place = SelectField(
        _l("It is filled for"),
        choices=[
            SelectChoice("station", _l("a polling station")),
            SelectChoice("centre", _l("a polling centre")),
            SelectChoice("any", _l("any place, or none")),
        ],
    )
    new_language = line(
        _l("Add a language, by its code"), description=_l("Such as es, fr, qu or sw.")
    )
    new_title = line(_l("Title in that language"))

    def edited(self, definition: FormDefinition) -> FormDefinition:
        """The checklist with what was typed."""
        title, languages = self.texts("title"), definition.languages
        if self.new_language.data:
            code = language_code(self.new_language.data)
            title |= {code: self.new_title.data}
            languages = tuple(dict.fromkeys([*languages, code]))
        return replace(definition, title=title, languages=languages, place=self.place.data)

    def validate_new_title(self, field: Field) -> None:
        """Refuse a language in which nothing is written, which no file could tell of."""
        if self.new_language.data and not field.data:
            raise ValidationError(_("Write the title in that language."))


def settings_form(languages: tuple[str, ...]) -> type[SettingsForm]:
    """The form for what a checklist in these languages says of itself."""
    return type(
        "LocalSettingsForm", (SettingsForm,), text_fields(languages, {"title": (_l("Title"), line)})
    )


def columns_of(part: Part, columns: Iterable[str]) -> dict[str, Any]:
    """Fields of a form by the columns of the same name."""
    return {column: getattr(part, column) for column in columns}


def texts_of(
    part: Part | Choice | FormDefinition, columns: Iterable[str], languages: tuple[str, ...]
) -> dict[str, str]:
    """Fields of a form by the texts of a part, one for each language."""
    return {
        f"{column}_{number}": getattr(part, column).get(code, "")
        for column in columns
        for number, code in enumerate(languages)
    }


def text_fields(languages: tuple[str, ...], columns: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Fields for texts: of each column its label and what makes a field, for each language."""
    fields: dict[str, Any] = {"languages": languages}
    for column, (label, make) in columns.items():
        for number, code in enumerate(languages):
            several = f"{label} ({own_name(code)})" if len(languages) > 1 else label
            fields[f"{column}_{number}"] = make(several)
    return fields
