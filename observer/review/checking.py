"""Runs the quality checks and keeps what they find as flags."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from observer.collect import intake
from observer.collect.models import Status, Submission
from observer.database import now
from observer.missions.models import Mission, Round
from observer.missions.reports import Track, untracked
from observer.review.checkcases import cases_of
from observer.review.checks import (
    ABOUT_OTHERS,
    MUTUAL_CHECKS,
    MUTUAL_NAMES,
    OWN_CHECKS,
    OWN_NAMES,
    Check,
    Found,
)
from observer.review.flags import is_open
from observer.review.models import Flag
from observer.review.patterns import PATTERN_NAMES, find_patterns
from observer.review.queue import WAITING

ATTEMPTS = 3
CHUNK = 500
log = logging.getLogger(__name__)


def check_on_arrival() -> None:
    """Have every submission that arrives checked from now on, in this process."""
    if check_safely not in intake.listeners:
        intake.listeners.append(check_safely)


def check_safely(session: Session, submission: Submission) -> None:
    """Check a submission that has come or changed.

    A check that fails is written to the log, and loses no report and no reviewer's step.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with session.begin_nested():
                check_submission(session, submission)
        except IntegrityError:
            # The checks of the whole round wrote the same flag at the same moment.
            if attempt == ATTEMPTS:
                log.exception("The flags of submission %s could not be kept", submission.id)
        except Exception:
            log.exception("The checks of submission %s failed", submission.id)
            return
        else:
            return


def check_submission(session: Session, submission: Submission) -> list[Flag]:
    """Run a submission's own checks; those that it is a duplicate of get their flags too."""
    mission = session.get_one(Mission, submission.mission_id)
    moment = now()
    before = _flags(session, [submission.id], OWN_NAMES)
    flags = _check(session, mission, [submission], OWN_CHECKS, before=before, moment=moment)
    # Whoever was flagged because of this one, or is now, looks at it anew.
    partners = {uuid.UUID(flag.subject) for flag in (*before, *flags) if flag.check in MUTUAL_NAMES}
    if partners:
        others = session.scalars(
            select(Submission).where(Submission.id.in_(partners)).order_by(Submission.id)
        ).all()
        theirs = _flags(session, partners, MUTUAL_NAMES)
        _check(session, mission, others, MUTUAL_CHECKS, before=theirs, moment=moment)
    session.flush()
    return flags


def check_round(
    session: Session,
    mission: Mission,
    round_: Round | None = None,
    *,
    track: Track = untracked,
) -> Counter[str]:
    """Run every check over a mission or a round; how many flags of each wait for a reviewer then.

    Commits on the way, so that nobody's report waits for it.
    """
    mission_id, round_id = mission.id, round_.id if round_ else None
    flagged = select(Flag.submission_id).where(Flag.check.in_(MUTUAL_NAMES), is_open())
    query = select(Submission.id).where(
        Submission.mission_id == mission_id,
        or_(Submission.status != Status.REJECTED, Submission.id.in_(flagged)),
    )
    if round_id is not None:
        query = query.where(Submission.round_id == round_id)
    ids = session.scalars(query.order_by(Submission.received_at, Submission.id)).all()
    for start in track(range(0, len(ids), CHUNK), "Checking"):
        _commit(session, _check_some, mission_id, ids[start : start + CHUNK])
    _commit(session, _check_patterns, mission_id, round_id)
    return _count_waiting(session, mission_id, round_id)


def _commit(session: Session, work: Callable[..., None], *what: Any) -> None:
    """Do a piece of work and commit it: anew where who arrived meanwhile wrote the same flag."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            work(session, *what)
            session.commit()
        except IntegrityError:
            session.rollback()
            if attempt == ATTEMPTS:
                raise
        else:
            break
    session.expunge_all()


def _check_some(session: Session, mission_id: int, ids: Sequence[uuid.UUID]) -> None:
    submissions = session.scalars(
        select(Submission)
        .where(Submission.id.in_(ids))
        .order_by(Submission.received_at, Submission.id)
    ).all()
    mission = session.get_one(Mission, mission_id)
    before = _flags(session, ids, OWN_NAMES)
    _check(session, mission, submissions, OWN_CHECKS, before=before, moment=now())


def _check(
    session: Session,
    mission: Mission,
    submissions: Sequence[Submission],
    checks: Iterable[Check],
    *,
    before: Iterable[Flag],
    moment: datetime,
) -> list[Flag]:
    """Run some checks over submissions and keep what they find, in place of the flags before."""
    known: dict[uuid.UUID, list[Flag]] = {}
    for flag in before:
        known.setdefault(flag.submission_id, []).append(flag)
    return [
        flag
        for case in cases_of(session, mission, submissions)
        for flag in _keep(
            session,
            case.submission,
            [each for check in checks for each in check(case)],
            known.get(case.submission.id, []),
            moment,
        )
    ]


def _check_patterns(session: Session, mission_id: int, round_id: int | None) -> None:
    moment = now()
    found = find_patterns(session, session.get_one(Mission, mission_id), round_id)
    query = (
        select(Flag)
        .join(Submission, Submission.id == Flag.submission_id)
        .where(Submission.mission_id == mission_id, Flag.check.in_(PATTERN_NAMES))
    )
    if round_id is not None:
        query = query.where(Submission.round_id == round_id)
    before: dict[uuid.UUID, list[Flag]] = {}
    for flag in session.scalars(query):
        before.setdefault(flag.submission_id, []).append(flag)
    for submission_id in sorted({*found, *before}):
        submission = session.get_one(Submission, submission_id)
        _keep(
            session, submission, found.get(submission_id, []), before.get(submission_id, []), moment
        )


def _flags(session: Session, ids: Iterable[uuid.UUID], names: Iterable[str]) -> Sequence[Flag]:
    return session.scalars(
        select(Flag).where(Flag.submission_id.in_(list(ids)), Flag.check.in_(list(names)))
    ).all()


def _keep(
    session: Session,
    submission: Submission,
    found: Iterable[Found],
    before: Iterable[Flag],
    moment: datetime,
) -> list[Flag]:
    """Bring a submission's flags to what was found; dismissed ones stay while nothing changes."""
    known = {(flag.check, flag.subject): flag for flag in before}
    kept = []
    for each in found:
        flag = known.pop((each.check, each.subject), None)
        if flag is None:
            flag = Flag(
                submission_id=submission.id,
                check=each.check,
                subject=each.subject,
                found_at=moment,
            )
            session.add(flag)
        elif flag.gone_at is not None or _matter(flag.details) != _matter(each.details):
            flag.found_at, flag.gone_at = moment, None
            flag.dismissed_at = flag.dismissed_by_id = None
            flag.dismissed_reason = ""
        flag.severity, flag.details = each.severity, each.details
        flag.revision = submission.current_revision
        kept.append(flag)
    for flag in known.values():
        flag.gone_at = flag.gone_at or moment
    return kept


def _matter(details: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if name not in ABOUT_OTHERS}


def _count_waiting(session: Session, mission_id: int, round_id: int | None) -> Counter[str]:
    query = (
        select(Flag.check, func.count().label("waiting"))
        .join(Submission, Submission.id == Flag.submission_id)
        .where(Submission.mission_id == mission_id, Submission.status.in_(WAITING), is_open())
        .group_by(Flag.check)
    )
    if round_id is not None:
        query = query.where(Submission.round_id == round_id)
    return Counter({row.check: row.waiting for row in session.execute(query)})
