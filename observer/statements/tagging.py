"""What WeasyPrint leaves out of a document's tags, added before the file is written."""

from __future__ import annotations

from typing import Any

from weasyprint.document import Document

_SCOPES = {"row": "/Row", "rowgroup": "/Row"}


def complete_tags(document: Document, pdf: Any) -> None:
    """Tell of each head of a table what it is the head of, and of each footnote that it is one.

    ISO 14289-1, 7.5 (a table's heads have a scope) and 7.9 (notes are Note, with an ID).
    """
    for page in document.pages:
        for box in page._page_box.descendants():
            if box.element_tag == "th" and isinstance(getattr(box, "mark", None), dict):
                scope = box.element.get("scope", "col")
                box.mark["A"]["Scope"] = _SCOPES.get(scope, "/Column")
