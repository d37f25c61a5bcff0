"""Two rounds beside each other over the same places, and two questions: pages and files."""

from __future__ import annotations

from collections.abc import Mapping
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
from observer.findings.comparison import Comparison, comparison, rounds_to_compare
from observer.findings.crosstab import CrossTable, askable, cross_table, name_of
from observer.findings.ground import WHOLE
from observer.findings.names import UnknownNameError, known
from observer.findings.selection import unit_of
from observer.findings.tally import answer_names
from observer.findings.togethersheet import compared_as_csv, crossed_as_csv
from observer.missions.models import Round
from observer.missions.scope import Scope, asked_round, current_scope, levels_of
from observer.review.queries import regions_to_choose
from observer.settings import current_settings

blueprint = Blueprint("together", __name__, url_prefix="/findings")


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"words": words, "min_base": current_settings().min_base}


@blueprint.route("/<form>/<question>/rounds")
@needs("finding.view")
def rounds(form: str, question: str) -> str:
    """A question's answers in two rounds, over the places where it was answered in both."""
    session, scope, args = get_session(), current_scope(), request.args
    try:
        definition = form_named(forms_of(scope.mission), form)
        asked = question_named(definition, question)
        answer = _chosen_answer(asked)
    except UnknownNameError as error:
        abort(404, str(error))
    level, status = args.get("level", 1, int), args.get("status", "")
    seen: dict[str, Any] = {"form": definition, "question": asked, "mission": scope.mission}
    if len(scope.mission.rounds) < 2:
        return render_template("findings/rounds.html", pair=None, **seen)
    pair = _pair(scope)
    lines = []
    if level != WHOLE:
        lines = _compared(scope, pair, form, question, level=level, answer=answer)
    return render_template(
        "findings/rounds.html",
        pair=pair,
        unit=unit_of(definition),
        whole=_compared(scope, pair, form, question, level=WHOLE),
        lines=lines,
        answer=answer,
        answers=answer_names(asked) if asked.has_answers else [],
        levels=levels_of(session, scope),
        shown={
            "round": pair[1].code,
            "with": pair[0].code,
            "status": status,
            "level": level,
            "answer": answer,
        },
        **seen,
    )


@blueprint.route("/<form>/<question>/rounds.csv")
@needs("finding.view")
def rounds_csv(form: str, question: str) -> Response:
    """The same as a file: every answer, in the whole and in every region of a level."""
    scope = current_scope()
    pair, level = _pair(scope), request.args.get("level", 1, int)
    found = [
        each
        for depth in dict.fromkeys((WHOLE, level))
        for each in _compared(scope, pair, form, question, level=depth)
    ]
    text = compared_as_csv(found, current_settings().min_base)
    return csv_file(text, f"{form}-{question}-{pair[0].code}-{pair[1].code}.csv")


def _pair(scope: Scope) -> tuple[Round, Round]:
    round_ = asked_round(scope.mission) or abort(404, _("The mission has no round yet."))
    try:
        return rounds_to_compare(scope.mission, round_, request.args.get("with") or None)
    except UnknownNameError as error:
        abort(404, str(error))


def _compared(
    scope: Scope, pair: tuple[Round, Round], form: str, question: str, **which: Any
) -> list[Comparison]:
    try:
        statuses = statuses_named(request.args.get("status", ""))
        return comparison(get_session(), scope, *pair, form, question, statuses=statuses, **which)
    except UnknownNameError as error:
        abort(404, str(error))


def _chosen_answer(question: Question) -> str | None:
    """The answer to show by region: the one asked for, else the first problem or the first."""
    if not question.has_answers:
        return None
    asked = request.args.get("answer") or answer_shown_first(question)
    return known(asked, answer_names(question), _("answer"))


@blueprint.route("/crosstab")
@needs("finding.view")
def crosstab() -> str:
    """Two questions against each other; which ones is chosen on the page."""
    session, scope, args = get_session(), current_scope(), request.args
    round_, forms = asked_round(scope.mission), forms_of(scope.mission)
    if round_ is None or not forms:
        return render_template("findings/empty.html")
    choices = {code: asked for code, form in forms.items() if (asked := askable(form))}
    rows, columns, region = (args.get(name, "") for name in ("rows", "columns", "region"))
    table, refusal = None, ""
    if rows and columns:
        try:
            table = _crossed(scope, round_)
        except UnknownNameError as error:
            offered = {f"{form}/{q.name}" for form, asked in choices.items() for q in asked}
            if not {rows, columns} <= offered:
                abort(404, str(error))
            # Both can be chosen on the page, only not together: the page says why.
            refusal = str(error)
    return render_template(
        "findings/crosstab.html",
        mission=scope.mission,
        round=round_,
        forms=forms,
        choices=choices,
        table=table,
        asked=_questions_of(table, forms) if table else (),
        refusal=refusal,
        regions=regions_to_choose(session, scope),
        shown={
            "round": round_.code,
            "rows": rows,
            "columns": columns,
            "region": region or None,
            "status": args.get("status", ""),
        },
    )


@blueprint.route("/crosstab.csv")
@needs("finding.view")
def crosstab_csv() -> Response:
    """The same as a file, a row for each cell."""
    scope = current_scope()
    round_ = asked_round(scope.mission) or abort(404, _("The mission has no round yet."))
    try:
        table = _crossed(scope, round_)
    except UnknownNameError as error:
        abort(404, str(error))
    return csv_file(crossed_as_csv(table), f"{table.rows[1]}-{table.columns[1]}.csv")


def _crossed(scope: Scope, round_: Round) -> CrossTable:
    args = request.args
    return cross_table(
        get_session(),
        scope,
        round_,
        name_of(args.get("rows", "")),
        name_of(args.get("columns", "")),
        region=args.get("region") or None,
        statuses=statuses_named(args.get("status", "")),
    )


def _questions_of(
    table: CrossTable, forms: Mapping[str, FormDefinition]
) -> tuple[Question, Question]:
    (row_form, row), (column_form, column) = table.rows, table.columns
    return forms[row_form].question(row), forms[column_form].question(column)
