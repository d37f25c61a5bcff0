"""The questions and sections of a form as a tree: finding, placing, moving and taking out.

Every function gives a new definition; a name alone says which question or section is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from observer.checklists.definition import FormDefinition, Question, Section

Part = Question | Section
Parts = tuple[Part, ...]

_EXPRESSIONS = (
    "relevant",
    "count",
    "required",
    "constraint",
    "calculation",
    "choice_filter",
    "first_value",
    "default",
)
"""The columns in which answers are named; a default names them where it is dynamic."""


@dataclass(frozen=True)
class Spot:
    """A place in a form: right behind a part, or at the end of a section."""

    after: str = ""
    into: str = ""
    """A section; the form itself where ``after`` is empty too."""

    def __str__(self) -> str:
        return f"after:{self.after}" if self.after else f"into:{self.into}"

    @classmethod
    def read(cls, text: str) -> Spot:
        """What ``str`` of a spot gave; the form's end for anything else."""
        kind, _, name = text.partition(":")
        return cls(after=name) if kind == "after" else cls(into=name if kind == "into" else "")


@dataclass(frozen=True)
class Placed:
    """A part with what is around it."""

    part: Part
    sections: tuple[str, ...]
    """The sections it stands in, the outermost first."""
    is_first: bool
    is_last: bool


def walk(definition: FormDefinition) -> Iterator[Placed]:
    """Every question and section in order, a section before what is in it."""
    yield from _walk(definition.children, ())


def _walk(parts: Parts, sections: tuple[str, ...]) -> Iterator[Placed]:
    for number, part in enumerate(parts, start=1):
        yield Placed(part, sections, number == 1, number == len(parts))
        if isinstance(part, Section):
            yield from _walk(part.children, (*sections, part.name))


def expressions_of(part: Part) -> list[tuple[str, str]]:
    """The expressions of a question or section that are not empty, each with its column."""
    return [(column, text) for column in _EXPRESSIONS if (text := getattr(part, column, ""))]


def placed(definition: FormDefinition, name: str) -> Placed:
    """The part with this name and where it stands. Raises KeyError where there is none."""
    for found in walk(definition):
        if found.part.name == name:
            return found
    raise KeyError(name)


def part_named(definition: FormDefinition, name: str) -> Part:
    """The question or section with this name. Raises KeyError where there is none."""
    return placed(definition, name).part


def names_in(part: Part) -> set[str]:
    """The part's name and the names of all that is in it."""
    inner = part.children if isinstance(part, Section) else ()
    return {part.name}.union(*map(names_in, inner))


def with_parts(definition: FormDefinition, change: Callable[[Part], Part]) -> FormDefinition:
    """The form with each part as ``change`` gives it back; sections after what is in them."""

    def changed(part: Part) -> Part:
        if isinstance(part, Section):
            part = replace(part, children=tuple(map(changed, part.children)))
        return change(part)

    return replace(definition, children=tuple(map(changed, definition.children)))


def with_part(definition: FormDefinition, name: str, new: Part) -> FormDefinition:
    """The form with another part in this one's place."""
    return with_parts(definition, lambda part: new if part.name == name else part)


def without(definition: FormDefinition, name: str) -> FormDefinition:
    """The form without a part and all that is in it."""

    def kept(parts: Parts) -> Parts:
        return tuple(part for part in parts if part.name != name)

    return _with_siblings(definition, kept)


def put(definition: FormDefinition, part: Part, spot: Spot) -> FormDefinition:
    """The form with a new part at a place; at its end where there is no such place."""
    names = {found.part.name for found in walk(definition)}

    def with_it(parts: Parts) -> Parts:
        number = next((i for i, each in enumerate(parts) if each.name == spot.after), None)
        return parts if number is None else (*parts[: number + 1], part, *parts[number + 1 :])

    if spot.after in names:
        return _with_siblings(definition, with_it)
    section = next((f.part for f in walk(definition) if f.part.name == spot.into), None)
    if isinstance(section, Section):
        new = replace(section, children=(*section.children, part))
        return with_part(definition, section.name, new)
    return replace(definition, children=(*definition.children, part))


def relocate(definition: FormDefinition, name: str, spot: Spot) -> FormDefinition:
    """The form with a part taken to another place; as it is where that is in the part itself."""
    part = part_named(definition, name)
    if {spot.after, spot.into} & names_in(part):
        return definition
    return put(without(definition, name), part, spot)


def move(definition: FormDefinition, name: str, *, up: bool) -> FormDefinition:
    """The form with a part one step further up or down.

    A question goes into the group it comes to and out of the one it stands in; a section changes
    places with its neighbour. Up and then down again gives the same form.
    """

    def stepped(parts: Parts) -> Parts:
        number = next((i for i, each in enumerate(parts) if each.name == name), None)
        if number is None:
            return _out_of(parts, name, up=up)
        beside = number - 1 if up else number + 1
        if not 0 <= beside < len(parts):
            return parts
        part, neighbour = parts[number], parts[beside]
        if isinstance(part, Question) and isinstance(neighbour, Section):
            inner = (*neighbour.children, part) if up else (part, *neighbour.children)
            pair: Parts = (replace(neighbour, children=inner),)
        else:
            pair = (part, neighbour) if up else (neighbour, part)
        first = min(number, beside)
        return (*parts[:first], *pair, *parts[first + 2 :])

    return replace(definition, children=_deeper(definition.children, stepped, name))


def _out_of(parts: Parts, name: str, *, up: bool) -> Parts:
    """With a question that is at the edge of one of the sections put beside that section."""
    for number, section in enumerate(parts):
        if not isinstance(section, Section) or not section.children:
            continue
        part = section.children[0 if up else -1]
        if part.name == name and isinstance(part, Question):
            rest = section.children[1:] if up else section.children[:-1]
            left = replace(section, children=rest)
            pair = (part, left) if up else (left, part)
            return (*parts[:number], *pair, *parts[number + 1 :])
    return parts


def _deeper(parts: Parts, change: Callable[[Parts], Parts], name: str) -> Parts:
    """Change the siblings of the part, or else those of the section that it stands in."""
    changed = change(parts)
    if changed != parts or any(part.name == name for part in parts):
        return changed
    return tuple(
        replace(part, children=_deeper(part.children, change, name))
        if isinstance(part, Section)
        else part
        for part in parts
    )


def _with_siblings(definition: FormDefinition, change: Callable[[Parts], Parts]) -> FormDefinition:
    def inside(part: Part) -> Part:
        return replace(part, children=change(part.children)) if isinstance(part, Section) else part

    whole = with_parts(definition, inside)
    return replace(whole, children=change(whole.children))
