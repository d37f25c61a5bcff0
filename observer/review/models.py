"""Tables: what checks found, what reviewers did, and what they asked the observers."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.collect.models import Status, Submission
from observer.database import Base, Key, now


class Verification(Base):
    """A change of a submission's status by a named person, with the reason where one is asked."""

    __tablename__ = "verification"

    id: Mapped[Key]
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    revision: Mapped[int]
    before: Mapped[Status] = mapped_column(String(10))
    after: Mapped[Status] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    submission: Mapped[Submission] = relationship()
    person: Mapped[Person] = relationship()


class Severity(StrEnum):
    """How much a flag weighs; the order is that of the queue."""

    GRAVE = "grave"
    DOUBTFUL = "doubtful"
    NOTICE = "notice"


class Flag(Base):
    """What a quality check found about a submission: once per check and subject."""

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint("severity IN ('grave', 'doubtful', 'notice')", name="severity"),
        UniqueConstraint("submission_id", "check", "subject"),
        Index(
            "ix_flag_open",
            "severity",
            "check",
            "submission_id",
            sqlite_where=text("gone_at IS NULL AND dismissed_at IS NULL"),
            postgresql_where=text("gone_at IS NULL AND dismissed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    check: Mapped[str] = mapped_column(String(40))
    """The name of the check."""
    subject: Mapped[str] = mapped_column(String(200), default="")
    """What in the submission it is about: a question, a rule, another submission's id."""
    severity: Mapped[Severity] = mapped_column(String(10))
    details: Mapped[dict[str, Any]]
    """The values that the check's sentence names."""
    revision: Mapped[int]
    """The submission's revision in which it was found last."""
    found_at: Mapped[datetime] = mapped_column(default=now)
    gone_at: Mapped[datetime | None]
    """Since when the check finds it no more, because the submission or another one changed."""
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dismissed_at: Mapped[datetime | None]
    dismissed_reason: Mapped[str] = mapped_column(Text, default="")

    submission: Mapped[Submission] = relationship()
    dismissed_by: Mapped[Person | None] = relationship()


class Inquiry(Base):
    """A question of a reviewer to the observer, and its answer."""

    __tablename__ = "inquiry"

    id: Mapped[Key]
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    revision: Mapped[int]
    """The revision that the reviewer was looking at."""
    question: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_id)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)
