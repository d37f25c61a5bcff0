"""The assignments of a round as an array, kept in this process while they stay the same."""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import BigInteger, Engine, Row, cast, func, select
from sqlalchemy.orm import Session

from observer.missions.models import Assignment, Round

_kept: WeakKeyDictionary[Engine, dict[int, tuple[Row[Any], np.ndarray]]] = WeakKeyDictionary()
_lock = Lock()


def assignments(session: Session, round_: Round) -> np.ndarray:
    """The ids of team and place of every assignment of a round, one row for each."""
    stamp = _stamp(session, round_)
    with _lock:
        rounds = _kept.setdefault(session.get_bind().engine, {})
        kept = rounds.get(round_.id)
    if kept is None or kept[0] != stamp:
        kept = (stamp, _read(session, round_))
        with _lock:
            rounds[round_.id] = kept
    return kept[1]


def _stamp(session: Session, round_: Round) -> Row[Any]:
    """Something that changes when assignments come, go, or are another team's or place's."""
    key = cast(Assignment.id, BigInteger)
    return session.execute(
        select(
            func.count(),
            func.max(Assignment.id),
            func.sum(key * Assignment.team_id),
            func.sum(key * Assignment.place_id),
        ).where(Assignment.round_id == round_.id)
    ).one()


def _read(session: Session, round_: Round) -> np.ndarray:
    rows = session.execute(
        select(Assignment.team_id, Assignment.place_id).where(Assignment.round_id == round_.id)
    )
    return np.array([tuple(row) for row in rows], np.int64).reshape(-1, 2)
