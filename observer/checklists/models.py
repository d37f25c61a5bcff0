"""Tables: forms, their versions, and the edits of drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.database import Base, Code, Key, now


class Form(Base):
    """A checklist of a mission, known by its code: ``opening``, ``voting``, ``incident``."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("mission_id", "code"),)

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    code: Mapped[Code]

    versions: Mapped[list[FormVersion]] = relationship(
        back_populates="form", order_by="FormVersion.number"
    )


class Picture(Base):
    """A picture that a form shows with a label, kept under the hash of its bytes.

    A name never comes to mean another picture, so versions that share one share a row.
    """

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("mission_id", "name"),)

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    name: Mapped[str] = mapped_column(String(80))
    """``<sha256>.png`` or ``<sha256>.jpg``."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class FormVersion(Base):
    """One version of a form. A published one never changes; an edit makes the next."""

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[Key]
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    """What ``checklists.definition.FormDefinition.to_json`` gives."""
    source_name: Mapped[str] = mapped_column(String(200))
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The XLSForm file as it was imported, or as the last edit of the draft wrote it."""
    imported_at: Mapped[datetime] = mapped_column(default=now)
    """When it was imported, or the draft last edited."""
    published_at: Mapped[datetime | None]
    warnings: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """What of the file the definition is without: sheet, row, column and message of each."""

    form: Mapped[Form] = relationship(back_populates="versions")
    edits: Mapped[list[DraftEdit]] = relationship(
        back_populates="version", order_by="DraftEdit.id", cascade="all, delete-orphan"
    )


class DraftEdit(Base):
    """One edit of a draft on the page, with what was there before, so that it can be undone."""

    __tablename__ = "draft_edit"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"), index=True)
    action: Mapped[str] = mapped_column(String(20))
    """What was done: one of ``checklists.drafts.ACTIONS``."""
    name: Mapped[str] = mapped_column(String(100))
    """The question or section it was done to; empty where it was the form itself."""
    label: Mapped[dict[str, Any]]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    before_sha256: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    before_source_name: Mapped[str] = mapped_column(String(200))
    before_source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    version: Mapped[FormVersion] = relationship(back_populates="edits")
    person: Mapped[Person] = relationship()
