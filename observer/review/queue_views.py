"""The review queue, and what a reviewer does there besides deciding."""

from __future__ import annotations

import uuid
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import format_timedelta, get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.guard import with_disabled
from observer.access.permissions import needs
from observer.checklists.library import definition_of
from observer.checklists.validation import form_as_sent, form_of_answers
from observer.collect.envelope import UnreadableError, read_json
from observer.collect.intake import receipt_code
from observer.collect.models import Submission
from observer.collect.queries import counted_revision
from observer.collect.uploading import check_size
from observer.database import get_session, now
from observer.missions.rounds import local_time
from observer.missions.scope import current_membership, current_scope
from observer.problems import problem
from observer.review import correcting, desk, queries
from observer.review.correcting import with_kept
from observer.review.filtering import UnknownNameError, form_titles, queue_filters, queue_form
from observer.review.flags import SEVERITIES, sentence, title
from observer.review.forms import STATUSES, AssignForm, ReasonForm, StepForm
from observer.review.models import Flag, Inquiry
from observer.review.operations import NotPossibleError
from observer.review.queue import queue, reviewers
from observer.settings import current_settings

blueprint = Blueprint("review_queue", __name__)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "status_names": STATUSES,
        "receipt_code": receipt_code,
        "severities": SEVERITIES,
        "sentence": sentence,
        "check_title": title,
        "ago": lambda moment: format_timedelta(moment - now(), add_direction=True),
    }


@blueprint.route("/review")
@needs("submission.verify")
def show() -> str:
    """The queue, filtered."""
    session, scope = get_session(), current_scope()
    form = queue_form(session, scope, request.args)
    try:
        filters = queue_filters(session, scope, form, current_user)
    except UnknownNameError as error:
        abort(404, str(error))
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "review/queue.html",
        mission=scope.mission,
        form=form,
        filtered=any(form.data.values()),
        given={name: value for name, value in form.data.items() if value},
        titles=form_titles(session, scope),
        queue=queue(session, scope, filters, page=page),
        page=page,
        reason=ReasonForm(),
    )


@blueprint.route("/submissions/<uuid:submission_id>/assign", methods=["POST"])
@needs("submission.verify")
def assign(submission_id: uuid.UUID) -> BaseResponse:
    """Have somebody look after a submission: ``me``, the id of a reviewer, or nobody."""
    session, found = get_session(), _submission(submission_id)
    form = _valid(AssignForm())
    chosen = form.person.data
    known = {str(person.id): person for person in reviewers(session, current_scope())}
    if chosen == "me":
        chosen = str(current_user.id)
    if chosen and chosen not in known:
        abort(400, _("There is no such reviewer."))
    desk.assign(session, found, known.get(chosen))
    session.commit()
    if chosen:
        flash(_("Looked after by %(name)s.", name=known[chosen].name), "success")
    else:
        flash(_("Nobody looks after it now."), "success")
    return _back(submission_id)


@blueprint.route(
    "/submissions/<uuid:submission_id>/flags/<int:flag_id>/<any(dismiss, restore):step>",
    methods=["POST"],
)
@needs("submission.verify")
def take_flag_step(submission_id: uuid.UUID, flag_id: int, step: str) -> BaseResponse:
    """Dismiss a flag for a reason, or take that back."""
    session, found = get_session(), _submission(submission_id)
    flag = session.get(Flag, flag_id)
    if flag is None or flag.submission_id != found.id:
        abort(404)
    form = _valid(ReasonForm())
    try:
        if step == "dismiss":
            desk.dismiss(session, flag, current_user, form.text.data or "")
            flash(_("The flag is dismissed."), "success")
        else:
            desk.take_up(session, flag)
            flash(_("The flag is open again."), "success")
    except NotPossibleError as error:
        flash(str(error), "danger")
    session.commit()
    return _back(submission_id)


@blueprint.route("/submissions/<uuid:submission_id>/ask", methods=["POST"])
@needs("submission.verify")
def ask(submission_id: uuid.UUID) -> BaseResponse:
    """Ask the observer something."""
    session, found = get_session(), _submission(submission_id)
    form = _valid(ReasonForm())
    try:
        desk.ask(session, found, current_user, form.text.data or "")
        flash(_("The question appears on the observer's phone at its next contact."), "success")
    except NotPossibleError as error:
        session.rollback()
        flash(str(error), "danger")
    session.commit()
    return _back(submission_id)


