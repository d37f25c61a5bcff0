"""The editor's pages: statements, the text with its preview, the PDF."""

from __future__ import annotations

from dataclasses import replace
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
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields import SelectChoice

from observer.access.permissions import may, needs
from observer.database import get_session, now, only_read
from observer.language import format_moment
from observer.missions.models import Mission, Region
from observer.missions.rounds import current_round, round_of_code, today
from observer.missions.scope import current_scope
from observer.statements.compose import with_pictures
from observer.statements.differences import side_by_side
from observer.statements.drafts import draft_of
from observer.statements.editing import (
    by_script,
    composed_of,
    conflict_page,
    editor_page,
    lines_of,
    parts_of,
    presence,
    printed,
    statement_of,
    written_in,
)
from observer.statements.facts import regions_in_order
from observer.statements.forms import NewStatementForm, StatementForm
from observer.statements.languages import behind
from observer.statements.listing import listed
from observer.statements.models import Statement
from observer.statements.operations import NoRegionsError, create_statement
from observer.statements.paperkinds import KINDS, STATEMENT
from observer.statements.phrases import language_names
from observer.statements.saving import ConflictError, Saved, save_merged
from observer.statements.template import StatementError
from observer.statements.themes import ThemeError
from observer.statements.yamlfile import ReportFileError

blueprint = Blueprint("statements", __name__)


@blueprint.context_processor
def _for_templates() -> dict[str, object]:
    return {"may_write": may(current_user.role, "statement.write")}


@blueprint.route("/statements")
@needs("statement.view")
def index() -> str:
    """The statements of the mission."""
    mission = current_scope().mission
    return render_template(
        "statements/index.html",
        mission=mission,
        statements=listed(get_session(), mission, now()),
        kinds={kind: name for kind, name in KINDS.items() if kind != STATEMENT},
        language_names=language_names(),
    )


@blueprint.route("/statements/new", methods=["GET", "POST"])
@needs("statement.write")
def new() -> str | BaseResponse:
    """Begin a statement from the outline."""
    mission = current_scope().mission
    current = current_round(mission)
    if current is None:
        abort(409, _("The mission has no round yet."))
    form = NewStatementForm(dated=today(mission), language=mission.language, round=current.code)
    form.round.choices = [SelectChoice(r.code, r.name) for r in mission.rounds]
    form.regions.choices = _region_choices(mission)
    if not form.validate_on_submit():
        return render_template("statements/new.html", form=form)
    try:
        statement = create_statement(
            get_session(),
            round_of_code(mission, form.round.data) or current,
            title=form.title.data,
            dated=form.dated.data,
            language=form.language.data,
            theme=form.theme.data,
            paper=form.paper.data,
            kind=form.kind.data,
            regions=form.regions.data,
            by=current_user,
        )
    except NoRegionsError as error:
        form.regions.errors = [str(error)]
        return render_template("statements/new.html", form=form)
    get_session().commit()
    return redirect(url_for("statements.edit", slug=statement.slug))


def _region_choices(mission: Mission) -> list[SelectChoice]:
    """The regions of the first level by name, those abroad last."""
    found = get_session().scalars(
        select(Region).where(Region.mission_id == mission.id, Region.level == 1)
    )
    return [SelectChoice(region.code, region.name) for region in regions_in_order(found)]


@blueprint.route("/statements/<slug>", methods=["GET"])
@needs("statement.view")
def edit(slug: str) -> str:
    """The text with its preview."""
    statement = statement_of(slug)
    return editor_page(statement, StatementForm(obj=statement))


@blueprint.route("/statements/<slug>", methods=["POST"])
@needs("statement.write")
def save(slug: str) -> str | BaseResponse | tuple[str | Response, int]:
    """Save the text, merged with what others saved meanwhile: for a browser and for the script."""
    statement = statement_of(slug)
    form = StatementForm()
    if not form.validate_on_submit():
        return _not_valid(statement, form), 422
    try:
        saved = save_merged(get_session(), statement, written_in(form), by=current_user)
    except ConflictError as error:
        # Whoever saves meanwhile need not wait until this one's page is made.
        only_read(get_session())
        return _to_settle(statement, form, error), 409
    get_session().commit()
    if by_script():
        return _saved(saved)
    flash(_said(saved), "success")
    return redirect(url_for("statements.edit", slug=slug))


