"""Who writes which section of a statement and how far it has come: reading and changing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from observer.access.audit import record
from observer.access.models import Person
from observer.access.permissions import PERMISSIONS
from observer.database import now
from observer.missions.models import Membership, Mission
from observer.statements.models import Statement
from observer.statements.sectionmodels import SectionState, StatementComment, StatementSection
from observer.statements.sections import NOTES, Section, fingerprints, renamed, split


class NoSectionError(LookupError):
    """The text has no such section."""


class NotAsSeenError(RuntimeError):
    """Somebody saved another text of the section than the one that was to be agreed."""


def hold(session: Session, statement: Statement) -> None:
    """Read a statement as it is saved now; nobody else changes it until the transaction ends."""
    session.execute(select(Statement.id).where(Statement.id == statement.id).with_for_update())
    session.refresh(statement)


def rows_of(session: Session, statement: Statement) -> dict[str, StatementSection]:
    """What is known of a statement's sections, by their keys, with the people in it."""
    rows = session.scalars(
        select(StatementSection)
        .where(StatementSection.statement_id == statement.id)
        .options(
            joinedload(StatementSection.owner),
            joinedload(StatementSection.agreed_by),
            joinedload(StatementSection.reopened_by),
        )
        .order_by(StatementSection.id)
    )
    return {row.key: row for row in rows}


def possible_owners(session: Session, mission: Mission) -> Sequence[Person]:
    """Who can be given a section: everybody of the mission who sees its statements."""
    return session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.mission_id == mission.id,
            Person.role.in_(PERMISSIONS["statement.view"]),
            Person.active,
        )
        .order_by(Person.name, Person.id)
    ).all()


def set_section(
    session: Session,
    statement: Statement,
    key: str,
    *,
    owner: Person | None,
    state: SectionState,
    by: Person | None,
    seen: str = "",
    figures: Sequence[dict[str, Any]] = (),
    again: bool = False,
) -> StatementSection:
    """Give a section to somebody, or take it from everybody, and say how far it has come.

    Where it is agreed, ``seen`` is the statement's text that was agreed to, and ``figures`` are
    those of the section as they stand; ``again`` agrees to what was agreed before, with the
    figures as they stand now. Raises NoSectionError, and NotAsSeenError where the saved text of
    the section is not the one that was seen; nothing is changed then.
    """
    # Two who are the first to set one section come one after the other.
    hold(session, statement)
    row, sections = rows_of(session, statement).get(key), split(statement.text)
    section = next((one for one in sections if one.key == key and key != NOTES), None)
    if section is None and row is None:
        raise NoSectionError(_("The saved text has no such section; save it first."))
    was = SectionState(row.state) if row else SectionState.DRAFT
    agrees = state == SectionState.AGREED and (again or was != SectionState.AGREED)
    sha256 = fingerprints(sections).get(key, "")
    if agrees and (section is None or fingerprints(split(seen)).get(key) != sha256):
        raise NotAsSeenError(
            _("Somebody has saved another text of this section; read it, then agree to it.")
        )
    if row is None:
        row = StatementSection(statement_id=statement.id, key=key)
        session.add(row)
    before = {"owner": row.owner_id, "state": was}
    if agrees:
        row.agreed_at, row.agreed_by, row.agreed_sha256 = now(), by, sha256
        row.agreed_figures = list(figures)
    if state != was:
        row.reopened_at = row.reopened_by = None
    row.owner, row.state = owner, state
    row.heading = section.heading if section else row.heading
    session.flush()
    after = {"owner": row.owner_id, "state": row.state}
    record(session, "statement.section", statement.slug, section=key, before=before, after=after)
    return row


def forget_section(session: Session, statement: Statement, key: str) -> None:
    """Forget what is known of a section that the text has no more. Raises NoSectionError."""
    row = rows_of(session, statement).get(key)
    if row is None or key in {section.key for section in split(statement.text)}:
        raise NoSectionError(_("Only what is known of a section that is gone can be forgotten."))
    before = {"owner": row.owner_id, "state": row.state}
    session.delete(row)
    session.flush()
    record(session, "statement.section", statement.slug, section=key, before=before, after=None)


def follow_text(
    session: Session, statement: Statement, before: str, by: Person | None
) -> list[str]:
    """Let what is known of the sections follow a text that has just been saved.

    Renamed sections keep their owner, state and comments; what was agreed and reads otherwise now
    goes back to review. Returns the keys of those.
    """
    rows = rows_of(session, statement)
    sections = split(statement.text)
    for old, new in renamed(split(before), sections).items():
        session.execute(
            update(StatementComment)
            .where(
                StatementComment.statement_id == statement.id,
                StatementComment.section_key == old,
            )
            .values(section_key=new)
        )
        if old in rows and new not in rows:
            rows[new] = rows.pop(old)
            rows[new].key = new
    there, reads = {section.key: section for section in sections}, fingerprints(sections)
    reopened = []
    for key, row in rows.items():
        if key not in there:
            continue
        row.heading = there[key].heading
        if row.state == SectionState.AGREED and row.agreed_sha256 != reads[key]:
            row.state = SectionState.REVIEW
            row.reopened_at, row.reopened_by = now(), by
            reopened.append(key)
    session.flush()
    return reopened


def not_agreed(session: Session, statement: Statement) -> list[Section]:
    """The sections of the saved text that are not agreed."""
    rows = rows_of(session, statement)
    return [
        section
        for section in split(statement.text)
        if section.key != NOTES
        and section.text.strip()
        and (section.key not in rows or rows[section.key].state != SectionState.AGREED)
    ]
