"""A Word file as a statement's Markdown, with notes on everything that could not be taken as it is.

mammoth reads the file: styles, numbering, fields, notes. Here its paragraphs become Markdown.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from mammoth import documents as word
from mammoth.docx import read

from observer.badinput import BadFileError, Problem
from observer.statements.captions import caption_text
from observer.statements.inlinetext import Segment
from observer.statements.template import MOST_TEXT
from observer.statements.wordfile import WordFile, open_word
from observer.statements.wordparts import CODE, DATELINE, RULE_STYLE
from observer.statements.wordtables import pipe_table
from observer.statements.wordwords import PIECE, ParagraphWords, Taken

_HEADING = re.compile(r"heading (\d)")
_CONTINUES = re.compile(r"list continue(?: (\d))?")
_DEEPER = re.compile(r"list (?:bullet|number) ([2-5])")
_CONTENTS = re.compile(r"toc \d|toc heading|table of figures")
_QUOTES = ("quote", "intense quote", "block text")


@dataclass
class _List:
    level: int
    is_ordered: bool
    number: int
    sign: str

    @property
    def marker(self) -> str:
        return f"{self.number}{self.sign}" if self.is_ordered else self.sign


def read_word(content: bytes, name: str) -> Taken:
    """Read a Word file. Raises BadFileError where it cannot be read."""
    try:
        opened = open_word(content, name)
        document = read(io.BytesIO(opened.content)).value
        taken = _Reader(opened, document).read()
    except BadFileError:
        raise
    except (RecursionError, KeyError, ValueError, OSError, AttributeError, TypeError) as error:
        message = _("The file is damaged, or nested too deep. Save it once more and try again.")
        raise BadFileError(name, [Problem("", message)]) from error
    if len(taken.text) > MOST_TEXT:
        message = _("A statement may have %(most)s characters.", most=MOST_TEXT)
        raise BadFileError(name, [Problem("", message)])
    return taken


class _Reader(ParagraphWords):
    """Goes through a document's paragraphs and tables once."""

    def __init__(self, opened: WordFile, document: Any) -> None:
        super().__init__(opened, document)
        self._blocks: list[str] = []
        self._lists: list[_List] = []
        self._code: list[str] = []

    def read(self) -> Taken:
        """The document's text and notes."""
        for child in self.document.children:
            if isinstance(child, word.Paragraph):
                self._paragraph += 1
                self._take(child)
            elif isinstance(child, word.Table):
                self._end_list()
                self._put(self._table(child))
        self._end_list()
        definitions = "\n".join(f"[^{label}]: {text}" for text, label in self._written.items())
        text = "\n\n".join(block for block in self._blocks if block)
        text = f"{text}\n\n{definitions}" if definitions else text
        text = self._live(text).strip("\n") + "\n"
        self.taken.text = text
        self._tell_the_rest()
        return self.taken

    def _put(self, block: str) -> None:
        self._blocks.append(block)

    def _take(self, paragraph: Any) -> None:
        style = (paragraph.style_name or "").casefold()
        self._start = None
        if style == CODE.casefold():
            line: list[Segment] = []
            self._collect(paragraph.children, Segment(""), line)
            self._lists.clear()
            self._code.append("".join(segment.text for segment in line))
            return
        segments, comments = self._segments(paragraph)
        words = "".join(segment.text for segment in segments).strip()
        self._end_code()
        if _CONTENTS.fullmatch(style):
            self._count(_("the list of contents"))
        elif not words:
            self._without_words(style, comments)
        elif style == DATELINE.casefold() and self.opened.registry is not None:
            pass
        else:
            self._with_words(paragraph, style, segments, comments)

    def _without_words(self, style: str, comments: list[str]) -> None:
        if style == RULE_STYLE.casefold():
            self._end_list()
            self._put("* * *")
        self._comment_blocks(comments)

    def _with_words(
        self, paragraph: Any, style: str, segments: list[Segment], comments: list[str]
    ) -> None:
        words = "".join(segment.text for segment in segments).strip()
        heading, continues = _HEADING.fullmatch(style), _CONTINUES.fullmatch(style)
        if paragraph.numbering is not None and not heading:
            level = int(paragraph.numbering.level_index)
            deeper = _DEEPER.fullmatch(style)
            if deeper and level == 0:
                # Word's own styles for lists within lists have numberings of one level each.
                level = int(deeper[1]) - 1
            marked = [*self._inline_comments(comments), *segments]
            self._item(level, marked, is_ordered=paragraph.numbering.is_ordered)
            return
        if continues and self._lists:
            self._continue(int(continues[1] or 1), segments)
            return
        self._end_list()
        if style in ("title", "subtitle") and self._head(style, words):
            return
        self._comment_blocks(comments)
        if heading or style == "title":
            self._put(self._headed(int(heading[1]) if heading else 1, segments))
            self._heading = words
        elif style == "caption":
            line = self._line(segments)
            caption = caption_text(line)
            self._put(line if caption is None else f"Table: {caption}")
        elif style in _QUOTES:
            self._quote(self._line(segments))
        else:
            self._put(self._line(segments))

    def _quote(self, line: str) -> None:
        block = "\n".join(f"> {one}" for one in line.split("\n"))
        if self._blocks and self._blocks[-1].startswith("> "):
            self._blocks[-1] += f"\n>\n{block}"
        else:
            self._put(block)

    def _head(self, style: str, words: str) -> bool:
        """Take the document's title and subtitle, which stand before everything else."""
        words = PIECE.sub("", words)
        if any(not block.startswith("{#") for block in self._blocks) or getattr(self.taken, style):
            return False
        setattr(self.taken, style, words)
        return True

    def _headed(self, level: int, segments: list[Segment]) -> str:
        plain = [
            Segment(s.text.replace("\n", " "), italic=s.italic, is_raw=s.is_raw, link=s.link)
            for s in segments
        ]
        return f"{'#' * min(level + 1, 6)} {self._line(plain, is_heading=True)}"

    # Lists

    def _item(self, level: int, segments: list[Segment], *, is_ordered: bool) -> None:
        while self._lists and self._lists[-1].level > level:
            self._lists.pop()
        top = self._lists[-1] if self._lists else None
        same = top is not None and top.level == level
        sign = "." if is_ordered else "-"
        follows = top.number + 1 if top is not None else 1
        restarts = is_ordered and self._start not in (None, follows)
        if same and top is not None and (top.is_ordered != is_ordered or restarts):
            self._lists.pop()
            if top.is_ordered == is_ordered:
                sign = ")" if top.sign == "." else "."
            same = False
        is_first = not self._lists and not same
        if same and top is not None:
            top.number += 1
        else:
            number = self._start if self._start is not None else 1
            self._lists.append(_List(level, is_ordered, number, sign))
        current = self._lists[-1]
        indent = self._indent(self._lists[:-1])
        line = self._line(segments) or ""
        within = "\n" + " " * (len(indent) + len(current.marker) + 1)
        text = f"{indent}{current.marker} {line.replace(chr(10), within)}".rstrip()
        if is_first:
            self._put(text)
        else:
            self._blocks[-1] += f"\n{text}"

    @staticmethod
    def _indent(lists: Sequence[_List]) -> str:
        return " " * sum(len(each.marker) + 1 for each in lists)

    def _continue(self, depth: int, segments: list[Segment]) -> None:
        indent = self._indent(self._lists[: max(1, min(depth, len(self._lists)))])
        line = self._line(segments).replace("\n", f"\n{indent}")
        self._blocks[-1] += f"\n\n{indent}{line}"

    def _end_list(self) -> None:
        self._lists.clear()
        self._end_code()

    def _end_code(self) -> None:
        if self._code:
            fence = "```"
            while any(fence in line for line in self._code):
                fence += "`"
            lines = [re.sub(r"\{(?=[{%#])", "{ ", line) for line in self._code]
            self._put("\n".join([fence, *lines, fence]))
            self._code = []

    def _comment_blocks(self, comments: list[str]) -> None:
        if comments and not self._lists:
            self._blocks += comments
        elif comments and self._blocks:
            self._blocks[-1] += " " + " ".join(comments)

    # Footnotes

    def _note_text(self, kind: str, note_id: str) -> str:
        try:
            body = self.document.notes.find_note(kind, note_id).body
        except KeyError:
            body = []
        paragraphs = []
        for block in body:
            if isinstance(block, word.Paragraph):
                segments, comments = self._segments(block)
                paragraphs.append(self._line([*self._inline_comments(comments), *segments]))
            elif isinstance(block, word.Table):
                self._tell(_("A table in a footnote was taken as plain text."))
                rows = (cell for row in block.children for cell in row.children)
                paragraphs.append(" ".join(self._cell(cell)[0] for cell in rows))
        lines = "\n\n".join(p for p in paragraphs if p).split("\n")
        text = "\n".join(f"    {line}" if line else "" for line in lines).strip()
        return self._live(text) or "–"

    # Tables

    def _table(self, table: Any) -> str:
        self._inside = _("table after paragraph %(number)s", number=self._paragraph)
        written = pipe_table(table, self._cell, self._tell)
        self._inside = ""
        return written

    def _cell(self, cell: Any) -> tuple[str, str]:
        """A cell's words on one line, and their alignment."""
        lines, align = [], ""
        for block in cell.children:
            if isinstance(block, word.Paragraph):
                segments, comments = self._segments(block)
                line = self._line([*self._inline_comments(comments), *segments])
                lines += [line] if line else []
                if line and block.numbering is not None:
                    self._count(_("lists in cells of tables"))
                align = align or block.alignment or ""
            elif isinstance(block, word.Table):
                self._tell(_("A table within a table was taken as plain text."))
                cells = (inner for row in block.children for inner in row.children)
                lines += [self._cell(inner)[0] for inner in cells]
        if len(lines) > 1:
            self._tell(_("The paragraphs of a cell were joined."))
        text = " ".join(lines).replace("\\\n", " ").replace("\n", " ")
        return re.sub(r"(?<!\\)\|", r"\\|", text), align

    # Notes

    def _tell_the_rest(self) -> None:
        notes = self.taken.notes
        for what, count in self._formats.items():
            notes.append(
                _(
                    "Not taken as it was: %(what)s; places: %(count)s, the first in %(where)s.",
                    what=what,
                    count=count,
                    where=self._first[what],
                )
            )
        if self.opened.registry is not None:
            self.taken.facts = self.opened.registry.facts
            notes += [
                _("No longer in the text: %(source)s", source=source)
                for source in self.opened.missing
            ]
        elif self.opened.heads:
            said = "; ".join(dict.fromkeys(self.opened.heads))
            notes.append(
                _("Headers and footers were left out; the PDF has its own: “%(text)s”.", text=said)
            )
