"""From a form of a case's page to the step it asks for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice

from observer.access.models import Person
from observer.collect.models import Submission
from observer.missions.scope import Scope
from observer.review import caseoperations as operations
from observer.review import queries
from observer.review.board import Words, desk, may_look_after
from observer.review.caseforms import (
    JudgementForm,
    LinkForm,
    MoveForm,
    NoteForm,
    SeenForm,
    UnlinkForm,
)
from observer.review.cases import NOBODY, Case, case_id_of, gravest, one_case
from observer.review.casesheet import reports_of
from observer.review.incidents import SHOWN
from observer.review.operations import NotPossibleError

FORMS: dict[str, type[SeenForm] | type[NoteForm]] = {
    "move": MoveForm,
    "judge": JudgementForm,
    "note": NoteForm,
    "link": LinkForm,
    "unlink": UnlinkForm,
    "undo": SeenForm,
    "verify": SeenForm,
}
"""The form of each step."""


@dataclass(frozen=True)
class Asked:
    """A step that somebody asks for: of which case, and what they filled in."""

    session: Session
    scope: Scope
    case: Case
    by: Person
    form: Any

    @property
    def first(self) -> Submission:
        """The report that the case is known by."""
        return self.session.get_one(Submission, self.case.id)


def take(name: str, asked: Asked) -> None:
    """Take a step with a case. Raises NotPossibleError with the sentence to show.

    Somebody who may see only a part of its reports can write notes and nothing else.
    """
    if name != "note" and not asked.case.is_whole:
        raise NotPossibleError(
            _(
                "Some reports of this incident lie outside your regions: whoever sees all of "
                "them decides about it. You can write a note."
            )
        )
    _STEPS[name](asked)


def judgement_form(
    session: Session, scope: Scope, case: Case, words: Words, *, posted: bool
) -> JudgementForm:
    """The form of the mission's judgement with its choices; filled in unless it was posted."""
    responsible = case.responsible.id if case.responsible else NOBODY
    form = JudgementForm(
        **{} if posted else {"formdata": None},
        seen=case.version,
        title=case.title,
        gravity=case.gravity if case.is_judged else "",
        type=case.types[0] if case.has_own_type else "",
        responsible=responsible,
    )
    told = words.gravity(gravest(report.reported_gravity for report in case.reports))
    as_told = _("as reported: %(gravity)s", gravity=told) if told else _("as reported")
    form.gravity.choices = _choices(as_told, words.gravities, form.gravity.object_data)
    form.type.choices = _choices(_("as reported"), words.types, form.type.object_data)
    people = {person.id: person.name for person in desk(session, scope)}
    if case.responsible:
        people.setdefault(case.responsible.id, case.responsible.name)
    form.responsible.choices = [
        SelectChoice(NOBODY, _("nobody")),
        *(SelectChoice(key, name) for key, name in people.items()),
    ]
    return form


def _choices(empty: str, labels: dict[str, str], now: str) -> list[SelectChoice]:
    # A name that only an older version of the form has can stay what it is.
    labels = labels if not now or now in labels else {**labels, now: now}
    return [SelectChoice("", empty), *(SelectChoice(name, text) for name, text in labels.items())]


def _move(asked: Asked) -> None:
    form = asked.form
    operations.move(
        asked.session,
        asked.first,
        form.state.data,
        asked.by,
        reason=form.reason.data or "",
        seen=form.seen.data,
    )


def _judge(asked: Asked) -> None:
    form, session = asked.form, asked.session
    person = session.get(Person, form.responsible.data)
    chosen = asked.case.responsible.id if asked.case.responsible else NOBODY
    if person and person.id != chosen and not may_look_after(session, person, asked.case):
        raise NotPossibleError(
            _("This incident lies outside the regions of %(person)s.", person=person.name)
        )
    operations.judge(
        session,
        asked.first,
        asked.by,
        reason=form.reason.data or "",
        seen=form.seen.data,
        judged={
            "title": " ".join((form.title.data or "").split()),
            "gravity": form.gravity.data,
            "type": form.type.data,
            "responsible_id": person.id if person else None,
        },
    )


def _note(asked: Asked) -> None:
    operations.add_note(asked.session, asked.first, asked.form.note.data or "", asked.by)


def _link(asked: Asked) -> None:
    other = _report_of_code(asked)
    operations.link(asked.session, asked.first, other, asked.by, seen=asked.form.seen.data)


def _unlink(asked: Asked) -> None:
    report_id = uuid.UUID(asked.form.report.data)
    report = queries.submission_in_scope(asked.session, asked.scope, report_id)
    if report is None:
        raise NotPossibleError(_("This report is not linked to the incident."))
    operations.unlink(asked.session, asked.first, report, asked.by, seen=asked.form.seen.data)


def _undo(asked: Asked) -> None:
    operations.undo(asked.session, asked.first, asked.by, seen=asked.form.seen.data)


def _verify(asked: Asked) -> None:
    reports = reports_of(asked.session, asked.scope, asked.case)
    operations.verify_reports(asked.session, reports, asked.by, seen=asked.form.seen.data)


_STEPS: dict[str, Callable[[Asked], None]] = {
    "move": _move,
    "judge": _judge,
    "note": _note,
    "link": _link,
    "unlink": _unlink,
    "undo": _undo,
    "verify": _verify,
}


def _report_of_code(asked: Asked) -> Submission:
    """The report that a receipt code names, if it and its whole case are the person's to link."""
    code = asked.form.code.data.strip()
    filters = queries.Filters(
        round_id=asked.first.round_id, form_id=asked.first.form_id, statuses=SHOWN, code=code
    )
    found = queries.page(asked.session, asked.scope, filters, limit=2).submissions
    if not found:
        raise NotPossibleError(
            _("There is no report of an incident with the code %(code)s in this round.", code=code)
        )
    if len(found) > 1:
        raise NotPossibleError(
            _("Several reports begin with %(code)s: write more of its id.", code=code)
        )
    other_case = one_case(asked.session, asked.scope, case_id_of(asked.session, found[0].id))
    if other_case is not None and not other_case.is_whole:
        raise NotPossibleError(
            _("This report belongs to an incident with reports outside your regions.")
        )
    return found[0]
