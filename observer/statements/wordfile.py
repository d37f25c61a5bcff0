"""A Word file that somebody brings: opened with care, and made ready to be read.

Only the parts with text are unpacked, within limits; nothing in the file is run or fetched. What
the reader would pass over in silence is marked in the text, so that it can be told where it was.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn
from flask_babel import gettext as _
from lxml import etree

from observer.badinput import BadFileError, Problem
from observer.statements.wordcalls import NOTHING, Registry, number_of, read_registry, shown_in
from observer.statements.wordloose import bring_in
from observer.statements.wordmarks import control_marked, notes_marked
from observer.statements.wordnodes import remove, text_run
from observer.statements.wordstructure import head_by_outline, lists_start

MOST_BYTES = 50_000_000
MOST_PART_BYTES = 20_000_000
MOST_TEXT_BYTES = 40_000_000
MOST_PARTS = 5_000
MOST_TAGS = 600_000
"""Reading takes ten thousand times as long for a tag as for a letter, and much memory."""
MACROS = "vbaproject.bin"
PIECE = "\ue010{}\ue011"
"""Stands where the piece with this number goes."""
NOTE = "\ue012{}\ue013"
"""Stands where the note with this number was taken."""
_MAIN = re.compile(r"word/document\d*\.xml")
_WITH_TEXT = re.compile(r"word/(document|footnotes|endnotes|comments)\d*\.xml")
_STYLES, _NUMBERING = "word/styles.xml", "word/numbering.xml"
_READ = (_STYLES, _NUMBERING, "[Content_Types].xml", "docProps/core.xml")
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NOTE = re.compile("\ue012\\d+\ue013")
_OURS = re.compile("[\ue000-\ue01f]")
_LINE_ENDS = re.compile("[\r\n\x85\u2028\u2029]+")
"""Word shows a space for them: a line ends at an element of its own."""
_LANGUAGE = "{http://purl.org/dc/elements/1.1/}language"
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": (
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    ),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
    b"http://purl.oclc.org/ooxml/drawingml/main": (
        b"http://schemas.openxmlformats.org/drawingml/2006/main"
    ),
}
"""The names of the strict format beside those that nearly every file has."""


@dataclass
class WordFile:
    """The parts of a Word file that are read, and what was found on the way."""

    name: str
    content: bytes
    """A Word file of these parts alone."""
    main: str = ""
    pieces: list[str] = field(default_factory=list)
    """What goes where content controls of ours were."""
    notes: list[str] = field(default_factory=list)
    """Told with the place at which their mark stands in the text."""
    registry: Registry | None = None
    missing: list[str] = field(default_factory=list)
    """Sources of live pieces that are in the text no more."""
    note_labels: dict[str, str] = field(default_factory=dict)
    """The names that footnotes had in the text that left, by their id in the file."""
    language: str = ""
    """As the file's properties have it: ``en``."""
    heads: list[str] = field(default_factory=list)
    """Texts of headers and footers."""


