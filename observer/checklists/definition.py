"""What a form is: its questions, groups and repeats, as read from an XLSForm.

A definition is plain data. It is stored as JSON with its version, the WTForms class and the
phone page are built from it, and findings read from it which answers are problems.

Names of questions and sections are unique over the whole form, so a name alone says which
question is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from observer.checklists.markup import plain

Texts = dict[str, str]
"""A text by language code, the form's default language first."""

Gravity = Literal["minor", "grave"]

PLACES = ("station", "centre", "any")
ANY_PLACE = "any"

SELECTS = ("select_one", "select_multiple")
LISTED = (*SELECTS, "rank")
"""Types whose answers are choices of a list."""
FILES = ("image", "audio", "video", "file")
"""Types whose answer is a file, known by its SHA-256."""
UNASKED = ("note", "calculate", "hidden")
"""Types that a person gives no answer to."""

REFERENCE = re.compile(r"\$\{\s*(?P<name>[^}]*?)\s*\}")
"""An answer in a text: ``${name}``."""

UNLISTED: dict[str, Texts] = {
    "yes": {"en": "Yes", "es": "Sí", "fr": "Oui"},
    "no": {"en": "No", "es": "No", "fr": "Non"},
}
"""Labels of what a calculation answers, for which no list of choices has any."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer that can be chosen."""

    name: str
    label: Texts
    columns: dict[str, str] = field(default_factory=dict)
    """The further columns of the choices sheet, for choice filters."""
    picture: Texts = field(default_factory=dict)
    """Names under which pictures are kept (see ``models.Picture``), shown with the label."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. Expressions are XPath as the XLSForm has them; empty where there is none."""

    name: str
    type: str
    """select_one, select_multiple, rank, integer, decimal, text, date, time, dateTime, note,
    calculate, geopoint, geotrace, geoshape, image, audio, video, file, acknowledge, hidden."""
    label: Texts
    picture: Texts = field(default_factory=dict)
    """As of a choice."""
    hint: Texts = field(default_factory=dict)
    short_label: Texts = field(default_factory=dict)
    """For the heads of tables; the label where it is empty."""
    required: str = ""
    """An expression; ``true()`` where an answer is always required."""
    required_message: Texts = field(default_factory=dict)
    relevant: str = ""
    constraint: str = ""
    constraint_message: Texts = field(default_factory=dict)
    calculation: str = ""
    appearance: str = ""
    default: str = ""
    first_value: str = ""
    """An expression, evaluated once when the question first comes on a phone."""
    trigger: tuple[str, ...] = ()
    """Questions; each time one of their answers changes, the calculation is made anew."""
    read_only: bool = False
    parameters: dict[str, str] = field(default_factory=dict)
    """``start``, ``end`` and ``step`` of a number that is chosen from a range."""
    choices: tuple[Choice, ...] = ()
    from_places: bool = False
    """Whether the code of one of the mission's polling stations is the answer: they are too many
    to come with a form, and searched for instead."""
    choice_filter: str = ""
    """An expression over a choice's columns and the answers; empty where all are offered."""
    problems: dict[str, Gravity] = field(default_factory=dict)
    """Answers that are problems, and how grave: from the column ``finding::problem``."""

    @property
    def table_label(self) -> Texts:
        """The label for the head of a table, without marks and without the answers in it."""
        texts = self.short_label or self.label
        return {language: plain(REFERENCE.sub("…", text)) for language, text in texts.items()}

    @property
    def is_calculated(self) -> bool:
        """Whether its answer follows from other answers alone, at any time."""
        return bool(self.calculation) and not self.trigger

    @property
    def has_answers(self) -> bool:
        """Whether answers are told apart by name: choices, or results marked as problems."""
        return self.type in SELECTS or bool(self.problems)

    def choice_label(self, name: str) -> Texts:
        """The plain label of one of the choices; the name itself where there is no such choice."""
        unlisted = UNLISTED.get(name, {"": name})
        label = next((c.label for c in self.choices if c.name == name), unlisted)
        return {language: plain(text) for language, text in label.items()}


@dataclass(frozen=True, kw_only=True)
class Section:
    """A group of questions shown together, or one asked again for each of several things."""

    name: str
    label: Texts
    children: tuple[Question | Section, ...]
    relevant: str = ""
    repeated: bool = False
    count: str = ""
    """Of a repeat: an expression, how many rows it has; empty where observers add rows."""
    appearance: str = ""

    def questions(self) -> Iterator[Question]:
        """Every question in it, in order, in whatever section it stands."""
        yield from _questions(self.children)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows that expressions look into, as in ``instance('districts')/root/item[…]/label``."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class FormDefinition:
    """One version of a form."""

    code: str
    title: Texts
    languages: tuple[str, ...]
    """Codes of the languages its texts are in, the default one first."""
    place: str = "station"
    """What it is filled for: ``station``, ``centre`` or ``any`` (a place may be given)."""
    version: str = ""
    """What its author calls this version; the number that counts is the stored version's."""
    children: tuple[Question | Section, ...]
    tables: tuple[Table, ...] = ()

    def questions(self) -> Iterator[Question]:
        """Every question in order, in whatever section it stands, repeats included."""
        yield from _questions(self.children)

    def question(self, name: str) -> Question:
        """The question with this name. Raises KeyError where there is none."""
        for question in self.questions():
            if question.name == name:
                return question
        raise KeyError(name)

    def pictures(self) -> set[str]:
        """The names of all pictures that are shown with labels."""
        labelled = [part for question in self.questions() for part in (question, *question.choices)]
        return {name for part in labelled for name in part.picture.values()}

    def to_json(self) -> dict[str, Any]:
        """The definition as plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> FormDefinition:
        """The definition that :meth:`to_json` gave."""
        languages = tuple(stored["languages"])
        return cls(
            **stored
            | {
                "languages": languages,
                "title": _in_order(stored["title"], languages),
                "children": tuple(_from_json(child, languages) for child in stored["children"]),
                "tables": tuple(map(_table, stored.get("tables", ()))),
            }
        )


def _questions(children: tuple[Question | Section, ...]) -> Iterator[Question]:
    for child in children:
        if isinstance(child, Section):
            yield from _questions(child.children)
        else:
            yield child


def _from_json(stored: dict[str, Any], languages: tuple[str, ...]) -> Question | Section:
    texts = {name: _in_order(stored[name], languages) for name in _TEXTS if name in stored}
    if "children" in stored:
        children = tuple(_from_json(child, languages) for child in stored["children"])
        return Section(**stored | texts | {"children": children})
    choices = tuple(
        Choice(
            **choice
            | {"label": _in_order(choice["label"], languages)}
            | {"picture": _in_order(choice.get("picture", {}), languages)}
        )
        for choice in stored["choices"]
    )
    trigger = tuple(stored.get("trigger", ()))
    return Question(**stored | texts | {"choices": choices, "trigger": trigger})


def _table(stored: dict[str, Any]) -> Table:
    rows = tuple(tuple(row) for row in stored["rows"])
    return Table(name=stored["name"], columns=tuple(stored["columns"]), rows=rows)


_TEXTS = ("label", "picture", "hint", "short_label", "constraint_message", "required_message")


def _in_order(texts: Texts, languages: tuple[str, ...]) -> Texts:
    # PostgreSQL sorts the keys of what it stores, and the default language comes first.
    return {language: texts[language] for language in languages if language in texts} | texts
