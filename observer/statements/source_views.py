"""Pages of the mission's sources: other bodies' figures, and the texts that cite them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.badinput import BadFileError
from observer.database import get_session
from observer.downloads import csv_file
from observer.missions.operations import hold_mission
from observer.missions.scope import current_scope
from observer.statements.citing import who_cites
from observer.statements.csvpages import import_csv
from observer.statements.forms import CsvFileForm, DeleteForm
from observer.statements.models import Source
from observer.statements.source_forms import SourceForm
from observer.statements.sources import (
    COLUMNS,
    SourceInUseError,
    delete_source,
    find_source,
    import_sources,
    put_source,
    sources_as_csv,
    sources_of,
)
from observer.statements.unseen import unseen

blueprint = Blueprint("sources", __name__)


@blueprint.context_processor
def _for_templates() -> dict[str, object]:
    return {"may_write": may(current_user.role, "statement.write")}


def _found(code: str) -> Source:
    return find_source(get_session(), current_scope().mission, code) or abort(
        404, _("There is no such source.")
    )


@blueprint.route("/statements/sources/")
@needs("statement.view")
def index() -> str:
    """The sources, with the texts that cite each."""
    return _index(CsvFileForm())


@blueprint.route("/statements/sources.csv")
@needs("statement.view")
def export() -> Response:
    """The sources as a file to edit and to import again."""
    mission = current_scope().mission
    return csv_file(sources_as_csv(get_session(), mission), f"sources-{mission.code}.csv")


@blueprint.route("/statements/sources/import", methods=["POST"])
@needs("statement.write")
def import_() -> BaseResponse | tuple[str, int]:
    """Import a CSV file of sources."""
    return import_csv(import_sources, _index)


@blueprint.route("/statements/sources/", methods=["POST"])
@blueprint.route("/statements/sources/new")
@needs("statement.write")
def new() -> str | BaseResponse | tuple[str, int]:
    """Add a source."""
    form = SourceForm()
    if not form.validate_on_submit():
        return _form(form, None)
    session, mission, code = get_session(), current_scope().mission, form.code.data
    hold_mission(session, mission)
    if find_source(session, mission, code):
        taken = _("There is a source %(code)s already.", code=code)
        form.code.errors = [*form.code.errors, taken]
        return _form(form, None)
    return _saved(code, form)


@blueprint.route("/statements/sources/<code>", methods=["GET", "POST"])
@needs("statement.write")
def edit(code: str) -> str | BaseResponse | tuple[str, int]:
    """Change a source; its short name stays what texts call it by."""
    session, existing = get_session(), _found(code)
    form = SourceForm(obj=existing)
    # Whatever is sent: texts call it by this name.
    form.code.data, form.code.render_kw = existing.code, {"readonly": True}
    if not form.validate_on_submit():
        if not form.is_submitted():
            form.opened_on(existing, vars(form.told))
        return _form(form, existing)
    hold_mission(session, current_scope().mission)
    session.expire_all()
    others = unseen(form, _found(code), form.told)
    return _form(form, existing, others) if others else _saved(code, form)


@blueprint.route("/statements/sources/<code>/delete", methods=["GET", "POST"])
@needs("statement.write")
def delete(code: str) -> str | BaseResponse | tuple[str, int]:
    """Delete a source, after asking; not while a text that is being written cites it."""
    session, mission, form = get_session(), current_scope().mission, DeleteForm()
    if form.is_submitted():
        hold_mission(session, mission)
    found = _found(code)
    if form.validate_on_submit():
        try:
            delete_source(session, mission, found)
        except SourceInUseError as error:
            return _asking(found, form, str(error)), 409
        session.commit()
        flash(_("Source %(code)s is deleted.", code=code), "success")
        return redirect(url_for(".index"))
    return _asking(found, form)


def _asking(found: Source, form: DeleteForm, refused: str = "") -> str:
    citing = who_cites(get_session(), current_scope().mission, [found.code])[found.code]
    return render_template(
        "statements/source_delete.html", one=found, form=form, citing=citing, refused=refused
    )


def _saved(code: str, form: SourceForm) -> BaseResponse:
    put_source(get_session(), current_scope().mission, code, form.told)
    get_session().commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".index", _anchor=f"source-{code}"))


def _form(
    form: SourceForm, existing: Source | None, others: Sequence[tuple[str, str, str]] = ()
) -> str | tuple[str, int]:
    page = render_template("statements/source.html", form=form, source=existing, unseen=others)
    return (page, 409 if others else 422) if form.is_submitted() else page


def _index(form: CsvFileForm, bad: BadFileError | None = None) -> str:
    session, mission = get_session(), current_scope().mission
    sources = sources_of(session, mission)
    return render_template(
        "statements/sources.html",
        sources=sources,
        citing=who_cites(session, mission, [source.code for source in sources]),
        form=form,
        bad=bad,
        columns=",".join(COLUMNS),
    )
