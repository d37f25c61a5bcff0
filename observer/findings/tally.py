"""Counting the answers to one question in every region at once."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from observer.checklists.definition import Question
from observer.findings.classes import Classes, answer_names, counted_of, gives
from observer.findings.selection import Selection


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
    """Count the answers to a question; see :func:`observer.findings.running.count`."""
    counted = selection.count(counted_of(question))
    regions = selection.ground.regions
    total = regions.roll_up(counted.own)
    return Tally(counted.answers, total[:, 1:], total[:, 0], regions.roll_up(counted.places))


def giving(
    selection: Selection, question: Question, answers: Container[str] | None = None
) -> np.ndarray:
    """Which of the counted submissions give one of the answers; true or false for each.

    Without answers: which answer the question at all. In a repeat one item is enough.
    """
    codes, values = selection.codes(question.name)
    giving = [answers is None or gives(value, answers) for value in values]
    return np.array([*giving, False])[codes]


def tally_by_step(
    selection: Selection, question: Question, answer: str | None, at: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each step adds to k of one answer, to n and to the places observed, by region.

    ``at`` is the step in which each counted submission came. All steps together are what
    :func:`tally` counts.
    """
    classes = Classes(counted_of(question))
    class_of = classes.of_rows(selection.rows, selection.chosen)
    n = classes.weights[class_of, 0]
    column = classes.columns.get(answer)
    k = np.zeros_like(n) if column is None else classes.weights[class_of, column]
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


__all__ = ["Tally", "answer_names", "first_steps", "giving", "tally", "tally_by_step"]
