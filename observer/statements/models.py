"""Tables: statements and the sources they cite."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from observer.access.models import Person
from observer.database import Base, Code, Key, now
from observer.missions.models import Mission, Round
from observer.statements.paperkinds import STATEMENT


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
    translation_of_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))
    """The statement whose words this one has in another language; None where it was the first."""
    theme: Mapped[str] = mapped_column(String(40), default="mission", server_default="mission")
    """The folder in ``reports/themes`` with the look of its PDF."""
    paper: Mapped[str] = mapped_column(String(10), default="a4", server_default="a4")
    kind: Mapped[str] = mapped_column(String(20), default=STATEMENT)
    """One of ``paperkinds.KINDS``."""
    text: Mapped[str] = mapped_column(Text)
    edit: Mapped[int] = mapped_column(default=1)
    """Raised at every save, so that a save over somebody else's newer text is noticed."""
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    mission: Mapped[Mission] = relationship()
    round: Mapped[Round] = relationship()
    changed_by: Mapped[Person | None] = relationship()


class StatementEdit(Base):
    """A statement's text as it was once saved."""

    __tablename__ = "statement_edit"
    __table_args__ = (UniqueConstraint("statement_id", "edit"),)

    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    edit: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    subtitle: Mapped[str] = mapped_column(String(300), default="")
    dated: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(default=now)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    saved_by: Mapped[Person | None] = relationship()


class VersionState(StrEnum):
    """Who can see a version: only the mission, or everybody once it is published."""

    FROZEN = "frozen"
    EMBARGOED = "embargoed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class StatementVersion(Base):
    """A statement as it was frozen: text, figures, and what they were counted from."""

    __tablename__ = "statement_version"
    __table_args__ = (UniqueConstraint("statement_id", "number"),)

    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    subtitle: Mapped[str] = mapped_column(String(300), default="")
    dated: Mapped[date]
    language: Mapped[str] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(40), default="mission", server_default="mission")
    paper: Mapped[str] = mapped_column(String(10), default="a4", server_default="a4")
    text: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    """What was corrected since the version before; readers see it."""
    min_base: Mapped[int]
    """Percentages were shown from so many observations on."""
    figures: Mapped[list[Any]]
    """Each figure in the text: its call, line, words, label and findings, as JSON."""
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    """The file among the media with everything that was counted."""
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    pdfa_sha256: Mapped[str | None] = mapped_column(String(64))
    """The copy for the archive, with the data of its tables; older versions have none."""
    html_sha256: Mapped[str] = mapped_column(String(64))
    audit_number: Mapped[int]
    """The last entry of the audit log when it was frozen, and its hash."""
    audit_sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(default=now)
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    embargoed_until: Mapped[datetime | None]
    """Published, but shown to nobody outside the mission before this moment."""
    withdrawn_at: Mapped[datetime | None]

    statement: Mapped[Statement] = relationship()
    frozen_by: Mapped[Person | None] = relationship()

    @property
    def public_from(self) -> datetime | None:
        """From when on everybody can see it; None where it was never published."""
        if self.published_at is None or self.embargoed_until is None:
            return self.published_at
        return max(self.published_at, self.embargoed_until)

    def state(self, at: datetime) -> VersionState:
        """Who can see it at a moment."""
        if self.public_from is None:
            return VersionState.FROZEN
        if self.withdrawn_at is not None:
            return VersionState.WITHDRAWN
        return VersionState.PUBLISHED if self.public_from <= at else VersionState.EMBARGOED
