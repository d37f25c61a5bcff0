"""Runs the quality checks and keeps what they find as flags."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.collect import intake
from observer.collect.models import Status, Submission
from observer.database import now
from observer.missions.models import Mission, Round
from observer.missions.reports import Track, untracked
from observer.review.checks import ABOUT_OTHERS, MUTUAL_NAMES, OWN_CHECKS, OWN_NAMES, Case, Found
from observer.review.models import Flag
from observer.review.patterns import PATTERN_NAMES, find_patterns

CHUNK = 500
log = logging.getLogger(__name__)


def check_on_arrival() -> None:
    """Have every submission that arrives checked from now on, in this process."""
    if _on_arrival not in intake.listeners:
        intake.listeners.append(_on_arrival)


def _on_arrival(session: Session, submission: Submission) -> None:
    """Check what has just come. A check that fails is written to the log and loses no report."""
    try:
        with session.begin_nested():
            check_submission(session, submission)
    except Exception:
        log.exception("The checks of submission %s failed", submission.id)


def check_submission(session: Session, submission: Submission) -> list[Flag]:
    """Run a submission's own checks; those that it is a duplicate of get their flags too."""
    mission = session.get_one(Mission, submission.mission_id)
    case = Case(session, mission, submission)
    found = [each for check in OWN_CHECKS for each in check(case)]
    before = _flags(session, [submission.id], OWN_NAMES)
    flags = _keep(session, submission, found, before, now())
    # Whoever was flagged because of this one, or is now, looks at it anew.
    others = {uuid.UUID(flag.subject) for flag in (*before, *flags) if flag.check in MUTUAL_NAMES}
    for other in others:
        if (partner := session.get(Submission, other)) is not None:
            theirs = Case(session, mission, partner)
            mutual = [
                each for check in OWN_CHECKS for each in check(theirs) if each.check in MUTUAL_NAMES
            ]
            known = _flags(session, [other], MUTUAL_NAMES)
            _keep(session, partner, mutual, known, now())
    session.flush()
    return flags


def check_round(
    session: Session,
    mission: Mission,
    round_: Round | None = None,
    *,
    track: Track = untracked,
) -> Counter[str]:
    """Run every check over a mission or a round; how many flags of each check are open then.

    Commits on the way, so that nobody's report waits for it.
    """
    query = select(Submission.id).where(
        Submission.mission_id == mission.id, Submission.status != Status.REJECTED
    )
    if round_ is not None:
        query = query.where(Submission.round_id == round_.id)
    ids = session.scalars(query.order_by(Submission.received_at, Submission.id)).all()
    starts = range(0, len(ids), CHUNK)
    for start in track(starts, "Checking"):
        some = ids[start : start + CHUNK]
        _check_chunk(session, mission, some)
        session.commit()
        session.expunge_all()
        mission = session.get_one(Mission, mission.id)
    _check_patterns(session, mission, round_)
    session.commit()
    return _count_open(session, mission, round_)


def _check_chunk(session: Session, mission: Mission, ids: Sequence[uuid.UUID]) -> None:
    moment = now()
    before: dict[uuid.UUID, list[Flag]] = {}
    for flag in _flags(session, ids, OWN_NAMES):
        before.setdefault(flag.submission_id, []).append(flag)
    for submission in session.scalars(select(Submission).where(Submission.id.in_(ids))):
        case = Case(session, mission, submission)
        found = [each for check in OWN_CHECKS for each in check(case)]
        _keep(session, submission, found, before.get(submission.id, []), moment)
    session.flush()


def _check_patterns(session: Session, mission: Mission, round_: Round | None) -> None:
    moment = now()
    found = find_patterns(session, mission, round_)
    flagged = session.scalars(
        select(Flag)
        .join(Submission, Submission.id == Flag.submission_id)
        .where(
            Submission.mission_id == mission.id,
            Flag.check.in_(PATTERN_NAMES),
            *([Submission.round_id == round_.id] if round_ else []),
        )
    ).all()
    before: dict[uuid.UUID, list[Flag]] = {}
    for flag in flagged:
        before.setdefault(flag.submission_id, []).append(flag)
    for submission_id in {*found, *before}:
        submission = session.get_one(Submission, submission_id)
        _keep(
            session, submission, found.get(submission_id, []), before.get(submission_id, []), moment
        )
    session.flush()


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


def _count_open(session: Session, mission: Mission, round_: Round | None) -> Counter[str]:
    names = session.scalars(
        select(Flag.check)
        .join(Submission, Submission.id == Flag.submission_id)
        .where(
            Submission.mission_id == mission.id,
            Flag.gone_at.is_(None),
            Flag.dismissed_at.is_(None),
            *([Submission.round_id == round_.id] if round_ else []),
        )
    )
    return Counter(names)
