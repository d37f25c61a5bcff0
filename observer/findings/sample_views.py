"""The page of the sample: what it is, drawing it, replacing a station of it, and the way back."""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.database import get_session
from observer.downloads import csv_file
from observer.findings import standing_sample, words
from observer.findings.estimates import DesignError, planned_margin, size_for_margin
from observer.findings.sample_forms import DrawForm, MarginForm, ReplaceForm, draw_form
from observer.findings.sample_operations import keep_sample, replace_station, restore_sample
from observer.findings.sampling import (
    BY_REGION,
    BY_STRATUM,
    Candidate,
    Chosen,
    candidates,
    draw,
    write_sample,
)
from observer.findings.standing_sample import Standing, StratumLine
from observer.missions.actions import ACTIONS
from observer.missions.models import Mission
from observer.missions.rounds import current_round
from observer.missions.scope import current_scope

blueprint = Blueprint("sample", __name__, url_prefix="/mission/sample")

MOST_SHOWN = 500
"""Stations of one stratum on the page; the file has them all."""


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "words": words,
        "may_draw": may(current_user.role, "mission.manage"),
        "actions": ACTIONS,
        "by_names": {BY_REGION: _("by region"), BY_STRATUM: _("by the place list’s strata")},
    }


@blueprint.route("")
@needs("sample.view")
def page() -> str:
    """The sample there is, and how to draw one."""
    size, margin_form = None, MarginForm(request.args, meta={"csrf": False})
    if "margin" in request.args and margin_form.validate():
        stations = candidates(get_session(), current_scope().mission, by=BY_STRATUM)
        if stations:
            size = size_for_margin(float(margin_form.margin.data) / 100, len(stations))
    return _show(draw_form(None, size), margin_form=margin_form, proposed=size)


@blueprint.route("/preview")
@needs("mission.manage")
def preview() -> str | tuple[str, int]:
    """What would be drawn, and what it would replace; nothing is written."""
    form = draw_form(request.args)
    if not form.validate():
        return _show(form), 422
    return _preview(form)


@blueprint.route("/draw", methods=["POST"])
@needs("mission.manage")
def draw_sample() -> BaseResponse | str | tuple[str, int]:
    """Draw, and write strata and weights into the places."""
    session, mission = get_session(), current_scope().mission
    form = draw_form(request.form)
    if not form.validate():
        return _show(form), 422
    standing = standing_sample.standing_sample(session, mission)
    if standing is not None and not form.confirmed.data:
        return _preview(form, unconfirmed=True), 422
    try:
        places, chosen = _drawn(mission, form)
    except DesignError as error:
        return _show(form, wrong=str(error)), 422
    keep_sample(
        session,
        mission,
        places,
        chosen,
        form.seed.data,
        by=form.by.data,
        replacements=form.replacements.data,
    )
    session.commit()
    flash(_("The sample is drawn and written into the places."), "success")
    return redirect(url_for(".page"))


@blueprint.route("/file.csv")
@needs("sample.view")
def download() -> Response:
    """The sample with its reserve as a file."""
    mission = current_scope().mission
    chosen = standing_sample.sample_with_reserve(get_session(), mission, _standing_or_404(mission))
    file = io.StringIO(newline="")
    write_sample(chosen, file)
    return csv_file(file.getvalue(), f"{mission.code}-sample.csv")


@blueprint.route("/replace/<code>", methods=["GET", "POST"])
@needs("mission.manage")
def replace(code: str) -> str | BaseResponse | tuple[str, int]:
    """Observe another station in place of one that cannot be reached."""
    session, mission = get_session(), current_scope().mission
    standing = _standing_or_404(mission)
    every = standing_sample.sample_with_reserve(session, mission, standing)
    station = next((each for each in every if each.code == code and each.weight), None)
    if station is None:
        abort(404, _("%(code)s is not in the sample.", code=code))
    reserve = [each for each in every if each.stratum == station.stratum and not each.weight]
    form = ReplaceForm(meta={"csrf": False})
    form.by.choices = [(each.code, f"{each.code} {each.name}") for each in reserve]
    status = 200
    if request.method == "POST":
        if form.validate():
            try:
                replace_station(session, mission, code, form.by.data, form.reason.data)
            except DesignError as error:
                abort(409, str(error))
            session.commit()
            flash(
                _("%(by)s is in the sample in place of %(code)s.", by=form.by.data, code=code),
                "success",
            )
            return redirect(url_for(".page", stratum=station.stratum, _anchor="stations"))
        status = 422
    return render_template(
        "findings/sample_replace.html", mission=mission, station=station, form=form
    ), status


