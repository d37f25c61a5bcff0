"""Findings for programs, and what the mission room asks for again and again."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask_babel import gettext as _

from observer.access.permissions import needs
from observer.collect.models import Status
from observer.database import get_session
from observer.findings.findings import COUNTED, UnknownNameError, findings
from observer.findings.names import known
from observer.findings.urgent import urgent
from observer.missions.scope import asked_round, current_scope

blueprint = Blueprint("findings_api", __name__, url_prefix="/api/v1")

NAMED = ("form", "question", "answer", "region", "by")


@blueprint.route("/findings")
@needs("finding.view")
def list_findings() -> Response:
    """The findings of a round: of all forms, questions, answers and regions, or of those named.

    ``status`` may be given several times; received and verified reports are counted without it.
    ``by`` cuts the figures, as in :func:`observer.findings.findings.findings`.
    """
    scope, args = current_scope(), request.args
    round_ = asked_round(scope.mission)
    if round_ is None:
        return jsonify([])
    named = {
        name: args.get(name) or None for name in ("form", "question", "answer", "region", "by")
    }
    try:
        statuses = [Status(known(s, Status, _("status"))) for s in args.getlist("status")]
        found = findings(
            get_session(), scope, round_, **named, level=_level(), statuses=statuses or COUNTED
        )
    except UnknownNameError as error:
        abort(404, str(error))
    return jsonify([finding.to_json() for finding in found])


@blueprint.route("/urgent")
@needs("finding.view")
def list_urgent() -> Response:
    """What observers marked as urgent and nobody has dealt with; 304 while that is the same."""
    found = urgent(get_session(), current_scope())
    for one in found["submissions"]:
        one["link"] = url_for("review.submission", submission_id=one["id"])
    answer = jsonify(found)
    answer.add_etag()
    return answer.make_conditional(request)


def _level() -> int | None:
    text = request.args.get("level", "")
    if text and not (text.isdecimal() and len(text) <= 2):
        abort(400, _("level is a number: 0 for the whole, 1 for the regions at the top."))
    return int(text) if text else None
