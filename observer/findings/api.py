"""Findings for programs, and what the mission room asks for again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from observer.access.permissions import needs
from observer.collect.models import Status
from observer.database import get_session
from observer.findings.comparison import comparison, rounds_to_compare
from observer.findings.converging import MINUTES, convergence
from observer.findings.crosstab import cross_table, name_of
from observer.findings.estimates import DesignError
from observer.findings.findings import COUNTED, UnknownNameError, findings
from observer.findings.live import newest_stamp
from observer.findings.names import known
from observer.findings.sampled import SampledReports
from observer.findings.selection import Look
from observer.findings.urgent import urgent
from observer.findings.wanted import Wanted, wanted_of
from observer.missions.models import Round
from observer.missions.scope import Scope, asked_round, current_scope

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
        found = findings(
            get_session(), scope, round_, **named, level=_level(), statuses=_statuses()
        )
    except UnknownNameError as error:
        abort(404, str(error))
    return jsonify([finding.to_json() for finding in found])


@blueprint.route("/comparison")
@needs("finding.view")
def list_comparison() -> Response:
    """A question's answers in two rounds over the same places; regions are chosen as for findings.

    ``with`` names the other round; without it, it is the one before.
    """
    scope, args = current_scope(), request.args
    round_ = asked_round(scope.mission)
    form, question = args.get("form", ""), args.get("question", "")
    if round_ is None or not form or not question:
        abort(400, _("Name a form and a question, and a round that there is."))
    which = {name: args.get(name) or None for name in ("answer", "region")}
    try:
        pair = rounds_to_compare(scope.mission, round_, args.get("with") or None)
        found = comparison(
            get_session(),
            scope,
            *pair,
            form,
            question,
            **which,
            level=_level(),
            statuses=_statuses(),
        )
    except UnknownNameError as error:
        abort(404, str(error))
    return jsonify([each.to_json() for each in found])


@blueprint.route("/crosstab")
@needs("finding.view")
def get_crosstab() -> Response:
    """How the answers to two questions go together; each is named as ``form/question``."""
    scope, args = current_scope(), request.args
    round_ = asked_round(scope.mission)
    names = [name_of(args.get(name, "")) for name in ("rows", "columns")]
    if round_ is None or not all(form and question for form, question in names):
        abort(400, _("Name rows and columns as form/question, and a round that there is."))
    try:
        table = cross_table(
            get_session(),
            scope,
            round_,
            *names,
            region=args.get("region") or None,
            statuses=_statuses(),
        )
    except UnknownNameError as error:
        abort(404, str(error))
    return jsonify(table.to_json())


@blueprint.route("/estimates")
@needs("finding.view")
def list_estimate() -> Response:
    """An estimate from the mission's sample: of a share, of a total, or of one question to another.

    422 where the mission has no sample, or one that does not allow it.
    """
    scope, round_ = _whole_mission()
    try:
        look = Look(get_session(), scope, round_, _statuses())
        reports = SampledReports(get_session(), scope, _wanted(scope), look)
        found = reports.estimate()
    except UnknownNameError as error:
        abort(404, str(error))
    except DesignError as error:
        abort(422, str(error))
    return jsonify(found.to_json())


@blueprint.route("/estimates/through")
@needs("finding.view")
def list_estimate_through() -> Response:
    """The same estimate step by step, as the reports came in; ``every`` is a step in minutes.

    422 where the mission has no sample. A step without an estimate says why.
    """
    scope, round_ = _whole_mission()
    every = request.args.get("every", str(MINUTES[0]))
    try:
        step = timedelta(minutes=int(known(every, map(str, MINUTES), _("step in minutes"))))
        wanted, statuses = _wanted(scope), _statuses()
        found = convergence(get_session(), scope, round_, wanted, step=step, statuses=statuses)
    except UnknownNameError as error:
        abort(404, str(error))
    except DesignError as error:
        abort(422, str(error))
    return jsonify(found.to_json())


def _whole_mission() -> tuple[Scope, Round]:
    """The scope and the round of an estimate, which is of the whole mission."""
    scope, args = current_scope(), request.args
    round_ = asked_round(scope.mission)
    if round_ is None or not args.get("form") or not args.get("question"):
        abort(400, _("Name a form and a question, and a round that there is."))
    if scope.region_ids is not None:
        abort(403, _("An estimate is of the whole mission, which you do not see."))
    return scope, round_


def _wanted(scope: Scope) -> Wanted:
    args = request.args
    which = {name: args.get(name) or None for name in ("answer", "below")}
    return wanted_of(get_session(), scope, args["form"], args["question"], **which)


@blueprint.route("/changes")
@needs("finding.view")
def changes() -> Response:
    """How often submissions of the mission changed; 304 while that is the same.

    Open pages ask each second, so it costs one look at one row.
    """
    stamp = newest_stamp(get_session(), current_user)
    if stamp is None:
        abort(403, _("You are not a member of a mission; ask an administrator to add you."))
    answer = jsonify(stamp=stamp)
    answer.set_etag(stamp)
    return answer.make_conditional(request)


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


def _statuses() -> Iterable[Status]:
    """Those named, else the ones that dashboards count. Raises UnknownNameError."""
    named = [Status(known(s, Status, _("status"))) for s in request.args.getlist("status")]
    return named or COUNTED


def _level() -> int | None:
    text = request.args.get("level", "")
    if text and not (text.isdecimal() and len(text) <= 2):
        abort(400, _("level is a number: 0 for the whole, 1 for the regions at the top."))
    return int(text) if text else None