@blueprint.route("/restore/<int:number>", methods=["GET", "POST"])
@needs("mission.manage")
def restore(number: int) -> str | BaseResponse:
    """Bring back the sample that a change replaced, after asking."""
    session, mission = get_session(), current_scope().mission
    former = standing_sample.former_sample(session, mission, number) or abort(404)
    if request.method == "GET":
        drawn = standing_sample.codes_of(former)
        return render_template(
            "findings/sample_restore.html",
            mission=mission,
            size=len(drawn),
            standing=standing_sample.standing_sample(session, mission),
            reported=_reported(mission, drawn),
        )
    restore_sample(session, mission, former)
    session.commit()
    flash(_("The former sample is back in the places."), "success")
    return redirect(url_for(".page"))


def _show(form: DrawForm, *, wrong: str = "", **more: Any) -> str:
    session, mission = get_session(), current_scope().mission
    standing = standing_sample.standing_sample(session, mission)
    stratum = request.args.get("stratum")
    every = (
        standing_sample.sample_with_reserve(session, mission, standing, stratum)
        if standing is not None and stratum is not None
        else []
    )
    return render_template(
        "findings/sample.html",
        mission=mission,
        standing=standing,
        history=standing_sample.history(session, mission),
        reported=_reported(mission) if standing else None,
        form=form,
        wrong=wrong,
        stratum=stratum,
        stations=every[:MOST_SHOWN],
        truncated=len(every) > MOST_SHOWN,
        **{"margin_form": MarginForm(formdata=None), "proposed": None} | more,
    )


def _preview(form: DrawForm, *, unconfirmed: bool = False) -> str | tuple[str, int]:
    session, mission = get_session(), current_scope().mission
    try:
        places, chosen = _drawn(mission, form)
    except DesignError as error:
        return _show(form, wrong=str(error)), 422
    standing = standing_sample.standing_sample(session, mission)
    codes = {each.code for each in chosen if each.weight}
    kept = 0
    if standing is not None:
        now = standing_sample.sample_with_reserve(session, mission, standing)
        kept = len(codes & {each.code for each in now if each.weight})
    lines = _lines(mission, places, chosen)
    return render_template(
        "findings/sample_preview.html",
        mission=mission,
        form=form,
        lines=lines,
        size=len(codes),
        margin=planned_margin((line.there_are, line.drawn) for line in lines),
        standing=standing,
        kept=kept,
        reported=_reported(mission),
        reported_of_new=_reported(mission, codes),
        unconfirmed=unconfirmed,
    )


def _drawn(mission: Mission, form: DrawForm) -> tuple[list[Candidate], list[Chosen]]:
    places = candidates(get_session(), mission, by=form.by.data)
    if not places:
        raise DesignError(_("The mission has no polling stations yet: import the place list."))
    return places, draw(places, form.size.data, form.seed.data, replacements=form.replacements.data)


def _lines(
    mission: Mission, places: list[Candidate], chosen: list[Chosen]
) -> tuple[StratumLine, ...]:
    there_are: dict[str, int] = defaultdict(int)
    for place in places:
        there_are[place.stratum] += 1
    weights: dict[str, list[float]] = defaultdict(list)
    for each in chosen:
        if each.weight:
            weights[each.stratum].append(each.weight)
    names = standing_sample.region_names(get_session(), mission)
    return tuple(
        StratumLine(
            stratum,
            names.get(stratum, ""),
            there_are[stratum],
            len(weights[stratum]),
            (min(weights[stratum]), max(weights[stratum])),
        )
        for stratum in sorted(there_are)
    )


def _reported(mission: Mission, codes: set[str] | None = None) -> int:
    """How many stations of the sample, or of those named, have reported in the current round."""
    round_ = current_round(mission)
    return standing_sample.reported(get_session(), round_, codes) if round_ else 0


def _standing_or_404(mission: Mission) -> Standing:
    found = standing_sample.standing_sample(get_session(), mission)
    return found or abort(404, _("The mission has no sample yet."))
