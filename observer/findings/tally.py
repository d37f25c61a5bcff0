"""Counting the answers to one question in every region at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from observer.checklists.definition import Question
from observer.findings.frame import Items
from observer.findings.selection import Selection

LEFT_OUT = ("not_observed", "not_applicable")
"""Answers that leave the denominator."""


@dataclass(frozen=True)
class Tally:
    """Counts by region, one row per region and one for the whole."""

    answers: Sequence[str | None]
    k: np.ndarray
    """One column per answer."""
    n: np.ndarray
    observed: np.ndarray
    """Places in which the question counted."""


def tally(selection: Selection, question: Question) -> Tally:
    """Count the answers to a question.

    Of a question with choices, each choice is counted among those who answered, and so is each
    answer that was given but is no choice (any more). A calculation whose results are marked as
    problems is counted in the same way. Of any other question it is counted how many of the
    submissions answer it.
    """
    codes, values = selection.codes(question.name)
    if not question.has_answers:
        asked, observed = selection.asked
        return Tally((None,), selection.by_region(codes >= 0)[:, None], asked, observed)
    answers, weights = _weights(values, answer_names(question))
    size = len(selection.ground.regions.ids) + 1
    given = np.flatnonzero(codes >= 0)
    cells = selection.regions[given].astype(np.intp) * len(values) + codes[given]
    own = np.bincount(cells, minlength=size * len(values)).reshape(size, len(values)) @ weights
    total = selection.ground.regions.roll_up(own)
    counting = given[weights[:, 0].astype(bool)[codes[given]]]
    observed = selection.ground.count_places(selection.places(counting))
    return Tally(answers, total[:, 1:], total[:, 0], observed)


def tally_by_step(
    selection: Selection, question: Question, answer: str | None, at: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each step adds to k of one answer, to n and to the places observed, by region.

    ``at`` is the step in which each counted submission came. All steps together are what
    :func:`tally` counts.
    """
    codes, values = selection.codes(question.name)
    if question.has_answers:
        answers, weights = _weights(values, answer_names(question))
        # What has no answer has the code −1, which leads to a row of nothing.
        weights = np.append(weights, np.zeros((1, weights.shape[1]), np.int64), axis=0)
        n = weights[codes, 0]
        k = weights[codes, answers.index(answer) + 1] if answer in answers else np.zeros_like(n)
    else:
        n, k = np.ones(len(codes), np.int64), codes >= 0
    size = len(selection.ground.regions.ids) + 1
    cells = selection.regions.astype(np.intp) * steps + at

    def added(counts: np.ndarray) -> np.ndarray:
        own = np.bincount(cells, weights=counts, minlength=size * steps).astype(np.int64)
        return selection.ground.regions.roll_up(own.reshape(size, steps))

    first = first_steps(selection, at, steps, n > 0)
    return added(k), added(n), selection.ground.count_first(first, steps)


def first_steps(
    selection: Selection, at: np.ndarray, steps: int, counting: np.ndarray
) -> np.ndarray:
    """The first step in which each place was observed by a counting submission, else ``steps``."""
    first = np.full(len(selection.ground.places.ids) + 1, steps)
    np.minimum.at(first, selection.units[counting], at[counting])
    return first


def answer_names(question: Question) -> list[str]:
    """The answers to a question that are counted, in the order of its choices."""
    names = [choice.name for choice in question.choices] or list(question.problems)
    return [name for name in names if name not in LEFT_OUT]


def _weights(values: Sequence[object], answers: list[str]) -> tuple[list[str], np.ndarray]:
    """All answers, and how often each value answers at all and gives each of them."""
    said = [list(_said(value)) for value in values]
    given = {answer for items in said for item in items for answer in item}
    answers = [*answers, *sorted(given - set(answers))]
    column = {answer: at for at, answer in enumerate(answers, start=1)}
    weights = np.zeros((len(values), len(answers) + 1), np.int64)
    for row, items in zip(weights, said, strict=True):
        row[0] = len(items)
        for item in items:
            for answer in item:
                row[column[answer]] += 1
    return answers, weights


def _said(value: object) -> Iterator[set[str]]:
    """The answers counted of a value: a set for each item of a repeat, otherwise one."""
    if isinstance(value, Items):
        for item in value.answers:
            yield from _said(item)
        return
    given = value if isinstance(value, tuple) else (value,)
    counted = {str(answer) for answer in given} - set(LEFT_OUT)
    if counted:
        yield counted
