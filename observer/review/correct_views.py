"""The page on which somebody of the mission room corrects the answers of a submission."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from observer.access.permissions import needs
from observer.checklists.library import definition_of
from observer.checklists.validation import form_as_sent, form_of_answers
from observer.collect.queries import counted_revision
from observer.database import get_session
from observer.missions.rounds import local_time
from observer.missions.scope import current_scope
from observer.review import correcting
from observer.review.filtering import form_titles
from observer.review.forms import StepForm
from observer.review.onward import way_of
from observer.review.operations import ChangedMeanwhileError, NotPossibleError
from observer.review.showing import submission_or_404, words

blueprint = Blueprint("review_correct", __name__)
blueprint.context_processor(words)


@blueprint.route("/submissions/<uuid:submission_id>/correct", methods=["GET", "POST"])
@needs("submission.correct")
def correct(submission_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The answers in the fields of their form, to be stored as the next revision."""
    session, scope = get_session(), current_scope()
    found = submission_or_404(scope, submission_id)
    counted = counted_revision(session, found)
    if counted.form_version is None:
        abort(409, _("The form or its version is unknown here."))
    definition, language = definition_of(counted.form_version), str(get_locale())
    way = way_of(session, scope, request.args, current_user)
    here = url_for("review.submission", submission_id=submission_id, **way.arguments())
    step, status = StepForm(seen=found.change), 200
    if request.method == "GET":
        form = form_of_answers(definition, counted.answers, language)
    else:
        moment = local_time(scope.mission, counted.finished_at or counted.received_at)
        form, answers = form_as_sent(definition, request.form, language, moment)
        answers = correcting.with_kept(definition, answers, counted.answers)
        status = 422
        if not step.validate():
            abort(400)
        if not form.errors:
            try:
                operation = (session, found, current_user, answers, step.reason.data or "")
                correcting.correct(*operation, seen=step.seen.data)
            except NotPossibleError as error:
                session.rollback()
                status = 409 if isinstance(error, ChangedMeanwhileError) else 422
                step.reason.errors = [str(error)]
            else:
                session.commit()
                flash(_("Corrected: the answers are the next revision."), "success")
                return redirect(here)
    page = render_template(
        "review/correct.html",
        mission=scope.mission,
        submission=found,
        titles=form_titles(session, scope),
        definition=definition,
        form=form,
        step=step,
        kept_types=correcting.KEPT_TYPES,
        here=here,
    )
    return page, status
