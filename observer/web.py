"""The application: puts the rooms together and sets what every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import NoReturn

from flask import (
    Flask,
    Response,
    abort,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import gettext as _
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from observer import ROOT, compression, language, limits
from observer.access import guard
from observer.access import views as access_views
from observer.access.permissions import PUBLIC, SIGNED_IN, needs
from observer.checklists import editor as checklists_editor
from observer.checklists import views as checklists_views
from observer.collect import api as collect_api
from observer.collect import installing, openrosa, phoneapi
from observer.collect import views as collect_views
from observer.database import close_session, get_session, make_engine, make_sessions, now
from observer.findings import (
    answered,
    converging_views,
    exportviews,
    feedviews,
    frame,
    room_views,
    sample_views,
    together_views,
)
from observer.findings import api as findings_api
from observer.findings import views as findings_views
from observer.findings.live import stamp_of
from observer.maps import views as maps_views
from observer.menu import pages_of
from observer.missions import import_views
from observer.missions import views as missions_views
from observer.problems import problem
from observer.review import correct_views, inquiry_api, queue_views
from observer.review import incident_views as review_views
from observer.review.checking import check_on_arrival
from observer.settings import Settings
from observer.statements import (
    following_views,
    freeze_views,
    history_views,
    insert_views,
    language_views,
    layout_views,
    public_views,
    recommendation_views,
    section_views,
    sitrep_views,
    source_views,
    transfer_views,
    version_views,
)
from observer.statements import views as statements_views
from observer.statements.yamlfile import ReportFileError

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


PARTS_OF_PAGES = ("text/css", "text/javascript", "font/woff2", "application/json")
"""What is never a page goes without the policies of pages: on a phone, each byte counts."""


class _Sessions(SecureCookieSessionInterface):
    """The session cookie goes over https alone wherever the page came over https.

    Static files are the same for all: whoever has one is not to fetch it anew for a new cookie.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """The application with these settings, on this engine or the one they name."""
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_urlsafe(32),
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        SESSION_COOKIE_SAMESITE="Lax",
        # A cookie set by every answer lets a slow frame bring back what a quicker page has changed.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=settings.max_attachment_bytes * 5,
        MAX_FORM_MEMORY_SIZE=settings.max_submission_bytes,
    )
    app.session_interface = _Sessions()
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    connect(app, settings, engine or make_engine(settings.database_url))
    app.extensions["observer.answered"] = answered
    app.teardown_appcontext(close_session)

    Bootstrap5(app)
    app.view_functions["bootstrap.static"] = _not_served
    guard.init_app(app)
    limits.init_app(app, settings)
    language.init_app(app)
    compression.init_app(app)
    app.context_processor(_frame)
    for room in (
        access_views,
        missions_views,
        import_views,
        checklists_views,
        checklists_editor,
        collect_views,
        collect_api,
        phoneapi,
        installing,
        openrosa,
        review_views,
        queue_views,
        correct_views,
        inquiry_api,
        findings_views,
        findings_api,
        room_views,
        together_views,
        converging_views,
        sample_views,
        exportviews,
        feedviews,
        maps_views,
        statements_views,
        version_views,
        freeze_views,
        history_views,
        public_views,
        insert_views,
        following_views,
        language_views,
        section_views,
        layout_views,
        transfer_views,
        recommendation_views,
        source_views,
        sitrep_views,
    ):
        app.register_blueprint(room.blueprint)
    check_on_arrival()
    _answer_errors(app)
    app.add_url_rule("/", "start", _start)
    app.after_request(_protect)
    return app


def connect(app: Flask, settings: Settings, engine: Engine) -> None:
    """Let the application work with these settings on this engine."""
    app.extensions["observer.settings"] = settings
    app.extensions["observer.engine"] = engine
    app.extensions["observer.sessions"] = make_sessions(engine)
    frame.keep_in(engine, settings.columns)


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.mimetype not in PARTS_OF_PAGES:
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    # A static file has no version in its name, as modules name each other without; so Flask has it
    # asked for again ("no-cache") and answers 304. The phone's worker keeps its own and asks none.
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _menu() -> list[tuple[str, object]]:
    if not current_user.is_authenticated:
        return []
    return list(pages_of(current_user.role))


@needs(PUBLIC)
def _not_served(filename: str) -> NoReturn:
    """Of Bootstrap-Flask the pages use the macros; the files it brings are not ours to serve."""
    abort(404)


@needs(SIGNED_IN)
def _start() -> BaseResponse:
    """The first page in the menu of whoever asks."""
    return redirect(url_for(_menu()[0][0]))


def _frame() -> dict[str, object]:
    """What the frame around every page needs, or that there is to be none."""
    if not has_request_context():
        # What commands print has no frame.
        return {}
    part = request.headers.get("X-Part")
    return {
        "menu": [] if part else _menu(),
        "layout": "part.html" if part else "base.html",
        "stamp_of": stamp_of,
        "now": now,
    }


def _for_program() -> Callable[[int, str], Response] | None:
    """What writes errors as the program that asks reads them; None where a person asks."""
    if request.path.startswith("/api/"):
        return problem
    return feedviews.error_answer if request.path.startswith(feedviews.PREFIX) else None


def _answer_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> BaseResponse:
        status = error.code or 500
        if error.response is not None or status < 400:
            return error.get_response()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # The page asks who is signed in, which a transaction that failed cannot be asked.
            get_session().rollback()
        if write := _for_program():
            answer = write(status, error.description or "")
        else:
            page = render_template("error.html", status=status, detail=error.description)
            answer = Response(page, status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            answer.headers["Retry-After"] = str(limits.seconds_to_wait())
        return answer

    @app.errorhandler(ReportFileError)
    def on_report_file_error(error: ReportFileError) -> Response:
        # Whoever sees it cannot write that file, but can say to somebody who can what is wrong.
        app.logger.error("reports: %s", error)
        if write := _for_program():
            return write(500, str(error))
        return Response(render_template("error.html", status=500, detail=str(error)), 500)

    @app.errorhandler(OperationalError)
    def on_database_error(error: OperationalError) -> Response:
        app.logger.error("database: %s", error)
        detail = "The database does not answer at the moment. Nothing was changed; try again."
        if write := _for_program():
            response = write(503, detail)
        else:
            # Not a page: its frame would ask the database who is signed in.
            response = Response(detail, 503, content_type="text/plain; charset=utf-8")
        response.headers["Retry-After"] = "10"
        return response

    # SQLite's driver says the second one of numbers that are too large.
    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def on_unstorable(error: DataError | OverflowError) -> Response:
        app.logger.info("database: %s", error)
        get_session().rollback()
        detail = _("The request has a character or a number that no database takes.")
        if write := _for_program():
            return write(400, detail)
        return Response(detail, 400, content_type="text/plain; charset=utf-8")

    @guard.login_manager.unauthorized_handler
    def on_unauthorized() -> BaseResponse:
        if guard.takes_passwords():
            abort(401, _("Sign in with your email and password."))
        if request.path.startswith(feedviews.PREFIX):
            return feedviews.ask_for_token()
        if _for_program():
            response = problem(401, "Sign in: send a valid token as Authorization: Bearer …")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return redirect(url_for("access.sign_in", next=request.full_path.rstrip("?")))
