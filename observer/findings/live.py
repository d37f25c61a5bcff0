"""What tells an open page that it is out of date."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.missions.models import Membership, Mission


def stamp_of(mission: Mission) -> str:
    """What changes with every change of a submission, as it was when the mission was read.

    Whoever reads the mission first and counts afterwards shows at least what the stamp says.
    """
    return f"{mission.id}-{mission.changes}"


def newest_stamp(session: Session, person: Person) -> str | None:
    """The stamp of a person's mission as it is now, without reading anything else of it."""
    row = session.execute(
        select(Mission.id, Mission.changes)
        .join(Membership, Membership.mission_id == Mission.id)
        .where(Membership.person_id == person.id)
        .order_by(Mission.id.desc())
        .limit(1)
    ).one_or_none()
    return row and f"{row.id}-{row.changes}"
