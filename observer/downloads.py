"""Files that a browser saves and does not show."""

from __future__ import annotations

from flask import Response


def csv_file(text: str, name: str) -> Response:
    """A table as a file of this name."""
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
