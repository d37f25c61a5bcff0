"""Table: long work that goes on beside the pages."""

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
    """What is done: ``export``, ``import``."""
    parameters: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(String(10), default=JobState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """How much there is to do; 0 while that is not known."""
    message: Mapped[str] = mapped_column(Text, default="")
    """Why it failed, or what it did."""
    file_name: Mapped[str] = mapped_column(String(200))
    """What the file is called that it makes or reads."""
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
