"""Which calculations are numbers, looked up once for the many pages of a refresh."""

from __future__ import annotations

import time
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from observer.findings.exports.order import Checked
from observer.findings.exports.reading import numeric_calculations

KEPT_S = 60
"""To know it, every report has to be looked at; a page of a refresh reads but a few of them."""

_Asked = tuple[object, ...]
_known: WeakKeyDictionary[Engine, dict[_Asked, tuple[float, frozenset[str]]]] = WeakKeyDictionary()
_lock = Lock()


def calculated_numbers(session: Session, checked: Checked, form: str) -> frozenset[str]:
    """What :func:`numeric_calculations` finds, or found less than a minute ago."""
    asked = (checked.form_ids[form], checked.scope.region_ids, checked.round_ids)
    kept = _of_engine(session)
    until, found = kept.get(asked, (0.0, frozenset[str]()))
    if time.monotonic() >= until:
        found = numeric_calculations(session, checked, form)
        with _lock:
            _forget_what_is_old(kept)
            kept[asked] = time.monotonic() + KEPT_S, found
    return found


def look_anew(session: Session) -> None:
    """Forget what was found: a report has come that contradicts it."""
    with _lock:
        _of_engine(session).clear()


def _of_engine(session: Session) -> dict[_Asked, tuple[float, frozenset[str]]]:
    return _known.setdefault(session.get_bind().engine, {})


def _forget_what_is_old(kept: dict[_Asked, tuple[float, frozenset[str]]]) -> None:
    moment = time.monotonic()
    for asked in [asked for asked, (until, _found) in kept.items() if until <= moment]:
        del kept[asked]
