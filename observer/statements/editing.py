"""What the editor's page is made of, besides the text: for the page itself and for its script."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from observer.access.permissions import may
from observer.database import get_session, now, only_read
from observer.findings.words import reports
from observer.missions.scope import current_scope
from observer.settings import current_settings
from observer.statements.compose import Composed, compose, with_pictures
from observer.statements.differences import side_by_side
from observer.statements.drafts import Draft, draft_of
from observer.statements.forms import StatementForm
from observer.statements.languages import behind
from observer.statements.models import Statement
from observer.statements.outline import Outline, outline_of
from observer.statements.owning import possible_owners
from observer.statements.paperkinds import MOST_PAGES
from observer.statements.pdf import render_pdf
from observer.statements.presence import be_present, is_news, others_present
from observer.statements.saving import ConflictError, Written
from observer.statements.sections import LONGEST_KEY, split
from observer.statements.warnings import (
    KINDS,
    TextWarning,
    by_kind,
    last_frozen,
    warnings_of,
)

SETTLED = "settled:"
"""What a conflict was settled to comes in a field of this name and the conflict's key."""


def by_script() -> bool:
    """Whether the page's script asks, which wants JSON, and not a browser, which wants a page."""
    return request.accept_mimetypes.best == "application/json"


def statement_of(slug: str) -> Statement:
    """The mission's statement with this slug; 404 without."""
    statement = get_session().scalar(
        select(Statement)
        .where(Statement.mission_id == current_scope().mission.id, Statement.slug == slug)
        .options(joinedload(Statement.round), joinedload(Statement.changed_by))
    )
    return statement or abort(404, _("There is no such statement."))


def presence(slug: str) -> tuple[Statement, dict[str, Any]]:
    """A statement, and who else has it open, for the script; and, noted, that its reader has.

    The session only reads afterwards.
    """
    session, at = get_session(), now()
    only_read(session)
    statement = statement_of(slug)
    key = request.form.get("section")
    if key is not None and is_news(session, statement, current_user, key[:LONGEST_KEY], at):
        session.rollback()
        be_present(session, statement, current_user, key[:LONGEST_KEY], at)
        session.commit()
        only_read(session)
        statement = statement_of(slug)
    others = others_present(session, statement, current_user, at)
    headings = {each.key: each.heading for each in split(statement.text)} if others else {}
    told = render_template("statements/_present.html", present=others, headings=headings)
    return statement, {
        "said": " ".join(told.split()),
        "places": [
            {"key": each.section_key, "said": _("%(name)s is here", name=each.person.name)}
            for each in others
        ],
    }


def lines_of(text: str) -> str:
    """A text with the line ends that are stored; browsers send others."""
    return text.replace("\r\n", "\n")


def composed_of(draft: Draft) -> Composed:
    """A draft as the editor shows it."""
    return compose(
        get_session(),
        current_scope(),
        draft,
        printed=False,
        min_base=current_settings().min_base,
        with_lines=True,
    )


def printed(draft: Draft) -> bytes:
    """The PDF of a draft. Raises StatementError or ThemeError where there is none."""
    settings = current_settings()
    return render_pdf(
        get_session(), current_scope(), draft, min_base=settings.min_base, logo=settings.logo
    )


def written_in(form: StatementForm) -> Written:
    """What a valid form holds."""
    settled = {
        name.removeprefix(SETTLED): lines_of(value)
        for name, value in request.form.items()
        if name.startswith(SETTLED)
    }
    return Written(
        edit=int(form.edit.data or 0),
        title=form.title.data or "",
        subtitle=form.subtitle.data or "",
        dated=form.dated.data,
        text=lines_of(form.text.data or ""),
        base=lines_of(form.base.data or "") if "base" in request.form else None,
        against=int(form.against.data) if form.against.data else None,
        settled=settled,
    )


def editor_page(
    statement: Statement, form: StatementForm, conflict: ConflictError | None = None
) -> str:
    """The editor with what its form holds, and what has to be settled before it is saved."""
    text = lines_of(form.text.data or "")
    composed = composed_of(replace(draft_of(statement), text=text))
    return render_template(
        "statements/edit.html",
        form=form,
        composed=composed,
        preview=with_pictures(composed),
        conflict=conflict,
        behind=behind(get_session(), statement),
        **parts_of(statement, text, composed),
    )


def conflict_page(statement: Statement, form: StatementForm, conflict: ConflictError) -> str:
    """The editor with what somebody wrote, and what has to be settled before it is saved."""
    written = conflict.written
    for name in ("edit", "against", "text"):
        form[name].raw_data, form[name].data = None, str(getattr(written, name))
    return editor_page(statement, form, conflict)


def parts_of(statement: Statement, text: str, composed: Composed) -> dict[str, Any]:
    """What the templates of outline and checks need."""
    scope = current_scope()
    outline: Outline = outline_of(get_session(), statement, text, composed)
    return {
        "statement": statement,
        "mission": scope.mission,
        "outline": outline,
        "owners": possible_owners(get_session(), scope.mission),
        "side_by_side": side_by_side,
        "to_look_at": to_look_at(statement, composed),
        "kinds_of_warning": KINDS,
        "may_write": may(current_user.role, "statement.write"),
        # The page names the reports in its reader's language, which may not be the statement's.
        "in_words": reports,
        "is_limited": statement.kind in MOST_PAGES,
    }


def to_look_at(statement: Statement, composed: Composed) -> dict[str, list[TextWarning]]:
    """What the writers of a text should look at, by its kind."""
    return by_kind(warnings_of(composed, last_frozen(get_session(), statement)))
