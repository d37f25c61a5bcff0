"""The page on which a statement is frozen: what to look at before, and the form for it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import needs
from observer.database import get_session
from observer.missions.scope import current_scope
from observer.settings import current_settings
from observer.statements import versions as operations
from observer.statements.drafts import draft_of
from observer.statements.editing import composed_of, statement_of, to_look_at
from observer.statements.forms import FreezeForm
from observer.statements.languages import behind
from observer.statements.operations import ChangedMeanwhileError
from observer.statements.owning import not_agreed
from observer.statements.pdf import said_of_pages
from observer.statements.template import StatementError
from observer.statements.themes import ThemeError
from observer.statements.warnings import KINDS

blueprint = Blueprint("freezing", __name__)


@blueprint.route("/statements/<slug>/freeze", methods=["GET"])
@needs("statement.write")
def ask(slug: str) -> str:
    """What to look at in the saved text before it is frozen, and the form for it."""
    session, statement = get_session(), statement_of(slug)
    number = operations.next_number(session, statement)
    composed = composed_of(draft_of(statement))
    return render_template(
        "statements/freeze.html",
        statement=statement,
        mission=current_scope().mission,
        number=number,
        form=FreezeForm(edit=statement.edit, number=number),
        not_agreed=not_agreed(session, statement),
        behind=behind(session, statement),
        problems=composed.problems,
        to_look_at=to_look_at(statement, composed),
        kinds_of_warning=KINDS,
        may_write=True,
    )


@blueprint.route("/statements/<slug>/freeze", methods=["POST"])
@needs("statement.write")
def freeze(slug: str) -> BaseResponse:
    """Freeze the saved text as a version."""
    session, statement, settings = get_session(), statement_of(slug), current_settings()
    form = FreezeForm()
    if not form.validate_on_submit():
        abort(400)
    # Counting and laying out take a while; nobody's report has to wait for them.
    session.rollback()
    engine = session.get_bind().engine
    try:
        prepared = operations.prepare(
            engine,
            statement,
            number=int(form.number.data),
            min_base=settings.min_base,
            logo=settings.logo,
            note=form.note.data or "",
        )
        version = operations.freeze(
            session,
            statement,
            prepared,
            edit=int(form.edit.data),
            media=settings.media,
            by=current_user,
        )
    except ThemeError as error:
        flash(_("There is no PDF: %(error)s", error=error), "danger")
        return redirect(url_for("layout.layout", slug=slug))
    except StatementError:
        flash(_("Nothing can be frozen before every problem in the text is solved."), "danger")
        return redirect(url_for("statements.edit", slug=slug))
    except operations.FrozenMeanwhileError as error:
        session.rollback()
        flash(str(error), "info")
        return redirect(url_for("versions.versions", slug=slug))
    except ChangedMeanwhileError:
        session.rollback()
        flash(_("Somebody has saved a newer text meanwhile; look at it, then freeze it."), "danger")
        return redirect(url_for("statements.edit", slug=slug))
    session.commit()
    flash(_("Version %(number)s is frozen.", number=version.number), "success")
    too_long = said_of_pages(prepared.draft.kind, lambda: prepared.pdf)
    if too_long:
        flash(too_long, "warning")
    return redirect(url_for("versions.version", slug=slug, number=version.number))
