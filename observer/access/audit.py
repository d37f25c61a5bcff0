"""The audit log: who changed what, as a chain in which no entry can be altered unnoticed.

Each entry holds the SHA-256 of the one before it, so its own hash stands for all the history up
to it. Whoever noted a hash elsewhere (a statement prints it) can prove later what came before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from observer.access.models import AuditEntry, AuditHead
from observer.database import now

ACTOR = "actor"
"""Under this name a session's ``info`` holds the id of the person whose request it serves."""
NOTHING = "0" * 64
"""What the first entry follows."""


class BrokenChainError(RuntimeError):
    """An entry of the audit log was altered, added or taken away; the message says which."""


def record(session: Session, action: str, subject: str, **details: Any) -> AuditEntry:
    """Write down what the person of this session does; without one it is the command line.

    ``action`` is a stable name such as ``submission.verify``; ``details`` are plain JSON. Called
    last in an operation: the log stays locked until the transaction ends.
    """
    number, previous = session.execute(
        update(AuditHead)
        .values(number=AuditHead.number + 1)
        .returning(AuditHead.number, AuditHead.sha256)
        .execution_options(synchronize_session=False)
    ).one()
    entry = AuditEntry(
        number=number,
        at=now(),
        person_id=session.info.get(ACTOR),
        action=action,
        subject=subject,
        details=details,
        previous_sha256=previous,
    )
    entry.sha256 = _sha256(entry)
    session.add(entry)
    session.execute(
        update(AuditHead).values(sha256=entry.sha256).execution_options(synchronize_session=False)
    )
    session.flush()
    return entry


def head(session: Session) -> tuple[int, str]:
    """The number and the hash of the last entry; 0 and ``NOTHING`` where there is none."""
    number, sha256 = session.execute(select(AuditHead.number, AuditHead.sha256)).one()
    return number, sha256


def verify(session: Session) -> tuple[int, str]:
    """Follow the chain from its first entry; returns the number and the hash of the last.

    Raises BrokenChainError at the first entry that does not follow from the one before it.
    """
    number, previous = 0, NOTHING
    for entry in _entries(session):
        number += 1
        if entry.number != number:
            raise BrokenChainError(f"Entry {number} is missing: after it comes {entry.number}.")
        if entry.previous_sha256 != previous:
            raise BrokenChainError(f"Entry {number} does not follow from the one before it.")
        if entry.sha256 != _sha256(entry):
            raise BrokenChainError(f"Entry {number} is not what was written.")
        previous = entry.sha256
    if (last := head(session)) != (number, previous):
        raise BrokenChainError(f"The log ends at entry {number}; {last[0]} were written.")
    return number, previous


def forget_all(session: Session) -> None:
    """Begin the log anew, for a database that is just being set up."""
    session.execute(delete(AuditEntry))
    session.execute(update(AuditHead).values(number=0, sha256=NOTHING))


def newest_entries(
    session: Session, *, before: int | None = None, limit: int = 100
) -> Sequence[AuditEntry]:
    """The newest entries, or the newest of those before a number; the newest first."""
    query = select(AuditEntry).options(joinedload(AuditEntry.person))
    if before is not None:
        query = query.where(AuditEntry.number < before)
    return session.scalars(query.order_by(AuditEntry.number.desc()).limit(limit)).all()


def _entries(session: Session) -> Iterator[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.number)
    return session.scalars(query.execution_options(yield_per=1000))


def _sha256(entry: AuditEntry) -> str:
    content = [
        entry.number,
        entry.at.isoformat(),
        entry.person_id,
        entry.action,
        entry.subject,
        entry.details,
        entry.previous_sha256,
    ]
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
