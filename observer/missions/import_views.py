"""Bringing a mission's files in from a page: the work goes on beside it, and can be stopped."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice

from observer.access.permissions import needs
from observer.database import get_session
from observer.missions import jobs
from observer.missions.importing import IMPORT, NAMES, ask_for_import
from observer.missions.jobmodels import UNDER_WAY
from observer.missions.jobpages import own_job, own_jobs
from observer.missions.scope import current_scope
from observer.settings import current_settings

blueprint = Blueprint("imports", __name__, url_prefix="/mission/import")

LONGEST_NAME = 200


class BringForm(FlaskForm):
    """A file, and what is in it."""

    what = SelectField(_l("What it holds"), choices=[SelectChoice(*each) for each in NAMES.items()])
    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
    moves = BooleanField(_l("Let what is there be put into another centre or region"))


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"state_in_words": jobs.state_in_words, "UNDER_WAY": UNDER_WAY}


@blueprint.route("", methods=["GET", "POST"])
@needs("mission.manage")
def page() -> str | Response | tuple[str, int]:
    """Choose a file; and what became of those brought before."""
    form = BringForm(meta={"csrf": False})
    if not form.is_submitted():
        return _show(form)
    if not form.validate():
        return _show(form), 422
    session, settings = get_session(), current_settings()
    name = Path(form.file.data.filename or "file").name[-LONGEST_NAME:]
    try:
        job = ask_for_import(
            session,
            current_scope().mission,
            current_user,
            form.what.data,
            form.file.data.stream,
            name=name,
            moves=form.moves.data,
            folder=jobs.folder_of(settings, IMPORT),
        )
    except jobs.TooManyJobsError as error:
        session.rollback()
        flash(str(error), "danger")
        return _show(form), 409
    session.commit()
    jobs.start(job.id, settings)
    flash(_("The file is here and is being read. You can leave this page."), "success")
    return redirect(url_for(".page", _anchor="jobs"))


@blueprint.route("/jobs")
@needs("mission.manage")
def list_jobs() -> str:
    """The person's own imports, as a part of the page."""
    return render_template(
        "missions/_imports.html", mission=current_scope().mission, jobs=own_jobs(IMPORT)
    )


@blueprint.route("/jobs/<int:job_id>/stop", methods=["POST"])
@needs("mission.manage")
def stop(job_id: int) -> Response:
    """Stop an import; nothing of its file is kept."""
    jobs.ask_to_stop(own_job(IMPORT, job_id))
    get_session().commit()
    return redirect(url_for(".page", _anchor="jobs"))


def _show(form: BringForm) -> str:
    return render_template(
        "missions/import.html", mission=current_scope().mission, form=form, jobs=own_jobs(IMPORT)
    )
