"""The outline of a statement: its sections, who has them, how far they are, what moved in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from observer.statements.comments import Thread, open_among, threads_of, units
from observer.statements.compose import Composed
from observer.statements.differences import FigureChange, figure_changes
from observer.statements.models import Statement
from observer.statements.owning import rows_of
from observer.statements.sectionmodels import SectionState, StatementSection
from observer.statements.sections import NOTES, Section, fingerprints, split
from observer.statements.versions import figures_of


@dataclass
class Entry:
    """A section as the outline shows it."""

    key: str
    heading: str
    section: Section | None
    """None where the text has it no more."""
    row: StatementSection | None = None
    threads: list[Thread] = field(default_factory=list)
    moved: list[FigureChange] = field(default_factory=list)
    """The figures that are not what they were when the section was agreed."""

    @property
    def state(self) -> SectionState:
        """How far it has come."""
        return SectionState(self.row.state) if self.row else SectionState.DRAFT

    @property
    def open_comments(self) -> int:
        """How many comments are not settled."""
        return open_among(self.threads)

    @property
    def is_notes(self) -> bool:
        """Whether these are the footnotes, which belong to the sections that mark them."""
        return self.key == NOTES


@dataclass(frozen=True)
class Outline:
    """The sections of a text in their order, and what is left of those that are gone."""

    entries: list[Entry]
    gone: list[Entry]

    @property
    def moved(self) -> list[Entry]:
        """The agreed sections with figures that moved since."""
        return [entry for entry in self.entries if entry.moved]


def outline_of(session: Session, statement: Statement, text: str, composed: Composed) -> Outline:
    """The outline of a text that the statement has, or may have when it is saved."""
    rows = rows_of(session, statement)
    sections = split(text)
    entries = {
        each.key: Entry(each.key, each.heading, each) for each in sections if each.text.strip()
    }
    gone: dict[str, Entry] = {}
    for key, row in rows.items():
        entry = entries.get(key) or gone.setdefault(key, Entry(key, row.heading, None))
        entry.row = row
    for thread in threads_of(session, statement, text):
        key = _place_of(thread, sections)
        entry = entries.get(key) or gone.setdefault(key, Entry(key, "", None))
        entry.threads.append(thread)
    reads, figures = fingerprints(sections), figures_of(composed)
    for entry in entries.values():
        if entry.section and entry.row and entry.state == SectionState.AGREED:
            unchanged = reads[entry.key] == entry.row.agreed_sha256
            entry.moved = _moved(entry.row, figures_in(entry.section, figures), unchanged)
    return Outline(list(entries.values()), list(gone.values()))


def _place_of(thread: Thread, sections: Sequence[Section]) -> str:
    """The key of the section to show a thread at: the one that its passage stands in now."""
    key = thread.comment.section_key
    if thread.passage is None or key in {section.key for section in sections}:
        return key
    end = 0
    for section in sections:
        end += units(section.text)
        if thread.passage.start < end:
            return section.key
    return key


def figures_in(section: Section, figures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of a text's figures, as a version keeps them, that stand in a section."""
    return [
        figure for figure in figures if section.first_line <= figure["line"] <= section.last_line
    ]


def _moved(
    row: StatementSection, figures: list[dict[str, Any]], unchanged: bool
) -> list[FigureChange]:
    changes = figure_changes(row.agreed_figures, figures)
    # While the section is being written, a figure that is put in or taken out has not moved.
    return [change for change in changes if unchanged or (change.before and change.after)]
