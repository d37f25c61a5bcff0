"""The routes beside the editor: owners and states of sections, comments on passages."""

from __future__ import annotations

from flask import Blueprint, abort, flash, jsonify, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import needs
from observer.database import get_session, only_read
from observer.statements.comments import add_comment, reopen, reply, settle
from observer.statements.drafts import draft_of
from observer.statements.editing import by_script, composed_of, lines_of, statement_of
from observer.statements.forms import (
    CommentForm,
    CommentStepForm,
    ForgetSectionForm,
    SectionForm,
)
from observer.statements.models import Statement, StatementEdit
from observer.statements.outline import figures_in
from observer.statements.owning import (
    NoSectionError,
    NotAsSeenError,
    forget_section,
    possible_owners,
    set_section,
)
from observer.statements.sectionmodels import SectionState, StatementComment
from observer.statements.sections import split
from observer.statements.versions import figures_of

blueprint = Blueprint("sections", __name__)
Answer = BaseResponse | tuple[BaseResponse, int]


@blueprint.route("/statements/<slug>/sections", methods=["POST"])
@needs("statement.write")
def put(slug: str) -> Answer:
    """Give a section to somebody and say how far it has come."""
    session, form = get_session(), SectionForm()
    statement = statement_of(slug)
    if not form.validate_on_submit():
        return _refuse(statement, form)
    owners = {person.id: person for person in possible_owners(session, statement.mission)}
    if form.owner.data and form.owner.data not in owners:
        return _say(statement, _("This person cannot have a section."), status=422)
    state, key = SectionState(form.state.data), form.key.data or ""
    figures = []
    if state == SectionState.AGREED:
        # Counting takes a while; nobody who writes has to wait for it.
        only_read(session)
        figures = _figures(statement_of(slug), key)
        session.rollback()
        statement = statement_of(slug)
    seen = session.scalar(
        select(StatementEdit.text).where(
            StatementEdit.statement_id == statement.id, StatementEdit.edit == int(form.edit.data)
        )
    )
    try:
        set_section(
            session,
            statement,
            key,
            owner=owners.get(form.owner.data),
            state=state,
            by=current_user,
            seen=seen or "",
            figures=figures,
            again=form.again.data,
        )
    except (NoSectionError, NotAsSeenError) as error:
        session.rollback()
        return _say(statement_of(slug), str(error), key, status=409)
    session.commit()
    return _say(statement, _("Saved."), key)


def _figures(statement: Statement, key: str) -> list[dict[str, object]]:
    section = next((one for one in split(statement.text) if one.key == key), None)
    if section is None:
        return []
    return figures_in(section, figures_of(composed_of(draft_of(statement))))


@blueprint.route("/statements/<slug>/sections/forget", methods=["POST"])
@needs("statement.write")
def forget(slug: str) -> Answer:
    """Forget the owner and state of a section that the text has no more."""
    statement, form = statement_of(slug), ForgetSectionForm()
    if not form.validate_on_submit():
        return _refuse(statement, form)
    try:
        forget_section(get_session(), statement, form.key.data or "")
    except NoSectionError as error:
        return _say(statement, str(error), status=409)
    get_session().commit()
    return _say(statement, _("Forgotten."))


@blueprint.route("/statements/<slug>/comments", methods=["POST"])
@needs("statement.view")
def comment(slug: str) -> Answer:
    """Say something about a passage or a section, or reply."""
    session, statement, form = get_session(), statement_of(slug), CommentForm()
    if not form.validate_on_submit():
        return _refuse(statement, form)
    text = lines_of(form.text.data or "")
    if form.reply_to.data:
        to = _comment(statement, form.reply_to.data)
        made = reply(session, statement, to, text, by=current_user)
    else:
        made = add_comment(
            session,
            statement,
            text,
            by=current_user,
            section_key=form.section.data or "",
            quote=lines_of(form.quote.data or ""),
            before=lines_of(form.before.data or ""),
            after=lines_of(form.after.data or ""),
        )
    session.commit()
    return _say(statement, _("Commented."), made.section_key)


@blueprint.route(
    "/statements/<slug>/comments/<int:number>/<any(settle, reopen):step>", methods=["POST"]
)
@needs("statement.view")
def take_step(slug: str, number: int, step: str) -> Answer:
    """Settle a comment, or open it again."""
    session, statement, form = get_session(), statement_of(slug), CommentStepForm()
    found = _comment(statement, number)
    if not form.validate_on_submit():
        return _refuse(statement, form)
    if step == "settle":
        settle(session, statement, found, by=current_user)
        said = _("Settled.")
    else:
        reopen(session, statement, found)
        said = _("Opened again.")
    session.commit()
    return _say(statement, said, found.section_key)


def _comment(statement: Statement, number: int) -> StatementComment:
    """A comment that is no reply itself; 404 without."""
    return get_session().scalar(
        select(StatementComment).where(
            StatementComment.statement_id == statement.id,
            StatementComment.id == number,
            StatementComment.reply_to_id.is_(None),
        )
    ) or abort(404, _("There is no such comment."))


def _refuse(statement: Statement, form: FlaskForm) -> Answer:
    errors = [str(error) for listed in form.errors.values() for error in listed]
    return _say(statement, " ".join(errors), status=422)


def _say(statement: Statement, said: str, key: str = "", status: int = 200) -> Answer:
    """What came of it: for the script as JSON, else on the editor's page."""
    if by_script():
        return jsonify(said=said), status
    flash(said, "success" if status == 200 else "danger")
    anchor = f"section-{key}" if key else None
    return redirect(url_for("statements.edit", slug=statement.slug, _anchor=anchor))
