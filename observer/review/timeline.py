"""The timeline of a case: what happened, what was told, and what everybody did with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from observer.access.models import Person
from observer.collect.intake import receipt_code
from observer.collect.models import Revision, Submission
from observer.missions.scope import Scope
from observer.review.casemodels import CaseStep, State, StepKind
from observer.review.cases import Case
from observer.review.forms import STATUSES
from observer.review.models import Verification

STATES = {
    State.NEW: _l("new"),
    State.CHECKING: _l("being checked"),
    State.CONFIRMED: _l("confirmed"),
    State.NOT_CONFIRMED: _l("not confirmed"),
    State.CLOSED: _l("closed"),
}

Label = Callable[[str], str]


@dataclass(frozen=True)
class Event:
    """One line of a timeline: when, what, by whom, and what they wrote."""

    at: datetime
    what: str
    who: str = ""
    text: str = ""
    is_note: bool = False
    report: uuid.UUID | None = None
    """The report it is about, where it is about one."""


def timeline(
    session: Session, scope: Scope, case: Case, gravity: Label, type_: Label
) -> list[Event]:
    """Everything about a case and its reports that the reader may see, in its order.

    ``gravity`` and ``type_`` give the words for names of the form's choices.
    """
    ids = [report.submission for report in case.reports]
    events = [*_told(session, case), *_corrected(session, ids), *_reviewed(session, ids)]
    steps = session.scalars(
        select(CaseStep)
        .where(CaseStep.case_id.in_({case.id, *ids}))
        .order_by(CaseStep.id)
        .options(joinedload(CaseStep.person))
    ).all()
    words = _Words(session, _visible(session, scope, steps), gravity, type_)
    for step in steps:
        events += words.events(step)
    return sorted(events, key=lambda event: event.at)


def _told(session: Session, case: Case) -> Iterator[Event]:
    occurred = case.occurred_at
    if occurred is not None:
        yield Event(occurred, _("It happened, as reported"))
    first = select(Revision).where(
        Revision.submission_id.in_([report.submission for report in case.reports]),
        Revision.number == 1,
        Revision.conflicting.is_(False),
    )
    for revision in session.scalars(first.options(joinedload(Revision.person))):
        if revision.finished_at is not None:
            yield Event(
                revision.finished_at,
                _("Reported on the phone"),
                revision.person.name,
                report=revision.submission_id,
            )
        yield Event(
            revision.received_at,
            _("Report arrived"),
            revision.person.name,
            report=revision.submission_id,
        )


def _corrected(session: Session, ids: Sequence[uuid.UUID]) -> Iterator[Event]:
    revisions = session.scalars(
        select(Revision)
        .where(Revision.submission_id.in_(ids), Revision.number > 1)
        .options(joinedload(Revision.person))
    )
    for revision in revisions:
        what = _("Report corrected, revision %(number)s", number=revision.number)
        yield Event(revision.received_at, what, revision.person.name, report=revision.submission_id)


def _reviewed(session: Session, ids: Sequence[uuid.UUID]) -> Iterator[Event]:
    done = session.scalars(
        select(Verification)
        .where(Verification.submission_id.in_(ids))
        .options(joinedload(Verification.person))
    )
    for each in done:
        what = _("Report is now %(status)s", status=STATUSES[each.after])
        yield Event(each.at, what, each.person.name, each.reason, report=each.submission_id)


def _visible(session: Session, scope: Scope, steps: Sequence[CaseStep]) -> set[uuid.UUID]:
    """Of the reports that were linked and unlinked, those that the reader may see."""
    ids = {uuid.UUID(one) for step in steps if step.kind == StepKind.LINK for one in step.after}
    return set(
        session.scalars(
            select(Submission.id).where(Submission.id.in_(ids), scope.sees(Submission.region_id))
        )
    )


class _Words:
    """The steps of a case in the reader's language."""

    def __init__(
        self, session: Session, visible: set[uuid.UUID], gravity: Label, type_: Label
    ) -> None:
        self._session = session
        self._visible = visible
        self._gravity = gravity
        self._type = type_

    def events(self, step: CaseStep) -> Iterator[Event]:
        """What a step says; of reports that the reader may not see it says nothing."""
        who = step.person.name
        if step.kind == StepKind.NOTE:
            yield Event(step.at, _("Note"), who, step.text, is_note=True)
        elif step.kind == StepKind.STATE:
            what = _("Now %(state)s", state=STATES[State(step.after["state"])])
            yield Event(step.at, what, who, step.text)
        elif step.kind == StepKind.JUDGEMENT:
            for name, value in step.after.items():
                yield Event(step.at, self._judged(name, value), who, step.text)
        else:
            for report, case_id in step.after.items():
                submission_id = uuid.UUID(report)
                if submission_id in self._visible:
                    yield self._linked(step, submission_id, case_id)

    def _linked(self, step: CaseStep, report: uuid.UUID, case_id: str) -> Event:
        code = receipt_code(report)
        if case_id == str(step.case_id):
            what = _("Linked the report %(code)s", code=code)
        else:
            what = _("Unlinked the report %(code)s", code=code)
        return Event(step.at, what, step.person.name, report=report)

    def _judged(self, name: str, value: Any) -> str:
        if name == "gravity":
            return _("Gravity: %(gravity)s", gravity=self._gravity(value) or _("as reported"))
        if name == "type":
            return _("Type: %(type)s", type=self._type(value) or _("as reported"))
        if name == "title":
            return _("Summary: %(title)s", title=value or _("none"))
        person = self._session.get(Person, value) if value else None
        return _("Responsible: %(person)s", person=person.name if person else _("nobody"))