@blueprint.route(
    "/submissions/<uuid:submission_id>/inquiries/<int:inquiry_id>/withdraw", methods=["POST"]
)
@needs("submission.verify")
def withdraw(submission_id: uuid.UUID, inquiry_id: int) -> BaseResponse:
    """Take a question back."""
    session, found = get_session(), _submission(submission_id)
    inquiry = session.get(Inquiry, inquiry_id)
    if inquiry is None or inquiry.submission_id != found.id:
        abort(404)
    _valid(ReasonForm())
    try:
        desk.withdraw(session, inquiry)
        flash(_("The question is taken back."), "success")
    except NotPossibleError as error:
        flash(str(error), "danger")
    session.commit()
    return _back(submission_id)


@blueprint.route("/submissions/<uuid:submission_id>/correct", methods=["GET", "POST"])
@needs("submission.correct")
def correct(submission_id: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """The answers in the fields of their form, to be stored as the next revision."""
    session, scope, found = get_session(), current_scope(), _submission(submission_id)
    counted = counted_revision(session, found)
    if counted.form_version is None:
        abort(409, _("The form or its version is unknown here."))
    definition, language = definition_of(counted.form_version), str(get_locale())
    step, status = StepForm(seen=found.change), 200
    if request.method == "GET":
        form = form_of_answers(definition, counted.answers, language)
    else:
        moment = local_time(scope.mission, counted.finished_at or counted.received_at)
        form, answers = form_as_sent(definition, request.form, language, moment)
        answers = with_kept(definition, answers, counted.answers)
        status = 422
        if not step.validate():
            abort(400)
        if not form.errors:
            try:
                operation = (session, found, current_user, answers, step.reason.data or "")
                correcting.correct(*operation, seen=step.seen.data)
            except NotPossibleError as error:
                session.rollback()
                step.reason.errors = [str(error)]
            else:
                session.commit()
                flash(_("Corrected: the answers are the next revision."), "success")
                return _back(submission_id)
    page = render_template(
        "review/correct.html",
        mission=scope.mission,
        submission=found,
        titles=form_titles(session, scope),
        definition=definition,
        form=form,
        step=step,
        kept_types=correcting.KEPT_TYPES,
    )
    return page, status


@blueprint.route("/api/v1/inquiries")
@needs("submission.create")
@with_disabled
def inquiries() -> Response:
    """The questions to the person who asks that wait for an answer."""
    found = desk.inquiries_to(get_session(), current_user, current_membership().mission_id)
    return jsonify([_told(inquiry) for inquiry in found])


@blueprint.route("/api/v1/inquiries/<int:inquiry_id>", methods=["PUT"])
@needs("submission.create")
@with_disabled
def answer(inquiry_id: int) -> Response | tuple[Response, int]:
    """Keep an observer's answer; the same one again changes nothing."""
    session = get_session()
    content = request.get_data(cache=False)
    check_size(content, current_settings().max_submission_bytes)
    try:
        given = read_json(content).get("answer")
    except UnreadableError as reason:
        return problem(400, str(reason))
    inquiry = session.get(Inquiry, inquiry_id)
    if inquiry is None or inquiry.submission.person_id != current_user.id:
        return problem(404, _("There is no such question to you."))
    if not isinstance(given, str):
        return problem(400, _('Send {"answer": a text}.'))
    try:
        if not desk.answer(session, inquiry, current_user, given[: desk.LONGEST_QUESTION]):
            return problem(409, _("Another answer was given before."))
    except NotPossibleError as error:
        return problem(400, str(error))
    session.commit()
    return jsonify(_told(inquiry))


def _told(inquiry: Inquiry) -> dict[str, Any]:
    submission = inquiry.submission
    return {
        "id": inquiry.id,
        "submission": str(inquiry.submission_id),
        "question": inquiry.question,
        "asked_by": inquiry.asked_by.name,
        "asked_at": inquiry.asked_at.isoformat(),
        "answer": inquiry.answer,
        "answered_at": inquiry.answered_at.isoformat() if inquiry.answered_at else None,
        "form": submission.form.code if submission.form else None,
        "place": submission.place.code if submission.place else None,
    }


def _submission(submission_id: uuid.UUID) -> Submission:
    found = queries.submission_in_scope(get_session(), current_scope(), submission_id)
    return found or abort(404)


def _valid(form: Any) -> Any:
    if not form.validate_on_submit():
        abort(400)
    return form


def _back(submission_id: uuid.UUID) -> BaseResponse:
    return redirect(url_for("review.submission", submission_id=submission_id))
