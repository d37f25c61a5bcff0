"""The reviewer's pages: the list of submissions, one submission with its steps."""

from __future__ import annotations

import uuid

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.collect.intake import receipt_code
from observer.collect.media import path_of
from observer.collect.models import Submission
from observer.database import get_session
from observer.missions.scope import Scope, current_scope
from observer.review import operations, queries
from observer.review.circumstances import clock_in_words
from observer.review.filtering import (
    UnknownNameError,
    form_titles,
    read_filters,
    submission_form,
)
from observer.review.flags import SEVERITIES, sentence, title
from observer.review.forms import STATUSES, AssignForm, ReasonForm, StepForm
from observer.review.operations import ChangedMeanwhileError, NotPossibleError
from observer.review.queries import COUNT_UP_TO, Cursor
from observer.review.queue import reviewers
from observer.review.sheet import read_sheet
from observer.settings import current_settings

blueprint = Blueprint("review", __name__)

IMAGES = ("image/jpeg", "image/png", "image/webp")
DONE = {
    "verify": lambda: _("Verified."),
    "release": lambda: _("Released: it is counted as received from now on."),
    "reject": lambda: _("Rejected: it is in no figure any more."),
    "reopen": lambda: _("Reopened: it waits for a reviewer again."),
    "undo": lambda: _("Undone."),
}


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"status_names": STATUSES, "receipt_code": receipt_code}


@blueprint.route("/submissions")
@needs("submission.view")
def submissions() -> str:
    """The submissions in scope, newest first, filtered."""
    session, scope = get_session(), current_scope()
    titles = form_titles(session, scope)
    form = submission_form(session, scope, request.args)
    try:
        filters = read_filters(session, scope, form, current_app.extensions["observer.answered"])
        after = Cursor.parse(request.args["after"]) if "after" in request.args else None
    except (UnknownNameError, ValueError) as error:
        abort(404, str(error))
    return render_template(
        "review/submissions.html",
        mission=scope.mission,
        form=form,
        filtered=any(form.data.values()),
        titles=titles,
        page=queries.page(session, scope, filters, after=after, counted=True),
        count_up_to=COUNT_UP_TO,
        first_page=after is None,
        given={name: value for name, value in form.data.items() if value},
    )


@blueprint.route("/submissions/<uuid:submission_id>")
@needs("submission.view")
def submission(submission_id: uuid.UUID) -> str:
    """One submission: what it says, how it came about, what was done with it."""
    scope = current_scope()
    found = _submission_or_404(scope, submission_id)
    return _show(scope, found, StepForm(seen=found.change))


@blueprint.route(
    "/submissions/<uuid:submission_id>/<any(verify, release, reject, reopen, undo):step>",
    methods=["POST"],
)
@needs("submission.verify")
def take_step(submission_id: uuid.UUID, step: str) -> str | BaseResponse | tuple[str, int]:
    """Verify, release, reject, reopen, or undo."""
    session, scope = get_session(), current_scope()
    found = _submission_or_404(scope, submission_id)
    form = StepForm()
    if not form.validate_on_submit():
        abort(400)
    take = getattr(operations, step)
    try:
        take(session, found, current_user, form.reason.data, seen=form.seen.data)
    except NotPossibleError as error:
        session.rollback()
        form.reason.errors = [str(error)]
        if isinstance(error, ChangedMeanwhileError):
            form.seen.data = found.change
        return _show(scope, found, form, failed=step), 409
    session.commit()
    flash(DONE[step](), "success")
    return redirect(url_for(".submission", submission_id=submission_id))


@blueprint.route("/submissions/<uuid:submission_id>/attachments/<sha256>")
@needs("submission.view")
def attachment(submission_id: uuid.UUID, sha256: str) -> Response:
    """A photo of a submission."""
    session, scope = get_session(), current_scope()
    found = _submission_or_404(scope, submission_id)
    stored = next((a for a in queries.attachments(session, found) if a.sha256 == sha256), None)
    if stored is None or stored.stored_sha256 is None:
        abort(404)
    path = path_of(current_settings().media, stored.stored_sha256)
    if not path.is_file():
        abort(404)
    shown = stored.media_type in IMAGES
    return send_file(
        path.resolve(),
        mimetype=stored.media_type if shown else "application/octet-stream",
        as_attachment=not shown,
        download_name=stored.sha256[:12],
    )


def _submission_or_404(scope: Scope, submission_id: uuid.UUID) -> Submission:
    found = queries.submission_in_scope(get_session(), scope, submission_id)
    if found is None:
        abort(404)
    return found


def _show(scope: Scope, found: Submission, form: StepForm, failed: str = "") -> str:
    session = get_session()
    return render_template(
        "review/submission.html",
        mission=scope.mission,
        sheet=read_sheet(session, scope, found, current_user),
        titles=form_titles(session, scope),
        clock_in_words=clock_in_words,
        form=form,
        failed=failed,
        reasoned=[name for name, step in operations.STEPS.items() if step.reasoned],
        may_verify=may(current_user.role, "submission.verify"),
        may_correct=may(current_user.role, "submission.correct"),
        reviewers=reviewers(session, scope),
        assigning=AssignForm(person=str(found.assigned_to_id or "")),
        reason_form=ReasonForm(),
        sentence=sentence,
        check_title=title,
        severities=SEVERITIES,
    )
