"""Pages of the mission's recommendations, and of the follow-up of earlier ones."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from observer.access.permissions import may, needs
from observer.badinput import BadFileError
from observer.database import get_session
from observer.missions.operations import hold_mission
from observer.missions.scope import current_scope
from observer.statements.csvpages import import_csv
from observer.statements.forms import CsvFileForm, DeleteForm, MoveForm, RecommendationForm
from observer.statements.phrases import language_names
from observer.statements.recommendationmodels import EARLIER, NEW, Recommendation
from observer.statements.recommendations import (
    COLUMNS,
    delete_recommendation,
    find_recommendation,
    import_recommendations,
    label_of_status,
    move_recommendation,
    put_recommendation,
    recommendations_of,
)
from observer.statements.unseen import unseen

blueprint = Blueprint("recommendations", __name__)


@blueprint.context_processor
def _for_templates() -> dict[str, object]:
    return {
        "may_write": may(current_user.role, "statement.write"),
        "label_of_status": label_of_status,
        "languages": language_names(),
    }


def _found(code: str) -> Recommendation:
    return find_recommendation(get_session(), current_scope().mission, code) or abort(
        404, _("There is no such recommendation.")
    )


@blueprint.route("/statements/recommendations")
@needs("statement.view")
def index() -> str:
    """The recommendations, new and earlier."""
    return _index(CsvFileForm())


@blueprint.route("/statements/recommendations/import", methods=["POST"])
@needs("statement.write")
def import_() -> BaseResponse | tuple[str, int]:
    """Import a CSV file of recommendations."""
    return import_csv(import_recommendations, _index)


@blueprint.route("/statements/recommendations/new", methods=["GET", "POST"], defaults={"code": ""})
@blueprint.route("/statements/recommendations/<code>", methods=["GET", "POST"])
@needs("statement.write")
def edit(code: str) -> str | BaseResponse | tuple[str, int]:
    """Add a recommendation or change one."""
    session, mission = get_session(), current_scope().mission
    existing, others = _found(code) if code else None, []
    form = RecommendationForm(obj=existing)
    if existing is not None:
        form.code.data = existing.code
        form.code.render_kw = {"readonly": True}
        if not form.is_submitted():
            form.show(existing.texts)
            form.opened_on(existing, vars(form.wording))
    if not form.validate_on_submit():
        page = render_template("statements/recommendation.html", form=form, existing=existing)
        return (page, 422) if form.is_submitted() else page
    hold_mission(session, mission)
    session.expire_all()
    if existing is not None:
        others = unseen(form, _found(code), form.wording)
    if others:
        page = render_template(
            "statements/recommendation.html", form=form, existing=existing, unseen=others
        )
        return page, 409
    code = existing.code if existing else form.code.data
    if existing is None and find_recommendation(session, mission, code):
        taken = _("There is a recommendation %(code)s already.", code=code)
        form.code.errors = [*form.code.errors, taken]
        return render_template("statements/recommendation.html", form=form, existing=None), 422
    put_recommendation(session, mission, code, form.wording)
    session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".index"))


@blueprint.route("/statements/recommendations/<code>/delete", methods=["GET", "POST"])
@needs("statement.write")
def delete(code: str) -> str | BaseResponse:
    """Delete a recommendation, after asking."""
    form = DeleteForm()
    if form.is_submitted():
        hold_mission(get_session(), current_scope().mission)
    found = _found(code)
    if not form.validate_on_submit():
        return render_template("statements/recommendation_delete.html", one=found, form=form)
    delete_recommendation(get_session(), found)
    get_session().commit()
    flash(_("Recommendation %(code)s is deleted.", code=code), "success")
    return redirect(url_for(".index"))


@blueprint.route("/statements/recommendations/<code>/<any(up, down):way>", methods=["POST"])
@needs("statement.write")
def move(code: str, way: str) -> BaseResponse:
    """Move a recommendation up or down among those of its kind."""
    if not MoveForm().validate_on_submit():
        abort(400)
    move_recommendation(get_session(), current_scope().mission, _found(code), up=way == "up")
    get_session().commit()
    return redirect(url_for(".index", _anchor=f"recommendation-{code}"))


def _index(form: CsvFileForm, bad: BadFileError | None = None) -> str:
    found = recommendations_of(get_session(), current_scope().mission)
    return render_template(
        "statements/recommendations.html",
        groups=[(kind, [one for one in found if one.kind == kind]) for kind in (NEW, EARLIER)],
        form=form,
        move=MoveForm(),
        bad=bad,
        columns=",".join(COLUMNS),
    )
