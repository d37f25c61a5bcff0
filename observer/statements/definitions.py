"""The definitions of footnotes, wherever they stand in a text, and the text without them.

Most stand at the end of a text, others behind the paragraph that marks them. A Word file knows no
such place: read from one, all of them stand at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from observer.statements.sections import (
    INSIDE,
    MOST_SECTIONS,
    NOTES,
    Section,
    code_lines,
    lines_of,
    note_label,
    notes_of,
    split,
    unused,
    without_template,
)

_BEGINS_BLOCK = re.compile(
    r" {0,3}(?:#{1,6}(?:[ \t]|$)|`{3}|~{3}|>|[-*+](?:[ \t]|$)|\d+[.)][ \t]|\|)"
)
"""What ends a note that goes on from one line to the next without being indented."""
_STATEMENT = re.compile(r"\{%-?\s*(end)?(?:if|for|set|macro|call|filter|raw)\b")
_DEFINES = re.compile(r"^ {0,3}\[\^[^\]\s]+\]:", re.MULTILINE)
_MARK = re.compile(r"\[\^([^\]\s]{1,200})\]")


@dataclass(frozen=True)
class Definition:
    """A footnote's definition."""

    key: str
    """The label, numbered where a text defines it twice."""
    label: str
    text: str
    """With its mark and the end of its line."""
    home: str
    """The key of the section that it stands in; ``NOTES`` at the end of the text."""


@dataclass(frozen=True)
class Prose:
    """A section, and what it says without the definitions in it."""

    section: Section
    text: str


@dataclass(frozen=True)
class Lifted:
    """A text's sections and the definitions of its footnotes, apart from each other."""

    sections: list[Prose]
    definitions: dict[str, Definition]
    """In the order of the text, by key."""


def lift(text: str) -> Lifted:
    """Take the definitions out of a text's sections."""
    sections, found, taken = [], dict[str, Definition](), set[str]()
    for section in split(text):
        if section.key == NOTES:
            notes = [(note.heading, note.text) for note in notes_of(section.text)]
        else:
            prose, notes = _apart(section.text, MOST_SECTIONS - len(found))
            sections.append(Prose(section, prose))
        for label, note in notes:
            key = unused(label, taken)
            found[key] = Definition(key, label, note, section.key)
    return Lifted(sections, found)


def _apart(text: str, most: int) -> tuple[str, list[tuple[str, str]]]:
    """A section's text without definitions, and these with their labels."""
    if "[^" not in text:
        return text, []
    lines = lines_of(text)
    bare = without_template(text, inside=INSIDE).split("\n")[: len(lines)]
    code = code_lines(bare)
    kept: list[str] = []
    notes: list[tuple[str, str]] = []
    place = 0
    while place < len(lines):
        label = "" if place in code or len(notes) >= most else note_label(bare[place])
        end = _end(lines, bare, place) if label else place + 1
        note = "".join(lines[place:end])
        if label and _is_whole(note):
            notes.append((label, note.rstrip("\n") + "\n"))
            # The empty lines behind it set it apart, as do those before it.
            while end < len(lines) and not lines[end].strip() and not (kept and kept[-1].strip()):
                end += 1
        else:
            kept += lines[place:end]
        place = end
    return "".join(kept), notes


def _end(lines: list[str], bare: list[str], start: int) -> int:
    """The line behind a definition: what is indented belongs to it, and what follows at once."""
    end, after_empty = start + 1, False
    for place in range(start + 1, len(lines)):
        line = bare[place]
        if line.startswith(INSIDE):
            after_empty = False
        elif not lines[place].strip():
            after_empty = True
            continue
        elif line.startswith(("    ", "\t")):
            after_empty = False
        elif (
            after_empty
            or note_label(line)
            or _BEGINS_BLOCK.match(line)
            or lines[place].lstrip().startswith(("{%", "{#"))
        ):
            break
        end = place + 1
    return end


def _is_whole(note: str) -> bool:
    """Whether every condition and loop that a note begins ends in it."""
    ends = _STATEMENT.findall(note)
    return 2 * sum(map(bool, ends)) == len(ends)


def with_missing(text: str, spare: Mapping[str, str]) -> str:
    """A text with those definitions at its end that it marks and lacks; ``spare`` by label."""
    missing = list(_missing(text, spare))
    if not missing:
        return text
    sections = split(text)
    is_behind_notes = bool(sections) and sections[-1].key == NOTES
    return text.rstrip("\n") + ("\n" if is_behind_notes else "\n\n") + "".join(missing)


def spare_of(*lifted: Lifted) -> dict[str, str]:
    """All definitions of some texts by label, for ``with_missing``; of several the first."""
    found: dict[str, str] = {}
    for one in lifted:
        for note in one.definitions.values():
            found.setdefault(note.label, note.text.rstrip("\n") + "\n")
    return found


def _missing(text: str, spare: Mapping[str, str]) -> Iterator[str]:
    marks = _marks(text)
    if not any(label in spare for label in marks):
        return
    there = {note.label for note in lift(text).definitions.values()}
    for label in marks:
        if label in spare and label not in there:
            there.add(label)
            # A note may mark another.
            marks += _marks(spare[label])
            yield spare[label]


def _marks(text: str) -> list[str]:
    return list(dict.fromkeys(_MARK.findall(_DEFINES.sub("", text))))
