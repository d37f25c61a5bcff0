"""The files of a version, as pages send them."""

from __future__ import annotations

from flask import Response, abort, request
from flask_babel import gettext as _

from observer.settings import current_settings
from observer.statements import versions as operations
from observer.statements.models import StatementVersion


def pdf(version: StatementVersion) -> Response:
    """The PDF of a version, as it was frozen."""
    return _file(version.pdf_sha256, f"{version.statement.slug}-{version.number}.pdf")


def archive(version: StatementVersion) -> Response:
    """The copy of a version for the archive; 404 where it was frozen without one."""
    if version.pdfa_sha256 is None:
        abort(404, _("This version was frozen without a copy for the archive."))
    return _file(version.pdfa_sha256, f"{version.statement.slug}-{version.number}-archive.pdf")


def _file(sha256: str, name: str) -> Response:
    try:
        content = operations.file_of(current_settings().media, sha256)
    except operations.NotPossibleError as error:
        abort(503, str(error))
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.set_etag(sha256)
    return response.make_conditional(request)
