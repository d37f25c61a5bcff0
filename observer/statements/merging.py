"""Merging two texts that were made from one: section by section, and nothing is lost.

What only one side changed is taken from that side; what both changed differently is a conflict,
which a person settles. The definitions of footnotes are merged note by note, wherever they stand:
one that a side moved is the same, and none that is marked gets lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from observer.statements.definitions import Lifted, lift, spare_of, with_missing
from observer.statements.sections import NOTES, Section, is_note, renamed


@dataclass(frozen=True)
class Conflict:
    """A section (or footnote) that both sides changed; empty where a side has removed it."""

    key: str
    heading: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """The text in its parts, some of which may have to be settled."""

    parts: tuple[str | Conflict, ...]
    spare: Mapping[str, str] = field(default_factory=dict)
    """The definitions of footnotes that the sides have, by label: none that is marked is lost."""

    @property
    def conflicts(self) -> list[Conflict]:
        """What has to be settled, in the order of the text."""
        return [part for part in self.parts if isinstance(part, Conflict)]

    def settled(self, texts: Mapping[str, str]) -> Merged:
        """The same with those conflicts settled that there is a text for, by their keys."""
        parts = (
            texts[part.key] if isinstance(part, Conflict) and part.key in texts else part
            for part in self.parts
        )
        return replace(self, parts=tuple(parts))

    def text(self) -> str:
        """The merged text. Raises ValueError where something is not settled."""
        if self.conflicts:
            raise ValueError("conflicts are not settled")
        parts = [part for part in self.parts if isinstance(part, str)]
        if len(parts) > 1:
            parts = [part for part in parts if part.strip("\n")]
            # What set the last part apart from definitions behind it, which went elsewhere.
            if parts and parts[-1].endswith("\n\n"):
                parts[-1] = parts[-1].rstrip("\n") + "\n"
        apart = [_apart(part, behind) for part, behind in itertools.pairwise(parts)]
        return with_missing("".join([*apart, *parts[-1:]]), self.spare)


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Merge what two sides made of one text, ``base``."""
    if theirs in (base, mine):
        return Merged((mine,))
    if mine == base:
        return Merged((theirs,))
    mine = _with_own_labels(base, mine, theirs)
    lifted = [lift(text) for text in (base, mine, theirs)]
    sides = _sides(*lifted)
    notes = _merged_definitions(sides)
    parts: list[str | Conflict] = []
    for key, part in _merge_units(*(side.sections for side in sides)):
        here = notes.pop(key, {})
        if isinstance(part, _Unit):
            parts += part.with_definitions(here)
        else:
            parts += [part, *map(_written, here.values())]
    # Those at the end, and those of sections that are gone.
    left = {key: part for there in notes.values() for key, part in there.items()}
    order = _order(*(side.definitions for side in sides))
    parts += [_written(left[key]) for key in order if key in left]
    return Merged(tuple(parts), spare_of(*lifted[1:]))


def _with_own_labels(base: str, mine: str, theirs: str) -> str:
    """One side's text, its new footnotes named otherwise than the other side's new ones.

    Whoever adds a footnote takes the next number, and both sides may take the same.
    """
    was, here, there = (
        {note.label: note.text.strip() for note in lift(text).definitions.values()}
        for text in (base, mine, theirs)
    )
    used = {*was, *here, *there}
    for label, text in here.items():
        if label in was or there.get(label, text) == text:
            continue
        free = next(number for number in map(str, itertools.count(1)) if number not in used)
        used.add(free)
        mine = mine.replace(f"[^{label}]", f"[^{free}]")
    return mine


@dataclass(frozen=True)
class _Unit:
    """A section or a definition."""

    heading: str
    text: str
    """What is merged: of a section what it says without the definitions in it."""
    whole: str
    definitions: Mapping[str, str] = field(default_factory=dict)
    """Those that the section has in it, by key."""

    def with_definitions(self, given: Mapping[str, _Unit | Conflict]) -> list[str | Conflict]:
        """The section with the definitions that go there: in their places if it has them all."""
        texts = {
            key: part.text.rstrip("\n") for key, part in given.items() if isinstance(part, _Unit)
        }
        if len(texts) == len(given) and texts == self.definitions:
            return [self.whole]
        return [self.text, *map(_written, given.values())]


