"""What the values of a question count as."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from observer.checklists.definition import Question
from observer.findings.table import Items, Rows

LEFT_OUT = ("not_observed", "not_applicable")
"""Answers that leave the denominator."""


class Counted(NamedTuple):
    """What of a question matters to counting it."""

    name: str | None
    """None for the submissions themselves."""
    answers: tuple[str, ...] | None = None
    """The answers that are counted each, in the order of the choices; None for any answer."""

    def classes(self) -> Classes:
        """What its values count as; nothing is learned yet."""
        return Classes(self)


class Given(NamedTuple):
    """One of these answers to a question, in submissions of these versions; None for all."""

    question: str
    answers: frozenset[str]
    version_ids: frozenset[int] | None


class AnyGiven(NamedTuple):
    """Submissions in which something of several is given, however much of it."""

    parts: tuple[Given, ...]

    def classes(self) -> AnyGivenClasses:
        """What its values count as; nothing is learned yet."""
        return AnyGivenClasses(self)


class Countable(Protocol):
    """What can be counted of submissions."""

    def classes(self) -> Classes | AnyGivenClasses: ...


SUBMISSIONS = Counted(None)


def counted_of(question: Question) -> Counted:
    """A question as it is counted."""
    if not question.has_answers:
        return Counted(question.name)
    return Counted(question.name, tuple(answer_names(question)))


def answer_names(question: Question) -> list[str]:
    """The answers to a question that are counted, in the order of its choices."""
    names = [choice.name for choice in question.choices] or list(question.problems)
    return [name for name in names if name not in LEFT_OUT]


class Classes:
    """What the values of a question count as; the values are many, these are few.

    A class is how often a value answers at all, and how often it gives each answer.
    """

    def __init__(self, counted: Counted) -> None:
        self._name = counted.name
        self._has_answers = counted.answers is not None
        self.answers: list[str | None] = list(counted.answers) if self._has_answers else [None]
        self.declared = len(self.answers)
        """Answers from here on are no choices (any more)."""
        self.columns = {answer: at for at, answer in enumerate(self.answers, start=1)}
        self._numbers: dict[tuple[tuple[int, int], ...], int] = {}
        self._rows: list[tuple[tuple[int, int], ...]] = []
        # The first is what no answer counts as.
        self.of_code = np.array([self._number({0: 0 if self._has_answers else 1})], np.int32)
        self.weights = self._weights()
        """Of each class: how often it answers at all, and each of the answers."""

    def learn(self, values: Sequence[object]) -> None:
        """Class the values that came since."""
        new = [self._class_of(value) for value in values[len(self.of_code) - 1 :]]
        if new:
            self.of_code = np.append(self.of_code, np.array(new, np.int32))
            self.weights = self._weights()

    def of_rows(self, rows: Rows, among: np.ndarray) -> np.ndarray:
        """The class of each of these rows' answers."""
        if self._name is None:
            return np.zeros(len(among), np.int32)
        column = rows.column(self._name)
        self.learn(column.values)
        return self.of_code[column.codes[among] + 1]

    def listed(self, given: np.ndarray) -> list[int]:
        """Which answers to tell of, knowing how often each was given.

        The choices in their order, then what else was given.
        """
        others = [at for at in range(self.declared, len(self.answers)) if given[at] > 0]
        return [*range(self.declared), *sorted(others, key=lambda at: str(self.answers[at]))]

    def _weights(self) -> np.ndarray:
        weights = np.zeros((len(self._rows), len(self.answers) + 1), np.int64)
        for at, row in enumerate(self._rows):
            for column, times in row:
                weights[at, column] = times
        return weights

    def _class_of(self, value: object) -> int:
        if not self._has_answers:
            return self._number({0: 1, 1: 1})
        items = list(said_of(value))
        times = {0: len(items)}
        for item in items:
            for answer in item:
                if answer not in self.columns:
                    self.answers.append(answer)
                    self.columns[answer] = len(self.answers)
                column = self.columns[answer]
                times[column] = times.get(column, 0) + 1
        return self._number(times)

    def _number(self, times: dict[int, int]) -> int:
        key = tuple(sorted(times.items()))
        if key not in self._numbers:
            self._numbers[key] = len(self._rows)
            self._rows.append(key)
        return self._numbers[key]


class AnyGivenClasses:
    """Two classes: submissions in which nothing of it is given, and those in which something is."""

    answers: Sequence[str | None] = (None,)
    weights = np.array([[0, 0], [1, 1]], np.int64)

    def __init__(self, counted: AnyGiven) -> None:
        self._parts = counted.parts
        # Last the one of no answer, which has the code −1.
        self._gives = [np.zeros(1, bool) for _part in counted.parts]

    def of_rows(self, rows: Rows, among: np.ndarray) -> np.ndarray:
        """The class of each of these rows."""
        given = np.zeros(len(among), bool)
        for at, part in enumerate(self._parts):
            column = rows.column(part.question)
            known = self._gives[at]
            if len(known) <= len(column.values):
                new = [gives(value, part.answers) for value in column.values[len(known) - 1 :]]
                known = self._gives[at] = np.concatenate([known[:-1], new, [False]]).astype(bool)
            here = known[column.codes[among]]
            if part.version_ids is not None:
                here &= np.isin(rows.fixed["version_id"][among], list(part.version_ids))
            given |= here
        return given.astype(np.int32)

    def listed(self, given: np.ndarray) -> list[int]:
        """There is but one thing to tell of."""
        return [0]


def gives(value: object, answers: Container[str]) -> bool:
    """Whether a value gives one of the answers; in a repeat one item is enough."""
    return any(answer in answers for item in said_of(value) for answer in item)


def said_of(value: object) -> Iterator[set[str]]:
    """The answers counted of a value: a set for each item of a repeat, otherwise one."""
    if isinstance(value, Items):
        for item in value.answers:
            yield from said_of(item)
        return
    given = value if isinstance(value, tuple) else (value,)
    counted = {str(answer) for answer in given} - set(LEFT_OUT)
    if counted:
        yield counted
