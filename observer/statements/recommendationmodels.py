"""Tables: what the mission recommends, and what became of earlier missions' recommendations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from observer.database import Base, Code, Key

NEW, EARLIER = "new", "earlier"
KINDS = (NEW, EARLIER)
STATUSES = ("implemented", "partly", "not", "no_longer_applicable", "too_early")


class Recommendation(Base):
    """A recommendation of this mission, or of an earlier one with what became of it."""

    __tablename__ = "recommendation"
    __table_args__ = (
        UniqueConstraint("mission_id", "code"),
        CheckConstraint("kind IN ('new', 'earlier')", name="kind"),
        CheckConstraint(
            "status IN ('', 'implemented', 'partly', 'not', 'no_longer_applicable', 'too_early')",
            name="status",
        ),
    )

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    code: Mapped[Code]
    """Its own number, as it is printed: ``R3``."""
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default=NEW)
    texts: Mapped[dict[str, Any]]
    """What is recommended, by language."""
    addressee: Mapped[str] = mapped_column(String(200), default="")
    """To whom: the election authority, parliament."""
    basis: Mapped[str] = mapped_column(String(500), default="")
    """The law or obligation that it rests on."""
    is_priority: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(String(200), default="")
    """Of an earlier one: which mission made it, and when."""
    status: Mapped[str] = mapped_column(String(25), default="")
    """Of an earlier one: what became of it; empty where nobody has looked yet."""
    note: Mapped[str] = mapped_column(Text, default="")
