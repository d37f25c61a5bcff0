"""Tables: who writes which section of a statement, and what is said about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.database import Base, Key, now
from observer.statements.models import Statement
from observer.statements.sections import LONGEST_KEY


class SectionState(StrEnum):
    """How far a section has come."""

    DRAFT = "draft"
    REVIEW = "review"
    AGREED = "agreed"


class StatementSection(Base):
    """What is known of a section beside its text; a section without a row is a draft of nobody.

    A row stays when its heading leaves the text, and belongs to it again when it comes back.
    """

    __tablename__ = "statement_section"
    __table_args__ = (
        UniqueConstraint("statement_id", "key"),
        CheckConstraint("state IN ('draft', 'review', 'agreed')", name="state"),
    )

    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    """The section's key in the saved text: see :mod:`observer.statements.sections`."""
    heading: Mapped[str] = mapped_column(Text, default="")
    """As it was last seen, for when the text has it no more."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[SectionState] = mapped_column(String(10), default=SectionState.DRAFT)
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    agreed_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of what was agreed: the section's text with the footnotes that it marks."""
    agreed_figures: Mapped[list[Any]] = mapped_column(default=list)
    """Its figures as they stood then, as a version keeps them."""
    reopened_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who changed the text after it was agreed."""

    statement: Mapped[Statement] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    agreed_by: Mapped[Person | None] = relationship(foreign_keys=[agreed_by_id])
    reopened_by: Mapped[Person | None] = relationship(foreign_keys=[reopened_by_id])


class StatementComment(Base):
    """What somebody said about a passage or a whole section, or in reply to that."""

    __tablename__ = "statement_comment"

    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    section_key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    quote: Mapped[str] = mapped_column(Text, default="")
    """The passage as it was written; empty where the whole section is meant."""
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    """What stood around the passage, to tell it from others that read the same."""
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("statement_comment.id"))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    statement: Mapped[Statement] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    settled_by: Mapped[Person | None] = relationship(foreign_keys=[settled_by_id])


class StatementPresence(Base):
    """When somebody who has a statement open was last heard of, and in which section."""

    __tablename__ = "statement_presence"
    __table_args__ = (UniqueConstraint("statement_id", "person_id"),)

    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    section_key: Mapped[str] = mapped_column(String(LONGEST_KEY), default="")
    """Of the text that they write on; empty where they are in none."""
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()
