"""Checks the answers of a submission, by the same WTForms form that renders the phone page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext

from observer.checklists.definition import FormDefinition
from observer.checklists.evaluation import Clock
from observer.checklists.fields import MOST_ROWS, SEPARATOR, ChecklistForm, RowsField, form_class
from observer.checklists.logic import Item
from observer.checklists.wording import Wording
from observer.database import now

MOST_UNKNOWN = 50
"""Unknown names that are told of; more of them say nothing new."""


@dataclass(frozen=True)
class Checked:
    """Answers as the form reads them, and what is wrong with them."""

    answers: dict[str, Any]
    """Typed; without irrelevant, unreadable and unknown ones, and with what is calculated."""
    errors: list[dict[str, str | None]]
    """``{"question": name or None, "message": sentence}`` for each."""


class AnswersInput:
    """Answers as WTForms takes them: lists of values by the name of a field."""

    def __init__(self, items: Sequence[Item], answers: Any) -> None:
        self.errors: list[dict[str, str | None]] = []
        self._values: dict[str, list[Any]] = {}
        if isinstance(answers, dict):
            self._take(items, answers, "")
        else:
            self._wrong(None, gettext("The answers must be an object of names and answers."))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def getlist(self, name: str) -> list[Any]:
        """The values for a field."""
        return self._values[name]

    def _wrong(self, question: str | None, message: str) -> None:
        self.errors.append({"question": question, "message": message})

    def _take(self, items: Sequence[Item], answers: dict[str, Any], prefix: str) -> None:
        known = dict(_askable(items))
        for name, answer in answers.items():
            item = known.get(name)
            if item is None:
                if len(self.errors) < MOST_UNKNOWN:
                    self._wrong(_shown(name), gettext("The form has no question of this name."))
            elif item.repeated:
                self._take_rows(item, answer, prefix + name)
            else:
                self._values[prefix + name] = answer if isinstance(answer, list) else [answer]

    def _take_rows(self, item: Item, answer: Any, name: str) -> None:
        if answer is None:
            return
        if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
            self._wrong(item.name, gettext("The answer must be a list of rows."))
            return
        if len(answer) > MOST_ROWS:
            self._wrong(item.name, gettext("At most %(count)s rows are taken.", count=MOST_ROWS))
        for number, row in enumerate(answer[:MOST_ROWS]):
            # Says that there is such a row, even where it has no answers.
            self._values[f"{name}{SEPARATOR}{number}{SEPARATOR}"] = []
            self._take(item.items, row, f"{name}{SEPARATOR}{number}{SEPARATOR}")


def check_answers(
    definition: FormDefinition, answers: Any, language: str = "en", at: datetime | None = None
) -> Checked:
    """Check answers against their form, whatever JSON they are.

    ``at`` is when the form was filled, by the clock on the wall there: ``today()`` and ``now()``
    of expressions.
    """
    made = form_class(definition, language)
    given = AnswersInput(made.items, answers)
    form = made(given)
    form.settle(made.logic.settle(_answers(form), Clock.at(at or now())))
    form.validate()
    return Checked(_answers(form), [*given.errors, *_errors(form, Wording(definition))])


def form_of_answers(
    definition: FormDefinition, answers: dict[str, Any], language: str
) -> ChecklistForm:
    """The form with these answers in its fields."""
    made = form_class(definition, language)
    return made(AnswersInput(made.items, answers))


def form_as_sent(
    definition: FormDefinition, sent: Any, language: str, at: datetime
) -> tuple[ChecklistForm, dict[str, Any]]:
    """The form with what a browser sent of it, errors at its fields; and the answers in it."""
    made = form_class(definition, language)
    form = made(sent)
    form.settle(made.logic.settle(_answers(form), Clock.at(at)))
    form.validate()
    return form, _answers(form)


def _askable(items: Sequence[Item]) -> Iterator[tuple[str, Item]]:
    for item in items:
        if item.question is None and not item.repeated:
            yield from _askable(item.items)
        else:
            yield item.name, item


def _answers(form: ChecklistForm) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for field in form:
        if isinstance(field, RowsField):
            if rows := [_answers(entry.form) for entry in field.entries]:
                answers[field.short_name] = rows
        elif field.data is not None:
            answers[field.short_name] = field.data
    return answers


def _errors(
    form: ChecklistForm, wording: Wording, *outer: Mapping[str, Any]
) -> Iterator[dict[str, str | None]]:
    """What is wrong in a row; its messages may speak of answers in it and in the rows ``outer``."""
    rows = (_answers(form), *outer)
    for field in form:
        if isinstance(field, RowsField):
            for entry in field.entries:
                yield from _errors(entry.form, wording, *rows)
        else:
            for message in field.errors:
                yield {
                    "question": field.short_name,
                    "message": wording.filled(str(message), *rows),
                }


def _shown(name: str) -> str:
    return name.replace("\0", "").encode("utf-8", "replace").decode()[:100]
