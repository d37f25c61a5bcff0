"""The page of one submission, for every view that ends on it."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import abort, render_template, request
from flask_babel import format_timedelta
from flask_login import current_user

from observer.access.permissions import may
from observer.collect.intake import receipt_code
from observer.collect.models import Submission
from observer.database import get_session, now
from observer.missions.scope import Scope
from observer.review import flags, operations, queries
from observer.review.circumstances import clock_in_words
from observer.review.filtering import form_titles
from observer.review.forms import STATUSES, StepForm
from observer.review.onward import way_of
from observer.review.queuefilters import LEVEL_NAMES
from observer.review.sheet import read_sheet


def words() -> dict[str, object]:
    """What the templates of this room call things."""
    return {
        "status_names": STATUSES,
        "level_names": LEVEL_NAMES,
        "receipt_code": receipt_code,
        "flag_sentence": flags.sentence,
        "check_title": flags.title,
        "age": age,
    }


def age(moment: datetime) -> str:
    """How long ago something was, in words."""
    return format_timedelta(now() - moment, granularity="minute")


def submission_or_404(scope: Scope, submission_id: uuid.UUID) -> Submission:
    """The submission, as far as it is the reader's business."""
    found = queries.submission_in_scope(get_session(), scope, submission_id)
    if found is None:
        abort(404)
    return found


def show(
    scope: Scope,
    found: Submission,
    form: StepForm,
    failed: str = "",
    *,
    failure: str = "",
    question: str = "",
) -> str:
    """The page of a submission.

    ``failed`` is the step that was not possible. Why is said by the form's field, or by ``failure``
    where the step has a form of its own; ``question`` is what was to be asked.
    """
    session = get_session()
    way = way_of(session, scope, request.args, current_user)
    return render_template(
        "review/submission.html",
        mission=scope.mission,
        sheet=read_sheet(session, scope, found, current_user),
        titles=form_titles(session, scope),
        clock_in_words=clock_in_words,
        form=form,
        failed=failed,
        failure=failure,
        question=question,
        way=way,
        done=done_before(scope),
        reasoned=[name for name, step in operations.STEPS.items() if step.reasoned],
        may_verify=may(current_user.role, "submission.verify"),
        may_correct=may(current_user.role, "submission.correct"),
    )


def done_before(scope: Scope) -> Submission | None:
    """The submission that the reader has just done with, where its last step can be undone."""
    session = get_session()
    try:
        done = queries.submission_in_scope(session, scope, uuid.UUID(request.args.get("done")))
    except (TypeError, ValueError):
        return None
    last = operations.last_step(session, done) if done else None
    return done if last and operations.may_undo(done, last, current_user) else None
