"""The observer's application on the phone, and the preview of a form as it shows it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from observer.access.permissions import needs
from observer.checklists.library import definition_of, form_version
from observer.collect.formpage import form_page
from observer.collect.installing import shell
from observer.collect.xform import NoXFormError, write_xform
from observer.database import get_session
from observer.language import PHONE_LANGUAGES
from observer.missions.scope import current_scope

blueprint = Blueprint("collect", __name__)


@blueprint.route("/my")
@blueprint.route("/my/<path:page>")
@needs("submission.create")
def home(page: str = "") -> Response:
    """The phone's application: one page, the same for all; its scripts show what is asked for."""
    return shell()


@blueprint.route("/my/texts/<language>")
@needs("submission.create")
def texts(language: str) -> Response:
    """What the application says, and the parts that its pages are put together from."""
    if language not in PHONE_LANGUAGES:
        abort(404, _("There are no pages in this language."))
    with force_locale(language):
        html = render_template("collect/texts.html")
    answer = jsonify(language=language, html=html)
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.route("/forms/<code>/<int:number>/preview")
@needs("form.view")
def preview(code: str, number: int) -> str:
    """A version as a phone shows it, for a frame beside it; nothing can be sent."""
    version = form_version(get_session(), current_scope().mission, code, number)
    if version is None:
        abort(404, _("There is no such version of a form."))
    definition = definition_of(version)
    try:
        write_xform(definition, number)
        no_xform = ""
    except NoXFormError as reason:
        no_xform = str(reason)
    return render_template(
        "collect/preview.html",
        no_xform=no_xform,
        page=form_page(definition, number, str(get_locale()), bare=True),
    )