def open_word(content: bytes, name: str) -> WordFile:
    """Open a Word file and make it ready. Raises BadFileError where it cannot be read."""
    parts = _unpack(content, name)
    trees = {part: _parse(part, text, name) for part, text in parts.items()}
    word = WordFile(name, b"", main=next(filter(_MAIN.fullmatch, trees)))
    for part, root in trees.items():
        if part.startswith("customXml/"):
            word.registry = read_registry(root) or word.registry
        elif part.startswith(("word/header", "word/footer")):
            words = shown_in(root)
            word.heads += [words] if words else []
        elif part == "docProps/core.xml":
            word.language = (root.findtext(_LANGUAGE) or "").strip().lower()[:2]
    marked = notes_marked(trees[word.main])
    preparing = _Preparing(word)
    for part, root in trees.items():
        if _WITH_TEXT.fullmatch(part):
            for text in root.iter(qn("w:t")):
                text.text = _LINE_ENDS.sub(" ", _OURS.sub("", text.text or ""))
    lists_start(trees.get(_NUMBERING), trees[word.main])
    head_by_outline(trees.get(_STYLES), trees[word.main])
    for part, root in trees.items():
        if _WITH_TEXT.fullmatch(part):
            preparing.prepare(root)
    if word.registry is not None:
        labels = word.registry.labels
        word.note_labels = {note: labels[n] for note, n in marked.items() if labels.get(n)}
        word.missing = [
            kept.source
            for number, kept in word.registry.kept.items()
            if number not in preparing.met
        ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, root in trees.items():
            if not part.startswith("customXml/"):
                archive.writestr(part, etree.tostring(root, encoding="UTF-8"))
    word.content = out.getvalue()
    return word


def _bad(name: str, message: str) -> BadFileError:
    return BadFileError(name, [Problem("", message)])


def _unpack(content: bytes, name: str) -> dict[str, bytes]:
    if len(content) > MOST_BYTES:
        raise _bad(name, _("The file is larger than %(most)s MB.", most=MOST_BYTES // 1_000_000))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        message = _(
            "This is an old Word file (.doc), or one with a password. Save it as .docx without one."
        )
        raise _bad(name, message)
    not_word = _("This is no Word file. Save it in Word or LibreOffice as .docx.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if not any(map(_MAIN.fullmatch, names)):
                raise _bad(name, not_word)
            if any(one.lower().endswith(MACROS) for one in names):
                raise _bad(name, _("This file holds macros. Save it as .docx, without them."))
            if len(members) > MOST_PARTS:
                raise _bad(name, _("The file has too many parts to be a text."))
            return _parts(archive, members, name)
    except BadFileError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _bad(name, not_word) from error
    except (zlib.error, ValueError) as error:
        raise _bad(name, _("The file is damaged. Save it once more and try again.")) from error


def _parts(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    size = tags = 0
    for member in members:
        part = member.filename
        is_named = part in _READ or _WITH_TEXT.fullmatch(part)
        wanted = is_named or part.endswith(".rels") or _is_beside(part)
        if not wanted or part in parts:
            continue
        if member.compress_type not in _PACKED:
            # No Word file is packed otherwise, and the others are unpacked without a limit.
            raise zipfile.BadZipFile(part)
        with archive.open(member) as file:
            # What the file says of its size need not be so.
            text = file.read(MOST_PART_BYTES + 1)
        size += len(text)
        tags += text.count(b"<")
        if len(text) > MOST_PART_BYTES or size > MOST_TEXT_BYTES or tags > MOST_TAGS:
            raise _bad(name, _("The file unpacks to more text than a statement can have."))
        parts[part] = text
    return parts


def _is_beside(part: str) -> bool:
    folder, _slash, file = part.rpartition("/")
    if folder == "customXml":
        return file.startswith("item") and file.endswith(".xml")
    return folder == "word" and file.startswith(("header", "footer")) and file.endswith(".xml")


def _parse(part: str, text: bytes, name: str) -> Any:
    for strict, usual in _STRICT.items():
        text = text.replace(strict, usual)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        message = _("The file is damaged. Save it once more and try again.")
        raise BadFileError(name, [Problem(part, message)]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadFileError(
            name, [Problem(part, _("The file defines XML entities, which no Word file does."))]
        )
    return root


class _Preparing:
    """Accepts what was tracked, takes out our content controls, and marks what will be missing."""

    def __init__(self, word: WordFile) -> None:
        self.word = word
        self.met: set[int] = set()

    def prepare(self, root: Any) -> None:
        """Make the tree of a part ready."""
        steps: tuple[Callable[[Any], None], ...] = (
            self._tracked,
            control_marked,
            self._controls,
        )
        for step in steps:
            step(root)
        bring_in(root, self._note)

    def _note(self, message: str) -> Any:
        self.word.notes.append(message)
        return text_run(NOTE.format(len(self.word.notes) - 1))

    def _tracked(self, root: Any) -> None:
        self._tracked_rows(root)
        for gone in [*root.iter(qn("w:del"), qn("w:moveFrom"))]:
            # In properties it says that the paragraph's end or a row was deleted.
            if gone.getparent() is None or gone.getparent().tag in (qn("w:rPr"), qn("w:trPr")):
                continue
            texts = gone.iter(qn("w:delText"), qn("w:t"))
            words = " ".join("".join(text.text or "" for text in texts).split())
            if gone.tag == qn("w:del") and words:
                message = _("Tracked deletion accepted: “%(words)s”.", words=_short(words))
                gone.addprevious(self._note(message))
            remove(gone)
        for new in [*root.iter(qn("w:ins"))]:
            if new.getparent() is None or new.getparent().tag in (qn("w:rPr"), qn("w:trPr")):
                continue
            words = shown_in(new)
            if words:
                message = _("Tracked insertion accepted: “%(words)s”.", words=_short(words))
                new.addprevious(self._note(message))

    def _tracked_rows(self, root: Any) -> None:
        """Tell of rows that were deleted, which the reader passes over, or inserted."""
        for row in [*root.iter(qn("w:tr"))]:
            words = shown_in(row)
            table = next(row.iterancestors(qn("w:tbl")), None)
            if not words or table is None:
                continue
            is_deleted = row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None
            is_new = row.find(f"{qn('w:trPr')}/{qn('w:ins')}") is not None
            if is_deleted:
                message = _("Tracked deletion accepted: “%(words)s”.", words=_short(words))
            elif is_new:
                message = _("Tracked insertion accepted: “%(words)s”.", words=_short(words))
            else:
                continue
            paragraph = etree.Element(qn("w:p"))
            paragraph.append(self._note(message))
            table.addprevious(paragraph)

    def _controls(self, root: Any) -> None:
        for control in [*root.iter(qn("w:sdt"))]:
            gallery = control.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
            if gallery is not None and gallery.get(qn("w:val")) == "Table of Contents":
                mark = self._note(_("The list of contents was left out; the PDF has its own."))
                paragraph = etree.Element(qn("w:p"))
                paragraph.append(mark)
                control.addprevious(paragraph)
                remove(control)
                continue
            number = number_of(control)
            if number is not None:
                self._ours(control, number)

    def _ours(self, control: Any, number: int) -> None:
        self.met.add(number)
        shown = shown_in(control)
        # What was tracked within it has left its notes there.
        marks = _NOTE.findall(shown)
        shown = " ".join(_NOTE.sub("", shown).split())
        kept = self.word.registry.kept.get(number) if self.word.registry else None
        if kept is None:
            message = _("This was a live figure, and is plain text now: “%(text)s”.", text=shown)
            control.addprevious(self._in_place(control, [self._note(message)]))
            content = control.find(qn("w:sdtContent"))
            for child in list(content) if content is not None else ():
                control.addprevious(child)
            remove(control)
            return
        runs = [text_run("".join(marks))] if marks else []
        before = after = ""
        source = kept.source
        is_block = _is_block(control)
        if not shown:
            message = _("The figure %(source)s was deleted.", source=_short(source))
            runs, source = [*runs, self._note(message)], ""
        elif shown != kept.shown:
            extended = kept.shown and kept.shown != NOTHING and not is_block
            if extended and kept.shown in shown:
                before, _middle, after = shown.partition(kept.shown)
                message = _(
                    "Words that were typed into the figure “%(shown)s” now stand beside it.",
                    shown=_short(kept.shown),
                )
            else:
                message = _(
                    "The figure %(source)s came to “%(shown)s” and was changed to “%(text)s”. It "
                    "stays live; what was written stands beside it as a note that is not printed.",
                    source=_short(source),
                    shown=_short(kept.shown),
                    text=_short(shown),
                )
                source += f" {{# {_('Changed in Word to:')} {shown.replace('#}', '# }')} #}}"
            runs.append(self._note(message))
        if source:
            pieces = self.word.pieces
            pieces.append(source)
            like = None if is_block else next(control.iter(qn("w:r")), None)
            parts = (before, PIECE.format(len(pieces) - 1), after)
            runs += [text_run(part, like) for part in parts if part]
            for run in runs:
                run[-1].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        for comment in control.iter(qn("w:commentReference")):
            runs.append(_wrapped(comment))
        control.addprevious(self._in_place(control, runs))
        remove(control)

    def _in_place(self, control: Any, runs: list[Any]) -> Any:
        """The runs as they can stand where the control does."""
        if _is_block(control):
            paragraph = etree.Element(qn("w:p"))
            paragraph.extend(runs)
            return paragraph
        # An element that groups runs and says nothing else.
        group = etree.Element(qn("w:smartTag"))
        group.extend(runs)
        return group


def _wrapped(reference: Any) -> Any:
    run = etree.Element(qn("w:r"))
    run.append(etree.fromstring(etree.tostring(reference)))
    return run


def _is_block(control: Any) -> bool:
    content = control.find(qn("w:sdtContent"))
    return (
        content is not None
        and any(child.tag in (qn("w:p"), qn("w:tbl"), qn("w:sdt")) for child in content)
        and control.getparent().tag != qn("w:p")
    )


def _short(text: str, most: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most] + "…"
