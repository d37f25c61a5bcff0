"""Merging two texts that were made from one: section by section, and nothing is lost.

What only one side changed is taken from that side; what both changed differently is a conflict,
which a person settles. The footnotes at the end of a text are merged note by note.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from observer.statements.sections import NOTES, Section, is_note, notes_of, renamed, split


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

    @property
    def conflicts(self) -> list[Conflict]:
        """What has to be settled, in the order of the text."""
        return [part for part in self.parts if isinstance(part, Conflict)]

    def settled(self, texts: Mapping[str, str]) -> Merged:
        """The same with those conflicts settled that there is a text for, by their keys."""
        return Merged(
            tuple(
                texts[part.key] if isinstance(part, Conflict) and part.key in texts else part
                for part in self.parts
            )
        )

    def text(self) -> str:
        """The merged text. Raises ValueError where something is not settled."""
        if self.conflicts:
            raise ValueError("conflicts are not settled")
        parts = [part for part in self.parts if isinstance(part, str)]
        if len(parts) > 1:
            parts = [part for part in parts if part.strip("\n")]
        apart = [_apart(part, behind) for part, behind in itertools.pairwise(parts)]
        return "".join([*apart, *parts[-1:]])


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Merge what two sides made of one text, ``base``."""
    if theirs in (base, mine):
        return Merged((mine,))
    if mine == base:
        return Merged((theirs,))
    mine = _with_own_labels(base, mine, theirs)
    parts = list(_merge_units(*_units(base, mine, theirs)))
    notes = _merge_units(*(_notes(text) for text in (base, mine, theirs)), prefix=f"{NOTES}/")
    return Merged((*parts, *notes))


def _with_own_labels(base: str, mine: str, theirs: str) -> str:
    """One side's text, its new footnotes named otherwise than the other side's new ones.

    Whoever adds a footnote takes the next number, and both sides may take the same.
    """
    was, here, there = (
        {note.heading: note.text.strip() for note in _notes(text).values()}
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


Units = dict[str, Section]
"""Sections by the key they are known by on every side, in the order of their text."""


def _units(base: str, mine: str, theirs: str) -> tuple[Units, Units, Units]:
    origin = _prose(base)
    sides = []
    for text in (mine, theirs):
        sections = _prose(text)
        # A section with another heading is the section that it was made from.
        was = {new: old for old, new in renamed(origin, sections).items()}
        sides.append({was.get(each.key, each.key): each for each in sections})
    return {each.key: each for each in origin}, sides[0], sides[1]


def _prose(text: str) -> list[Section]:
    return [section for section in split(text) if section.key != NOTES]


def _notes(text: str) -> Units:
    notes = [notes_of(section.text) for section in split(text) if section.key == NOTES]
    return {note.key: note for found in notes for note in found}


def _merge_units(
    base: Units, mine: Units, theirs: Units, prefix: str = ""
) -> Iterator[str | Conflict]:
    for key in _order(base, mine, theirs):
        was, here, there = (
            side[key].text.rstrip("\n") if key in side else None for side in (base, mine, theirs)
        )
        if here in (was, there) or there == was:
            # The empty lines at the end go with the text; they are no change of their own.
            taken = theirs if here == was else mine
            if key in taken:
                yield taken[key].text
        else:
            heading = next(side[key].heading for side in (mine, theirs) if key in side)
            yield Conflict(prefix + key, heading, here or "", there or "")


def _order(base: Units, mine: Units, theirs: Units) -> list[str]:
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
