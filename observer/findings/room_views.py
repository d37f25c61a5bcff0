"""The pages beside the mission room: the day by its hours, what is missing, who is silent."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from observer.access.permissions import needs
from observer.collect.intake import receipt_code
from observer.database import get_session
from observer.downloads import csv_file
from observer.findings import words
from observer.findings.contacts import silent as silent_people
from observer.findings.day import look_at_day
from observer.findings.deployment import Deployment, deployment
from observer.findings.findings import UnknownNameError
from observer.findings.hours import clock_of
from observer.findings.linechart import line_chart
from observer.findings.missing import what_is_missing
from observer.findings.names import known
from observer.findings.reminders import reminder, silent_as_csv
from observer.missions.models import Round
from observer.missions.scope import Scope, asked_round, current_scope, levels_of
from observer.review.queries import regions_to_choose
from observer.settings import current_settings

blueprint = Blueprint("room", __name__, url_prefix="/room")

MOST_SHOWN = 200


@blueprint.context_processor
def _words() -> dict[str, object]:
    settings = current_settings()
    return {
        "words": words,
        "receipt_code": receipt_code,
        "min_base": settings.min_base,
        "silent_minutes": settings.silent_minutes,
        "most_shown": MOST_SHOWN,
    }


@blueprint.route("/day")
@needs("finding.view")
def day() -> str:
    """The voting day hour by hour, and how far teams and regions are."""
    session, scope = get_session(), current_scope()
    round_ = asked_round(scope.mission)
    if round_ is None:
        return render_template("findings/empty.html")
    deployed = _deployed(scope, round_)
    looked = look_at_day(session, round_, deployed)
    whole = deployed.whole()
    arrived = [
        (_("Assigned"), (whole.assigned,) * len(looked.hours)),
        (_("Visited"), looked.visited.counts),
        (_("Reported"), looked.reported.counts),
    ]
    teams = sorted(deployed.by_team(), key=lambda team: (-team.overdue, team.code))
    return render_template(
        "findings/day.html",
        mission=scope.mission,
        round=round_,
        day=looked,
        whole=whole,
        clocks=[clock_of(hour) for hour in looked.hours],
        told=line_chart(looked.hours, [(line.label, line.counts) for line in looked.events]),
        arrived=line_chart(looked.hours, arrived),
        teams=teams[:MOST_SHOWN],
        team_count=len(teams),
        by_region=deployed.by_region(),
        regions=regions_to_choose(session, scope),
        shown=_shown(round_),
    )


@blueprint.route("/missing")
@needs("finding.view")
def missing() -> str:
    """Stations without a report, teams without one, regions where nobody was."""
    session, scope = get_session(), current_scope()
    round_ = asked_round(scope.mission)
    if round_ is None:
        return render_template("findings/empty.html")
    deployed = _deployed(scope, round_)
    forms = {form.code: form for form in deployed.forms}
    code = request.args.get("form") or None
    try:
        form = None if code is None else forms[known(code, forms, _("form"))]
    except UnknownNameError as error:
        abort(404, str(error))
    level = request.args.get("level", None, int)
    found = what_is_missing(
        session, scope, round_, deployed, form=form, level=level, limit=MOST_SHOWN
    )
    return render_template(
        "findings/missing.html",
        mission=scope.mission,
        round=round_,
        missing=found,
        form=form,
        at=deployed.look.at,
        levels=levels_of(session, scope),
        regions=regions_to_choose(session, scope),
        shown=_shown(round_) | {"form": code, "level": level},
    )


@blueprint.route("/silent")
@needs("finding.view")
def silent() -> str:
    """Who was not heard of, with what to write to them."""
    session, scope = get_session(), current_scope()
    round_ = asked_round(scope.mission)
    if round_ is None:
        return render_template("findings/empty.html")
    deployed = _deployed(scope, round_)
    people, count = silent_people(session, round_, deployed, patience=_patience(), limit=MOST_SHOWN)
    return render_template(
        "findings/silent.html",
        mission=scope.mission,
        round=round_,
        reminders=[reminder(scope.mission, whom) for whom in people],
        count=count,
        deployed=deployed.whole().assigned,
        at=deployed.look.at,
        regions=regions_to_choose(session, scope),
        shown=_shown(round_),
    )


@blueprint.route("/silent.csv")
@needs("finding.view")
def silent_csv() -> Response:
    """All of them as a file."""
    scope = current_scope()
    round_ = asked_round(scope.mission) or abort(404, _("The mission has no round yet."))
    deployed = _deployed(scope, round_)
    people, _count = silent_people(get_session(), round_, deployed, patience=_patience())
    return csv_file(silent_as_csv(people), f"silent-{round_.code}.csv")


def _patience() -> timedelta:
    return timedelta(minutes=current_settings().silent_minutes)


def _shown(round_: Round) -> dict[str, object]:
    return {"round": round_.code} | {
        name: request.args.get(name) or None for name in ("region", "team")
    }


def _deployed(scope: Scope, round_: Round) -> Deployment:
    shown = _shown(round_)
    try:
        return deployment(
            get_session(),
            scope,
            round_,
            patience=_patience(),
            team=shown["team"],
            region=shown["region"],
        )
    except UnknownNameError as error:
        abort(404, str(error))
