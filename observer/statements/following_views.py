"""What the editor's script asks for beside the preview, while somebody writes."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from observer.access.permissions import needs
from observer.database import get_session, only_read
from observer.statements.drafts import draft_of
from observer.statements.editing import presence, printed, statement_of
from observer.statements.pdf import said_of_pages
from observer.statements.template import StatementError
from observer.statements.yamlfile import ReportFileError

blueprint = Blueprint("following", __name__)


@blueprint.route("/statements/<slug>/pages")
@needs("statement.view")
def pages(slug: str) -> Response:
    """Whether the PDF of the saved text has more pages than papers of its kind have: a sentence.

    It is printed for that, which takes a while; the page is shown without it.
    """
    only_read(get_session())
    draft = draft_of(statement_of(slug))
    try:
        return jsonify(said=said_of_pages(draft.kind, lambda: printed(draft)))
    except (StatementError, ReportFileError):
        return jsonify(said="")  # The page lists what is wrong; there is no PDF yet.


@blueprint.route("/statements/<slug>/present", methods=["POST"])
@needs("statement.view")
def present(slug: str) -> Response:
    """That somebody has the statement open, in a ``section``; and who else has."""
    _statement, others = presence(slug)
    return jsonify(present=others)
