"""What is text is sent compressed to whoever takes it so: pages, data, scripts, styles, drawings.

A compressed page tells by its length how much of what an attacker had it say is also in its
secrets (BREACH). The one secret in our pages is the token against forged requests. It is signed
anew with each second: what was guessed of it is of no use in the next one, and the part that stays
the same is worth nothing without the signature. Nor can another site have a page asked for again
and again in somebody's name: the session's cookie is not sent along (SameSite).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli
from flask import Flask, Response, request
from flask_compress import Compress

TEXTS = (
    "application/json",
    "application/manifest+json",
    "application/problem+json",
    "application/xml",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
    "text/xml",
)
"""The types that get smaller; photos, fonts and PDF files are compressed as they are."""
ENCODINGS = ("br", "gzip")
"""How we compress, best first."""
FILES = 500
"""So many static files are kept compressed in memory; there are far fewer."""


def init_app(app: Flask) -> None:
    """Compress an application's answers."""
    app.config.update(
        COMPRESS_MIMETYPES=TEXTS,
        COMPRESS_ALGORITHM=ENCODINGS,
        COMPRESS_BR_LEVEL=6,
        COMPRESS_STREAMS=False,
    )
    Compress(app)
    # Functions registered later are called earlier, and Flask-Compress leaves alone what is done.
    app.after_request(_compress_static_file)


def _compress_static_file(response: Response) -> Response:
    """Send a static file as small as it gets; that takes longer than one could wait every time.

    Its validator becomes a weak one: the same content, but other bytes for each encoding.
    """
    encoding = request.accept_encodings.best_match(ENCODINGS)
    is_text = request.endpoint == "static" and response.mimetype in TEXTS
    if encoding is None or not is_text or response.status_code != 200:
        return response
    response.direct_passthrough = False
    response.set_data(_smallest(response.get_data(), encoding))
    response.headers["Content-Encoding"] = encoding
    validator, _is_weak = response.get_etag()
    if validator:
        response.set_etag(validator, weak=True)
    return response


@lru_cache(maxsize=FILES)
def _smallest(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(content, quality=11)
    return gzip.compress(content, 9, mtime=0)
