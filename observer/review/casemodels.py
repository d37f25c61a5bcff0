"""Tables: what the mission makes of the incidents that its observers report.

A case is known by its first report: it has that submission's id. One that nobody has done
anything with has no row and is new; so every report is on the board, however it arrived.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.collect.models import Submission
from observer.database import Base, Key, now


class State(StrEnum):
    """Where a case stands, in the order of the board's columns."""

    NEW = "new"
    CHECKING = "checking"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    CLOSED = "closed"


class IncidentCase(Base):
    """One event as the mission judges it. What is empty is as the observers reported it."""

    __tablename__ = "incident_case"
    __table_args__ = (
        CheckConstraint(
            "state IN ('new', 'checking', 'confirmed', 'not_confirmed', 'closed')", name="state"
        ),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    """Its first report, and so the case's own id."""
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    state: Mapped[State] = mapped_column(String(15), default=State.NEW)
    is_confirmed: Mapped[bool] = mapped_column(default=False)
    """Whether it was found to be true; closing the case leaves that as it is."""
    gravity: Mapped[str] = mapped_column(String(20), default="")
    type: Mapped[str] = mapped_column(String(100), default="")
    title: Mapped[str] = mapped_column(String(300), default="")
    """What happened in the mission's own words, as a statement prints it."""
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=0)
    """Raised at every step, so that whoever decides can say what they were looking at."""

    submission: Mapped[Submission] = relationship()
    responsible: Mapped[Person | None] = relationship()


class CaseLink(Base):
    """A further report of a case. A report without a link is the first of a case of its own."""

    __tablename__ = "case_link"

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident_case.submission_id"), index=True
    )


class StepKind(StrEnum):
    """What a step changes."""

    STATE = "state"
    JUDGEMENT = "judgement"
    LINK = "link"
    NOTE = "note"


class CaseStep(Base):
    """What somebody did with a case: never changed or removed, undone by a further step."""

    __tablename__ = "case_step"
    __table_args__ = (
        CheckConstraint("kind IN ('state', 'judgement', 'link', 'note')", name="kind"),
    )

    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident_case.submission_id"), index=True
    )
    kind: Mapped[StepKind] = mapped_column(String(15))
    before: Mapped[dict[str, Any]]
    """The values that it changed: of the case's columns, or of links the case by submission."""
    after: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text, default="")
    """The reason given, or the note."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()
