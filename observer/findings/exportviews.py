"""The page of exports: ordering one, the long ones under way, and tokens for the feed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import needs
from observer.database import get_session
from observer.findings.exportforms import ExportForm, TokenForm, export_form, file_name, order_of
from observer.findings.exports.names import NotExportedError
from observer.findings.exports.order import Layout, Order, check, count, count_places
from observer.findings.exports.variables import UnexpectedAnswerError
from observer.findings.exports.writing import write_export
from observer.findings.feed import tokens
from observer.findings.jobs import EXPORT, ask_for_export, folder_of
from observer.findings.models import FeedToken
from observer.findings.names import UnknownNameError
from observer.language import ngettext
from observer.missions import jobs
from observer.missions.jobmodels import UNDER_WAY, Job, JobState
from observer.missions.jobpages import own_job, own_jobs
from observer.missions.jobs import TooManyJobsError
from observer.missions.rounds import current_round, today
from observer.missions.scope import Scope, current_scope
from observer.settings import current_settings

blueprint = Blueprint("exports", __name__)

AT_ONCE = 5_000
"""So many submissions are exported while one waits; more by a process of their own."""


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"state_in_words": _state_in_words, "UNDER_WAY": UNDER_WAY, "kept_days": jobs.KEPT_DAYS}


@blueprint.route("/exports")
@needs("submission.export")
def page() -> str:
    """What can be exported, and what is under way."""
    return _show(export_form(get_session(), current_scope(), None))


@blueprint.route("/exports", methods=["POST"])
@needs("submission.export")
def export() -> str | BaseResponse | tuple[str, int]:
    """Export at once where it is little, else by a job."""
    session, scope = get_session(), current_scope()
    form = export_form(session, scope, request.form)
    if not form.validate():
        return _show(form), 422
    order = order_of(form, request.url_root)
    name = file_name(scope.mission.code, form, today(scope.mission))
    try:
        if sum(count(session, check(session, scope, order)).values()) <= AT_ONCE:
            session.commit()
            return _at_once(scope, order, name)
        job = ask_for_export(session, scope.mission, current_user, order, name)
    except (UnknownNameError, NotExportedError, UnexpectedAnswerError, TooManyJobsError) as error:
        session.rollback()
        flash(str(error), "danger")
        return _show(form), 409
    session.commit()
    jobs.start(job.id, current_settings())
    flash(_("The export is being made. You can leave this page."), "success")
    return redirect(url_for(".page", _anchor="jobs"))


def _at_once(scope: Scope, order: Order, name: str) -> Response:
    """The file itself, which is on no disk any more once it is sent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_export(current_app.extensions["observer.engine"], scope, order, path)
        # An open file is there until it is closed, with or without a name.
        return send_file(path.open("rb"), as_attachment=True, download_name=name)


@blueprint.route("/exports/count")
@needs("submission.export")
def count_rows() -> tuple[Response, int] | Response:
    """How many rows what is asked for would have, in words."""
    form = export_form(get_session(), current_scope(), request.args)
    if not form.validate():
        return jsonify(text=" ".join(str(e) for each in form.errors.values() for e in each)), 422
    return jsonify(text=_size_in_words(form))


@blueprint.route("/exports/jobs")
@needs("submission.export")
def list_jobs() -> str:
    """The person's own jobs, as a part of the page."""
    return render_template(
        "findings/_jobs.html", mission=current_scope().mission, jobs=own_jobs(EXPORT)
    )


@blueprint.route("/exports/jobs/<int:job_id>/stop", methods=["POST"])
@needs("submission.export")
def stop(job_id: int) -> BaseResponse:
    """Stop a job."""
    jobs.ask_to_stop(own_job(EXPORT, job_id))
    get_session().commit()
    return redirect(url_for(".page", _anchor="jobs"))


@blueprint.route("/exports/jobs/<int:job_id>/file")
@needs("submission.export")
def result(job_id: int) -> Response:
    """The file that a job made."""
    job = own_job(EXPORT, job_id)
    path = folder_of(current_settings()) / job.result
    if not job.result or not path.is_file():
        abort(404, _("This file is not kept any more. Export it again."))
    return send_file(path.resolve(), as_attachment=True, download_name=job.file_name)


@blueprint.route("/exports/tokens", methods=["POST"])
@needs("submission.export")
def make_token() -> Response | tuple[str, int]:
    """Make a token for the feed; this answer alone shows it."""
    session, scope, form = get_session(), current_scope(), TokenForm()
    if not form.validate():
        return _show(export_form(session, scope, None), token_form=form), 422
    token, made = tokens.make_token(session, current_user, form.name.data, form.days.data)
    session.commit()
    page = _show(export_form(session, scope, None), token=token, made=made)
    return Response(page, headers={"Cache-Control": "no-store"})


@blueprint.route("/exports/tokens/<int:token_id>/end", methods=["GET", "POST"])
@needs("submission.export")
def end_token(token_id: int) -> str | BaseResponse:
    """End a token for the feed, after asking."""
    token = tokens.token_of(get_session(), current_user, token_id) or abort(404)
    if request.method == "GET":
        return render_template(
            "findings/end_token.html", mission=current_scope().mission, token=token
        )
    tokens.end_token(get_session(), token)
    get_session().commit()
    flash(_("The token has been ended."), "success")
    return redirect(url_for(".page", _anchor="feeds"))


def _show(
    form: ExportForm,
    *,
    token_form: TokenForm | None = None,
    token: str = "",
    made: FeedToken | None = None,
) -> str:
    mission = current_scope().mission
    return render_template(
        "findings/exports.html",
        mission=mission,
        form=form,
        size=_size_in_words(form) if form.forms.choices and not form.errors else "",
        token_form=token_form or TokenForm(formdata=None),
        token=token,
        made=made,
        tokens=tokens.tokens_of(get_session(), current_user),
        is_over=tokens.is_over,
        feed=url_for("feed.service", mission=mission.code, _external=True),
        round_=current_round(mission) if len(mission.rounds) > 1 else None,
        jobs=own_jobs(EXPORT),
    )


def _size_in_words(form: ExportForm) -> str:
    session, scope = get_session(), current_scope()
    checked = check(session, scope, order_of(form, ""))
    reports = sum(count(session, checked).values())
    if checked.order.layout is Layout.STATIONS:
        places = count_places(session, checked)
        said = ngettext("%(num)s place", "%(num)s places", places)
    elif checked.order.layout is Layout.REPEATS:
        said = ngettext("the items of %(num)s report", "the items of %(num)s reports", reports)
    else:
        said = ngettext("%(num)s row", "%(num)s rows", reports)
    if reports > AT_ONCE:
        return _("%(size)s; it takes a while, and you can leave the page meanwhile", size=said)
    return said


def _state_in_words(job: Job) -> str:
    """Where a job stands."""
    if job.state == JobState.DONE and not job.result:
        return _("not kept any more")
    return jobs.state_in_words(job)
