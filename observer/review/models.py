"""Tables: what reviewers did."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
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
