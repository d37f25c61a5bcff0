"""Calculations and conditions that go round in a circle, so that nothing can come of them."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from observer.checklists.definition import REFERENCE, FormDefinition, Question
from observer.checklists.tree import Part, walk


def circles(definition: FormDefinition) -> list[tuple[str, str, str]]:
    """Each circle once: a name in it, the column that leads round, and what to write instead.

    A calculation that is made only when a trigger changes may look at what it gave before.
    """
    parts = {found.part.name: found.part for found in walk(definition)}
    # A part depends on the section around it, which is asked or not, as on what it names itself.
    uses = {
        found.part.name: [
            name for name in [*_named(found.part), *found.sections[-1:]] if name in parts
        ]
        for found in walk(definition)
    }
    order = {name: place for place, name in enumerate(parts)}
    found: list[tuple[str, str, str]] = []
    while circle := _circle(uses):
        first = circle.index(min(circle, key=order.__getitem__))
        circle = circle[first:] + circle[:first]
        written = " → ".join([*circle, circle[0]])
        column = "calculation" if _calculation(parts[circle[0]]) else "relevant"
        message = f"it depends on itself ({written}); break the circle"
        found.append((circle[0], column, message))
        # Broken here, so that the next one is found.
        broken = circle[1 % len(circle)]
        uses[circle[0]] = [name for name in uses[circle[0]] if name != broken]
    return found


def _circle(uses: dict[str, list[str]]) -> list[str]:
    """Names of which each depends on the next, and the last on the first; empty for none."""
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        # Told the other way round, and with its beginning at the end once more.
        return error.args[1][:0:-1]
    return []


def _named(part: Part) -> list[str]:
    written = f"{_calculation(part)} {part.relevant}"
    return [found["name"] for found in REFERENCE.finditer(written)]


def _calculation(part: Part) -> str:
    return part.calculation if isinstance(part, Question) and not part.trigger else ""
