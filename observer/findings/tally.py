"""Counting the answers to one question in every region at once."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from observer.checklists.definition import Question
from observer.findings.classes import answer_names, counted_of, said_of
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
    gives = [
        answers is None or any(answer in answers for item in said_of(value) for answer in item)
        for value in values
    ]
    return np.array([*gives, False])[codes]


__all__ = ["Tally", "answer_names", "giving", "tally"]
