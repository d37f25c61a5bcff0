"""The statements of a mission as a list: where each stands, and what everybody sees of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer, joinedload

from observer.missions.models import Mission
from observer.statements.models import Statement, StatementVersion, VersionState


@dataclass(frozen=True)
class Listed:
    """A statement and its versions, the newest first."""

    statement: Statement
    versions: Sequence[StatementVersion]
    at: datetime
    is_changed: bool
    """Whether the saved text is not the one of its newest version any more."""

    @property
    def newest(self) -> StatementVersion | None:
        """The newest version, whoever sees it."""
        return self.versions[0] if self.versions else None

    @property
    def state(self) -> str:
        """``draft``, a ``VersionState`` of the newest version, or ``corrected``.

        It is corrected where the newest version is public, and one before it was.
        """
        if self.newest is None:
            return "draft"
        state = self.newest.state(self.at)
        if state is VersionState.PUBLISHED and any(one.published_at for one in self.versions[1:]):
            return "corrected"
        return state.value

    @property
    def public(self) -> StatementVersion | None:
        """The version that everybody sees now."""
        public = (one for one in self.versions if one.state(self.at) is VersionState.PUBLISHED)
        return next(public, None)


def listed(session: Session, mission: Mission, at: datetime) -> list[Listed]:
    """The statements of a mission with where they stand at a moment, the last changed first."""
    statements = session.scalars(
        select(Statement)
        .where(Statement.mission_id == mission.id)
        .options(
            joinedload(Statement.round), joinedload(Statement.changed_by), defer(Statement.text)
        )
        .order_by(Statement.changed_at.desc())
    )
    versions: dict[int, list[StatementVersion]] = defaultdict(list)
    of_mission = select(Statement.id).where(Statement.mission_id == mission.id)
    for version in session.scalars(
        select(StatementVersion)
        .where(StatementVersion.statement_id.in_(of_mission))
        .options(defer(StatementVersion.text), defer(StatementVersion.figures))
        .order_by(StatementVersion.number.desc())
    ):
        versions[version.statement_id].append(version)
    differ = [
        getattr(StatementVersion, name) != getattr(Statement, name)
        for name in ("text", "title", "subtitle", "dated")
    ]
    changed = set(
        session.scalars(
            select(StatementVersion.id)
            .join(Statement)
            .where(Statement.mission_id == mission.id, or_(*differ))
        )
    )
    return [
        Listed(one, versions[one.id], at, any(v.id in changed for v in versions[one.id][:1]))
        for one in statements
    ]
