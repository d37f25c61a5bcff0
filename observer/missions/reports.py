"""What an import did: how much was new, what changed, and what deserves a look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from observer.badinput import Problem

T = TypeVar("T")
Track = Callable[[Sequence[T], str], Iterable[T]]
"""Goes through a sequence and shows how far it is, under a word for what is done."""


def untracked(items: Sequence[T], _doing: str) -> Iterable[T]:
    """Goes through a sequence without showing anything."""
    return items


@dataclass
class Counts:
    """How many of one kind of thing were new, different and the same."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return f"{self.added:,} added, {self.changed:,} changed, {self.unchanged:,} unchanged"


@dataclass
class ImportReport:
    """What was done with a file. Warnings did not keep it from being imported."""

    name: str
    counts: dict[str, Counts] = field(default_factory=dict)
    """By kind of thing, in the plural: ``regions``, ``centres``, ``people``."""
    notes: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def warn(self, where: str, message: str) -> None:
        """Note something that deserves a look."""
        self.warnings.append(Problem(where, message))

    def __str__(self) -> str:
        lines = [f"Imported {self.name}"]
        lines += [f"  {kind}: {counts}" for kind, counts in self.counts.items()]
        lines += [f"  {note}" for note in self.notes]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        if self.warnings:
            count = len(self.warnings)
            lines.append(f"{count:,} {'warning' if count == 1 else 'warnings'}; all was imported")
        return "\n".join(lines)
