"""The sections of a statement: what stands from one heading of two signs (##) to the next.

A text stays one text; its sections are found in it anew each time. What stands before the first
heading is a section too, and so are the footnotes that end the text: whoever adds a note changes
them, whichever section the note's mark is in.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

START = ":start"
"""The key of what stands before the first heading."""
NOTES = ":notes"
"""The key of the footnotes at the end."""
LONGEST_KEY = 100
ALIKE = 0.5
"""A section is taken for a renamed one where at least so much of its text is the same."""
NEAR = 2
"""So many places a renamed section may have moved among those that came where it was."""
MOST_SECTIONS = 1_000
"""Of more headings, or footnotes, the rest belongs to the last one: for time's sake."""
INSIDE = "\0"
"""Begins a line, of a text without its template, that begins in a comment or call."""

_OPENS = re.compile(r"\{[#{%]")
_CLOSES = {"{#": "#}", "{{": "}}", "{%": "%}"}
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)")
_HEADING = re.compile(r" {0,3}##(?:[ \t]+(?P<text>.*?))?(?:[ \t]+#+)?[ \t]*")
_NOTE = re.compile(r" {0,3}\[\^(?P<label>[^\]\s]+)\]:")
_MARK = re.compile(r"\[\^([^\]\s]{1,200})\]")


@dataclass(frozen=True)
class Section:
    """A part of a text, whole: with its heading's line and the empty lines at its end."""

    key: str
    """Stable as long as the heading is: made from it, and numbered where two are the same."""
    heading: str
    """As it is written; empty before the first heading and of the footnotes."""
    text: str
    first_line: int

    @property
    def last_line(self) -> int:
        """The line of the text in which the section ends."""
        return self.first_line + max(self.text.rstrip("\n").count("\n"), 0)


def split(text: str) -> list[Section]:
    """The sections of a text, in order; their texts joined are the text."""
    lines, bare = lines_of(text), without_template(text).split("\n")
    headings = dict(_headings(lines, bare))
    notes = _notes_begin(bare[: len(lines)])
    starts = sorted({0, *list(headings)[:MOST_SECTIONS], notes} - {len(lines)}) if lines else []
    sections, taken = [], set[str]()
    for start, end in itertools.pairwise([*starts, len(lines)]):
        heading = headings.get(start, "")
        if start == notes:
            key = NOTES
        elif start in headings:
            key = unused(_key_of(heading), taken)
        else:
            key = START
        sections.append(Section(key, heading, "".join(lines[start:end]), start + 1))
    return sections


def join(sections: Sequence[Section]) -> str:
    """The text that these are the sections of."""
    return "".join(section.text for section in sections)


def lines_of(text: str) -> list[str]:
    """The lines with their ends. Not splitlines(): only a line feed ends a line in an editor."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _headings(lines: Sequence[str], bare: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The places of the lines that begin a section, with their headings."""
    code = code_lines(bare)
    for place, line in enumerate(bare):
        heading = None if place in code else _HEADING.fullmatch(line)
        if heading:
            # A call may stand in a heading: as it is written it is in the line itself.
            whole = _HEADING.fullmatch(lines[place].rstrip("\n"))
            yield place, ((whole or heading)["text"] or "").strip()


def code_lines(bare: Sequence[str]) -> set[int]:
    """The places of the lines of fenced code, with the fences."""
    code, fence = set[int](), ""
    for place, line in enumerate(bare):
        found = _FENCE.fullmatch(line)
        if fence or found:
            code.add(place)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found:
            fence = found[1]
    return code


def without_template(text: str, *, calls: str | None = "x", inside: str = "") -> str:
    """A text of as many lines, in which comments are empty and calls are a sign.

    Jinja goes before Markdown: its comments hide what is in them, wherever they stand. Without a
    sign for them, ``calls`` stay as they are written. A line that begins in a comment or call
    begins with ``inside``.
    """
    parts, place, unclosed = [], 0, set[str]()
    for found in _OPENS.finditer(text):
        closing = _CLOSES[found[0]]
        if found.start() < place or closing in unclosed:
            continue
        end = text.find(closing, found.end())
        if end < 0:
            # What is never closed hides nothing, and is not looked for again.
            unclosed.add(closing)
            continue
        end += len(closing)
        hidden = f"\n{inside}" * text.count("\n", found.start(), end)
        if found[0] != "{#":
            hidden = text[found.start() : end] if calls is None else calls + hidden
        parts += [text[place : found.start()], hidden]
        place = end
    return "".join([*parts, text[place:]])


