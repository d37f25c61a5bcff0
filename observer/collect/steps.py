"""A form on a phone: one part of it on the screen at a time; and its answers read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from observer.checklists.definition import (
    FILES,
    REFERENCE,
    FormDefinition,
    Question,
    Section,
    Texts,
)
from observer.checklists.markup import plain
from observer.checklists.wording import UNANSWERED, Wording
from observer.collect.envelope import Error
from observer.language import in_language

NOT_SHOWN = ("note", "hidden", "calculate")


@dataclass(frozen=True)
class Step:
    """What is on the screen at a time: a section of the form, or questions outside of any.

    The label is empty where what is in it has its own.
    """

    name: str
    label: Texts
    children: tuple[Question | Section, ...]


def steps_of(definition: FormDefinition) -> list[Step]:
    """The form's sections, each with what is in it; a repeat is a step of its own."""
    steps: list[Step] = []
    loose: list[Question] = []

    def end_loose() -> None:
        if loose:
            steps.append(Step(f"step-{len(steps) + 1}", {}, tuple(loose)))
            loose.clear()

    for child in definition.children:
        if isinstance(child, Question):
            loose.append(child)
            continue
        end_loose()
        if next(child.questions(), None) is None:
            # A section that asks nothing would be an empty screen.
            continue
        if child.repeated:
            steps.append(Step(child.name, {}, (child,)))
        else:
            steps.append(Step(child.name, child.label, child.children))
    end_loose()
    return steps


def reasons_in_words(definition: FormDefinition | None, errors: Iterable[Error]) -> list[str]:
    """Each reason why a submission is held, behind the label of the question it is about."""
    questions = definition.questions() if definition else ()
    labels = {q.name: plain(REFERENCE.sub(UNANSWERED, in_language(q.label))) for q in questions}
    return [behind(labels.get(error["question"], ""), str(error["message"])) for error in errors]


def behind(label: str, message: str) -> str:
    """The message behind a label, which may be a question with its own mark at the end."""
    if not label:
        return message
    return f"{label}{' ' if label[-1] in '?؟.!…:' else ': '}{message}"


def answers_in_words(
    definition: FormDefinition | None, answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Label and answer of each answered question, in the order of the form."""
    if definition is None:
        return [(name, str(value)) for name, value in answers.items()]
    return list(_in_words(Wording(definition), definition.children, answers))


def _in_words(
    wording: Wording, children: Iterable[Question | Section], *rows: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """``rows`` are the answers that can be seen from here, the innermost first."""
    for child in children:
        label = wording.filled(in_language(child.label), *rows) or child.name
        if isinstance(child, Question):
            value = rows[0].get(child.name)
            if value not in (None, "", []) and child.type not in NOT_SHOWN:
                yield label, _words(child, value)
        elif child.repeated:
            for number, row in enumerate(rows[0].get(child.name) or (), start=1):
                for inner, words in _in_words(wording, child.children, row, *rows):
                    yield f"{label} {number}: {inner}", words
        else:
            yield from _in_words(wording, child.children, *rows)


def _words(question: Question, value: Any) -> str:
    if question.type in ("select_multiple", "rank"):
        return ", ".join(in_language(question.choice_label(name)) for name in value)
    if question.type == "select_one":
        return in_language(question.choice_label(value))
    if isinstance(value, Mapping):
        return f"{value.get('lat')}, {value.get('lon')}"
    if question.type in ("acknowledge", *FILES):
        return "✓"
    return str(value).replace("T", " ")[:16] if question.type == "dateTime" else str(value)
