"""The statement as a PDF: the theme in ``reports/theme`` around the text, laid out by WeasyPrint.

PDF/UA-1: tagged, with title, language and alternative texts. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import logging
import mimetypes
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pypdfium2
from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import ImageFile
from sqlalchemy.orm import Session
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.urls import URLFetcher, URLFetcherResponse

from observer import ROOT
from observer.collect.models import Status
from observer.missions.scope import Scope
from observer.settings import Settings
from observer.statements.compose import COUNTED, Composed, compose
from observer.statements.drafts import Draft
from observer.statements.facts import COUNTABLE
from observer.statements.kinds import MOST_PAGES, WITHOUT_ANNEXES
from observer.statements.template import StatementError
from observer.statements.wider import counted_again

THEME = ROOT / "reports" / "theme"
FONTS = ROOT / "reports" / "fonts"
SHORT = 9_000
"""A text of fewer characters is about four pages and needs no list of contents."""
CONTENTS_LEVEL = 3
VARIANT = "pdf/ua-1"
OUTSIDE_ANNEX = (
    *("table", "chart", "map", "coverage", "incidents", "incident_table"),
    *("recommendation", "recommendations", "recommendation_count"),
    *("follow_up", "follow_up_count"),
)
"""What says its base where it stands, or has an annex of its own."""
MOST_LAYOUTS = 8

# WeasyPrint lets Pillow pass over pictures that are cut off, in the whole process. Whoever takes
# in a photo has to know that a part of it is missing.
ImageFile.LOAD_TRUNCATED_IMAGES = False

logging.getLogger("weasyprint").addHandler(logging.NullHandler())


class _OwnFiles(URLFetcher):
    """Gives the theme's files and the statement's pictures; nothing else is ever fetched."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__()
        self._pictures = pictures

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url in self._pictures:
            return _answer(url, self._pictures[url], "image/svg+xml")
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme == "file" and path.parent in (THEME, FONTS) and path.is_file():
            if path.suffix == ".woff":
                return _answer(url, _unpacked(path), "font/ttf")
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return _answer(url, path.read_bytes(), media_type)
        raise ValueError(f"A statement loads nothing from {url[:100]}")


def _answer(url: str, body: bytes, media_type: str) -> URLFetcherResponse:
    return URLFetcherResponse(url, body, {"Content-Type": media_type})


@cache
def _unpacked(path: Path) -> bytes:
    """A font without its compression. WeasyPrint's own way would put the clock into it."""
    font = TTFont(path, recalcTimestamp=False)
    font.flavor = None
    unpacked = io.BytesIO()
    font.save(unpacked)
    return unpacked.getvalue()


_theme = Environment(
    loader=FileSystemLoader(THEME), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def render_pdf(
    session: Session,
    scope: Scope,
    draft: Draft,
    *,
    statuses: Sequence[Status] = COUNTED,
    min_base: int = Settings.min_base,
) -> bytes:
    """The PDF of a draft. Raises StatementError with everything that is wrong in its text."""
    composed = compose(session, scope, draft, printed=True, statuses=statuses, min_base=min_base)
    if composed.problems:
        raise StatementError(composed.problems)
    return pdf_of(scope, draft, composed)


def pdf_of(scope: Scope, draft: Draft, composed: Composed) -> bytes:
    """The PDF of a draft whose text has no problems."""
    return lay_out(_document(scope, draft, composed), composed.pictures)


def pages_too_many(draft: Draft, content: bytes) -> tuple[int, int] | None:
    """How many pages a PDF has and may have, where its kind of paper is to be shorter."""
    most = MOST_PAGES.get(draft.kind)
    if most is None:
        return None
    document = pypdfium2.PdfDocument(content)
    pages = len(document)
    document.close()
    return (pages, most) if pages > most else None


def lay_out(html: str, pictures: Mapping[str, bytes]) -> bytes:
    """The PDF of a whole HTML document in the theme."""
    source = HTML(string=html, base_url=THEME.as_uri() + "/", url_fetcher=_OwnFiles(pictures))
    document = _with_notes_in_place(source)
    identifier = hashlib.sha256(html.encode())
    for svg in pictures.values():
        identifier.update(svg)
    return document.write_pdf(
        pdf_variant=VARIANT, pdf_identifier=identifier.hexdigest()[:32].encode()
    )


def _with_notes_in_place(source: HTML) -> Document:
    """Lay out the pages so that each footnote stands on the page of its mark.

    Where WeasyPrint has put one on the next page, the paragraph is kept whole, and if need be
    moved to the next page, and the pages are laid out once more.
    """
    rules: dict[str, str] = {}
    document = source.render(pdf_variant=VARIANT)
    for _ in range(MOST_LAYOUTS - 1):
        strays = _strays(document)
        if not strays:
            break
        for note in strays:
            rules[note] = "break-before: page" if note in rules else "break-inside: avoid"
        sheet = "".join(
            f":is(p, li, td, th):has(> #{note}) {{ {rule} }}" for note, rule in rules.items()
        )
        document = source.render(stylesheets=[CSS(string=sheet)], pdf_variant=VARIANT)
    return document


def _strays(document: Document) -> list[str]:
    """The ids of footnotes that do not stand on the page of their mark."""
    marks: dict[str, int] = {}
    notes: dict[str, int] = {}
    for number, page in enumerate(document.pages):
        # WeasyPrint tells nowhere else where a footnote came to stand.
        for box in page._page_box.descendants():
            if box.element_tag == "span::footnote-call":
                marks.setdefault(box.element.get("id"), number)
            elif box.element_tag == "span::footnote-marker":
                notes.setdefault(box.element.get("id"), number)
    return [note for note, page in marks.items() if notes.get(note) != page]


def _document(scope: Scope, draft: Draft, composed: Composed) -> str:
    long = len(draft.text) > SHORT
    values: dict[str, Any] = {
        "draft": draft,
        "mission": scope.mission,
        "words": composed.words,
        "text": Markup(composed.html),  # noqa: S704 - made from Markdown without HTML
        "contents": [h for h in composed.headings if h.level <= CONTENTS_LEVEL] if long else [],
        "statuses": composed.words.statuses(composed.facts.statuses),
        "figures": _bases(composed),
        "with_annexes": draft.kind not in WITHOUT_ANNEXES,
        "estimates": any(use.name == "estimate" for use in composed.used),
    }
    values["regions"], values["whole"] = composed.coverage()
    return _theme.get_template("statement.html").render(values)


def _bases(composed: Composed) -> list[dict[str, object]]:
    """The rows of the annex of figures: each figure given in the text, once."""
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for use in composed.used:
        found = use.findings[0]
        if use.name in OUTSIDE_ANNEX:
            continue
        key = (use.text, use.label, found.k, found.n, found.statuses)
        if key not in rows:
            everything = counted_again(composed.facts, found, COUNTABLE)
            row = {"text": use.text, "label": use.label, "finding": found, "all": everything}
            rows[key] = row
    return list(rows.values())
