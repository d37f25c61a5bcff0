"""Errors that programs read: RFC 9457 problem documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem document with this status and one sentence on what is wrong and what would help."""
    response = jsonify(
        {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        | {"detail": detail}
        | more
    )
    response.status_code = status
    response.content_type = "application/problem+json"
    return response
