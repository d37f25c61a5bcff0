"""Tables: submissions, their revisions and attachments."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.checklists.models import Form, FormVersion
from observer.database import Base, Key, now
from observer.missions.models import Place, Region, Round, Team


class Status(StrEnum):
    """Where a submission stands; ``held`` until a reviewer releases it."""

    HELD = "held"
    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Submission(Base):
    """One filled form, identified for life by the UUID its phone gave it.

    What is counted is its current revision; this row repeats of it what queries filter by.
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("status IN ('held', 'received', 'verified', 'rejected')", name="status"),
        UniqueConstraint("mission_id", "change"),
        Index("ix_submission_round_id_form_id_status", "round_id", "form_id", "status"),
        Index("ix_submission_mission_id_received_at", "mission_id", "received_at"),
        Index("ix_submission_mission_id_urgent", "mission_id", "urgent"),
        Index("ix_submission_mission_id_status_received_at", "mission_id", "status", "received_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("form.id"))
    """None where the mission has no such form; the submission is held."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    """The place's region when it was received; it scopes who may see the submission."""
    status: Mapped[Status] = mapped_column(String(10))
    status_reason: Mapped[str] = mapped_column(Text, default="")
    """What the reviewer who put it there told its observer; empty where nobody did."""
    current_revision: Mapped[int] = mapped_column(default=1)
    received_at: Mapped[datetime] = mapped_column(default=now)
    """When its first revision arrived, by the server's clock."""
    urgent: Mapped[bool] = mapped_column(default=False)
    """Whether its observer wants it looked at before anything else."""
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The reviewer who looks after it."""
    assigned_at: Mapped[datetime | None]
    change: Mapped[int]
    """Raised at every change, in the order of commits; see ``collect.changes``."""

    revisions: Mapped[list[Revision]] = relationship(
        back_populates="submission", order_by="Revision.number, Revision.id"
    )
    round: Mapped[Round] = relationship()
    form: Mapped[Form | None] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    assigned_to: Mapped[Person | None] = relationship(foreign_keys=assigned_to_id)
    team: Mapped[Team | None] = relationship()
    place: Mapped[Place | None] = relationship()
    region: Mapped[Region | None] = relationship()


class Revision(Base):
    """One content of a submission, as it came; never overwritten."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("submission_id", "number", "content_sha256"),
        # Two different contents under one id and revision: the first counts, the other is
        # kept beside it for the reviewer. The database decides which came first.
        Index(
            "uq_revision_counted",
            "submission_id",
            "number",
            unique=True,
            sqlite_where=text("conflicting = 0"),
            postgresql_where=text("NOT conflicting"),
        ),
    )

    id: Mapped[Key]
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    number: Mapped[int]
    conflicting: Mapped[bool] = mapped_column(default=False)
    content_sha256: Mapped[str] = mapped_column(String(64))
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("form_version.id"))
    payload: Mapped[dict[str, Any]]
    """What was sent, as it was sent."""
    answers: Mapped[dict[str, Any]]
    """The answers as the form reads them: typed, and without the irrelevant ones."""
    errors: Mapped[list[Any]]
    """Why it is held: a list of ``{"question": name or None, "message": sentence}``."""
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(default=now)
    clock_error_s: Mapped[float | None]
    """The phone's clock minus the server's when it was sent, in seconds."""
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instance_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """By which an OpenRosa client knows a revision that it made by editing another one."""
    visit_id: Mapped[uuid.UUID | None]
    """The visit on which it was filled; the visit itself may come later, or never."""

    submission: Mapped[Submission] = relationship(back_populates="revisions")
    form_version: Mapped[FormVersion | None] = relationship()
    person: Mapped[Person] = relationship()


class Attachment(Base):
    """A photo of a submission, stored under the hash of the file the phone sent."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("submission_id", "question", "sha256"),)

    id: Mapped[Key]
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    question: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file as the phone has it, which is how the phone names it."""
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the re-encoded file on the server; None until the file itself has arrived."""
    media_type: Mapped[str] = mapped_column(String(100))
    perceptual_hash: Mapped[str | None] = mapped_column(String(16), index=True)
    """Of a picture: 64 bits as hexadecimal digits, near each other where pictures look alike."""
    received_at: Mapped[datetime | None]


class Visit(Base):
    """Somebody's stay at a polling centre, as their phone says."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_round_id_place_id", "round_id", "place_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place_code: Mapped[str] = mapped_column(String(100))
    """As it was given; there may be no such place."""
    arrived_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    clock_error_s: Mapped[float | None]
    """The phone's clock minus the server's when it was sent, in seconds."""
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    received_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)

    round: Mapped[Round] = relationship()
    person: Mapped[Person] = relationship()
    team: Mapped[Team | None] = relationship()
    place: Mapped[Place | None] = relationship()
