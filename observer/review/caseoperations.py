"""What the mission does with cases: move, judge, link, unlink, note, and undo their own last step.

Each step writes a :class:`CaseStep` with what was before and after. A case is named by its first
report, and gets its row with the first step.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.collect.models import Status, Submission
from observer.missions.models import Mission
from observer.review.casemodels import CaseLink, CaseStep, IncidentCase, State, StepKind
from observer.review.operations import (
    ChangedMeanwhileError,
    NotPossibleError,
    ReasonMissingError,
    verify,
)

JUDGED = ("gravity", "type", "title", "responsible_id")
"""The columns of a case that hold the mission's judgement."""


def move(
    session: Session,
    first: Submission,
    state: State,
    by: Person,
    *,
    reason: str = "",
    seen: int | None = None,
) -> CaseStep:
    """Put a case into another state; ReasonMissingError for “not confirmed” without a reason.

    ``seen`` is the version of the case that the person looked at; ChangedMeanwhileError where it
    has changed since, NotPossibleError where nothing would change. So for every step.
    """
    case = _lock(session, first, seen)
    reason = reason.strip()
    if case.state == state:
        raise NotPossibleError(_("The incident is in this state already."))
    if state is State.NOT_CONFIRMED and not reason:
        raise ReasonMissingError(_("Give a reason: it stays with the incident."))
    is_confirmed = case.is_confirmed if state is State.CLOSED else state is State.CONFIRMED
    after = {"state": state, "is_confirmed": is_confirmed}
    return _change(session, case, StepKind.STATE, by, after, text=reason)


def judge(
    session: Session,
    first: Submission,
    by: Person,
    *,
    reason: str = "",
    seen: int | None = None,
    judged: dict[str, Any],
) -> CaseStep | None:
    """Set what the mission says of a case: its ``JUDGED`` columns, by name.

    Another gravity needs a reason. None where all is as it was.
    """
    case = _lock(session, first, seen)
    after = {
        name: judged[name]
        for name in JUDGED
        if name in judged and judged[name] != getattr(case, name)
    }
    reason = reason.strip()
    if not after:
        return None
    if "gravity" in after and not reason:
        raise ReasonMissingError(
            _("Give a reason for another gravity: it stays with the incident.")
        )
    return _change(session, case, StepKind.JUDGEMENT, by, after, text=reason)


def add_note(session: Session, first: Submission, text: str, by: Person) -> CaseStep:
    """Write something down in the timeline of a case; notes of several people do not collide."""
    if not text.strip():
        raise NotPossibleError(_("Write something: the note is empty."))
    case = _lock(session, first, None)
    return _change(session, case, StepKind.NOTE, by, {}, text=text.strip())


def link(
    session: Session, first: Submission, other: Submission, by: Person, *, seen: int | None = None
) -> CaseStep:
    """Take another report, with all that are linked to it, into a case of the same round."""
    case = _lock(session, first, seen)
    if other.round_id != first.round_id:
        raise NotPossibleError(_("Reports of two rounds cannot tell of one event."))
    other_case = _case_id(session, other.id)
    if other_case == case.submission_id:
        raise NotPossibleError(_("This report belongs to the incident already."))
    linked = session.scalars(
        select(CaseLink.submission_id)
        .where(CaseLink.case_id == other_case)
        .order_by(CaseLink.submission_id)
    )
    moved = {str(one): str(case.submission_id) for one in (other_case, *linked)}
    return _change(session, case, StepKind.LINK, by, moved)


def unlink(
    session: Session, first: Submission, report: Submission, by: Person, *, seen: int | None = None
) -> CaseStep:
    """Give a report of a case back a case of its own; the first report cannot leave."""
    case = _lock(session, first, seen)
    if report.id == first.id or _case_id(session, report.id) != case.submission_id:
        raise NotPossibleError(_("This report is not linked to the incident."))
    return _change(session, case, StepKind.LINK, by, {str(report.id): str(report.id)})


