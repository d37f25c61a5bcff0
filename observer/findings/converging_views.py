"""The estimate through the day: a page, and a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from observer.access.permissions import needs
from observer.checklists.definition import FormDefinition, Question
from observer.database import get_session
from observer.downloads import csv_file
from observer.findings import words
from observer.findings.asking import (
    answer_shown_first,
    form_named,
    forms_of,
    question_named,
    statuses_named,
)
from observer.findings.converging import MINUTES, Convergence, converged_as_csv, convergence
from observer.findings.drawn import NoSampleError
from observer.findings.linechart import Chart, band_chart
from observer.findings.names import UnknownNameError, known
from observer.findings.numbers import NUMERIC
from observer.findings.tally import answer_names
from observer.findings.versions import asked_in
from observer.findings.wanted import can_be_estimated, wanted_of
from observer.language import format_moment, in_language
from observer.missions.models import Mission, Round
from observer.missions.scope import Scope, asked_round, current_scope
from observer.settings import current_settings

blueprint = Blueprint("converging", __name__, url_prefix="/findings")


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"words": words, "min_base": current_settings().min_base}


@blueprint.route("/<form>/<question>/through")
@needs("finding.view")
def through(form: str, question: str) -> str:
    """An estimate with its interval, step by step, as the reports of the sample came in."""
    scope = current_scope()
    round_, definition, asked = _asked(scope, form, question)
    seen: dict[str, Any] = {
        "mission": scope.mission,
        "round": round_,
        "form": definition,
        "question": asked,
        "answers": answer_names(asked) if asked.has_answers else [],
        "others": [] if asked.has_answers else _other_numbers(definition, asked),
        "every": MINUTES,
        "shown": _shown(round_, asked),
    }
    if scope.region_ids is not None:
        return render_template("findings/through.html", found=None, why="limited", **seen)
    try:
        found = _converged(scope, round_, definition, asked)
    except NoSampleError:
        return render_template("findings/through.html", found=None, why="no sample", **seen)
    clocks = [_clock(scope.mission, step.until) for step in found.steps]
    return render_template(
        "findings/through.html",
        found=found,
        clocks=clocks,
        chart=_chart(found, clocks),
        scale=_scale(found),
        label=in_language(asked.table_label),
        **seen,
    )


@blueprint.route("/<form>/<question>/through.csv")
@needs("finding.view")
def through_csv(form: str, question: str) -> Response:
    """The same as a file."""
    scope = current_scope()
    round_, definition, asked = _asked(scope, form, question)
    if scope.region_ids is not None:
        abort(403, _("An estimate is of the whole mission, which you do not see."))
    try:
        text = converged_as_csv(_converged(scope, round_, definition, asked))
    except NoSampleError as error:
        abort(404, str(error))
    return csv_file(text, f"{form}-{question}-{round_.code}-through.csv")


def _asked(scope: Scope, form: str, question: str) -> tuple[Round, FormDefinition, Question]:
    round_ = asked_round(scope.mission) or abort(404, _("The mission has no round yet."))
    try:
        definition = form_named(forms_of(scope.mission), form)
        asked = question_named(definition, question)
    except UnknownNameError as error:
        abort(404, str(error))
    if not can_be_estimated(definition, asked):
        abort(
            404,
            _("“%(question)s” has neither answers nor numbers to estimate.", question=question),
        )
    return round_, definition, asked


def _other_numbers(form: FormDefinition, question: Question) -> list[Question]:
    """What the sum of a question's numbers can be given as a share of."""
    return [
        asked.question
        for asked in asked_in(form).values()
        if asked.question.type in NUMERIC
        and not asked.question.has_answers
        and not asked.repeated
        and asked.question.name != question.name
    ]


def _shown(round_: Round, question: Question) -> dict[str, Any]:
    args = request.args
    return {
        "round": round_.code,
        "status": args.get("status", ""),
        "answer": args.get("answer") or answer_shown_first(question),
        "below": args.get("below") or None,
        "every": args.get("every", MINUTES[0], int),
    }


def _converged(
    scope: Scope, round_: Round, form: FormDefinition, question: Question
) -> Convergence:
    session, shown = get_session(), _shown(round_, question)
    try:
        known(str(shown["every"]), map(str, MINUTES), _("step in minutes"))
        statuses = statuses_named(shown["status"])
        answer, below = shown["answer"], shown["below"]
        wanted = wanted_of(session, scope, form.code, question.name, answer=answer, below=below)
        step = timedelta(minutes=shown["every"])
        return convergence(session, scope, round_, wanted, step=step, statuses=statuses)
    except UnknownNameError as error:
        abort(404, str(error))


def _scale(found: Convergence) -> int:
    """What values are multiplied by to be read: shares and ratios are told in per cent."""
    return 1 if found.wanted.kind == "total" else 100


def _chart(found: Convergence, clocks: list[str]) -> Chart | None:
    scale = _scale(found)
    values = [
        (its.value * scale, its.lower * scale, its.upper * scale)
        if (its := step.estimate)
        else None
        for step in found.steps
    ]
    if sum(value is not None for value in values) < 2:
        return None
    return band_chart(clocks, values, in_language(found.wanted.asked.table_label))


def _clock(mission: Mission, until: Any) -> str:
    return format_moment(until, mission.timezone, "HH:mm") if until else _("now")
