"""Edits of a form: each takes a definition and gives the one that comes of it.

What an edit gives is checked in the one way in which forms come in: it is written as a workbook
and read again. What is wrong is told of the part and the column that it is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from flask_babel import gettext as _

from observer.badinput import BadFileError, Problem
from observer.checklists.definition import LISTED, Choice, FormDefinition, Question, Texts
from observer.checklists.languages import language_code
from observer.checklists.references import Use, renamed, uses_of, uses_of_choice
from observer.checklists.sheets import FIRST_ROW, CellProblem
from observer.checklists.spreadsheet import choice_places, survey_names, write_xlsform
from observer.checklists.tree import (
    Part,
    Spot,
    names_in,
    part_named,
    put,
    walk,
    with_part,
    with_parts,
    without,
)
from observer.checklists.xlsform import read_with_warnings

LONGEST_MADE_NAME = 40

_NOT_FOUND = re.compile(r"Could not find the name '(?P<name>[^']+)'")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong after an edit, and where."""

    message: str
    name: str = ""
    """The part that it is about; empty where it is the whole form."""
    column: str = ""
    """A field of the part, such as ``relevant``; empty where it is the whole part."""
    language: str = ""
    choice: int | None = None
    """Which of the question's choices it is about, from 0."""


class EditError(ValueError):
    """An edit makes no form that can be used."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))


@dataclass(frozen=True)
class Checked:
    """A form that was written and read again, with the workbook it was read from."""

    definition: FormDefinition
    source: bytes


def checked(definition: FormDefinition) -> Checked:
    """The form as it comes in again. Raises EditError for all that the reader refuses."""
    source = write_xlsform(definition)
    try:
        read = read_with_warnings(source, f"{definition.code}.xlsx")
    except BadFileError as error:
        raise EditError([_fault(definition, problem) for problem in error.problems]) from error
    return Checked(read.definition, source)


def change_part(definition: FormDefinition, name: str, new: Part) -> FormDefinition:
    """The form with a part changed; with another name it is renamed wherever it is used.

    Raises EditError where that name is taken or a use of the old one cannot be rewritten.
    """
    _check_choices(new, part_named(definition, name))
    if new.name == name:
        return with_part(definition, name, new)
    _check_free(definition, new.name)
    paths = [use for use in uses_of(definition, [name]) if use.in_path]
    if paths:
        message = _(
            "It is used in a path or in brackets by %(uses)s; write the new name there first.",
            uses=in_words(paths),
        )
        raise EditError([Fault(message, new.name, "name")])
    # What was typed may speak of the part by its old name too.
    return renamed(with_part(definition, name, replace(new, name=name)), name, new.name)


def add_part(definition: FormDefinition, new: Part, spot: Spot) -> FormDefinition:
    """The form with a new part at a place. Raises EditError where its name is taken."""
    _check_free(definition, new.name)
    _check_choices(new)
    return put(definition, new, spot)


def remove_part(definition: FormDefinition, name: str) -> FormDefinition:
    """The form without a part and all that is in it.

    Raises EditError, naming them, where other parts use an answer that would be gone.
    """
    uses = uses_of(definition, names_in(part_named(definition, name)))
    if uses:
        message = _(
            "It is used by %(uses)s; change that first.",
            uses=in_words(uses),
        )
        raise EditError([Fault(message, name)])
    return without(definition, name)


def change_choices(
    definition: FormDefinition, names: Iterable[str], choices: tuple[Choice, ...]
) -> FormDefinition:
    """The form with these choices of some of its questions; marks of those gone go too."""
    wanted, left = set(names), {choice.name for choice in choices}

    def change(part: Part) -> Part:
        if part.name not in wanted or not isinstance(part, Question):
            return part
        problems = {each: gravity for each, gravity in part.problems.items() if each in left}
        return replace(part, choices=choices, problems=problems)

    return with_parts(definition, change)


def alike(definition: FormDefinition, name: str) -> list[Question]:
    """The other questions that offer the very same choices."""
    own = part_named(definition, name)
    if not isinstance(own, Question) or not own.choices:
        return []
    return [
        question
        for question in definition.questions()
        if question.name != name and question.choices == own.choices
    ]


def orphaned(before: FormDefinition, after: FormDefinition, name: str) -> list[tuple[str, Use]]:
    """Choices of a question that are gone, each with a condition that still names it."""
    old, new = part_named(before, name), part_named(after, name)
    if not isinstance(old, Question) or not isinstance(new, Question):
        return []
    gone = [c.name for c in old.choices if all(c.name != each.name for each in new.choices)]
    return [(choice, use) for choice in gone for use in uses_of_choice(after, new.name, choice)]


def free_name(texts: Texts, taken: Iterable[str], otherwise: str) -> str:
    """A name made from a label: ``How many?`` becomes ``how_many``, or ``how_many_2``."""
    plain = unicodedata.normalize("NFKD", next(iter(texts.values()), ""))
    word = _NO_WORD.sub("_", plain.encode("ascii", "ignore").decode().lower()).strip("_")
    word = word[:LONGEST_MADE_NAME].rstrip("_") or otherwise
    if not word[0].isalpha():
        word = f"{otherwise}_{word}"
    known, name, number = set(taken), word, 1
    while name in known:
        number += 1
        name = f"{word}_{number}"
    return name


def all_names(definition: FormDefinition) -> set[str]:
    """The names of all questions and sections."""
    return {found.part.name for found in walk(definition)}


def in_words(uses: Iterable[Use]) -> str:
    """Uses as people find them: ``delay_minutes (relevant), staff (label)``."""
    return ", ".join(dict.fromkeys(f"{use.name} ({use.column})" for use in uses))


def _check_free(definition: FormDefinition, name: str) -> None:
    if name in all_names(definition):
        message = _("%(name)s is the name of another question or group; write another.", name=name)
        raise EditError([Fault(message, name, "name")])


def _check_choices(new: Part, old: Part | None = None) -> None:
    """Refuse a name that two choices have; the reader does not, for the sake of filtered lists."""
    if not isinstance(new, Question) or new.choice_filter:
        return
    if isinstance(old, Question) and old.choices == new.choices:
        return
    seen: set[str] = set()
    for number, choice in enumerate(new.choices):
        if choice.name in seen:
            message = _("%(name)s is the name of another choice; write another.", name=choice.name)
            raise EditError([Fault(message, new.name, "choices", choice=number)])
        seen.add(choice.name)


def _fault(definition: FormDefinition, problem: Problem) -> Fault:
    if not isinstance(problem, CellProblem):
        return Fault(str(problem))
    message = _plain(definition, problem.message)
    row = int(problem.row or 0) - FIRST_ROW
    column, _sep, language = problem.column.partition("::")
    language = language_code(language) if language and column != "finding" else ""
    if problem.sheet == "choices":
        places = choice_places(definition)
        if 0 <= row < len(places):
            name, choice = places[row]
            return Fault(message, name, "choices", language, choice)
    names = survey_names(definition)
    if problem.sheet == "survey" and 0 <= row < len(names) and names[row]:
        column = column or _column_in(problem.message)
        if column == "type" and _lacks_choices(part_named(definition, names[row])):
            column = "choices"
        return Fault(message, names[row], column, language)
    return Fault(str(problem))


def _lacks_choices(part: Part) -> bool:
    return isinstance(part, Question) and part.type in LISTED and not part.choices


def _plain(definition: FormDefinition, message: str) -> str:
    """The message; of a name that is not there, in words that do not speak of sheets."""
    found = _NOT_FOUND.search(message)
    if found is None:
        return message
    near = get_close_matches(found["name"], sorted(all_names(definition)), n=1)
    said = _("There is no question named %(name)s.", name=found["name"])
    return said + (" " + _("Did you mean %(name)s?", name=near[0]) if near else "")


def _column_in(message: str) -> str:
    """The column that a message is about, where its place names none."""
    words = {"calculation": "calculation", "list name": "choices", "'name'": "name"}
    return next((column for word, column in words.items() if word in message.lower()), "")
