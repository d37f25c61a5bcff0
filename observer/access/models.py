"""Tables: people, the programs that sign in for them, and their phones."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.database import Base, Key, now


class Role(StrEnum):
    """What somebody is in the mission; :mod:`observer.access.permissions` says what each may."""

    OBSERVER = "observer"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    EDITOR = "editor"
    ADMIN = "admin"


class Person(Base):
    """Somebody who signs in. Email is kept in lower case and is unique."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(
            "role IN ('observer', 'coordinator', 'analyst', 'editor', 'admin')", name="role"
        ),
    )

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40), default="")
    role: Mapped[Role] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(10), default="en")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    devices: Mapped[list[Device]] = relationship(back_populates="person")

    # What Flask-Login asks of a person.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether this person may sign in."""
        return self.active

    def get_id(self) -> str:
        """The identity kept in the session cookie."""
        return str(self.id)


class Device(Base):
    """A program's sign-in: a bearer token, of which only the SHA-256 is stored."""

    __tablename__ = "device"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="devices")


class Phone(Base):
    """The application on somebody's phone, which keeps what it holds under lock."""

    __tablename__ = "phone"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Made by the phone, and known to nobody else."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    recovery: Mapped[bytes]
    """Unwraps the phone's key where the PIN is forgotten; useless without what is on the phone."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    """Since when it may not be used any more: at its next contact it wipes what it holds."""
    wiped_at: Mapped[datetime | None]
    """When it asked after that, and was told."""

    person: Mapped[Person] = relationship()


class AuditEntry(Base):
    """What somebody changed; see :mod:`observer.access.audit`."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1 on, without a gap."""
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None where it was done at the command line."""
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    """What was changed: a submission's id, the code of a form or a round, a person's email."""
    details: Mapped[dict[str, Any]]
    previous_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of everything above."""

    person: Mapped[Person | None] = relationship()


class AuditHead(Base):
    """The one row that says where the audit log ends; who writes an entry holds it."""

    __tablename__ = "audit_head"

    id: Mapped[Key]
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
