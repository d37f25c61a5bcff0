"""What makes the phone's app installable: its service worker, its manifest, its page's mark."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _

from observer.access.permissions import PUBLIC, needs
from observer.collect.app_files import (
    LATER,
    AppFile,
    app_file,
    files_of_app,
    imported_by,
    texts_of_template,
)

blueprint = Blueprint("installing", __name__)

SCOPE = "/my"
"""The address of the app's page; every page below it is the same."""
SHELL = "collect/app.html"
"""The template of the app's page."""
MAIN = "collect/app.js"
"""The module that the app's page begins with."""
MARK = "X-Observer-Shell"
"""The header by which a worker knows the app's page from a sign-in page or another network's."""
BRAND, PAPER = "#174a5b", "#f6f7f5"
"""The colours of that name in ``observer.css``."""

WORKER_PARTS = (
    "vendor/workbox/workbox-core.prod.js",
    "vendor/workbox/workbox-routing.prod.js",
    "vendor/workbox/workbox-strategies.prod.js",
    "vendor/workbox/workbox-precaching.prod.js",
    "collect/sw.js",
)
"""The scripts the worker is made of, each after those it needs.

They are sent as one: a browser asks for the worker again and again to see whether it has changed,
and would ask for each script that the worker imports.
"""


@dataclass(frozen=True)
class App:
    """The app as this process serves it: its files, and what changes with any of them."""

    revision: str
    files: tuple[AppFile, ...]
    later: tuple[AppFile, ...]


def current_app_files() -> App:
    """The app's files, found at the first call in a process."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return _find(app, Path(str(app.static_folder)))


@cache
def _find(app: Flask, folder: Path) -> App:
    templates = texts_of_template(app.jinja_env, SHELL)
    files = files_of_app(templates, folder)
    content = json.dumps([templates, [asdict(file) for file in files]])
    revision = hashlib.sha256(content.encode()).hexdigest()[:16]
    return App(revision, tuple(files), tuple(app_file(name, folder) for name in LATER))


def shell() -> Response:
    """The app's page, with the mark without which no worker keeps it."""
    release = current_app_files().revision
    answer = Response(render_template(SHELL, modules=first_modules(), release=release))
    answer.headers[MARK] = release
    return answer


def first_modules() -> list[str]:
    """The addresses of the modules that the app begins with, for a page to ask for all at once.

    Otherwise a browser learns of a module only after it has read the one that imports it.
    """
    folder = Path(str(current_app.static_folder))
    return [url_for("static", filename=name) for name in imported_by(MAIN, folder)]


@blueprint.route("/my/sw.js")
@needs(PUBLIC)
def worker() -> Response:
    """The service worker; public, because a browser asks for it whoever is signed in."""
    found = current_app_files()
    app = {
        "shell": {"url": SCOPE, "mark": MARK, "revision": found.revision},
        "files": {_address(file): file.integrity for file in found.files},
        "later": {_address(file): file.integrity for file in found.later},
    }
    folder = Path(str(current_app.static_folder))
    parts = [(folder / part).read_text(encoding="utf-8") for part in WORKER_PARTS]
    answer = Response(
        "\n".join([f"self.app = {json.dumps(app)};", *parts]), content_type="text/javascript"
    )
    answer.headers["Service-Worker-Allowed"] = SCOPE
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.route("/my/manifest.webmanifest")
@needs(PUBLIC)
def manifest() -> Response:
    """The app as a phone lists it; public, because browsers ask for it without cookies."""
    locale = get_locale()
    answer = jsonify(
        {
            "id": SCOPE,
            "start_url": SCOPE,
            "scope": SCOPE,
            "name": _("Observer: my forms"),
            "short_name": _("Observer"),
            "lang": str(locale),
            "dir": locale.text_direction if locale else "auto",
            "display": "standalone",
            "theme_color": BRAND,
            "background_color": PAPER,
            "icons": [
                _icon("icons/192.png", "192x192", "any"),
                _icon("icons/512.png", "512x512", "any"),
                _icon("icons/maskable-512.png", "512x512", "maskable"),
            ],
        }
    )
    answer.content_type = "application/manifest+json"
    return answer


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    address = url_for("static", filename=name)
    return {"src": address, "sizes": sizes, "type": "image/png", "purpose": purpose}


def _address(file: AppFile) -> str:
    return url_for("static", filename=file.name)
