"""Signing in and out, for people and for programs; the language of the pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from observer.access.forms import SignInForm
from observer.access.permissions import PUBLIC, SIGNED_IN, needs
from observer.access.signin import add_device, authenticate
from observer.database import get_session
from observer.language import LANGUAGES
from observer.limits import signin_limit
from observer.problems import problem
from observer.settings import current_settings

blueprint = Blueprint("access", __name__)

PERSON_COOKIE = "observer_person"


def _own_page(address: str | None) -> str:
    """The address if it is a page of ours, else the start page: no redirect leads elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return url_for("start")
    if "\\" in address or not address.isprintable():
        return url_for("start")
    parts = urlsplit(address)
    return url_for("start") if parts.scheme or parts.netloc else address


@blueprint.route("/sign-in", methods=["GET", "POST"])
@needs(PUBLIC)
@signin_limit
def sign_in() -> str | BaseResponse | tuple[str, int]:
    """The sign-in page."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("access/sign_in.html", form=form)
    person = authenticate(get_session(), form.email.data, form.password.data)
    if person is None:
        flash(_("This email and password do not belong together."), "danger")
        return render_template("access/sign_in.html", form=form, failed=True), 401
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(person)
    session.permanent = True
    # Made now, so that no two requests that come at the same moment make one each.
    generate_csrf()
    answer = redirect(_own_page(request.args.get("next")))
    # By it the application on the phone knows whose it is without a network; it opens nothing.
    lifetime = current_app.permanent_session_lifetime
    answer.set_cookie(
        PERSON_COOKIE,
        person.get_id(),
        max_age=lifetime,
        secure=request.is_secure,
        samesite="Lax",
    )
    return answer


@blueprint.route("/sign-out", methods=["POST"])
@needs(SIGNED_IN)
def sign_out() -> BaseResponse:
    """Sign out on this device."""
    logout_user()
    session.clear()
    answer = redirect(url_for("access.sign_in"))
    answer.delete_cookie(PERSON_COOKIE)
    return answer


@blueprint.route("/language", methods=["POST"])
@needs(PUBLIC)
def choose_language() -> BaseResponse:
    """Choose the language of the pages on this device."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400, _("There are no pages in this language."))
    session["language"] = chosen
    return redirect(_own_page(request.form.get("next")))


def _is_plain_text(value: object) -> bool:
    # No database takes the character NUL, and no encoding half of a surrogate pair.
    return isinstance(value, str) and value.isprintable()


@blueprint.route("/api/v1/devices", methods=["POST"])
@needs(PUBLIC)
@signin_limit
def sign_in_device() -> Response | tuple[Response, int]:
    """Give a program a bearer token for an email and password."""
    try:
        given = request.get_json()
    except RecursionError:
        given = None
    fields = ("email", "password", "name")
    if not isinstance(given, dict) or not all(map(_is_plain_text, map(given.get, fields))):
        return problem(400, 'Send {"email": …, "password": …, "name": …}, each a plain text.')
    person = authenticate(get_session(), given["email"], given["password"])
    if person is None:
        return problem(401, "This email and password do not belong together.")
    days = current_settings().session_days
    token, expires_at = add_device(get_session(), person, given["name"][:200], days)
    get_session().commit()
    return jsonify(token=token, expires_at=expires_at.isoformat()), 201
