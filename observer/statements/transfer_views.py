"""Pages for texts that come from elsewhere or go there: Markdown and Word."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields import SelectChoice

from observer.access.permissions import needs
from observer.badinput import BadFileError
from observer.database import get_session, only_read
from observer.missions.rounds import current_round, round_of_code, today
from observer.missions.scope import current_scope
from observer.settings import current_settings
from observer.statements.drafts import draft_of
from observer.statements.editing import conflict_page, statement_of
from observer.statements.forms import ImportTextForm, ReplaceTextForm, StatementForm
from observer.statements.saving import ConflictError
from observer.statements.sentout import as_markdown, as_word
from observer.statements.takenback import as_it_was, replace_with
from observer.statements.takenin import TakenText, begin_from, take_in
from observer.statements.template import StatementError

blueprint = Blueprint("transfer", __name__)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.route("/statements/import", methods=["GET", "POST"])
@needs("statement.write")
def import_() -> str | BaseResponse | tuple[str, int]:
    """Begin a statement with a text from a file."""
    mission = current_scope().mission
    current = current_round(mission)
    if current is None:
        abort(409, _("The mission has no round yet."))
    form = ImportTextForm(dated=today(mission), language=mission.language, round=current.code)
    form.round.choices = [SelectChoice(r.code, r.name) for r in mission.rounds]
    if not form.validate_on_submit():
        return render_template("statements/import.html", form=form, statement=None)
    try:
        taken = _taken(form)
    except BadFileError as error:
        return render_template("statements/import.html", form=form, statement=None, bad=error), 422
    statement = begin_from(
        get_session(),
        round_of_code(mission, taken.round) or round_of_code(mission, form.round.data) or current,
        taken,
        dated=form.dated.data,
        language=form.language.data,
        title=form.title.data or "",
        by=current_user,
    )
    get_session().commit()
    _say(taken)
    return redirect(url_for("statements.edit", slug=statement.slug))


@blueprint.route("/statements/<slug>/import", methods=["GET", "POST"])
@needs("statement.write")
def replace(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Save a text from a file, merged with what was saved since the file was made.

    The texts before it stay in the history.
    """
    session, statement = get_session(), statement_of(slug)
    form = ReplaceTextForm(edit=statement.edit)
    if not form.validate_on_submit():
        return render_template("statements/import.html", form=form, statement=statement)
    # Reading a file takes a while; nobody who writes has to wait for it.
    only_read(session)
    try:
        taken = _taken(form)
    except BadFileError as error:
        page = render_template("statements/import.html", form=form, statement=statement, bad=error)
        return page, 422
    least = current_settings().min_base
    taken = as_it_was(session, current_scope(), statement, taken, min_base=least)
    session.rollback()
    statement = statement_of(slug)
    edit = int(form.edit.data or 0)
    try:
        saved = replace_with(session, statement, taken, edit=edit, by=current_user)
    except ConflictError as error:
        only_read(session)
        return conflict_page(statement, _form_of(error), error), 409
    session.commit()
    _say(taken)
    if saved.meanwhile:
        names = ", ".join(saved.meanwhile)
        flash(_("Put together with what %(names)s saved since.", names=names), "success")
    return redirect(url_for("statements.edit", slug=slug))


@blueprint.route("/statements/<slug>.md")
@needs("statement.view")
def markdown(slug: str) -> BaseResponse:
    """The saved text as Markdown, with its calls or, ``?figures=filled``, with the figures."""
    statement = statement_of(slug)
    filled = request.args.get("figures") == "filled"
    try:
        text = as_markdown(
            get_session(),
            current_scope(),
            draft_of(statement),
            filled=filled,
            min_base=current_settings().min_base,
        )
    except StatementError:
        return _not_yet(slug)
    return _file(text.encode(), "text/markdown; charset=utf-8", f"{slug}.md")


@blueprint.route("/statements/<slug>.docx")
@needs("statement.view")
def word(slug: str) -> BaseResponse:
    """The saved text as a Word file, with its figures, which are live again on import."""
    statement = statement_of(slug)
    try:
        content = as_word(
            get_session(),
            current_scope(),
            draft_of(statement),
            min_base=current_settings().min_base,
        )
    except StatementError:
        return _not_yet(slug)
    return _file(content, WORD, f"{slug}.docx")


def _form_of(conflict: ConflictError) -> StatementForm:
    written = conflict.written
    return StatementForm(
        formdata=None, title=written.title, subtitle=written.subtitle, dated=written.dated
    )


def _taken(form: ImportTextForm | ReplaceTextForm) -> TakenText:
    file = form.file.data
    return take_in(file.read(), file.filename or "")


def _say(taken: TakenText) -> None:
    count = len(taken.notes)
    if count:
        flash(
            ngettext(
                "Imported. %(num)s note on what was not taken as it was stands at the beginning "
                "of the text.",
                "Imported. %(num)s notes on what was not taken as it was stand at the beginning "
                "of the text.",
                count,
            ),
            "warning",
        )
    else:
        flash(_("Imported; everything was taken as it was."), "success")


def _not_yet(slug: str) -> BaseResponse:
    flash(_("No figure can be filled in before every problem in the text is solved."), "danger")
    return redirect(url_for("statements.edit", slug=slug))


def _file(content: bytes, content_type: str, name: str) -> Response:
    answer = Response(content, content_type=content_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
