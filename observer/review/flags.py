"""What the quality checks found, in the reader's words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session

from observer.review.models import Flag, Severity

IS_OPEN = and_(Flag.gone_at.is_(None), Flag.dismissed_at.is_(None))
"""A flag that its check still finds, and that nobody put aside."""
BY_WEIGHT = case({weight: rank for rank, weight in enumerate(Severity)}, value=Flag.severity)
"""The order of flags: what weighs most first."""


def title(check: str) -> str:
    """The name of a check, for people."""
    return check.replace("_", " ").capitalize()


def sentence(flag: Flag) -> str:
    """What a flag says, with the values that it found."""
    values = ", ".join(f"{name} {value}" for name, value in flag.details.items())
    return f"{title(flag.check)}: {values}" if values else title(flag.check)


def open_flags(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Flag]]:
    """The open flags of some submissions by their ids, what weighs most first."""
    found: dict[uuid.UUID, list[Flag]] = {submission_id: [] for submission_id in ids}
    query = select(Flag).where(Flag.submission_id.in_(ids), IS_OPEN).order_by(BY_WEIGHT, Flag.id)
    for flag in session.scalars(query):
        found[flag.submission_id].append(flag)
    return found
