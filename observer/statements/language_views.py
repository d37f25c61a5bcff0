"""The page of a statement's languages, side by side."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields import SelectChoice

from observer.access.permissions import may, needs
from observer.database import get_session
from observer.missions.operations import hold_mission
from observer.missions.scope import current_scope
from observer.settings import current_settings
from observer.statements.besides import side_by_side
from observer.statements.compose import compose
from observer.statements.drafts import draft_of
from observer.statements.editing import statement_of
from observer.statements.forms import AddLanguageForm
from observer.statements.languages import add_language, family, languages_left
from observer.statements.models import Statement
from observer.statements.phrases import language_names

blueprint = Blueprint("statement_languages", __name__)


def _form(statement: Statement, left: dict[str, str]) -> AddLanguageForm:
    form = AddLanguageForm()
    language = language_names().get(statement.language, statement.language)
    for field, text in ((form.title, statement.title), (form.subtitle, statement.subtitle)):
        if text:
            field.description = _("In %(language)s: %(text)s", language=language, text=text)
    form.language.choices = [SelectChoice(code, name) for code, name in left.items()]
    return form


@blueprint.route("/statements/<slug>/languages", methods=["GET"])
@needs("statement.view")
def languages(slug: str) -> str:
    """The sections of a statement in all its languages, and what has come apart."""
    statement = statement_of(slug)
    statements = family(get_session(), statement)
    left = languages_left(statements)
    return _page(statement, statements, _form(statement, left))


@blueprint.route("/statements/<slug>/languages", methods=["POST"])
@needs("statement.write")
def add(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Begin the statement in another language."""
    session, statement = get_session(), statement_of(slug)
    hold_mission(session, statement.mission)
    statements = family(session, statement)
    form = _form(statement, languages_left(statements))
    if not form.validate_on_submit():
        return _page(statement, statements, form), 422
    made = add_language(
        session,
        statement,
        form.language.data,
        title=form.title.data,
        subtitle=form.subtitle.data or "",
        by=current_user,
    )
    session.commit()
    flash(
        _(
            "Begun in %(language)s with the same figures: translate the words around them.",
            language=language_names()[made.language],
        ),
        "success",
    )
    return redirect(url_for("statements.edit", slug=made.slug))


def _page(statement: Statement, statements: list[Statement], form: AddLanguageForm) -> str:
    session, scope, settings = get_session(), current_scope(), current_settings()
    rows = []
    if len(statements) > 1:
        composed = {
            one.id: compose(
                session, scope, draft_of(one), printed=False, min_base=settings.min_base
            )
            for one in statements
        }
        rows = side_by_side(session, statements, composed)
    return render_template(
        "statements/languages.html",
        statement=statement,
        statements=statements,
        mission=scope.mission,
        rows=rows,
        marked=sum(bool(column.marks) for row in rows for column in row),
        form=form,
        language_names=language_names(),
        may_write=may(current_user.role, "statement.write"),
    )
