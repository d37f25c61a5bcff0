"""The guard in front of every route: sign-in, permission and CSRF, in that order."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request, session
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from observer.access.audit import ACTOR
from observer.access.models import Person, Phone
from observer.access.permissions import PUBLIC, may
from observer.access.signin import authenticate, person_of_token
from observer.database import get_session
from observer.limits import count_failed_signin, may_try_to_sign_in

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()
login_manager = LoginManager()
login_manager.login_view = "access.sign_in"


@login_manager.user_loader
def _person_of_cookie(person_id: str) -> Person | None:
    if _finder_of_tokens() is not None:
        return None
    person = get_session().get(Person, int(person_id))
    if person is None or _phone_is_ended():
        return None
    return person if person.active or takes_disabled() else None


def _phone_is_ended() -> bool:
    """Whether the phone on which this cookie was given has been ended since."""
    if (phone_id := session.get("phone")) is None:
        return False
    phone = get_session().get(Phone, uuid.UUID(phone_id))
    return phone is None or phone.ended_at is not None


@login_manager.request_loader
def _person_of_request(_request: object) -> Person | None:
    if (find := _finder_of_tokens()) is not None:
        token = bearer_token() or _basic_password()
        return find(token) if token else None
    if token := bearer_token():
        return person_of_token(get_session(), token, disabled_too=takes_disabled())
    return _person_of_password() if takes_passwords() else None


def with_passwords(view: View) -> View:
    """Let clients sign in to a view with email and password in each request (Basic)."""
    view.takes_passwords = True  # type: ignore[attr-defined]
    return view


def takes_passwords() -> bool:
    """Whether this request's view is one that clients sign in to with a password."""
    return _view_is_marked("takes_passwords")


def _view_is_marked(mark: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, mark, False)


def with_tokens(find: Callable[[str], Person | None]) -> Callable[[View], View]:
    """Let a view be opened by tokens of its own and by nothing else: neither cookie nor password.

    ``find`` gives the person of a valid token. Programs send it as Bearer, or as the password of
    whatever name (Basic), where they know no other way.
    """

    def mark(view: View) -> View:
        view.finder_of_tokens = find  # type: ignore[attr-defined]
        return view

    return mark


def _finder_of_tokens() -> Callable[[str], Person | None] | None:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "finder_of_tokens", None)


def _basic_password() -> str | None:
    given = request.authorization
    return given.password if given is not None and given.type == "basic" else None


def with_disabled(view: View) -> View:
    """Let a view be used by who has been disabled since signing in, for what was seen before."""
    view.takes_disabled = True  # type: ignore[attr-defined]
    return view


def takes_disabled() -> bool:
    """Whether this request's view is one that somebody disabled may still use."""
    return _view_is_marked("takes_disabled")


def _person_of_password() -> Person | None:
    given = request.authorization
    if given is None or given.type != "basic":
        return None
    if not may_try_to_sign_in():
        g.too_many_wrong_passwords = True
        return None
    email, password = given.username or "", given.password or ""
    # No database takes the character NUL.
    person = authenticate(get_session(), email, password) if email.isprintable() else None
    if person is None:
        count_failed_signin()
    return person


def bearer_token() -> str | None:
    """The token of the Authorization header, if there is one."""
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return None
    return authorization.token


def guard() -> Response | None:
    """Let a request through only where its view's permission allows.

    A view without a permission is refused to all: forgetting one fails closed.
    """
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    permission = getattr(view, "permission", None)
    if permission is None:
        abort(403, _("This address names no permission."))
    if permission != PUBLIC and not current_user.is_authenticated:
        if "too_many_wrong_passwords" in g:
            abort(429, _("Too many wrong passwords came from here; try again in a minute."))
        return login_manager.unauthorized()
    if permission != PUBLIC and not may(current_user.role, permission):
        abort(403, _("Your role does not allow this."))
    if current_user.is_authenticated:
        get_session().info[ACTOR] = current_user.id
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        # Who asks is known; a body that arrives slowly must not keep SQLite's one writer waiting.
        get_session().commit()
        # A cookie is sent by the browser whoever made the page; a bearer token is not.
        if not _cookieless():
            csrf.protect()
        elif _made_by_a_page_elsewhere():
            abort(403, _("Another site's page may not send anything here."))
    return None


def _made_by_a_page_elsewhere() -> bool:
    """Whether a browser says so: it, too, sends a password that it was once given by itself."""
    own = request.host_url.rstrip("/")
    return request.headers.get("Origin", own) != own


def _cookieless() -> bool:
    return bearer_token() is not None or current_app.config["SESSION_COOKIE_NAME"] not in (
        request.cookies
    )


def _prolong_sign_in() -> None:
    """Once a day, so that whoever keeps coming back stays signed in."""
    today = datetime.now(UTC).date().isoformat()
    if session.permanent and session.get("prolonged_on") != today:
        session["prolonged_on"] = today


def init_app(app: Flask) -> None:
    """Put the guard in front of an application's routes."""
    csrf.init_app(app)
    login_manager.init_app(app)
    app.before_request(_prolong_sign_in)
    app.before_request(guard)
