"""Where in an evaluated text the figures stand that its calls came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OPEN, NUMBERED, CLOSE = "\ue008", "\ue009", "\ue00a"
"""Around a figure in a marked text: ``OPEN`` its number ``NUMBERED`` the figure ``CLOSE``."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What one call came to: its place in the evaluated text, and the call with its line."""

    start: int
    end: int
    line: int
    query: str


class Fills:
    """Takes note of them while a text is evaluated, part by part."""

    def __init__(self) -> None:
        self.found: list[Filled] = []
        self._result: object = None
        self._call = (0, "")
        self._is_call = False
        self._size = 0

    def called(self, line: int, query: str, result: object) -> None:
        """A call was made; whether what it gave is put out is not known yet."""
        self._call, self._result = (line, query), result

    def at(self, part: object) -> None:
        """Take note of what is put out next: what the last call gave, or something else."""
        self._is_call = self._result is not None and part is self._result
        self._result = None

    def add(self, part: str) -> None:
        """The part that was noted is put out."""
        if self._is_call and part:
            self.found.append(Filled(self._size, self._size + len(part), *self._call))
        self._size += len(part)


def marked(text: str, filled: Sequence[Filled]) -> str:
    """An evaluated text with marks around its figures, each with its place in ``filled``.

    A figure of several lines, such as a table, stays without.
    """
    parts, place = [], 0
    for number, one in enumerate(filled):
        shown = text[one.start : one.end]
        if "\n" not in shown:
            parts += [text[place : one.start], f"{OPEN}{number}{NUMBERED}{shown}{CLOSE}"]
            place = one.end
    return "".join([*parts, text[place:]])
