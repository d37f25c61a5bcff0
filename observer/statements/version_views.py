"""The pages of a statement's history: texts that were saved, versions that were frozen."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import PUBLIC, may, needs
from observer.database import get_session, now
from observer.missions.models import Mission
from observer.missions.rounds import moment_at
from observer.missions.scope import current_scope
from observer.settings import current_settings
from observer.statements import versions as operations
from observer.statements.differences import figure_changes, text_difference
from observer.statements.drafts import draft_of
from observer.statements.editing import composed_of, statement_of, to_look_at
from observer.statements.forms import FreezeForm, PublishForm, RestoreForm
from observer.statements.languages import behind, public_languages
from observer.statements.models import Statement, StatementEdit, StatementVersion
from observer.statements.operations import ChangedMeanwhileError
from observer.statements.owning import not_agreed
from observer.statements.pdf import said_of_pages
from observer.statements.phrases import language_names
from observer.statements.saving import ConflictError, Written, save_merged
from observer.statements.template import StatementError
from observer.statements.themes import ThemeError
from observer.statements.warnings import KINDS, TextWarning
from observer.statements.words import Words

blueprint = Blueprint("versions", __name__)


@blueprint.context_processor
def _for_templates() -> dict[str, object]:
    signed_in = current_user.is_authenticated
    return {"may_write": signed_in and may(current_user.role, "statement.write")}


def _version(slug: str, number: int) -> StatementVersion:
    return get_session().scalar(
        select(StatementVersion)
        .where(
            StatementVersion.statement_id == statement_of(slug).id,
            StatementVersion.number == number,
        )
        .options(joinedload(StatementVersion.frozen_by))
    ) or abort(404, _("There is no such version."))


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


@blueprint.route("/statements/<slug>/versions")
@needs("statement.view")
def versions(slug: str) -> str:
    """The versions that were frozen."""
    statement = statement_of(slug)
    found = (
        get_session()
        .scalars(
            select(StatementVersion)
            .where(StatementVersion.statement_id == statement.id)
            .order_by(StatementVersion.number.desc())
            .options(joinedload(StatementVersion.frozen_by))
        )
        .all()
    )
    return render_template(
        "statements/versions.html",
        statement=statement,
        mission=current_scope().mission,
        versions=found,
        form=FreezeForm(edit=statement.edit),
        not_agreed=not_agreed(get_session(), statement),
        behind=behind(get_session(), statement),
        to_look_at=_to_look_at(statement),
        kinds_of_warning=KINDS,
        now=now(),
    )


def _to_look_at(statement: Statement) -> dict[str, list[TextWarning]]:
    """What whoever freezes the saved text should have looked at; nothing for those who cannot."""
    if not may(current_user.role, "statement.write"):
        return {}
    return to_look_at(statement, composed_of(draft_of(statement)))


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
    except ChangedMeanwhileError:
        session.rollback()
        flash(_("Somebody has saved a newer text meanwhile; look at it, then freeze it."), "danger")
        return redirect(url_for("statements.edit", slug=slug))
    session.commit()
    flash(_("Version %(number)s is frozen.", number=version.number), "success")
    too_long = said_of_pages(prepared.draft.kind, lambda: prepared.pdf)
    if too_long:
        flash(too_long, "warning")
    return redirect(url_for(".version", slug=slug, number=version.number))


@blueprint.route("/statements/<slug>/versions/<int:number>")
@needs("statement.view")
def version(slug: str, number: int) -> str:
    """One version: its figures with their base, and what differs from another one."""
    found = _version(slug, number)
    against = request.args.get("against", number - 1, type=int)
    before = _version(slug, against) if against >= 1 else None
    return render_template(
        "statements/version.html",
        statement=found.statement,
        mission=current_scope().mission,
        version=found,
        before=before,
        lines=text_difference(before.text, found.text) if before else [],
        changes=figure_changes(before.figures, found.figures) if before else [],
        form=PublishForm(),
        now=now(),
    )


@blueprint.route("/statements/<slug>/versions/<int:number>.pdf")
@needs("statement.view")
def version_pdf(slug: str, number: int) -> Response:
    """The PDF of a version, as it was frozen."""
    return _pdf(_version(slug, number))


@blueprint.route("/statements/<slug>/versions/<int:number>-archive.pdf")
@needs("statement.view")
def version_archive(slug: str, number: int) -> Response:
    """The copy of a version for the archive, with the data of its tables."""
    return _archive(_version(slug, number))


@blueprint.route(
    "/statements/<slug>/versions/<int:number>/<any(publish, withdraw):step>", methods=["POST"]
)
@needs("statement.write")
def take_step(slug: str, number: int, step: str) -> BaseResponse:
    """Publish a version, or withdraw it."""
    session, found, mission = get_session(), _version(slug, number), current_scope().mission
    form = PublishForm()
    if not form.validate_on_submit():
        flash(_("The end of an embargo is a day and a time, such as 2026-06-09 10:00."), "danger")
        return redirect(url_for(".version", slug=slug, number=number))
    if step == "publish":
        until = form.embargoed_until.data
        moment = moment_at(mission, until) if until else None
        operations.publish(session, found, embargoed_until=moment)
        flash(_("Published."), "success")
    else:
        operations.withdraw(session, found)
        flash(_("Withdrawn: only the mission sees it now."), "success")
    session.commit()
    return redirect(url_for(".version", slug=slug, number=number))


@blueprint.route("/published/<mission>/<slug>", defaults={"number": None})
@blueprint.route("/published/<mission>/<slug>/<int:number>")
@needs(PUBLIC)
def public(mission: str, slug: str, number: int | None) -> str:
    """A published version for everybody: the newest one, or the one with this number."""
    found = _published(mission, slug)
    shown = next((v for v in found if number in (None, v.number)), None) or abort(404)
    try:
        html = operations.file_of(current_settings().media, shown.html_sha256).decode()
    except operations.NotPossibleError as error:
        abort(503, str(error))
    with force_locale(shown.language):
        return render_template(
            "statements/public.html",
            mission=shown.statement.mission,
            version=shown,
            versions=found,
            html=html,
            words=Words(shown.language, shown.min_base),
            languages=public_languages(get_session(), shown.statement),
            language_names=language_names(),
        )


@blueprint.route("/published/<mission>/<slug>/<int:number>.pdf")
@needs(PUBLIC)
def public_pdf(mission: str, slug: str, number: int) -> Response:
    """The PDF of a published version."""
    found = _published(mission, slug)
    return _pdf(next((v for v in found if v.number == number), None) or abort(404))


@blueprint.route("/published/<mission>/<slug>/<int:number>-archive.pdf")
@needs(PUBLIC)
def public_archive(mission: str, slug: str, number: int) -> Response:
    """The copy of a published version for the archive, with the data of its tables."""
    found = _published(mission, slug)
    return _archive(next((v for v in found if v.number == number), None) or abort(404))


def _published(mission: str, slug: str) -> list[StatementVersion]:
    session = get_session()
    statement = session.scalar(
        select(Statement)
        .join(Mission)
        .where(Mission.code == mission, Statement.slug == slug)
        .options(joinedload(Statement.mission))
    )
    return operations.public_versions(session, statement) if statement else []


def _pdf(version: StatementVersion) -> Response:
    return _file(version.pdf_sha256, f"{version.statement.slug}-{version.number}.pdf")


def _archive(version: StatementVersion) -> Response:
    if version.pdfa_sha256 is None:
        abort(404, _("This version was frozen without a copy for the archive."))
    return _file(version.pdfa_sha256, f"{version.statement.slug}-{version.number}-archive.pdf")


def _file(sha256: str, name: str) -> Response:
    try:
        content = operations.file_of(current_settings().media, sha256)
    except operations.NotPossibleError as error:
        abort(503, str(error))
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.set_etag(sha256)
    return response.make_conditional(request)
