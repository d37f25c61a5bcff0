"""The pages: the map in its frame with its table beside it, and the map's own document."""

from __future__ import annotations

import io
import secrets
import uuid

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.access.permissions import needs
from observer.checklists.library import definition_of, published_forms
from observer.database import get_session
from observer.findings.findings import UnknownNameError
from observer.language import ngettext
from observer.maps.basemap import Basemap, basemap_at
from observer.maps.choices import as_choices, nearest_subject
from observer.maps.choropleth import RegionFigure, make_layer
from observer.maps.layers import Addresses
from observer.maps.page import linked, map_document
from observer.maps.points import MOST_INCIDENTS, stations_of
from observer.maps.printed import map_sheet, sheet_bytes
from observer.maps.shapes import RegionOnPath, path_to
from observer.maps.shown import Shown
from observer.missions.models import Round
from observer.missions.scope import Scope, asked_round, current_scope, levels_of
from observer.review.board import board_form, read_board, words_of
from observer.review.cases import cases, one_case
from observer.review.filtering import UnknownNameError as UnknownFilterError
from observer.settings import current_settings

blueprint = Blueprint("maps", __name__)


@blueprint.route("/map")
@needs("finding.view")
def page() -> str:
    """The map with what it shows to choose from, and its figures as a table."""
    session, scope, args = get_session(), current_scope(), request.args
    round_, levels = asked_round(scope.mission), levels_of(session, scope)
    if round_ is None or not levels:
        return render_template("maps/empty.html", round=round_)
    forms = {v.form.code: definition_of(v) for v in published_forms(session, scope.mission)}
    subject = nearest_subject(
        forms, args.get("form", ""), args.get("question", ""), args.get("answer", "")
    )
    path = _path(session, scope)
    if path:
        levels = [each for each in levels if each > path[-1].level] or levels[-1:]
    shown = Shown(
        round=round_.code,
        form=subject.form,
        question=subject.question,
        answer=subject.answer,
        level=_level(levels),
        within=path[-1].code if path else None,
        centres=_wanted("centres", by_default=False),
        incidents=_wanted("incidents", by_default=True),
        day=_wanted("day", by_default=False),
    )
    return render_template(
        "maps/page.html",
        mission=scope.mission,
        round=round_,
        layer=make_layer(
            session,
            scope,
            round_,
            subject,
            level=shown.level,
            within=shown.within,
            min_base=current_settings().min_base,
        ),
        path=path,
        forms=forms,
        choices=as_choices(forms),
        levels=levels,
        shown=shown,
        address=url_for(".document", **shown.query()),
    )


@blueprint.route("/map/document")
@needs("finding.view")
def document() -> Response:
    """The map itself, under a policy of its own that lets nothing in but what is ours."""
    scope = current_scope()
    round_ = asked_round(scope.mission)
    if round_ is None:
        abort(404, _("The mission has no round yet."))
    shown, nonce = _asked(round_), secrets.token_urlsafe(16)

    def below(figure: RegionFigure) -> str | None:
        query = shown.below(figure)
        return url_for(".page", **query) if query else None

    try:
        text = map_document(
            get_session(),
            scope,
            round_,
            form=shown.form,
            question=shown.question,
            answer=shown.answer,
            level=shown.level,
            within=shown.within,
            min_base=current_settings().min_base,
            with_centres=shown.centres,
            with_incidents=shown.incidents,
            nonce=nonce,
            assets=linked(url_for("static", filename="")),
            through_day=shown.day,
            addresses=Addresses(
                region=below,
                incident=lambda id_: url_for("review.submission", submission_id=id_),
                centre=url_for(".centre", round=round_.code),
            ),
            basemap=_basemap(),
            shapes_kept_in=current_settings().shapes,
        )
    except UnknownNameError as error:
        abort(404, str(error))
    return _under_own_policy(text, nonce)


