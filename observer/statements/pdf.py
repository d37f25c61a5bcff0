"""The statement as a PDF: a theme of ``reports/themes`` around the text.

PDF/UA-1: tagged, with title, language and alternative texts; and a copy for the archive, PDF/A-3
with the data of its tables, charts and maps. The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pypdfium2
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.missions.scope import Scope
from observer.settings import Settings
from observer.statements.annexes import HOURS, Numbering, bases, hours_chart, sources_to_list
from observer.statements.attached import attached_files
from observer.statements.compose import COUNTED, Composed, compose_whole
from observer.statements.drafts import Draft
from observer.statements.pages import Pages
from observer.statements.paperkinds import MOST_PAGES, WITHOUT_ANNEXES
from observer.statements.sourcelist import entries
from observer.statements.themes import DEFAULT_PAPER, DEFAULT_THEME, Theme, load_theme

SHORT = 7_000
"""A text of fewer characters is about three pages and needs no list of contents."""
SIZE_OF_BLOCK = 1_000
"""A table, chart or map takes up the room of so many characters."""
CONTENTS_LEVEL = 3


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
        return archive_of(pages_of(scope, draft, composed, logo=logo), draft, composed)
    return pdf_of(scope, draft, composed, logo=logo)


def archive_of(pages: Pages, draft: Draft, composed: Composed) -> bytes:
    """The copy for the archive of a draft that is laid out: PDF/A-3 with its data as CSV."""
    moment = datetime.combine(draft.dated, time(), UTC)
    return pages.write_archive(attached_files(composed), moment)


def pdf_of(scope: Scope, draft: Draft, composed: Composed, *, logo: Path | None = None) -> bytes:
    """The PDF of a draft whose text has no problems. Raises ThemeError for a broken theme."""
    return pages_of(scope, draft, composed, logo=logo).write()


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


def pages_of(scope: Scope, draft: Draft, composed: Composed, *, logo: Path | None = None) -> Pages:
    """A draft whose text has no problems, laid out in its theme and for its paper."""
    theme = load_theme(draft.theme)
    values, pictures = _values(scope, draft, composed, theme)
    html = theme.page("statement.html", values)
    return Pages(html, composed.pictures | pictures, theme, draft.paper, logo)


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


def _values(
    scope: Scope, draft: Draft, composed: Composed, theme: Theme
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What the templates of a theme are given, and the pictures of the annexes."""
    words, observed = composed.words, composed.observed
    long = len(composed.text) + SIZE_OF_BLOCK * len(composed.blocks) > SHORT
    mirrored = words.from_right
    hours, told = hours_chart(observed, words, theme.palette, mirrored=mirrored)
    with_annexes = draft.kind not in WITHOUT_ANNEXES
    values = {
        "draft": draft,
        "direction": "rtl" if mirrored else "ltr",
        "mission": scope.mission,
        "words": words,
        "text": Markup(composed.html),  # noqa: S704 - made from Markdown without HTML
        "contents": [h for h in composed.headings if h.level <= CONTENTS_LEVEL] if long else [],
        "statuses": words.statuses(composed.facts.statuses),
        "figures": bases(composed),
        "sources": entries(sources_to_list(composed), words),
        "annex_number": Numbering(),
        "with_annexes": with_annexes,
        "sampling": _sampling(composed),
        "with_words": composed.has_words and with_annexes,
        "observed": observed,
        "hours_address": HOURS,
        "hours_told": told,
    }
    return values, {HOURS: hours}


def _sampling(composed: Composed) -> str:
    """The phrase that says which places the figures are of."""
    if any(use.name == "estimate" for use in composed.used):
        return "annex_estimates"
    return "annex_not_estimated" if composed.facts.has_sample else "annex_not_drawn"
