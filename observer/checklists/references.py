"""Which questions of a form speak of another one, and how to give that one a new name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from observer.checklists.definition import REFERENCE, FormDefinition, Question, Texts
from observer.checklists.tree import Part, expressions_of, walk, with_parts

_TEXTS = ("label", "hint", "short_label", "required_message", "constraint_message")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_STEP = re.compile(r"/\s*([A-Za-z_][\w.-]*)")
_WORD = re.compile(r"[A-Za-z_][\w.-]*")


@dataclass(frozen=True)
class Use:
    """A part that speaks of a question, and in which column."""

    name: str
    column: str
    in_path: bool = False
    """Whether it is in a path or in brackets, as in ``../name``, and not as ``${name}``."""


def uses_of(definition: FormDefinition, names: Iterable[str]) -> list[Use]:
    """Where the answers to these questions are used, by parts that are not among them."""
    wanted = set(names)
    return [
        use
        for found in walk(definition)
        if found.part.name not in wanted
        for use in _uses(found.part, wanted)
    ]


def uses_of_choice(definition: FormDefinition, question: str, choice: str) -> list[Use]:
    """Where an answer to a question is named in a condition: ``${question} = 'choice'``."""
    return [
        Use(found.part.name, column)
        for found in walk(definition)
        for column, text in expressions_of(found.part)
        if any(choice in each for each in _QUOTED.findall(text))
        and (found.part.name == question or question in _references(text))
    ]


def renamed(definition: FormDefinition, old: str, new: str) -> FormDefinition:
    """The form with a part under another name, in all that is written as ``${name}`` too."""

    def written(text: str) -> str:
        return REFERENCE.sub(lambda m: f"${{{new}}}" if m["name"] == old else m[0], text)

    def in_texts(texts: Texts) -> Texts:
        return {language: written(text) for language, text in texts.items()}

    def change(part: Part) -> Part:
        changes: dict[str, object] = {
            column: written(text) for column, text in expressions_of(part)
        } | {column: in_texts(texts) for column, texts in _texts(part)}
        if isinstance(part, Question):
            changes["trigger"] = tuple(new if each == old else each for each in part.trigger)
            changes["choices"] = tuple(
                replace(choice, label=in_texts(choice.label)) for choice in part.choices
            )
        if part.name == old:
            changes["name"] = new
        return replace(part, **changes)

    return with_parts(definition, change)


def _uses(part: Part, names: set[str]) -> Iterator[Use]:
    for column, text in expressions_of(part):
        if names & _references(text):
            yield Use(part.name, column)
        elif names & _path_names(text):
            yield Use(part.name, column, in_path=True)
    for column, texts in _texts(part):
        if names & _references(" ".join(texts.values())):
            yield Use(part.name, column)
    if isinstance(part, Question):
        if names & set(part.trigger):
            yield Use(part.name, "trigger")
        if names & _references(" ".join(t for c in part.choices for t in c.label.values())):
            yield Use(part.name, "choices")


def _texts(part: Part) -> list[tuple[str, Texts]]:
    return [(column, texts) for column in _TEXTS if (texts := getattr(part, column, {}))]


def _references(text: str) -> set[str]:
    return {found["name"] for found in REFERENCE.finditer(text)}


def _path_names(text: str) -> set[str]:
    """Names in steps of paths and in brackets, where they stand without ``${}``."""
    plain = _QUOTED.sub(" ", text)
    inside = " ".join(_BRACKETS.findall(REFERENCE.sub(" ", plain)))
    return {*_STEP.findall(plain), *_WORD.findall(inside)}
