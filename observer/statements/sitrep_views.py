"""The situation report as a page to print, and as a PDF."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import needs
from observer.database import get_session
from observer.missions.rounds import local_time
from observer.missions.scope import asked_round, current_scope
from observer.settings import current_settings
from observer.statements.sitrep import Situation, sitrep_html, sitrep_pdf, situation
from observer.statements.themes import (
    DEFAULT_THEME,
    ThemeError,
    theme_names,
    usable_themes,
)

blueprint = Blueprint("sitrep", __name__, url_prefix="/room")


@blueprint.route("/sitrep")
@needs("finding.view")
def page() -> str:
    """What is known at this moment, to be read or printed."""
    found = _situation()
    if found is None:
        return render_template("findings/empty.html")
    return render_template(
        "statements/sitrep.html",
        found=found,
        text=Markup(sitrep_html(found, linked=True)),  # noqa: S704 - a template of ours
        themes=usable_themes(),
    )


@blueprint.route("/sitrep.pdf")
@needs("finding.view")
def pdf() -> BaseResponse:
    """The same as a file to send on, in the look that is asked for with ``theme``."""
    theme = request.args.get("theme", DEFAULT_THEME)
    if theme not in theme_names():
        abort(404, _("There is no such look."))
    found = _situation() or abort(404, _("The mission has no round yet."))
    try:
        content = sitrep_pdf(found, theme=theme, logo=current_settings().logo)
    except ThemeError as error:
        flash(_("There is no PDF: %(error)s", error=error), "danger")
        return redirect(url_for(".page", round=found.round.code))
    answer = Response(content, content_type="application/pdf")
    when = local_time(found.mission, found.at)
    name = f"situation-{found.round.code}-{when:%Y%m%d-%H%M}.pdf"
    answer.headers["Content-Disposition"] = f"inline; filename={name}"
    return answer


def _situation() -> Situation | None:
    scope, settings = current_scope(), current_settings()
    round_ = asked_round(scope.mission)
    if round_ is None:
        return None
    return situation(
        get_session(),
        scope,
        round_,
        min_base=settings.min_base,
        silent_minutes=settings.silent_minutes,
    )
