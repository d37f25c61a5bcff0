"""Calculations and conditions that go round in a circle, so that nothing can come of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from observer.checklists.definition import REFERENCE, FormDefinition, Question, Section


def circles(definition: FormDefinition) -> list[tuple[str, str, str]]:
    """Each circle once: a name in it, the column that leads round, and what to write instead.

    A calculation that is made only when a trigger changes may look at what it gave before.
    """
    edges = {name: (column, used) for name, column, used in _uses(definition.children)}
    found: list[tuple[str, str, str]] = []
    done: set[str] = set()
    for start in edges:
        way: list[str] = []
        _follow(start, edges, way, done, found)
    return found


def _follow(
    name: str,
    edges: dict[str, tuple[str, list[str]]],
    way: list[str],
    done: set[str],
    found: list[tuple[str, str, str]],
) -> None:
    if name in way:
        circle = " → ".join([*way[way.index(name) :], name])
        column = edges[name][0]
        found.append((name, column, f"it depends on itself ({circle}); break the circle"))
        return
    if name in done or name not in edges:
        return
    way.append(name)
    for used in edges[name][1]:
        _follow(used, edges, way, done, found)
    way.pop()
    done.add(name)


def _uses(
    children: Iterable[Question | Section], around: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, list[str]]]:
    """What each part's value or being asked depends on, with the column that says so first."""
    for child in children:
        calculation = child.calculation if isinstance(child, Question) and not child.trigger else ""
        used = [found["name"] for found in REFERENCE.finditer(f"{calculation} {child.relevant}")]
        yield child.name, "calculation" if calculation else "relevant", [*used, *around]
        if isinstance(child, Section):
            yield from _uses(child.children, (child.name,))
