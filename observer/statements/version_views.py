"""The pages of a statement's versions, for those who write it: frozen, published, withdrawn."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.database import get_session, now
from observer.language import format_moment
from observer.missions.models import Mission
from observer.missions.rounds import moment_at
from observer.missions.scope import current_scope
from observer.statements import versionfiles
from observer.statements import versions as operations
from observer.statements.differences import figure_changes, text_difference
from observer.statements.editing import statement_of
from observer.statements.forms import PublishForm
from observer.statements.models import StatementVersion, VersionState

blueprint = Blueprint("versions", __name__)


@blueprint.context_processor
def _for_templates() -> dict[str, object]:
    return {"may_write": may(current_user.role, "statement.write")}


def _version(slug: str, number: int) -> StatementVersion:
    return get_session().scalar(
        select(StatementVersion)
        .where(
            StatementVersion.statement_id == statement_of(slug).id,
            StatementVersion.number == number,
        )
        .options(joinedload(StatementVersion.frozen_by))
    ) or abort(404, _("There is no such version."))


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
        now=now(),
    )


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
    return versionfiles.pdf(_version(slug, number))


@blueprint.route("/statements/<slug>/versions/<int:number>-archive.pdf")
@needs("statement.view")
def version_archive(slug: str, number: int) -> Response:
    """The copy of a version for the archive, with the data of its tables."""
    return versionfiles.archive(_version(slug, number))


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
        flash(_said_of(found, mission), "success")
    else:
        operations.withdraw(session, found)
        flash(_("Withdrawn: only the mission sees it now."), "success")
    session.commit()
    return redirect(url_for(".version", slug=slug, number=number))


def _said_of(published: StatementVersion, mission: Mission) -> str:
    """Who sees a version that was just published, and from when on."""
    if published.state(now()) is VersionState.PUBLISHED:
        return _("Published: everybody sees it now.")
    return _(
        "Under embargo: until %(time)s (%(zone)s) only the mission sees it, "
        "from then on everybody.",
        time=format_moment(published.public_from, mission.timezone, "d MMM y HH:mm"),
        zone=mission.timezone,
    )
