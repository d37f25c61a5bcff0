"""The page on which a statement's look and its paper are chosen."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.database import get_session
from observer.statements.editing import statement_of
from observer.statements.forms import LayoutForm
from observer.statements.models import Statement
from observer.statements.operations import set_layout
from observer.statements.themes import PAPERS, ThemeError, load_theme, theme_names

blueprint = Blueprint("layout", __name__)


@blueprint.route("/statements/<slug>/layout")
@needs("statement.view")
def layout(slug: str) -> str:
    """The look and the paper of a statement, and every other look to try."""
    statement = statement_of(slug)
    return _page(statement, LayoutForm(obj=statement))


@blueprint.route("/statements/<slug>/layout", methods=["POST"])
@needs("statement.write")
def choose(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Take another look or another paper."""
    statement = statement_of(slug)
    form = LayoutForm()
    if not form.validate_on_submit():
        return _page(statement, form), 422
    set_layout(get_session(), statement, theme=form.theme.data, paper=form.paper.data)
    get_session().commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".layout", slug=slug))


def _page(statement: Statement, form: LayoutForm) -> str:
    usable, broken = [], []
    for name in theme_names():
        try:
            usable.append(load_theme(name))
        except ThemeError as error:
            broken.append(str(error))
    return render_template(
        "statements/layout.html",
        statement=statement,
        form=form,
        themes=usable,
        broken=broken,
        papers=PAPERS,
        may_write=may(current_user.role, "statement.write"),
    )
