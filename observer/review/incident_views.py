"""The board of incidents, and the page of each case."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.database import get_session, now
from observer.downloads import csv_file
from observer.missions.models import Round
from observer.missions.scope import Scope, current_scope
from observer.review.board import Words, board_form, read_board, words_of
from observer.review.caseforms import BoardForm, LinkForm, MoveForm, NoteForm, SeenForm
from observer.review.casemodels import State
from observer.review.cases import Case, case_id_of, cases, one_case
from observer.review.casesheet import read_case_sheet
from observer.review.casesteps import FORMS, Asked, judgement_form, take
from observer.review.filtering import UnknownNameError
from observer.review.incidentsheet import as_csv, as_json
from observer.review.operations import ChangedMeanwhileError, NotPossibleError
from observer.review.timeline import STATES
from observer.review.views import IMAGES, blueprint

MOST_CARDS = 50
"""In a column; what is beyond is in the list."""
MOST_ROWS = 500
VIEWS = ("board", "list", "map")
NEXT_STATES = {
    State.NEW: State.CHECKING,
    State.CHECKING: State.CONFIRMED,
    State.CONFIRMED: State.CLOSED,
    State.NOT_CONFIRMED: State.CLOSED,
    State.CLOSED: State.CHECKING,
}
"""Where a case mostly goes from each state: what is offered first."""
DONE = {
    "move": lambda case: _("The incident is now %(state)s.", state=STATES[case.state]),
    "judge": lambda _case: _("Saved."),
    "note": lambda _case: _("The note is in the timeline."),
    "link": lambda _case: _("Linked: the report belongs to this incident now."),
    "unlink": lambda _case: _("Unlinked: the report is an incident of its own again."),
    "undo": lambda _case: _("Undone."),
    "verify": lambda _case: _("Its reports are verified: statements count them."),
}


@blueprint.route("/incidents")
@needs("submission.view")
def incidents() -> str:
    """The cases of a round by state; as a list, or on a map."""
    scope = current_scope()
    words = words_of(get_session(), scope)
    form, _round, found = _asked_for(scope, words)
    given = {name: value for name, value in form.data.items() if value}
    view = request.args.get("view", VIEWS[0])
    states = [State(form.state.data)] if form.state.data else list(State)
    return render_template(
        "review/incidents.html",
        mission=scope.mission,
        form=form,
        words=words,
        given=given,
        filtered=any(name != "round" for name in given),
        view=view if view in VIEWS else VIEWS[0],
        cases=found,
        columns={state: [case for case in found if case.state == state] for state in states},
        states=STATES,
        next_states=NEXT_STATES,
        most_cards=MOST_CARDS,
        most_rows=MOST_ROWS,
        age=_age,
        may_change=may(current_user.role, "submission.verify"),
        may_export=may(current_user.role, "submission.export"),
    )


@blueprint.route("/incidents.csv")
@needs("submission.export")
def incidents_csv() -> Response:
    """The cases that the board shows, as a file for a spreadsheet."""
    scope = current_scope()
    words = words_of(get_session(), scope)
    _form, round_, found = _asked_for(scope, words)
    name = f"incidents-{round_.code}.csv" if round_ else "incidents.csv"
    return csv_file(as_csv(scope.mission, found, words), name)


@blueprint.route("/api/v1/incidents")
@needs("submission.view")
def list_incidents() -> Response:
    """The cases that the board shows, for programs; 304 while they are the same."""
    scope = current_scope()
    _form, _round, found = _asked_for(scope, words_of(get_session(), scope))
    answer = jsonify([as_json(case) for case in found])
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.route("/incidents/<uuid:case_id>")
@needs("submission.view")
def incident(case_id: uuid.UUID) -> str | BaseResponse:
    """One case: its reports, what the mission says of it, everything that happened."""
    scope = current_scope()
    case = one_case(get_session(), scope, case_id)
    return _elsewhere(scope, case_id) if case is None else _show(scope, case)


@blueprint.route(
    "/incidents/<uuid:case_id>/<any(move, judge, note, link, unlink, undo, verify):step>",
    methods=["POST"],
)
@needs("submission.verify")
def take_case_step(case_id: uuid.UUID, step: str) -> str | BaseResponse | tuple[str, int]:
    """Do something with a case, from its page or, with the board's filters, from the board."""
    session, scope = get_session(), current_scope()
    case = one_case(session, scope, case_id)
    if case is None:
        return _elsewhere(scope, case_id)
    if step == "judge":
        form = judgement_form(session, scope, case, words_of(session, scope), posted=True)
    else:
        form = FORMS[step]()
    if not form.validate_on_submit():
        return _show(scope, case, step, form, _said(form)), 400
    try:
        take(step, Asked(session, scope, case, current_user, form))
    except NotPossibleError as error:
        session.rollback()
        case = one_case(session, scope, case_id)
        if case is None:
            return _elsewhere(scope, case_id)
        if isinstance(error, ChangedMeanwhileError) and step != "verify":
            form.seen.data = case.version
        return _show(scope, case, step, form, str(error)), 409
    session.commit()
    changed = one_case(session, scope, case_id) or case
    flash(DONE[step](changed), "success")
    if "board" in request.args:
        return redirect(url_for(".incidents", **_without(request.args, "board")))
    return redirect(url_for(".incident", case_id=case_id))


def _asked_for(scope: Scope, words: Words) -> tuple[BoardForm, Round | None, list[Case]]:
    """The filters of this request, its round, and the cases that pass."""
    session = get_session()
    form = board_form(session, scope, words, request.args)
    try:
        round_, filters = read_board(session, scope, form)
    except UnknownNameError as error:
        abort(404, str(error))
    return form, round_, cases(session, scope, round_, filters) if round_ else []


def _elsewhere(scope: Scope, case_id: uuid.UUID) -> BaseResponse:
    """To the case that this report belongs to; 404 where there is none to see."""
    session = get_session()
    other = case_id_of(session, case_id)
    if other == case_id or one_case(session, scope, other) is None:
        abort(404)
    return redirect(url_for(".incident", case_id=other))


def _show(
    scope: Scope,
    case: Case,
    failed: str = "",
    form: FlaskForm | None = None,
    error: str = "",
) -> str:
    session = get_session()
    words = words_of(session, scope)
    sheet = read_case_sheet(session, scope, case, words, current_user)
    forms: dict[str, FlaskForm] = {
        "move": MoveForm(None, seen=case.version, state=NEXT_STATES[case.state]),
        "note": NoteForm(None),
        "link": LinkForm(None, seen=case.version),
        "seen": SeenForm(None, seen=case.version),
        "judge": judgement_form(session, scope, case, words, posted=False),
    }
    if failed in forms and form is not None:
        forms[failed] = form
    return render_template(
        "review/incident.html",
        mission=scope.mission,
        sheet=sheet,
        case=case,
        words=words,
        forms=forms,
        failed=failed,
        error=error,
        states=STATES,
        images=IMAGES,
        age=_age,
        may_change=may(current_user.role, "submission.verify"),
    )


def _said(form: FlaskForm) -> str:
    return " ".join(str(text) for texts in form.errors.values() for text in texts)


def _without(given: MultiDict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in given.items() if key != name}


def _age(moment: datetime) -> str:
    return format_timedelta(now() - moment, granularity="minute")
