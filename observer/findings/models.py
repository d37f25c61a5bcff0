"""Tables: tokens for the feed, and samples that were replaced."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.database import Base, Key, now


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
