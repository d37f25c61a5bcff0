"""What reviewers do besides verifying: who looks after a submission, and flags put aside.

Every step goes into the audit log and gives the submission the mission's next change.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from observer.access.audit import record
from observer.access.models import Person, Role
from observer.access.permissions import PERMISSIONS
from observer.collect.models import Submission
from observer.database import now
from observer.missions.models import Membership
from observer.missions.scope import Scope, scope_of
from observer.review.models import Flag
from observer.review.operations import NotPossibleError, ReasonMissingError, lock


def reviewers(session: Session, scope: Scope) -> Sequence[Person]:
    """The people who may look after submissions of the mission, by name."""
    roles = PERMISSIONS["submission.verify"]
    return session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.mission_id == scope.mission.id,
            Person.role.in_(sorted(roles)),
            Person.active,
        )
        .order_by(Person.name, Person.id)
    ).all()


def assign(
    session: Session, submission: Submission, to: Person | None, seen: int | None = None
) -> None:
    """Give a submission to somebody to look after, or to nobody (None).

    NotPossibleError where that person may not review it, or has it already.
    """
    change = lock(session, submission, seen)
    if to is None and submission.assigned_to_id is None:
        raise NotPossibleError(_("Nobody looks after this submission."))
    if to is not None:
        if submission.assigned_to_id == to.id:
            raise NotPossibleError(_("%(name)s looks after it already.", name=to.name))
        if not _may_review(session, submission, to):
            raise NotPossibleError(_("%(name)s may not review this submission.", name=to.name))
    submission.assigned_to = to
    submission.assigned_at = now() if to else None
    submission.change = change
    session.flush()
    record(session, "submission.assign", str(submission.id), to=to.email if to else "")


def dismiss(session: Session, flag: Flag, by: Person, reason: str, seen: int | None = None) -> None:
    """Put a flag aside, for a reason; ReasonMissingError without one.

    NotPossibleError where it is put aside already, or the check finds it no more.
    """
    submission = flag.submission
    change = lock(session, submission, seen)
    session.refresh(flag)
    reason = reason.strip()
    if flag.gone_at is not None or flag.dismissed_at is not None:
        raise NotPossibleError(_("This flag is not open any more."))
    if not reason:
        raise ReasonMissingError(_("Give a reason: it stays with the submission."))
    flag.dismissed_by = by
    flag.dismissed_at = now()
    flag.dismissed_reason = reason
    submission.change = change
    session.flush()
    about = {"check": flag.check, "about": flag.subject, "reason": reason}
    record(session, "flag.dismiss", str(submission.id), **about)


def restore(session: Session, flag: Flag, seen: int | None = None) -> None:
    """Take the dismissal of a flag back; NotPossibleError where there is none."""
    submission = flag.submission
    change = lock(session, submission, seen)
    session.refresh(flag)
    if flag.dismissed_at is None:
        raise NotPossibleError(_("This flag is open: nobody dismissed it."))
    flag.dismissed_by = None
    flag.dismissed_at = None
    flag.dismissed_reason = ""
    submission.change = change
    session.flush()
    record(session, "flag.restore", str(submission.id), check=flag.check, about=flag.subject)


def _may_review(session: Session, submission: Submission, person: Person) -> bool:
    membership = session.scalar(
        select(Membership)
        .where(Membership.person_id == person.id, Membership.mission_id == submission.mission_id)
        .options(selectinload(Membership.regions))
    )
    if membership is None or not person.active:
        return False
    if Role(person.role) not in PERMISSIONS["submission.verify"]:
        return False
    scope = scope_of(session, membership)
    return scope.region_ids is None or submission.region_id in scope.region_ids
