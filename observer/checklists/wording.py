"""Texts of a form with answers in them: ``How old is ${name}?``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from observer.checklists.definition import REFERENCE, FormDefinition, Question
from observer.checklists.markup import plain
from observer.checklists.values import to_string, value_of
from observer.language import in_language

UNANSWERED = "…"


class Wording:
    """Fills answers into the texts of a form, for a reader of the page's language."""

    def __init__(self, definition: FormDefinition) -> None:
        self._questions = {question.name: question for question in definition.questions()}

    def filled(self, text: str, *rows: Mapping[str, Any]) -> str:
        """The plain text with each ``${name}`` in words; ``rows`` are answers, innermost first."""
        text = plain(text)
        if "${" not in text:
            return text
        return REFERENCE.sub(lambda found: self._words(found["name"], rows), text)

    def _words(self, name: str, rows: tuple[Mapping[str, Any], ...]) -> str:
        answer = next((row[name] for row in rows if row.get(name) not in (None, "", [])), None)
        if answer is None:
            return UNANSWERED
        question = self._questions.get(name)
        return ", ".join(self._each(question, answer)) if question else str(answer)

    def _each(self, question: Question, answer: Any) -> Iterator[str]:
        for each in answer if isinstance(answer, list) else [answer]:
            if question.choices:
                yield in_language(question.choice_label(str(each)))
            else:
                yield to_string(value_of(each))
