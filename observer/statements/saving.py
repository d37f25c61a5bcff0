"""Saving what was written while others write too: merged by section, settled where it must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from observer.access.models import Person
from observer.statements.merging import Conflict, Merged, merge, merge_value
from observer.statements.models import Statement, StatementEdit
from observer.statements.operations import save_statement
from observer.statements.owning import hold


@dataclass(frozen=True)
class Written:
    """A statement as somebody wrote it, and what they began from."""

    edit: int
    """The number of the saved text that they began from."""
    title: str
    subtitle: str
    dated: date
    text: str
    base: str | None = None
    """The text that they began from where it is not that of ``edit``: one that was merged since."""
    against: int | None = None
    """The number of the newer text whose conflicts with this one they have seen and settled."""
    settled: Mapping[str, str] = field(default_factory=dict)
    """What they made of each conflict, by its key."""


@dataclass(frozen=True)
class Saved:
    """What came of saving."""

    statement: Statement
    meanwhile: tuple[str, ...] = ()
    """The names of the others whose texts were merged in."""


class ConflictError(RuntimeError):
    """Something has to be settled first; nothing was saved.

    Saving ``written`` again with its conflicts settled, ``against`` the same text, goes through.
    """

    def __init__(
        self,
        written: Written,
        newer: StatementEdit,
        conflicts: list[Conflict],
        titles: dict[str, str],
    ) -> None:
        self.written = replace(written, against=newer.edit)
        self.newer = newer
        self.conflicts = conflicts
        self.titles = titles
        """What they have made of title, subtitle or date, where both changed it."""
        super().__init__("conflicts are to be settled")


def save_merged(session: Session, statement: Statement, written: Written, *, by: Person) -> Saved:
    """Save what somebody wrote together with what others saved meanwhile.

    Raises ConflictError where the same section was changed by both sides.
    """
    # Until the end nobody else saves: what is merged is the newest text.
    hold(session, statement)
    began = written.edit
    if written.against is not None:
        seen = _edit(session, statement, written.against)
        merged = merge(_base_of(session, statement, written), written.text, seen.text)
        merged = merged.settled(written.settled)
        if merged.conflicts:
            raise ConflictError(written, seen, merged.conflicts, {})
        written = replace(
            written, edit=seen.edit, base=None, text=merged.text(), against=None, settled={}
        )
    if written.edit != statement.edit or written.base is not None:
        written = _with_newest(session, statement, written)
    names = _names_since(session, statement, began, by)
    save_statement(
        session,
        statement,
        edit=statement.edit,
        title=written.title,
        subtitle=written.subtitle,
        dated=written.dated,
        text=written.text,
        by=by,
    )
    return Saved(statement, names)


def _with_newest(session: Session, statement: Statement, written: Written) -> Written:
    newest = _edit(session, statement, statement.edit)
    began = _edit(session, statement, written.edit)
    merged: Merged = merge(_base_of(session, statement, written), written.text, newest.text)
    values, titles = {}, {}
    for name in ("title", "subtitle", "dated"):
        mine, theirs = str(getattr(written, name)), str(getattr(newest, name))
        value = merge_value(str(getattr(began, name)), mine, theirs)
        if value is None:
            titles[name] = theirs
        elif value != mine:
            values[name] = getattr(newest, name)
    if merged.conflicts or titles:
        raise ConflictError(written, newest, merged.conflicts, titles)
    return replace(written, text=merged.text(), **values)


def _base_of(session: Session, statement: Statement, written: Written) -> str:
    if written.base is not None:
        return written.base
    return _edit(session, statement, written.edit).text


def _edit(session: Session, statement: Statement, number: int) -> StatementEdit:
    """A saved text; an empty one where it is not known, so that all of it may be a conflict."""
    found = session.scalar(
        select(StatementEdit)
        .where(StatementEdit.statement_id == statement.id, StatementEdit.edit == number)
        .options(joinedload(StatementEdit.saved_by))
    )
    return found or StatementEdit(
        edit=number, title="", subtitle="", dated=statement.dated, text=""
    )


def _names_since(session: Session, statement: Statement, edit: int, by: Person) -> tuple[str, ...]:
    people = session.scalars(
        select(Person)
        .join(StatementEdit, StatementEdit.saved_by_id == Person.id)
        .where(
            StatementEdit.statement_id == statement.id,
            StatementEdit.edit > edit,
            StatementEdit.edit <= statement.edit,
            Person.id != by.id,
        )
        .distinct()
        .order_by(Person.name)
    )
    return tuple(person.name for person in people)
