"""The review queue, and what reviewers do with a submission besides verifying it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from observer.access.models import Person
from observer.access.permissions import needs
from observer.collect.models import Submission
from observer.database import get_session
from observer.missions.scope import Scope, current_scope
from observer.review import asking, handling
from observer.review.filtering import UnknownNameError, form_titles
from observer.review.flags import open_flags
from observer.review.forms import AskForm, AssignForm, StepForm
from observer.review.models import Flag, Inquiry
from observer.review.onward import LIST, SHEET, address_after, way_of
from observer.review.operations import NotPossibleError, possible_steps
from observer.review.queue import COUNT_UP_TO, Position, count_by_level, next_after, page
from observer.review.queuefilters import queue_filters, queue_form
from observer.review.showing import done_before, show, submission_or_404, words

blueprint = Blueprint("review_queue", __name__)
blueprint.context_processor(words)


@blueprint.route("/review")
@needs("submission.verify")
def queue() -> str:
    """The submissions that wait for a reviewer, what weighs most first."""
    session, scope = get_session(), current_scope()
    form = queue_form(session, scope, request.args)
    try:
        filters = queue_filters(session, scope, request.args, current_user)
        after = Position.parse(request.args["after"]) if "after" in request.args else None
    except (UnknownNameError, ValueError) as error:
        abort(404, str(error))
    found = page(session, scope, filters, after=after)
    ids = [submission.id for submission, _level in found.waiting]
    given = {name: value for name, value in form.data.items() if value}
    return render_template(
        "review/queue.html",
        mission=scope.mission,
        form=form,
        page=found,
        given=given,
        in_list={"queue": LIST, **given},
        in_sheet={"queue": SHEET, **given},
        first_page=after is None,
        flags=open_flags(session, ids),
        asked=asking.asked_in(session, ids),
        steps={one.id: possible_steps(session, one) for one, _level in found.waiting},
        titles=form_titles(session, scope),
        counts=count_by_level(session, scope, filters),
        count_up_to=COUNT_UP_TO,
        done=done_before(scope),
    )


@blueprint.route("/submissions/<uuid:submission_id>/next")
@needs("submission.verify")
def following(submission_id: uuid.UUID) -> Response:
    """Go on to the next one of the queue without doing anything."""
    session, scope = get_session(), current_scope()
    found = submission_or_404(scope, submission_id)
    args = request.args.copy()
    args["queue"] = SHEET
    way = way_of(session, scope, args, current_user, found)
    behind = next_after(session, scope, way.filters, way.position) if way.position else None
    if behind is None:
        flash(_("That was the last one of the queue."), "message")
        return redirect(url_for(".queue", **way.given))
    return redirect(url_for("review.submission", submission_id=behind.id, **way.arguments()))


@blueprint.route("/submissions/<uuid:submission_id>/assign", methods=["POST"])
@needs("submission.verify")
def assign(submission_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give it to somebody to look after, or to nobody."""
    form = AssignForm()
    to = get_session().get(Person, form.person.data) if form.person.data else None
    if form.person.data and to is None:
        abort(400)
    told = _("It is yours now.") if to and to.id == current_user.id else _("Done.")
    return _take(
        submission_id,
        form,
        "assign",
        lambda found: handling.assign(get_session(), found, to, form.seen.data),
        told,
    )


@blueprint.route(
    "/submissions/<uuid:submission_id>/flags/<int:flag_id>/<any(dismiss, restore):step>",
    methods=["POST"],
)
@needs("submission.verify")
def flag_step(submission_id: uuid.UUID, flag_id: int, step: str) -> Response | tuple[str, int]:
    """Put a flag aside, or take that back."""
    form = StepForm()

    def act(found: Submission) -> object:
        flag = get_session().get(Flag, flag_id)
        if flag is None or flag.submission_id != found.id:
            abort(404)
        if step == "restore":
            return handling.restore(get_session(), flag, form.seen.data)
        reason = form.reason.data or ""
        return handling.dismiss(get_session(), flag, current_user, reason, form.seen.data)

    told = _("The flag is dismissed.") if step == "dismiss" else _("The flag is open again.")
    return _take(submission_id, form, step, act, told)


@blueprint.route("/submissions/<uuid:submission_id>/ask", methods=["POST"])
@needs("submission.verify")
def ask(submission_id: uuid.UUID) -> Response | tuple[str, int]:
    """Ask the observer something."""
    form = AskForm()
    words_ = form.question.data or ""
    return _take(
        submission_id,
        form,
        "ask",
        lambda found: asking.ask(get_session(), found, current_user, words_, form.seen.data),
        _("Asked: the observer sees it at the next contact."),
    )


@blueprint.route(
    "/submissions/<uuid:submission_id>/inquiries/<int:inquiry_id>/withdraw", methods=["POST"]
)
@needs("submission.verify")
def withdraw(submission_id: uuid.UUID, inquiry_id: int) -> Response | tuple[str, int]:
    """Take a question back."""
    form = StepForm()

    def act(found: Submission) -> object:
        inquiry = get_session().get(Inquiry, inquiry_id)
        if inquiry is None or inquiry.submission_id != found.id:
            abort(404)
        return asking.withdraw(get_session(), inquiry, form.seen.data)

    return _take(submission_id, form, "withdraw", act, _("The question is withdrawn."))


def _take(
    submission_id: uuid.UUID,
    form: FlaskForm,
    step: str,
    act: Callable[[Submission], object],
    told: str,
) -> Response | tuple[str, int]:
    """Do something with a submission, say so and go on, or show it again with the reason."""
    session, scope = get_session(), current_scope()
    found = submission_or_404(scope, submission_id)
    if not form.validate_on_submit():
        abort(400)
    way = way_of(session, scope, request.args, current_user, found)
    try:
        act(found)
    except NotPossibleError as error:
        session.rollback()
        return _refused(scope, found, form, step, str(error)), 409
    session.commit()
    flash(told, "success")
    return redirect(address_after(session, scope, way, step, submission_id))


def _refused(scope: Scope, found: Submission, form: FlaskForm, step: str, why: str) -> str:
    typed = form.data.get("question") or ""
    again = StepForm(formdata=None, seen=found.change)
    return show(scope, found, again, failed=step, failure=why, question=typed)
