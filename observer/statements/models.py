"""Tables: statements and the sources they cite."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.database import Base, Code, Key, now
from observer.missions.models import Mission, Round


class Source(Base):
    """Somebody else's figure: an election authority's, a quick count's. Cited, never counted."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("mission_id", "code"),)

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    code: Mapped[Code]
    body: Mapped[str] = mapped_column(String(200))
    """Who published it."""
    title: Mapped[str] = mapped_column(String(300))
    figure: Mapped[str] = mapped_column(String(100))
    """As it is printed: ``88.5 %``, ``68,520``."""
    published_on: Mapped[date | None]
    url: Mapped[str] = mapped_column(String(500), default="")
    accessed_on: Mapped[date | None]


class Statement(Base):
    """A statement being written: Markdown with footnotes and figure calls."""

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("mission_id", "slug"),)

    id: Mapped[Key]
    mission_id: Mapped[int] = mapped_column(ForeignKey("mission.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    slug: Mapped[Code]
    title: Mapped[str] = mapped_column(String(200))
    subtitle: Mapped[str] = mapped_column(String(300), default="")
    dated: Mapped[date]
    language: Mapped[str] = mapped_column(String(10), default="en")
    text: Mapped[str] = mapped_column(Text)
    edit: Mapped[int] = mapped_column(default=1)
    """Raised at every save, so that a save over somebody else's newer text is noticed."""
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    mission: Mapped[Mission] = relationship()
    round: Mapped[Round] = relationship()
    changed_by: Mapped[Person | None] = relationship()