def _not_valid(statement: Statement, form: StatementForm) -> str | Response:
    if not by_script():
        return editor_page(statement, form)
    errors = {field.name: [str(error) for error in field.errors] for field in form if field.errors}
    said = [f"{form[name].label.text}: {' '.join(errors[name])}" for name in errors]
    return jsonify(said=" ".join(said), errors=errors)


def _to_settle(
    statement: Statement, form: StatementForm, conflict: ConflictError
) -> str | Response:
    if not by_script():
        return conflict_page(statement, form, conflict)
    html = render_template(
        "statements/_conflict.html",
        conflict=conflict,
        form=form,
        side_by_side=side_by_side,
        **_of_page(statement),
    )
    written = conflict.written
    return jsonify(conflict=html, edit=written.edit, against=written.against, text=written.text)


def _saved(saved: Saved) -> Response:
    statement = saved.statement
    return jsonify(
        said=_said(saved),
        edit=statement.edit,
        text=statement.text,
        title=statement.title,
        subtitle=statement.subtitle,
        dated=statement.dated.isoformat(),
        changed=render_template(
            "statements/_changed.html",
            behind=behind(get_session(), statement),
            **_of_page(statement),
        ),
    )


def _said(saved: Saved) -> str:
    if not saved.meanwhile:
        return _("Saved.")
    names = ", ".join(saved.meanwhile)
    return _("Saved together with what %(names)s saved meanwhile.", names=names)


@blueprint.route("/statements/<slug>/preview", methods=["POST"])
@needs("statement.view")
def preview(slug: str) -> Response:
    """The text that is being written, rendered: fragments of the page."""
    statement, present = presence(slug)
    text = lines_of(request.form.get("text", statement.text))
    newer = _newer(statement, request.form.get("edit", statement.edit, type=int))
    try:
        composed = composed_of(replace(draft_of(statement), text=text))
    except ReportFileError as error:
        checks = render_template("statements/_broken.html", error=error)
        return jsonify(preview="", checks=checks, problems=1, newer=newer, present=present)
    parts = parts_of(statement, text, composed)
    return jsonify(
        preview=with_pictures(composed),
        checks=render_template("statements/checks.html", composed=composed, **parts),
        problems=len(composed.problems),
        outline=render_template("statements/_outline.html", **parts),
        newer=newer,
        present=present,
    )


def _newer(statement: Statement, edit: int) -> str:
    """Who has saved since the text that somebody is writing on; empty if nobody has."""
    if statement.edit <= edit:
        return ""
    return _(
        "%(name)s saved at %(moment)s. When you save, both are put together.",
        name=statement.changed_by.name if statement.changed_by else "–",
        moment=format_moment(statement.changed_at, statement.mission.timezone),
    )


def _of_page(statement: Statement) -> dict[str, Any]:
    return {"statement": statement, "mission": statement.mission}


@blueprint.route("/statements/<slug>/print")
@needs("statement.view")
def print_(slug: str) -> str:
    """What is seen while the PDF is being printed, which takes a while; it goes on to the PDF."""
    look = {name: request.args[name] for name in ("theme", "paper") if name in request.args}
    return render_template(
        "statements/printing.html",
        statement=statement_of(slug),
        address=url_for(".pdf", slug=slug, **look),
    )


@blueprint.route("/statements/<slug>.pdf")
@needs("statement.view")
def pdf(slug: str) -> BaseResponse:
    """The saved text as a PDF; ``theme`` and ``paper`` try another look."""
    only_read(get_session())
    draft = draft_of(statement_of(slug))
    draft = replace(
        draft,
        theme=request.args.get("theme", draft.theme),
        paper=request.args.get("paper", draft.paper),
    )
    try:
        content = printed(draft)
    except ThemeError as error:
        flash(_("There is no PDF: %(error)s", error=error), "danger")
        return redirect(url_for("layout.layout", slug=slug))
    except StatementError:
        flash(_("There is no PDF before every problem in the text is solved."), "danger")
        return redirect(url_for("statements.edit", slug=slug))
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{slug}.pdf"'
    return response
