"""Where an expression stands in a form, and which names it may use there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Tree = str | float | list[Any]
"""An expression as :mod:`observer.checklists.expressions` makes it."""


class ExpressionError(ValueError):
    """An expression cannot be used; the message says what to write instead."""


@dataclass(frozen=True)
class Place:
    """Where an expression stands: the repeats around it, outermost first, and its question."""

    repeats: tuple[str, ...]
    question: str | None
    columns: frozenset[str] = frozenset()
    """Of a choice filter: the columns of the list, written as plain names."""

    def of_choice(self, columns: frozenset[str]) -> Place:
        """Where the filter of this question's choices stands: each choice is a row of its own."""
        return Place((*self.repeats, ""), self.question, columns)


class Names(dict[str, tuple[str, ...]]):
    """For each question, and each repeat, the repeats around it.

    ``labels`` gives the labels of a question's choices by their names; None for no select.
    ``tables`` has the columns of each table.
    """

    def __init__(
        self,
        repeats: Iterable[tuple[str, tuple[str, ...]]],
        labels: Callable[[str], Mapping[str, str] | None],
        tables: Mapping[str, tuple[str, ...]],
    ) -> None:
        super().__init__(repeats)
        self.labels = labels
        self.tables = tables
