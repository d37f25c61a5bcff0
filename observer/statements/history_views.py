"""The pages of the texts that were saved: what each changed, and how one comes back."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.database import get_session
from observer.missions.scope import current_scope
from observer.statements.differences import text_difference
from observer.statements.editing import statement_of
from observer.statements.forms import RestoreForm
from observer.statements.models import StatementEdit
from observer.statements.saving import ConflictError, Written, save_merged

blueprint = Blueprint("history", __name__)


@blueprint.route("/statements/<slug>/history")
@needs("statement.view")
def history(slug: str) -> str:
    """Every text that was saved, and what was changed in the one that is asked for."""
    statement = statement_of(slug)
    edits = (
        get_session()
        .scalars(
            select(StatementEdit)
            .where(StatementEdit.statement_id == statement.id)
            .order_by(StatementEdit.edit.desc())
            .options(joinedload(StatementEdit.saved_by))
        )
        .all()
    )
    by_number = {each.edit: each for each in edits}
    shown = by_number.get(request.args.get("edit", statement.edit, type=int))
    if shown is None:
        abort(404, _("There is no such text."))
    against = request.args.get("against", shown.edit - 1, type=int)
    before = by_number.get(against)
    return render_template(
        "statements/history.html",
        statement=statement,
        mission=current_scope().mission,
        edits=edits,
        shown=shown,
        before=before,
        lines=text_difference(before.text if before else "", shown.text),
        form=RestoreForm(edit=statement.edit),
        may_write=may(current_user.role, "statement.write"),
    )


@blueprint.route("/statements/<slug>/history/<int:edit>/restore", methods=["POST"])
@needs("statement.write")
def restore(slug: str, edit: int) -> BaseResponse:
    """Save an earlier text again, as the newest one; the texts since then stay in the history."""
    session, statement = get_session(), statement_of(slug)
    earlier = session.scalar(
        select(StatementEdit).where(
            StatementEdit.statement_id == statement.id, StatementEdit.edit == edit
        )
    ) or abort(404, _("There is no such text."))
    form = RestoreForm()
    if not form.validate_on_submit():
        abort(400)
    written = Written(
        edit=int(form.edit.data),
        title=earlier.title,
        subtitle=earlier.subtitle,
        dated=earlier.dated,
        text=earlier.text,
    )
    try:
        save_merged(session, statement, written, by=current_user)
    except ConflictError:
        session.rollback()
        flash(_("Somebody has saved a newer text meanwhile; look at it, then restore."), "danger")
        return redirect(url_for(".history", slug=slug))
    session.commit()
    flash(_("The earlier text is the newest one again."), "success")
    return redirect(url_for("statements.edit", slug=slug))
