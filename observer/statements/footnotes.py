"""Lays out pages so that each footnote stands on the page of its mark.

WeasyPrint moves a footnote to the next page where a line that follows its mark finds room on this
page without it. Here the line goes to the next page, and the footnote stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weasyprint import CSS, DEFAULT_OPTIONS, HTML
from weasyprint.document import Document
from weasyprint.layout import LayoutContext
from weasyprint.layout import page as pages

from observer.statements.flowing import filled

MOST_LAYOUTS = 4


class _KeepingNotes(LayoutContext):
    """Moves no footnote away to make room for a line.

    WeasyPrint does not do so in columns either, and asks ``in_column`` to know; whether it is in
    columns in truth matters only where the room for footnotes is measured.
    """

    _truly_in_column = False
    _measuring = False

    @property
    def in_column(self) -> bool:
        return self._truly_in_column if self._measuring else True

    @in_column.setter
    def in_column(self, truly: bool) -> None:
        self._truly_in_column = truly

    def _update_footnote_area(self) -> bool:
        self._measuring = True
        try:
            super()._update_footnote_area()
        finally:
            self._measuring = False
        # Whether the notes are more than their area holds, which no theme limits: what WeasyPrint
        # finds there are roundings, for which it would leave pages half empty.
        return False


_remake_page = pages.remake_page


def _remade(index: int, context: LayoutContext, root: Any, html: Any) -> tuple[Any, Any]:
    """A page of ours, filled; any other as it is."""

    def lay_out() -> tuple[Any, Any]:
        return _remake_page(index, context, root, html)

    if isinstance(context, _KeepingNotes):
        return filled(context, root, index, lay_out)
    return lay_out()


# WeasyPrint makes one page after the other in there, and has no other place to step in.
pages.remake_page = _remade


class _KeepingDocument(Document):
    """Pages that are laid out so."""

    @classmethod
    def _build_layout_context(cls, *given: Any) -> LayoutContext:
        context = super()._build_layout_context(*given)
        truly = context.__dict__.pop("in_column")
        context.__class__ = _KeepingNotes
        context.in_column = truly
        return context


def lay_out_with_notes(source: HTML, *, variant: str) -> Document:
    """Lay out the pages, each footnote on the page of its mark.

    A footnote that is on another page all the same (in a cell of a table, or as long as a page)
    has its paragraph moved to the next page, and the pages are laid out once more.
    """
    moved: list[str] = []
    document = _render(source, variant, moved)
    for _again in range(MOST_LAYOUTS - 1):
        stray = next(_strays(document), None)
        if stray is None or stray in moved:
            break
        moved.append(stray)
        document = _render(source, variant, moved)
    return document


def _render(source: HTML, variant: str, moved: list[str]) -> Document:
    sheet = "".join(
        f":is(p, li, tr):has(> #{note}, > :is(td, th) > #{note}) {{ break-before: page }}"
        for note in moved
    )
    options = DEFAULT_OPTIONS | {
        "pdf_variant": variant,
        "stylesheets": [CSS(string=sheet)] if sheet else None,
    }
    # HTML.render() would do the same with a document that lets footnotes go.
    return _KeepingDocument._render(source, None, None, None, options)


def _strays(document: Document) -> Iterator[str]:
    """The ids of footnotes that do not stand on the page of their mark, from the first page on."""
    marks: dict[str, int] = {}
    notes: dict[str, int] = {}
    for number, page in enumerate(document.pages):
        # WeasyPrint tells nowhere else where a footnote came to stand.
        for box in page._page_box.descendants():
            if box.element_tag == "span::footnote-call":
                marks.setdefault(box.element.get("id"), number)
            elif box.element_tag == "span::footnote-marker":
                notes.setdefault(box.element.get("id"), number)
    yield from (note for note, page in marks.items() if notes.get(note) != page)
