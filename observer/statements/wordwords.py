"""The words of a Word file's paragraphs: what is bold, linked, noted and commented in them."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _
from mammoth import documents as word

from observer.badinput import BadFileError, Problem
from observer.statements.inlinetext import Segment, as_line
from observer.statements.template import MOST_TEXT
from observer.statements.wordcalls import GUIDANCE
from observer.statements.wordfile import WordFile
from observer.statements.wordparts import CODE_RUN

MARKS = re.compile("(\ue010\\d+\ue011|\ue012\\d+\ue013|\ue014\\d+\ue015)")
PIECE = re.compile("\ue010(\\d+)\ue011")
_ADDRESS = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_SHORT = 60


@dataclass
class Taken:
    """What was taken from a Word file."""

    title: str = ""
    subtitle: str = ""
    language: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    """What else a file that was made here says of its statement."""
    text: str = ""
    notes: list[str] = field(default_factory=list)


class ParagraphWords:
    """Reads the words of paragraphs, and notes with their place what cannot be taken."""

    def __init__(self, opened: WordFile, document: Any) -> None:
        self.opened = opened
        self.document = document
        self.taken = Taken(language=opened.language)
        self._heading = ""
        self._paragraph = 0
        self._inside = ""
        self._pieces = list(opened.pieces)
        self._footnotes: dict[tuple[str, str], str] = {}
        self._written: dict[str, str] = {}
        self._labels: set[str] = set()
        self._kept = frozenset(opened.note_labels.values())
        self._numbers = map(str, count(1))
        self._start: int | None = None
        self._formats: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._comments = {one.comment_id: one for one in document.comments}

    def _line(self, segments: list[Segment], *, is_heading: bool = False) -> str:
        line, is_kept = as_line(segments, is_heading=is_heading)
        if not is_kept:
            self._count(_("bold or italic that Markdown cannot say"))
        return line

    def _segments(self, paragraph: Any) -> tuple[list[Segment], list[str]]:
        """The words of a paragraph, and the comments at its very beginning."""
        found: list[Segment] = []
        self._collect(paragraph.children, Segment(""), found)
        comments = []
        left = deque(found)
        while left and (left[0].is_raw or not left[0].text.strip()):
            number = PIECE.fullmatch(left[0].text)
            if number and self._pieces[int(number[1])].startswith("{#"):
                comments.append(self._pieces[int(number[1])])
            elif left[0].text.strip():
                break
            left.popleft()
        return [*left], comments

    def _inline_comments(self, comments: list[str]) -> list[Segment]:
        return [self._raw(comment + " ") for comment in comments]

    def _raw(self, source: str) -> Segment:
        self._pieces.append(source)
        return Segment(f"\ue010{len(self._pieces) - 1}\ue011", is_raw=True)

    def _collect(self, children: Sequence[Any], kind: Segment, found: list[Segment]) -> None:
        for child in children:
            if isinstance(child, word.Text):
                self._text(child.value, kind, found)
            elif isinstance(child, word.Run):
                self._collect(child.children, self._kind(child, kind), found)
            elif isinstance(child, word.Hyperlink):
                self._collect(child.children, self._link(child, kind), found)
            elif isinstance(child, word.Tab):
                found.append(Segment(" ", kind.bold, kind.italic, link=kind.link))
            elif isinstance(child, word.Break):
                text = "\n" if child.break_type == "line" else " "
                found.append(Segment(text, kind.bold, kind.italic, link=kind.link))
            elif isinstance(child, word.Checkbox):
                found.append(Segment("☑ " if child.checked else "☐ "))
            elif isinstance(child, word.NoteReference):
                found.append(Segment(f"[^{self._label(child)}]", is_raw=True))
            elif isinstance(child, word.CommentReference):
                found += self._comment(child)
            elif isinstance(child, word.Image):
                said = f" (“{child.alt_text}”)" if child.alt_text else ""
                self._tell(_("A picture was left out%(said)s.", said=said))
            elif hasattr(child, "children"):
                self._collect(child.children, kind, found)

    def _text(self, text: str, kind: Segment, found: list[Segment]) -> None:
        for part in MARKS.split(text):
            if part.startswith("\ue012"):
                self._tell(self.opened.notes[int(part[1:-1])])
            elif part.startswith("\ue014"):
                self._start = int(part[1:-1])
            elif part.startswith("\ue010"):
                found.append(Segment(part, kind.bold, kind.italic, link=kind.link, is_raw=True))
            elif part:
                found.append(Segment(part, kind.bold, kind.italic, kind.code, kind.link))

    def _kind(self, run: Any, kind: Segment) -> Segment:
        style = (run.style_name or "").casefold()
        if any(isinstance(c, word.Text) and c.value.strip() for c in run.children):
            for name in self._lost(run, kind):
                self._count(name)
        return Segment(
            "",
            bold=kind.bold or run.is_bold or style == "strong",
            italic=kind.italic or run.is_italic or style == "emphasis",
            code=kind.code or style == CODE_RUN.casefold(),
            link=kind.link,
        )

    @staticmethod
    def _lost(run: Any, kind: Segment) -> Iterator[str]:
        """How words are shown that Markdown cannot say."""
        if run.is_underline and not kind.link:
            yield _("underlining")
        if run.is_strikethrough:
            yield _("strikethrough")
        if run.highlight:
            yield _("highlighting")
        if run.is_all_caps or run.is_small_caps:
            yield _("letters shown as capitals")
        if run.vertical_alignment in ("superscript", "subscript"):
            yield _("text raised or lowered")

    def _link(self, link: Any, kind: Segment) -> Segment:
        address = link.href or ""
        if not _ADDRESS.match(address):
            self._count(_("links within the document or to files"))
            return kind
        safe = quote(address, safe="!#$%&'*+,/:;=?@[]~()-._")
        return Segment("", kind.bold, kind.italic, kind.code, safe)

    def _comment(self, reference: Any) -> list[Segment]:
        # Each is referred to once; what is not so would be long, or without end.
        comment = self._comments.pop(reference.comment_id, None)
        if comment is None:
            return []
        lines = []
        for block in comment.body:
            segments: list[Segment] = []
            self._collect(getattr(block, "children", ()), Segment(""), segments)
            lines.append("".join(segment.text for segment in segments))
        text = MARKS.sub("", "\n".join(lines)).strip().replace("#}", "# }")
        if not text:
            return []
        if comment.author_name != GUIDANCE:
            author = (comment.author_name or _("Comment")).replace("#}", "# }")
            self._tell(
                _(
                    "A comment by %(name)s stands in the text as a note that is not printed.",
                    name=author,
                )
            )
            text = f"{author}: {text}"
        return [self._raw(f"{{# {text} #}}")]

    def _label(self, reference: Any) -> str:
        key = (reference.note_type, reference.note_id)
        if key not in self._footnotes:
            if reference.note_type == "endnote":
                self._count(_("endnotes, which are footnotes now"))
            outside, self._inside = self._inside, _("footnote %(number)s", number=key[1])
            text = self._note_text(*key)
            self._inside = outside
            if text not in self._written:
                self._written[text] = label = self._label_of(key)
                self._labels.add(label)
            # What is printed twice was often written once.
            self._footnotes[key] = self._written[text]
        return self._footnotes[key]

    def _label_of(self, key: tuple[str, str]) -> str:
        """The label that a footnote had when the text left, or the first number that is free."""
        labels = self.opened.note_labels
        known = labels.get(key[1], "") if key[0] == "footnote" else ""
        if known and known not in self._labels:
            return known
        return next(number for number in self._numbers if number not in self._kept)

    def _note_text(self, kind: str, note_id: str) -> str:
        """A footnote as Markdown, indented."""
        raise NotImplementedError

    def _live(self, text: str) -> str:
        """A text with the sources of its live pieces. Raises BadFileError where it is too long."""
        size = sum(len(self._pieces[int(number)]) for number in PIECE.findall(text))
        if size > MOST_TEXT:
            message = _("A statement may have %(most)s characters.", most=MOST_TEXT)
            raise BadFileError(self.opened.name, [Problem("", message)])
        return PIECE.sub(lambda found: self._pieces[int(found[1])], text)

    def _where(self) -> str:
        where = self._inside or _("paragraph %(number)s", number=self._paragraph)
        if self._heading:
            head = PIECE.sub("…", self._heading)
            head = head if len(head) <= _SHORT else head[:_SHORT] + "…"
            where = _("%(where)s, under “%(heading)s”", where=where, heading=head)
        return where

    def _tell(self, message: str) -> None:
        self.taken.notes.append(f"{self._where()}: {message}")

    def _count(self, what: str) -> None:
        if not self._formats[what]:
            self._first[what] = self._where()
        self._formats[what] += 1
