"""What everybody sees of a statement: the pages and files of its published versions."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from observer.access.permissions import PUBLIC, needs
from observer.database import get_session
from observer.missions.models import Mission
from observer.missions.rounds import local_time
from observer.settings import current_settings
from observer.statements import versionfiles
from observer.statements import versions as operations
from observer.statements.models import Statement, StatementVersion
from observer.statements.phrases import language_names
from observer.statements.publiclanguages import later_corrections, public_languages
from observer.statements.words import Words

blueprint = Blueprint("published", __name__)


@blueprint.route("/published/<mission>/<slug>", defaults={"number": None})
@blueprint.route("/published/<mission>/<slug>/<int:number>")
@needs(PUBLIC)
def public(mission: str, slug: str, number: int | None) -> str:
    """A published version for everybody: the newest one, or the one with this number."""
    found = _published(mission, slug)
    shown = _of_number(found, number)
    try:
        html = operations.file_of(current_settings().media, shown.html_sha256).decode()
    except operations.NotPossibleError as error:
        abort(503, str(error))
    languages = public_languages(get_session(), shown.statement)
    is_newest = shown is found[0]
    with force_locale(shown.language):
        return render_template(
            "statements/public.html",
            mission=shown.statement.mission,
            version=shown,
            versions=found,
            html=html,
            words=Words(shown.language, shown.min_base),
            is_newest=is_newest,
            languages=[versions[0] for versions in languages],
            # Whoever reads an older version is sent to the newest one, which says it.
            later_corrections=later_corrections(shown, languages) if is_newest else [],
            language_names=language_names(),
            local_time=local_time,
        )


@blueprint.route("/published/<mission>/<slug>/<int:number>.pdf")
@needs(PUBLIC)
def public_pdf(mission: str, slug: str, number: int) -> Response:
    """The PDF of a published version."""
    return versionfiles.pdf(_of_number(_published(mission, slug), number))


@blueprint.route("/published/<mission>/<slug>/<int:number>-archive.pdf")
@needs(PUBLIC)
def public_archive(mission: str, slug: str, number: int) -> Response:
    """The copy of a published version for the archive, with the data of its tables."""
    return versionfiles.archive(_of_number(_published(mission, slug), number))


def _of_number(found: list[StatementVersion], number: int | None) -> StatementVersion:
    """The version with a number, or the newest one; 404 where there is none."""
    return next((each for each in found if number in (None, each.number)), None) or abort(404)


def _published(mission: str, slug: str) -> list[StatementVersion]:
    session = get_session()
    statement = session.scalar(
        select(Statement)
        .join(Mission)
        .where(Mission.code == mission, Statement.slug == slug)
        .options(joinedload(Statement.mission))
    )
    return operations.public_versions(session, statement) if statement else []