@blueprint.route("/map/incidents")
@needs("submission.view")
def incidents() -> Response:
    """A map of the incidents that the filters of their board let through, or of one case."""
    session, scope = get_session(), current_scope()
    round_ = asked_round(scope.mission)
    if round_ is None:
        abort(404, _("The mission has no round yet."))
    case_id = request.args.get("case", None, uuid.UUID)
    if case_id:
        case = one_case(session, scope, case_id) or abort(404)
        found = [case]
    else:
        form = board_form(session, scope, words_of(session, scope), request.args)
        try:
            found = cases(session, scope, round_, read_board(session, scope, form)[1])
        except UnknownFilterError as error:
            abort(404, str(error))
    reports = {report.submission: case.id for case in found for report in case.reports}
    nonce = secrets.token_urlsafe(16)
    text = map_document(
        session,
        scope,
        round_,
        min_base=current_settings().min_base,
        only_incidents=list(reports)[:MOST_INCIDENTS],
        close_to_incidents=case_id is not None,
        nonce=nonce,
        assets=linked(url_for("static", filename="")),
        addresses=Addresses(
            region=lambda _figure: None,
            incident=lambda id_: url_for("review.incident", case_id=reports[id_]),
            centre=url_for(".centre", round=round_.code),
        ),
        shapes_kept_in=current_settings().shapes,
    )
    return _under_own_policy(text, nonce)


def _under_own_policy(text: str, nonce: str) -> Response:
    response = Response(text)
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )
    return response


@blueprint.route("/map/base.pmtiles")
@needs("finding.view")
def base() -> Response:
    """The archive of the map under the figures, of which the browser asks for parts."""
    path = current_settings().basemap
    if path is None:
        abort(404, _("There is no base map."))
    return send_file(path.resolve(), mimetype="application/vnd.pmtiles")


def _basemap() -> Basemap | None:
    path = current_settings().basemap
    return basemap_at(path, url_for(".base")) if path else None


@blueprint.route("/map/picture.<any(svg, png):kind>")
@needs("finding.view")
def picture(kind: str) -> Response:
    """The map as a still picture, to be kept or printed."""
    scope = current_scope()
    round_ = asked_round(scope.mission)
    if round_ is None:
        abort(404, _("The mission has no round yet."))
    shown = _asked(round_)
    try:
        sheet = map_sheet(
            get_session(),
            scope,
            round_,
            shown.subject,
            level=shown.level,
            within=shown.within,
            min_base=current_settings().min_base,
            shapes_kept_in=current_settings().shapes,
        )
    except UnknownNameError as error:
        abort(404, str(error))
    parts = ("map", round_.code, shown.form, shown.question, shown.answer, shown.within)
    return send_file(
        io.BytesIO(sheet_bytes(sheet, kind)),
        as_attachment=True,
        download_name=f"{'-'.join(part for part in parts if part)}.{kind}",
    )


@blueprint.route("/map/centre")
@needs("finding.view")
def centre() -> dict[str, object]:
    """The stations of a polling centre with their reports, and where those are listed."""
    scope, code = current_scope(), request.args.get("code", "")
    round_ = asked_round(scope.mission)
    found = stations_of(get_session(), scope, round_, code) if round_ else None
    if round_ is None or found is None:
        abort(404, _("There is no polling centre “%(code)s” here.", code=code))

    def reports(place: str) -> str:
        return url_for("review.submissions", round=round_.code, place=place)

    return {
        "stations": [
            {
                "text": f"{each.code} · "
                + ngettext("%(num)s report", "%(num)s reports", each.reports),
                "href": reports(each.code) if each.reports else None,
            }
            for each in found
        ],
        "href": reports(code),
        "link": _("All reports of this centre"),
    }


def _asked(round_: Round) -> Shown:
    """What the request names, just as it does: wrong names are for the figures to refuse."""
    args = request.args
    return Shown(
        round=round_.code,
        form=args.get("form"),
        question=args.get("question"),
        answer=args.get("answer"),
        level=args.get("level", 1, int),
        within=args.get("within") or None,
        centres=_wanted("centres", by_default=False),
        incidents=_wanted("incidents", by_default=False),
        day=_wanted("day", by_default=False),
    )


def _path(session: Session, scope: Scope) -> list[RegionOnPath]:
    """The way down to the region that is asked for; empty for the whole."""
    code = request.args.get("within")
    if not code:
        return []
    return path_to(session, scope, code) or abort(
        404, _("There is no region “%(code)s” here.", code=code)
    )


def _level(levels: list[int]) -> int:
    asked = request.args.get("level", levels[0], int)
    return asked if asked in levels else levels[0]


def _wanted(name: str, *, by_default: bool) -> bool:
    # A box that is not ticked is not sent: only a form that was sent says that it is not.
    return name in request.args or (by_default and "level" not in request.args)