_Units = dict[str, _Unit]
"""By the key they are known by on every side, in the order of their text."""


@dataclass(frozen=True)
class _Side:
    sections: _Units
    definitions: _Units
    homes: dict[str, str]
    """The sections that the definitions stand in, by the keys of both."""


def _written(part: _Unit | Conflict) -> str | Conflict:
    return part.text if isinstance(part, _Unit) else part


def _sides(base: Lifted, mine: Lifted, theirs: Lifted) -> list[_Side]:
    sides = []
    before = _prose(base)
    for lifted in (base, mine, theirs):
        after = _prose(lifted)
        # A section with another heading is the section that it was made from.
        was = {new: old for old, new in renamed(before, after).items()}
        found = lifted.definitions
        homes = {key: was.get(each.home, each.home) for key, each in found.items()}
        within: dict[str, dict[str, str]] = {}
        for key, home in homes.items():
            within.setdefault(home, {})[key] = found[key].text.rstrip("\n")
        sections = {}
        for section, prose in zip(after, lifted.sections, strict=True):
            key = was.get(section.key, section.key)
            whole = prose.section.text
            sections[key] = _Unit(section.heading, section.text, whole, within.get(key, {}))
        definitions = {key: _Unit(each.label, each.text, each.text) for key, each in found.items()}
        sides.append(_Side(sections, definitions, homes))
    return sides


def _prose(lifted: Lifted) -> list[Section]:
    return [replace(prose.section, text=prose.text) for prose in lifted.sections]


def _merged_definitions(sides: list[_Side]) -> dict[str, dict[str, _Unit | Conflict]]:
    """The definitions by the section that they go to."""
    found: dict[str, dict[str, _Unit | Conflict]] = {}
    for key, part in _merge_units(*(side.definitions for side in sides), prefix=f"{NOTES}/"):
        was, here, there = (side.homes.get(key) for side in sides)
        home = there if here in (was, None) else here
        found.setdefault(home or here or NOTES, {})[key] = part
    return found


def _merge_units(
    base: _Units, mine: _Units, theirs: _Units, prefix: str = ""
) -> Iterator[tuple[str, _Unit | Conflict]]:
    for key in _order(base, mine, theirs):
        was, here, there = (
            side[key].text.rstrip("\n") if key in side else None for side in (base, mine, theirs)
        )
        if here in (was, there) or there == was:
            # The empty lines at the end go with the text; they are no change of their own. Where
            # a section has its definitions is one, if there is no other.
            is_moved = here == was == there and _is_moved(base.get(key), mine.get(key))
            taken = theirs if here == was and not is_moved else mine
            if key in taken:
                yield key, taken[key]
        else:
            heading = next(side[key].heading for side in (mine, theirs) if key in side)
            yield key, Conflict(prefix + key, heading, here or "", there or "")


def _is_moved(was: _Unit | None, here: _Unit | None) -> bool:
    return was is not None and here is not None and was.whole.rstrip() != here.whole.rstrip()


def _order(base: _Units, mine: _Units, theirs: _Units) -> list[str]:
    """The keys of both sides: in the order of the side that moved sections, if one did."""
    common = [key for key in base if key in mine and key in theirs]
    moved = [key for key in mine if key in common] != common
    first, second = (mine, theirs) if moved else (theirs, mine)
    order = list(first)
    behind = -1
    for key in second:
        if key in first:
            behind = order.index(key)
        else:
            behind += 1
            order.insert(behind, key)
    return order


def _apart(part: str, behind: str) -> str:
    """A part with what sets it apart from the next: an empty line, which notes do without."""
    ends = "\n" if is_note(part) and is_note(behind) else "\n\n"
    return part if part.endswith(ends) else part.rstrip("\n") + ends


def merge_value(base: str, mine: str, theirs: str) -> str | None:
    """A short value such as a title that two sides changed; None where both did, differently."""
    if mine in (base, theirs):
        return theirs
    return mine if theirs == base else None