def undo(session: Session, first: Submission, by: Person, *, seen: int | None = None) -> CaseStep:
    """Take back the last step that changed a case, if it was this person's own."""
    case = _lock(session, first, seen)
    last = last_step(session, first.id)
    if last is None or last.person_id != by.id or _now(session, case, last) != last.after:
        raise NotPossibleError(_("There is no step of yours here that could be undone."))
    return _change(session, case, last.kind, by, last.before)


def verify_reports(
    session: Session, reports: Sequence[Submission], by: Person, *, seen: int
) -> int:
    """Verify the reports of a confirmed case that wait for it; gives how many.

    ``seen`` is the newest change among all the reports looked at.
    """
    waiting = [report for report in reports if report.status == Status.RECEIVED]
    for report in sorted(waiting, key=lambda one: one.id):
        if report.change > seen:
            raise ChangedMeanwhileError(
                _("Somebody else changed one of the reports meanwhile. Look at it again.")
            )
        verify(session, report, by, seen=report.change)
    return len(waiting)


def last_step(session: Session, case_id: uuid.UUID) -> CaseStep | None:
    """What was changed last about a case; notes change nothing."""
    return session.scalar(
        select(CaseStep)
        .where(CaseStep.case_id == case_id, CaseStep.kind != StepKind.NOTE)
        .order_by(CaseStep.id.desc())
        .limit(1)
    )


def _lock(session: Session, first: Submission, seen: int | None) -> IncidentCase:
    # As with submissions, everybody waits at the mission's row: two people may be the first to
    # do something with a case, and a link concerns two cases.
    session.execute(select(Mission.id).where(Mission.id == first.mission_id).with_for_update())
    if _case_id(session, first.id) != first.id:
        raise ChangedMeanwhileError(
            _("This report was linked to another incident meanwhile. Look at it again.")
        )
    case = _row(session, first)
    if seen is not None and seen != case.version:
        raise ChangedMeanwhileError(
            _("Somebody else changed this incident meanwhile. Look at it again, then decide.")
        )
    return case


def _row(session: Session, first: Submission) -> IncidentCase:
    case = session.get(IncidentCase, first.id, populate_existing=True)
    if case is None:
        case = IncidentCase(
            submission_id=first.id, mission_id=first.mission_id, round_id=first.round_id
        )
        session.add(case)
        session.flush()
    return case


def _case_id(session: Session, submission_id: uuid.UUID) -> uuid.UUID:
    found = session.scalar(select(CaseLink.case_id).where(CaseLink.submission_id == submission_id))
    return found or submission_id


def _change(
    session: Session,
    case: IncidentCase,
    kind: StepKind,
    by: Person,
    after: dict[str, Any],
    *,
    text: str = "",
) -> CaseStep:
    step = CaseStep(case_id=case.submission_id, kind=kind, after=after, text=text, person=by)
    step.before = _now(session, case, step)
    case.version += 1
    if kind == StepKind.LINK:
        _move_reports(session, after)
    else:
        for name, value in after.items():
            setattr(case, name, value)
    session.add(step)
    session.flush()
    return step


def _now(session: Session, case: IncidentCase, step: CaseStep) -> dict[str, Any]:
    """How it stands with all that a step is about."""
    if step.kind == StepKind.LINK:
        return {one: str(_case_id(session, uuid.UUID(one))) for one in step.after}
    return {name: getattr(case, name) for name in step.after}


def _move_reports(session: Session, cases: dict[str, str]) -> None:
    for report, case_id in ((uuid.UUID(one), uuid.UUID(other)) for one, other in cases.items()):
        existing = session.get(CaseLink, report, populate_existing=True)
        if existing is not None:
            session.delete(existing)
            session.flush()
        moved = session.get_one(Submission, report)
        # Whoever looked at the report as a case of its own decides about something else now.
        _row(session, moved).version += 1
        if case_id != report:
            session.add(CaseLink(submission_id=report, case_id=case_id))
    session.flush()
