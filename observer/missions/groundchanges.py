"""Every change of places or regions raises ``Mission.ground``, so that readers may keep them.

It is raised by whatever session commits such a change, last of all, so that the missions' rows
are locked for no longer than the commit takes.
"""

from __future__ import annotations

from itertools import chain

from sqlalchemy import event, update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from observer.missions.models import Mission, Place, Region

_CHANGED = "ground changed"


@event.listens_for(Session, "after_flush")
def _objects_changed(session: Session, _context: UOWTransaction) -> None:
    if any(
        isinstance(each, Place | Region)
        for each in chain(session.new, session.dirty, session.deleted)
    ):
        session.info[_CHANGED] = True


@event.listens_for(Session, "do_orm_execute")
def _statement_changes(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and state.statement.table in (Place.__table__, Region.__table__):
        state.session.info[_CHANGED] = True


@event.listens_for(Session, "before_commit")
def _raise_number(session: Session) -> None:
    session.flush()
    if session.info.pop(_CHANGED, False):
        session.execute(
            update(Mission)
            .values(ground=Mission.ground + 1)
            .execution_options(synchronize_session=False)
        )
