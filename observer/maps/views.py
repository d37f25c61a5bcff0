"""The pages: the map in its frame with its table beside it, and the map's own document."""

from __future__ import annotations

import secrets
import uuid

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from observer.access.permissions import needs
from observer.checklists.library import definition_of, published_forms
from observer.database import get_session
from observer.findings.findings import UnknownNameError
from observer.maps.choices import as_choices, nearest_subject
from observer.maps.choropleth import make_layer
from observer.maps.page import linked, map_document
from observer.maps.points import MOST_INCIDENTS
from observer.missions.scope import asked_round, current_scope, levels_of
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
    level = _level(levels)
    shown = {
        "form": subject.form,
        "question": subject.question,
        "answer": subject.answer,
        "round": round_.code,
        "level": level,
        "centres": _wanted("centres", by_default=False),
        "incidents": _wanted("incidents", by_default=True),
    }
    return render_template(
        "maps/page.html",
        mission=scope.mission,
        round=round_,
        layer=make_layer(
            session, scope, round_, subject, level=level, min_base=current_settings().min_base
        ),
        forms=forms,
        choices=as_choices(forms),
        levels=levels,
        shown=shown,
        address=url_for(".document", **{name: value for name, value in shown.items() if value}),
    )


@blueprint.route("/map/document")
@needs("finding.view")
def document() -> Response:
    """The map itself, under a policy of its own that lets nothing in but what is ours."""
    scope, args = current_scope(), request.args
    round_ = asked_round(scope.mission)
    if round_ is None:
        abort(404, _("The mission has no round yet."))
    nonce = secrets.token_urlsafe(16)
    try:
        text = map_document(
            get_session(),
            scope,
            round_,
            form=args.get("form"),
            question=args.get("question"),
            answer=args.get("answer"),
            level=args.get("level", 1, int),
            min_base=current_settings().min_base,
            with_centres=_wanted("centres", by_default=False),
            with_incidents=_wanted("incidents", by_default=False),
            nonce=nonce,
            assets=linked(url_for("static", filename="")),
            incident_address=lambda id_: url_for("review.submission", submission_id=id_),
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
        incident_address=lambda id_: url_for("review.incident", case_id=reports[id_]),
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
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )
    return response


def _level(levels: list[int]) -> int:
    asked = request.args.get("level", levels[0], int)
    return asked if asked in levels else levels[0]


def _wanted(name: str, *, by_default: bool) -> bool:
    # A box that is not ticked is not sent: only a form that was sent says that it is not.
    return name in request.args or (by_default and "level" not in request.args)
