"""A document in a theme, laid out on pages by WeasyPrint, to be written as a file.

Written twice from one layout: as PDF/UA-1 to be read, as PDF/A-3 with its data to be kept. The same
input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import logging
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fontTools.ttLib import TTFont
from PIL import ImageFile
from weasyprint import HTML, Attachment
from weasyprint.urls import URLFetcher, URLFetcherResponse

from observer import ROOT
from observer.statements.footnotes import lay_out_with_notes
from observer.statements.shaping import shaped
from observer.statements.tablefit import break_long_words
from observer.statements.tagging import complete_tags
from observer.statements.themes import Theme, missing_file

FONTS = ROOT / "reports" / "fonts"
HOUSE_SHEET = "house.css"
MARK = "mark.svg"
VARIANT = "pdf/ua-1"
ARCHIVE = "pdf/a-3a"
PROFILE = "srgb"

# WeasyPrint lets Pillow pass over pictures that are cut off, in the whole process. Whoever takes
# in a photo has to know that a part of it is missing.
ImageFile.LOAD_TRUNCATED_IMAGES = False

logging.getLogger("weasyprint").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Attached:
    """A file that goes into the copy for the archive."""

    name: str
    description: str
    content: bytes


class _OwnFiles(URLFetcher):
    """Gives the theme's files and the statement's pictures; nothing else is ever fetched."""

    def __init__(
        self, theme: Theme, paper: str, pictures: Mapping[str, bytes], logo: Path | None
    ) -> None:
        super().__init__()
        self._theme = theme
        self._house_sheet = theme.house_sheet(paper).encode()
        self._pictures = pictures
        self._logo = logo
        self.missing: list[Path] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url in self._pictures:
            return _answer(url, shaped(self._pictures[url]), "image/svg+xml")
        parts = urlsplit(url)
        asked = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or asked.parent not in (self._theme.folder, FONTS):
            raise ValueError(f"A statement loads nothing from {url[:100]}")
        if asked == self._theme.folder / HOUSE_SHEET:
            return _answer(url, self._house_sheet, "text/css")
        path = asked if asked.parent == FONTS else self._theme.file(asked.name)
        if asked == self._theme.folder / MARK and self._logo is not None:
            path = self._logo
        if not path.is_file():
            self.missing.append(asked)
            raise ValueError(f"There is no file {asked.name}")
        if path.suffix == ".woff":
            return _answer(url, _unpacked(path), "font/ttf")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return _answer(url, path.read_bytes(), media_type)


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


class Pages:
    """A document that is laid out."""

    def __init__(
        self,
        html: str,
        pictures: Mapping[str, bytes],
        theme: Theme,
        paper: str,
        logo: Path | None = None,
    ) -> None:
        """Lay out a whole HTML document. Raises ThemeError where a file of the theme is missing."""
        self._html = html
        self._base = theme.folder.as_uri() + "/"
        self._files = _OwnFiles(theme, paper, pictures, logo)
        self.document = lay_out_with_notes(self.parse(), variant=VARIANT)
        if self._files.missing:
            raise missing_file(theme, self._files.missing[0])
        self.document.output_intent = PROFILE
        told = hashlib.sha256(html.encode())
        for svg in pictures.values():
            told.update(svg)
        self._identifier = told.hexdigest()[:32].encode()

    def parse(self) -> HTML:
        """The document as WeasyPrint reads it, before it is laid out."""
        source = HTML(string=self._html, base_url=self._base, url_fetcher=self._files)
        break_long_words(source.etree_element)
        return source

    def write(self) -> bytes:
        """The pages as PDF/UA-1."""
        return self._write(VARIANT)

    def write_archive(self, attached: Sequence[Attached], moment: datetime) -> bytes:
        """The pages as PDF/A-3 with files in it, all of them as of one moment."""
        self.document.metadata.attachments = [
            Attachment(
                string=each.content,
                name=each.name,
                description=each.description,
                created=moment,
                modified=moment,
                relationship="Data",
            )
            for each in attached
        ]
        try:
            return self._write(ARCHIVE)
        finally:
            self.document.metadata.attachments = []

    def _write(self, variant: str) -> bytes:
        return self.document.write_pdf(
            pdf_variant=variant,
            pdf_identifier=self._identifier,
            output_intent=PROFILE,
            finisher=complete_tags,
        )
