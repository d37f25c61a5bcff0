"""The editor's pages: statements, the text with its preview, the PDF, the sources."""

from __future__ import annotations

from dataclasses import replace

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
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields import SelectChoice

from observer.access.permissions import may, needs
from observer.database import get_session
from observer.findings.words import reports
from observer.missions.rounds import current_round, round_of_code, today
from observer.missions.scope import current_scope
from observer.settings import current_settings
from observer.statements.compose import Composed, compose, with_pictures
from observer.statements.drafts import Draft, draft_of
from observer.statements.forms import NewStatementForm, SourceForm, StatementForm
from observer.statements.kinds import KINDS, MOST_PAGES, STATEMENT
from observer.statements.models import Source, Statement
from observer.statements.operations import (
    ChangedMeanwhileError,
    create_statement,
    put_source,
    save_statement,
)
from observer.statements.pdf import pages_too_many, render_pdf
from observer.statements.template import StatementError

blueprint = Blueprint("statements", __name__)


@blueprint.context_processor
def _for_templates() -> dict[str, object]:
    # The page names the reports in its reader's language, which may not be the statement's.
    return {"may_write": may(current_user.role, "statement.write"), "in_words": reports}


def _statement(slug: str) -> Statement:
    statement = get_session().scalar(
        select(Statement)
        .where(Statement.mission_id == current_scope().mission.id, Statement.slug == slug)
        .options(joinedload(Statement.round), joinedload(Statement.changed_by))
    )
    return statement or abort(404, _("There is no such statement."))


@blueprint.route("/statements")
@needs("statement.view")
def index() -> str:
    """The statements and the sources of the mission."""
    mission = current_scope().mission
    statements = get_session().scalars(
        select(Statement)
        .where(Statement.mission_id == mission.id)
        .options(joinedload(Statement.round), joinedload(Statement.changed_by))
        .order_by(Statement.changed_at.desc())
    )
    sources = get_session().scalars(
        select(Source).where(Source.mission_id == mission.id).order_by(Source.code)
    )
    return render_template(
        "statements/index.html",
        mission=mission,
        statements=statements,
        sources=sources.all(),
        kinds={kind: name for kind, name in KINDS.items() if kind != STATEMENT},
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
    if not form.validate_on_submit():
        return render_template("statements/new.html", form=form)
    statement = create_statement(
        get_session(),
        round_of_code(mission, form.round.data) or current,
        title=form.title.data,
        dated=form.dated.data,
        language=form.language.data,
        kind=form.kind.data,
        by=current_user,
    )
    get_session().commit()
    return redirect(url_for("statements.edit", slug=statement.slug))


@blueprint.route("/statements/<slug>", methods=["GET"])
@needs("statement.view")
def edit(slug: str) -> str:
    """The text with its preview."""
    statement = _statement(slug)
    draft = draft_of(statement)
    composed = _composed(draft)
    _warn_of_pages(draft, composed)
    return _editor(statement, StatementForm(obj=statement), composed)


@blueprint.route("/statements/<slug>", methods=["POST"])
@needs("statement.write")
def save(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Save the text; over somebody else's newer text only when both were seen."""
    statement = _statement(slug)
    form = StatementForm()
    if not form.validate_on_submit():
        return _editor(statement, form, _composed(_draft(statement, form))), 422
    try:
        save_statement(
            get_session(),
            statement,
            edit=int(form.edit.data),
            title=form.title.data,
            subtitle=form.subtitle.data or "",
            dated=form.dated.data,
            text=_lines(form.text.data),
            by=current_user,
        )
    except ChangedMeanwhileError as error:
        composed = _composed(_draft(statement, form))
        # Saving once more, after both texts were shown, replaces the newer one.
        form.edit.raw_data = None
        form.edit.data = str(error.newer.edit)
        return _editor(statement, form, composed, newer=error.newer), 409
    get_session().commit()
    flash(_("Saved."), "success")
    return redirect(url_for("statements.edit", slug=slug))


@blueprint.route("/statements/<slug>/preview", methods=["POST"])
@needs("statement.view")
def preview(slug: str) -> Response:
    """The text that is being written, rendered: fragments of the page."""
    # A preview writes nothing: it must not wait for writers, nor let them wait.
    get_session().rollback()
    get_session().connection(execution_options={"writes": False})
    statement = _statement(slug)
    text = _lines(request.form.get("text", statement.text))
    composed = _composed(replace(draft_of(statement), text=text))
    return jsonify(
        preview=with_pictures(composed),
        checks=render_template("statements/checks.html", composed=composed),
        problems=len(composed.problems),
    )


@blueprint.route("/statements/<slug>.pdf")
@needs("statement.view")
def pdf(slug: str) -> BaseResponse:
    """The saved text as a PDF."""
    statement = _statement(slug)
    draft = draft_of(statement)
    try:
        content = render_pdf(
            get_session(), current_scope(), draft, min_base=current_settings().min_base
        )
    except StatementError:
        flash(_("There is no PDF before every problem in the text is solved."), "danger")
        return redirect(url_for("statements.edit", slug=slug))
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{slug}.pdf"'
    return response


@blueprint.route("/statements/sources/", methods=["GET", "POST"], defaults={"code": ""})
@blueprint.route("/statements/sources/<code>", methods=["GET", "POST"])
@needs("statement.write")
def source(code: str) -> str | BaseResponse:
    """Add a source or change one."""
    mission = current_scope().mission
    existing = get_session().scalar(
        select(Source).where(Source.mission_id == mission.id, Source.code == code)
    )
    if code and existing is None:
        abort(404, _("There is no such source."))
    form = SourceForm(obj=existing)
    if not form.validate_on_submit():
        return render_template("statements/source.html", form=form, source=existing)
    put_source(
        get_session(),
        mission,
        code=existing.code if existing else form.code.data,
        body=form.body.data,
        title=form.title.data,
        figure=form.figure.data,
        published_on=form.published_on.data,
        url=form.url.data or "",
        accessed_on=form.accessed_on.data,
    )
    get_session().commit()
    flash(_("Saved."), "success")
    return redirect(url_for("statements.index"))


def _lines(text: str) -> str:
    """A text with the line ends that are stored; browsers send others."""
    return text.replace("\r\n", "\n")


def _draft(statement: Statement, form: StatementForm) -> Draft:
    return replace(draft_of(statement), text=_lines(form.text.data or ""))


def _composed(draft: Draft) -> Composed:
    return compose(
        get_session(), current_scope(), draft, printed=False, min_base=current_settings().min_base
    )


def _warn_of_pages(draft: Draft, composed: Composed) -> None:
    """Say that a paper of this kind has more pages than such papers have."""
    if draft.kind not in MOST_PAGES or composed.problems:
        return
    content = render_pdf(
        get_session(), current_scope(), draft, min_base=current_settings().min_base
    )
    too_many = pages_too_many(draft, content)
    if too_many:
        pages, most = too_many
        flash(
            ngettext(
                "The PDF has %(pages)s pages; a paper of this kind has one. Shorten the text.",
                "The PDF has %(pages)s pages; a paper of this kind has %(num)s. Shorten the text.",
                most,
                pages=pages,
            ),
            "warning",
        )


def _editor(
    statement: Statement,
    form: StatementForm,
    composed: Composed,
    newer: Statement | None = None,
) -> str:
    return render_template(
        "statements/edit.html",
        statement=statement,
        mission=current_scope().mission,
        form=form,
        composed=composed,
        preview=with_pictures(composed),
        newer=newer,
    )
