"""The analyst's pages: the mission room, and the findings of a form."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from observer.access.permissions import may, needs
from observer.checklists.definition import FormDefinition, Question
from observer.collect.intake import receipt_code
from observer.collect.models import Status
from observer.database import get_session
from observer.findings import words
from observer.findings.asking import form_named, forms_of, question_named, statuses_named
from observer.findings.coverage import coverage
from observer.findings.crosstab import askable
from observer.findings.drawn import NoSampleError
from observer.findings.estimates import DesignError
from observer.findings.findings import UnknownNameError, counted_versions
from observer.findings.ground import WHOLE
from observer.findings.names import known
from observer.findings.room import look_into_room
from observer.findings.sampled import SampleEstimate, estimate_share
from observer.findings.selection import unit_of
from observer.findings.sheet import (
    cut_choices,
    form_sheet,
    question_by_cut,
    question_by_region,
)
from observer.findings.tally import answer_names
from observer.findings.wanted import can_be_estimated
from observer.missions.models import Round
from observer.missions.scope import Scope, asked_round, current_scope, levels_of
from observer.review.filtering import form_titles
from observer.review.forms import STATUSES
from observer.review.queries import COUNT_UP_TO, regions_to_choose
from observer.settings import current_settings

blueprint = Blueprint("findings", __name__)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "words": words,
        "status_names": STATUSES,
        "receipt_code": receipt_code,
        "min_base": current_settings().min_base,
        "may_see_sample": may(current_user.role, "sample.view"),
    }


@blueprint.route("/room")
@needs("finding.view")
def room() -> str:
    """The mission room."""
    session, scope = get_session(), current_scope()
    round_ = asked_round(scope.mission)
    if round_ is None:
        return render_template("findings/empty.html")
    return render_template(
        "findings/room.html",
        mission=scope.mission,
        round=round_,
        room=look_into_room(session, scope, round_, min_base=current_settings().min_base),
        titles=form_titles(session, scope),
        wall=request.args.get("wall") == "1",
        count_up_to=COUNT_UP_TO,
    )


@blueprint.route("/findings")
@needs("finding.view")
def figures() -> str:
    """A form's findings in a region or in the whole."""
    session, scope, args = get_session(), current_scope(), request.args
    round_, forms = asked_round(scope.mission), forms_of(scope.mission)
    if round_ is None or not forms:
        return render_template("findings/empty.html")
    region, status = args.get("region") or None, args.get("status", "")
    try:
        form = form_named(forms, args.get("form") or next(iter(forms)))
        statuses = statuses_named(status)
        sheet = form_sheet(session, scope, round_, form, region=region, statuses=statuses)
        where = {"region": region, "level": WHOLE if region is None else None}
        versions = counted_versions(session, scope, round_, form, region=region, statuses=statuses)
        (covered,) = coverage(session, scope, round_, form=form.code, statuses=statuses, **where)
    except UnknownNameError as error:
        abort(404, str(error))
    return render_template(
        "findings/figures.html",
        mission=scope.mission,
        round=round_,
        forms=forms,
        form=form,
        unit=unit_of(form),
        covered=covered,
        sheet=sheet,
        versions=versions,
        regions=regions_to_choose(session, scope),
        shown={"round": round_.code, "form": form.code, "region": region, "status": status},
    )


@blueprint.route("/findings/<form>/<question>")
@needs("finding.view")
def by_region(form: str, question: str) -> str:
    """A question's findings in every region of a level, or by the values of a cut."""
    session, scope, args = get_session(), current_scope(), request.args
    round_, forms = asked_round(scope.mission), forms_of(scope.mission)
    if round_ is None:
        abort(404, _("The mission has no round yet."))
    status, level, by = args.get("status", ""), args.get("level", 1, int), args.get("by", "")
    try:
        definition = form_named(forms, form)
        statuses = statuses_named(status)
        asked = question_named(definition, question)
        lines = {
            depth: question_by_region(
                session, scope, round_, definition, asked, level=depth, statuses=statuses
            )
            for depth in {WHOLE, level}
        }
        cuts = cut_choices(session, scope)
        cut = []
        if by:
            known(by, cuts, _("cut"))
            cut = question_by_cut(
                session, scope, round_, definition, asked, by=by, statuses=statuses
            )
    except UnknownNameError as error:
        abort(404, str(error))
    return render_template(
        "findings/by_region.html",
        estimated=_estimated(scope, round_, definition, asked, statuses),
        mission=scope.mission,
        round=round_,
        form=definition,
        unit=unit_of(definition),
        question=asked,
        whole=lines[WHOLE][0],
        lines=lines[level] if level != WHOLE and not by else [],
        cut=cut,
        cuts=cuts,
        crossed=asked in askable(definition),
        estimable=can_be_estimated(definition, asked) and scope.region_ids is None,
        levels=levels_of(session, scope),
        shown={"round": round_.code, "status": status, "level": level, "by": by},
    )


def _estimated(
    scope: Scope,
    round_: Round,
    form: FormDefinition,
    question: Question,
    statuses: Iterable[Status],
) -> tuple[list[SampleEstimate], str]:
    """The estimate of each answer's share from the sample, or why there is none."""
    answered = question.has_answers and can_be_estimated(form, question)
    if scope.region_ids is not None or not answered:
        return [], ""
    asked = {"form": form.code, "question": question.name, "statuses": statuses}
    try:
        return [
            estimate_share(get_session(), scope, round_, **asked, answer=answer)
            for answer in answer_names(question)
        ], ""
    except NoSampleError:
        return [], ""
    except DesignError as error:
        return [], str(error)