def _notes_begin(bare: Sequence[str]) -> int:
    """The place of the first of the footnotes that end a text; behind the end without any."""
    begin, after_empty = len(bare), False
    for place, line in enumerate(bare):
        if _NOTE.match(line):
            begin, after_empty = min(begin, place), False
        elif not line.strip():
            after_empty = True
        elif line.startswith(("    ", "\t")):
            # It goes on with the note, as does a line right behind one.
            continue
        elif after_empty or _HEADING.fullmatch(line) or _FENCE.fullmatch(line):
            begin = len(bare)
    return begin


def _key_of(heading: str) -> str:
    letters = re.sub(r"[\W_]+", "-", heading.casefold()).strip("-")
    return letters[: LONGEST_KEY - 5] or "section"


def unused(base: str, taken: set[str]) -> str:
    """A key made from another that is not taken yet; it is from now on."""
    keys = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    key = next(key for key in keys if key not in taken)
    taken.add(key)
    return key


def note_label(line: str) -> str:
    """The label of the footnote that a line begins to define; empty where it does not."""
    found = _NOTE.match(line)
    return found["label"] if found else ""


def is_note(text: str) -> bool:
    """Whether a text begins with the definition of a footnote."""
    return bool(_NOTE.match(text))


def notes_of(text: str) -> list[Section]:
    """The footnotes one by one, of the text of a section of footnotes; the key is the label."""
    lines = lines_of(text)
    starts = [place for place, line in enumerate(lines) if _NOTE.match(line)][:MOST_SECTIONS]
    notes, taken = [], set[str]()
    for start, end in itertools.pairwise([*starts, len(lines)]):
        label = note_label(lines[start])
        notes.append(Section(unused(label, taken), label, "".join(lines[start:end]), start + 1))
    return notes


def fingerprints(sections: Sequence[Section]) -> dict[str, str]:
    """The SHA-256 of what each section says, by key: its text and the footnotes it marks."""
    notes = {
        note.key: note.text.strip()
        for section in sections
        if section.key == NOTES
        for note in notes_of(section.text)
    }
    found = {}
    for section in sections:
        marked = dict.fromkeys(_MARK.findall(section.text))
        said = [section.text.strip(), *(notes[label] for label in marked if label in notes)]
        found[section.key] = hashlib.sha256("\n\n".join(said).encode()).hexdigest()
    return found


def renamed(before: Sequence[Section], after: Sequence[Section]) -> dict[str, str]:
    """The sections whose heading was changed, where that can be told: new keys by old ones.

    It can be told of a section that is gone while one that is new stands behind the same other
    section and says much the same.
    """
    left, came = _without_match(before, after), _without_match(after, before)
    alike = sorted(
        (
            (_likeness(old.text, new.text), old.key, new.key)
            for behind, gone in left.items()
            for place, old in enumerate(gone)
            for new in came.get(behind, [])[max(0, place - NEAR) : place + NEAR + 1]
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for likeness, old_key, new_key in alike:
        if likeness >= ALIKE and old_key not in found and new_key not in found.values():
            found[old_key] = new_key
    return found


def _without_match(
    sections: Sequence[Section], others: Sequence[Section]
) -> dict[str, list[Section]]:
    """The sections that the others have no key of, by the key of the last one that they have."""
    keys = {other.key for other in others}
    found: dict[str, list[Section]] = {}
    behind = ""
    for section in sections:
        if section.key in keys:
            behind = section.key
        elif section.key not in (START, NOTES):
            found.setdefault(behind, []).append(section)
    return found


def _likeness(one: str, other: str) -> float:
    """How many of the words under two headings are the same, from 0 to 1."""
    words = [Counter(text.partition("\n")[2].split()) for text in (one, other)]
    # Nothing but headings: where one stood the other stands.
    total = sum(map(Counter.total, words))
    return 2 * (words[0] & words[1]).total() / total if total else 1.0
