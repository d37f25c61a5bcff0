"""The order in which submissions changed, so that readers can ask only for what is new."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from observer.missions.models import Mission


def next_change(session: Session, mission_id: int) -> int:
    """The number of the next change of a submission in this mission.

    The mission's row stays locked until the transaction ends, so numbers become visible in
    their order: who has read up to number *n* has missed none below it.
    """
    return session.scalars(
        update(Mission)
        .where(Mission.id == mission_id)
        .values(changes=Mission.changes + 1)
        .returning(Mission.changes)
        .execution_options(synchronize_session=False)
    ).one()
