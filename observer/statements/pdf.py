"""The statement as a PDF: a theme of ``reports/themes`` around the text.

PDF/UA-1: tagged, with title, language and alternative texts; and a copy for the archive, PDF/A-3
with the data of its tables, charts and maps. The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

import pypdfium2
from flask_babel import ngettext
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.missions.scope import Scope
from observer.settings import Settings
from observer.statements.attached import attached_files
from observer.statements.compose import COUNTED, Composed, compose_whole
from observer.statements.documents import Document, document_of
from observer.statements.drafts import Draft
from observer.statements.pages import Pages
from observer.statements.paperkinds import MOST_PAGES
from observer.statements.themes import DEFAULT_PAPER, DEFAULT_THEME, load_theme


def render_pdf(
    session: Session,
    scope: Scope,
    draft: Draft,
    *,
    statuses: Sequence[Status] = COUNTED,
    min_base: int = Settings.min_base,
    logo: Path | None = None,
    archive: bool = False,
) -> bytes:
    """The PDF of a draft, or its copy for the archive.

    Raises StatementError with everything that is wrong in its text, ReportFileError for a broken
    theme, house style or language.
    """
    composed = compose_whole(
        session, scope, draft, printed=True, statuses=statuses, min_base=min_base
    )
    if archive:
        return archive_of(pages_of(document_of(scope, draft, composed), logo), draft, composed)
    return pdf_of(scope, draft, composed, logo=logo)


def archive_of(pages: Pages, draft: Draft, composed: Composed) -> bytes:
    """The copy for the archive of a draft that is laid out: PDF/A-3 with its data as CSV."""
    moment = datetime.combine(draft.dated, time(), UTC)
    return pages.write_archive(attached_files(composed), moment)


def pdf_of(scope: Scope, draft: Draft, composed: Composed, *, logo: Path | None = None) -> bytes:
    """The PDF of a draft whose text has no problems. Raises ThemeError for a broken theme."""
    return pages_of(document_of(scope, draft, composed), logo).write()


def pages_too_many(kind: str, content: bytes) -> tuple[int, int] | None:
    """How many pages a PDF has and may have, where its kind of paper is to be shorter."""
    most = MOST_PAGES.get(kind)
    if most is None:
        return None
    document = pypdfium2.PdfDocument(content)
    pages = len(document)
    document.close()
    return (pages, most) if pages > most else None


def said_of_pages(kind: str, print_it: Callable[[], bytes]) -> str:
    """That a PDF has more pages than papers of its kind have; nothing where it has not.

    It is printed only where its kind has a limit.
    """
    too_many = pages_too_many(kind, print_it()) if kind in MOST_PAGES else None
    if too_many is None:
        return ""
    pages, most = too_many
    return ngettext(
        "The PDF has %(pages)s pages; a paper of this kind has one. Shorten the text.",
        "The PDF has %(pages)s pages; a paper of this kind has %(num)s. Shorten the text.",
        most,
        pages=pages,
    )


def pages_of(document: Document, logo: Path | None = None) -> Pages:
    """A document laid out in its theme and for its size. Raises ThemeError for a broken theme."""
    html = document.html("statement.html")
    return Pages(html, document.pictures, document.theme, document.draft.paper, logo)


def lay_out(
    html: str,
    pictures: Mapping[str, bytes],
    *,
    theme: str = DEFAULT_THEME,
    paper: str = DEFAULT_PAPER,
    logo: Path | None = None,
) -> bytes:
    """The PDF of a whole HTML document in a theme."""
    return Pages(html, pictures, load_theme(theme), paper, logo).write()
