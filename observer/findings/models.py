"""Tables: long work beside the pages, tokens for the feed, and samples that were replaced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.database import Base, Key, now
from observer.missions.models import Mission


class JobState(StrEnum):
    """Where long work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


class Job(Base):
    """Long work that somebody asked for, done by a process of its own."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'stopped')", name="state"
        ),
    )

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """What is done: ``export``."""
    parameters: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(String(10), default=JobState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """How much there is to do; 0 while that is not known."""
    message: Mapped[str] = mapped_column(Text, default="")
    """Why it failed."""
    file_name: Mapped[str] = mapped_column(String(200))
    """What the result is called when it is downloaded."""
    result: Mapped[str] = mapped_column(String(200), default="")
    """The result's name in the folder of exports; empty where there is none, or no more."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    """When its process said last that it is alive."""
    stop_asked_at: Mapped[datetime | None]

    mission: Mapped[Mission] = relationship()
    person: Mapped[Person] = relationship()


class FeedToken(Base):
    """With which a program reads the feed for a person; only its SHA-256 is stored."""

    __tablename__ = "feed_token"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class FormerSample(Base):
    """The strata and weights that stations had before the sample was drawn anew or restored."""

    __tablename__ = "former_sample"

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"), index=True)
    entry_number: Mapped[int] = mapped_column(default=0)
    """The entry of the audit log of the change that replaced it."""
    strata: Mapped[dict[str, Any]]
    """By stratum the weight of each station by its code, None where it was not drawn."""
