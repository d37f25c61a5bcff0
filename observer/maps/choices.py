"""What a map can be asked to show, and the nearest of it to what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from observer.checklists.definition import FormDefinition, Question
from observer.findings.tally import answer_names
from observer.language import in_language
from observer.maps.choropleth import Subject

Forms = Mapping[str, FormDefinition]


def nearest_subject(forms: Forms, form: str, question: str, answer: str) -> Subject:
    """What the names say, as far as there is such a form, question and answer.

    Somebody who changes the form alone still sends the question of the form before.
    """
    definition = forms.get(form)
    if definition is None:
        return Subject()
    chosen = next((each for each in mappable(definition) if each.name == question), None)
    if chosen is None:
        return Subject(form=form)
    names = answer_names(chosen)
    return Subject(
        form=form, question=question, answer=answer if answer in names else first_answer(chosen)
    )


def mappable(definition: FormDefinition) -> list[Question]:
    """The questions whose answers can be mapped."""
    return [q for q in definition.questions() if q.has_answers and answer_names(q)]


def first_answer(question: Question) -> str:
    """The answer to begin with: the first that is a problem, else the first."""
    names = answer_names(question)
    return next((name for name in names if name in question.problems), names[0])


def as_choices(forms: Forms) -> dict[str, list[dict[str, Any]]]:
    """By form, its questions with their answers, in the reader's language; plain JSON."""
    return {
        code: [
            {
                "name": question.name,
                "label": in_language(question.table_label),
                "first": first_answer(question),
                "answers": [
                    {"name": name, "label": in_language(question.choice_label(name))}
                    for name in answer_names(question)
                ],
            }
            for question in mappable(definition)
        ]
        for code, definition in forms.items()
    }
