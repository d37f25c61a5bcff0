"""Who has a statement open, and where in it: told to the others, and no lock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from observer.access.models import Person
from observer.statements.models import Statement
from observer.statements.sectionmodels import StatementPresence

HERE = timedelta(minutes=2)
"""Whoever was not heard of for so long has left."""
AGAIN = timedelta(seconds=20)
"""So long nothing is written of somebody who stays where they are."""


def is_news(
    session: Session, statement: Statement, person: Person, section_key: str, at: datetime
) -> bool:
    """Whether it is to be written down that somebody is in a section at a moment."""
    found = _row(session, statement, person)
    return found is None or found.section_key != section_key or found.at <= at - AGAIN


def be_present(
    session: Session, statement: Statement, person: Person, section_key: str, at: datetime
) -> None:
    """Write down that somebody has the statement open, and forget those who left."""
    session.execute(
        delete(StatementPresence).where(
            StatementPresence.statement_id == statement.id, StatementPresence.at <= at - HERE
        )
    )
    found = _row(session, statement, person)
    if found is not None:
        found.section_key, found.at = section_key, at
        session.flush()
        return
    row = StatementPresence(
        statement_id=statement.id, person_id=person.id, section_key=section_key, at=at
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Another page of theirs was first.
        return


def others_present(
    session: Session, statement: Statement, person: Person, at: datetime
) -> list[StatementPresence]:
    """The others who have the statement open, by name."""
    rows = session.scalars(
        select(StatementPresence)
        .join(StatementPresence.person)
        .where(
            StatementPresence.statement_id == statement.id,
            StatementPresence.person_id != person.id,
            StatementPresence.at > at - HERE,
        )
        .options(joinedload(StatementPresence.person))
        .order_by(Person.name)
    )
    return [*rows]


def _row(session: Session, statement: Statement, person: Person) -> StatementPresence | None:
    return session.scalar(
        select(StatementPresence).where(
            StatementPresence.statement_id == statement.id,
            StatementPresence.person_id == person.id,
        )
    )
