"""Answers as a person reads them: by section, in the form's own words, problems marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask_babel import format_decimal, format_time
from flask_babel import gettext as _

from observer.checklists.definition import REFERENCE, FormDefinition, Question, Section
from observer.checklists.markup import plain
from observer.checklists.wording import UNANSWERED, Wording
from observer.language import format_moment, in_language

NOT_SHOWN = ("note", "hidden")


@dataclass(frozen=True)
class Answer:
    """One answered question."""

    name: str
    label: str
    words: str
    problem: str = ""
    """``minor``, ``grave`` or empty."""


@dataclass(frozen=True)
class Part:
    """A section of the form, or one pass through a repeat; without those nested in it."""

    label: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Difference:
    """A question that two contents of a submission answer differently."""

    label: str
    counted: str
    other: str


@dataclass(frozen=True)
class Beside:
    """A question with what two submissions answer; empty where one does not answer it."""

    label: str
    here: str
    there: str

    @property
    def differs(self) -> bool:
        """Whether the two do not say the same."""
        return self.here != self.there


@dataclass(frozen=True)
class HeldReason:
    """Why a submission is held: a sentence, and the question it is about, if it is about one."""

    label: str
    message: str


def parts(definition: FormDefinition, answers: Mapping[str, Any], timezone: str) -> list[Part]:
    """The answered questions by section, in the order of the form; empty sections left out."""
    return _parts(Wording(definition), "", definition.children, timezone, answers)


def unread(answers: Mapping[str, Any]) -> list[Part]:
    """Answers to a form that is not known here, as they came."""
    given = tuple(Answer(name, name, str(value)) for name, value in answers.items())
    return [Part("", given)] if given else []


def differences(counted: Sequence[Part], other: Sequence[Part]) -> list[Difference]:
    """What differs between two contents, question by question, in the order of the form."""
    before, after = _by_question(counted), _by_question(other)
    return [
        Difference(label, before.get((label, name), ""), after.get((label, name), ""))
        for label, name in dict.fromkeys([*before, *after])
        if before.get((label, name)) != after.get((label, name))
    ]


def side_by_side(here: Sequence[Part], there: Sequence[Part]) -> list[Beside]:
    """All that either of two submissions answers, question by question, in the form's order."""
    ours, theirs = _by_question(here), _by_question(there)
    return [
        Beside(key[0], ours.get(key, ""), theirs.get(key, ""))
        for key in dict.fromkeys([*ours, *theirs])
    ]


def held_reasons(
    definition: FormDefinition | None, errors: Iterable[Mapping[str, Any]]
) -> list[HeldReason]:
    """Why it is held, with the label of each question instead of its name."""
    questions = definition.questions() if definition else ()
    labels = {q.name: plain(REFERENCE.sub(UNANSWERED, in_language(q.label))) for q in questions}
    return [
        HeldReason(labels.get(error["question"], error["question"] or ""), error["message"])
        for error in errors
    ]


def in_words(question: Question, value: Any, timezone: str) -> str:
    """An answer in the reader's language."""
    words = str(value)
    match question.type:
        case "select_one" | "select_multiple" | "rank":
            words = ", ".join(in_language(question.choice_label(n)) for n in _chosen(value))
        case "integer" | "decimal" | "range" if isinstance(value, int | float):
            words = format_decimal(value)
        case "dateTime" | "time":
            words = _clock(words, timezone)
        case "geopoint" if isinstance(value, Mapping):
            words = f"{value.get('lat')}, {value.get('lon')}"
        case "image":
            words = _("photo below")
        case "audio" | "video" | "file":
            words = _("file below")
        case "acknowledge":
            words = _("confirmed")
    return words


def problem_of(question: Question, value: Any) -> str:
    """How grave a problem the answer is: ``grave``, ``minor`` or empty."""
    found = {question.problems.get(name, "") for name in _chosen(value)}
    return "grave" if "grave" in found else "minor" if "minor" in found else ""


def _parts(
    wording: Wording,
    label: str,
    children: Iterable[Question | Section],
    timezone: str,
    *rows: Mapping[str, Any],
) -> list[Part]:
    """Runs of questions become parts of their own, so that nothing leaves the form's order.

    ``rows`` are the answers that can be seen from here, the innermost first.
    """
    answers = rows[0]
    found: list[Part] = []
    run: list[Answer] = []

    def end_run() -> None:
        if run:
            found.append(Part(label, tuple(run)))
            run.clear()

    for child in children:
        said = wording.filled(in_language(child.label), *rows)
        if isinstance(child, Question):
            value = answers.get(child.name)
            if value not in (None, "", []) and child.type not in NOT_SHOWN:
                words = in_words(child, value, timezone)
                run.append(
                    Answer(
                        child.name,
                        said or child.name,
                        words,
                        problem_of(child, value),
                    )
                )
            continue
        end_run()
        own = said or label
        if child.repeated:
            for number, row in enumerate(_rows(answers.get(child.name)), start=1):
                title = f"{own} {number}"
                found += _parts(wording, title, child.children, timezone, row, *rows)
        else:
            found += _parts(wording, own, child.children, timezone, *rows)
    end_run()
    return found


def _by_question(found: Sequence[Part]) -> dict[tuple[str, str], str]:
    # A repeat asks the same question several times: the part's number tells them apart.
    passes: dict[tuple[str, str], str] = {}
    for part in found:
        for answer in part.answers:
            key = (answer.label, answer.name)
            if key in passes:
                key = (f"{part.label}: {answer.label}", f"{part.label} {answer.name}")
            passes[key] = answer.words
    return passes


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _chosen(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]


def _clock(text: str, timezone: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return format_moment(moment, timezone)
    try:
        return format_time(time.fromisoformat(text), "HH:mm", rebase=False)
    except ValueError:
        return text.replace("T", " ")
