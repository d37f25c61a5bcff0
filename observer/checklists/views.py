"""The data manager's pages: forms with their versions, import, publishing, download."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import SIGNED_IN, may, needs
from observer.badinput import BadFileError
from observer.checklists.difference import differences
from observer.checklists.drafts import stamp_of
from observer.checklists.forms import ImportForm, StampedForm
from observer.checklists.library import (
    all_versions,
    definition_of,
    form_version,
    newest_version,
    version_before,
)
from observer.checklists.markup import shown
from observer.checklists.models import FormVersion
from observer.checklists.operations import (
    PublishedError,
    discard_draft,
    import_read,
    publish_version,
)
from observer.checklists.serving import send_picture
from observer.checklists.spreadsheet import write_xlsform
from observer.checklists.xlsform import read_with_warnings
from observer.database import get_session
from observer.missions.scope import current_scope

blueprint = Blueprint("checklists", __name__)
blueprint.add_app_template_filter(shown)

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.context_processor
def _may_manage() -> dict[str, object]:
    return {"may_manage": may(current_user.role, "form.manage")}


def _version(code: str, number: int) -> FormVersion:
    found = form_version(get_session(), current_scope().mission, code, number)
    return found or abort(404, _("There is no such version of a form."))


def _is_as_seen(version: FormVersion) -> bool:
    """Whether a draft is as it was on the page on which its fate was decided; else it is said."""
    if StampedForm().stamp.data == stamp_of(definition_of(version)):
        return True
    flash(_("Nothing was done: the form was changed meanwhile. Here is how it is now."), "warning")
    return False


@blueprint.route("/forms")
@needs("form.view")
def index() -> str:
    """The forms of the mission, each with its versions, the newest first."""
    mission = current_scope().mission
    forms: dict[str, list[FormVersion]] = {}
    for version in all_versions(get_session(), mission):
        forms.setdefault(version.form.code, []).insert(0, version)
    return render_template(
        "checklists/index.html", mission=mission, forms=forms, definition_of=definition_of
    )


@blueprint.route("/forms/import", methods=["GET", "POST"])
@needs("form.manage")
def import_() -> str | BaseResponse | tuple[str, int]:
    """Bring in a file; it becomes a draft."""
    session, mission = get_session(), current_scope().mission
    form = ImportForm()
    if not form.validate_on_submit():
        return render_template("checklists/import.html", form=form, bad=None)
    name = form.file.data.filename or "form"
    content = form.file.data.read()
    try:
        read = read_with_warnings(
            content, name, {each.filename: each.read() for each in form.lists.data or ()}
        )
    except BadFileError as error:
        return render_template("checklists/import.html", form=form, bad=error), 422
    version = import_read(session, mission, read, content, name, publish=False)
    session.commit()
    if version.published_at is not None:
        flash(_("This file says what the published version says: nothing to change."))
    return redirect(url_for("checklists.version", code=version.form.code, number=version.number))


@blueprint.route("/forms/<code>/<int:number>")
@needs("form.view")
def version(code: str, number: int) -> str:
    """One version: the phone's view of it, and what it changes."""
    found = _version(code, number)
    before = version_before(get_session(), found)
    newest = newest_version(get_session(), current_scope().mission, code)
    definition = definition_of(found)
    return render_template(
        "checklists/version.html",
        mission=current_scope().mission,
        version=found,
        definition=definition,
        before=before,
        changes=differences(definition_of(before), definition) if before else [],
        overtaken=newest is not None and newest.number > found.number,
        decision=StampedForm(data={"stamp": stamp_of(definition)}),
    )


@blueprint.route("/forms/<code>/<int:number>/publish", methods=["POST"])
@needs("form.manage")
def publish(code: str, number: int) -> BaseResponse:
    """Give a draft to the phones."""
    found = _version(code, number)
    if _is_as_seen(found):
        publish_version(get_session(), found)
        get_session().commit()
        flash(_("Published: phones get this version when they open the form."), "success")
    return redirect(url_for("checklists.version", code=code, number=number))


@blueprint.route("/forms/<code>/<int:number>/discard", methods=["POST"])
@needs("form.manage")
def discard(code: str, number: int) -> BaseResponse:
    """Throw a draft away."""
    session, found = get_session(), _version(code, number)
    try:
        if not _is_as_seen(found):
            return redirect(url_for("checklists.version", code=code, number=number))
        discard_draft(session, found)
        session.commit()
        flash(_("The draft is discarded."))
    except PublishedError:
        abort(409, _("A published version is never discarded."))
    except IntegrityError:
        session.rollback()
        abort(409, _("Submissions of this draft were received; it stays."))
    return redirect(url_for("checklists.index"))


@blueprint.route("/forms/pictures/<name>")
@needs(SIGNED_IN)
def picture(name: str) -> Response:
    """A picture that forms of the mission show with a label."""
    return send_picture(name)


@blueprint.route("/forms/<code>/<int:number>.xlsx")
@needs("form.view")
def download(code: str, number: int) -> Response:
    """A version as a workbook that imports again to the same form."""
    content = write_xlsform(definition_of(_version(code, number)))
    return send_file(
        BytesIO(content),
        mimetype=SPREADSHEET,
        as_attachment=True,
        download_name=f"{code}-{number}.xlsx",
    )
