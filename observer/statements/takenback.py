"""A text that left as a file and comes back: merged with what was saved since, as when one saves.

A file that was made here says which saved text it was made from. What was not changed in it
outside is taken as it was written, not as a Word file says the same. A footnote that the text
marks and the file lacks is kept as it was saved.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.missions.scope import Scope
from observer.settings import Settings
from observer.statements.definitions import lift, spare_of, with_missing
from observer.statements.drafts import draft_of
from observer.statements.merging import merge
from observer.statements.models import Statement, StatementEdit
from observer.statements.saving import Saved, Written, save_merged
from observer.statements.sentout import as_word
from observer.statements.takenin import TakenText
from observer.statements.template import StatementError
from observer.statements.wordin import read_word


def made_from(session: Session, statement: Statement, taken: TakenText) -> StatementEdit | None:
    """The statement's saved text that a file was made from; None where that is not known."""
    if taken.edit is None or taken.statement != statement.slug:
        return None
    return session.scalar(
        select(StatementEdit).where(
            StatementEdit.statement_id == statement.id, StatementEdit.edit == taken.edit
        )
    )


def as_it_was(
    session: Session,
    scope: Scope,
    statement: Statement,
    taken: TakenText,
    *,
    min_base: int = Settings.min_base,
) -> TakenText:
    """A text from a Word file, with the sections that were not changed in it as they were written.

    The text that the file was made from is sent out and read once more, to tell what was changed.
    """
    base = made_from(session, statement, taken)
    if base is None or not taken.is_word:
        return taken
    try:
        left = as_word(
            session, scope, replace(draft_of(statement), text=base.text), min_base=min_base
        )
    except StatementError:
        # Something that it calls is there no more: all of it is taken as the file has it.
        return taken
    unchanged = read_word(left, taken.name).text
    merged = merge(unchanged, taken.text, base.text)
    mine = {conflict.key: conflict.mine for conflict in merged.conflicts}
    return replace(taken, text=merged.settled(mine).text())


def replace_with(
    session: Session, statement: Statement, taken: TakenText, *, edit: int, by: Person
) -> Saved:
    """Save a text that was taken in, merged with what was saved since the text it was made from.

    ``edit``: the number of the text that is meant where the file does not say. Raises
    ConflictError where the same section was changed by both sides; nothing is saved then.
    """
    base = made_from(session, statement, taken)
    began = base or statement
    written = Written(
        edit=base.edit if base else edit,
        title=taken.title or began.title,
        subtitle=taken.subtitle or began.subtitle,
        dated=taken.dated or began.dated,
        text=with_missing(taken.with_notes(), spare_of(lift(began.text))),
    )
    return save_merged(session, statement, written, by=by)
