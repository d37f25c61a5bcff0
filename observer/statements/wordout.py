"""A statement as a Word file: its figures filled in, and live again when the file comes back.

The HTML of the text is walked through: it has the tables and pictures in it as well, and the marks
of the live pieces, which become content controls (see ``pieces`` and ``wordcalls``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.run import Run
from lxml import html as htmltree

from observer.missions.scope import Scope
from observer.statements.compose import Composed
from observer.statements.drafts import Draft
from observer.statements.pieces import MARK
from observer.statements.raster import as_png
from observer.statements.wordcalls import (
    GUIDANCE,
    PART,
    content_control,
    write_registry,
)
from observer.statements.wordlines import Line, content_of, hidden, run_of
from observer.statements.wordmarks import mark_controls, mark_note, without_blocks
from observer.statements.wordparts import (
    BULLETS,
    CODE,
    DATELINE,
    RULE,
    RULE_STYLE,
    SOURCE_LINE,
    TINT,
    Footnotes,
    add_part,
    element,
    new_numbered_list,
    set_up,
    style_id,
)

BLOCKS = {
    *("p", "ul", "ol", "li", "blockquote", "pre", "hr", "table", "figure", "div", "section"),
    *("h2", "h3", "h4", "h5", "h6"),
}
IMPORT_NOTES = "{#⇩"
"""How the guidance begins that tells what an import changed; it does not leave again."""
MOST_LEVELS = 9
LONGEST_COLUMN = 36
WIDTH = Mm(160)
TEXT_WIDTH = 9070
"""The same in twentieths of a point."""
_BEGIN, _END = re.compile("\ue002(\\d+)\ue003"), re.compile("\ue004(\\d+)\ue005")


def word_of(scope: Scope, draft: Draft, composed: Composed) -> bytes:
    """The Word file of a marked draft whose text has no problems."""
    document = docx.Document()
    words, mission = composed.words, scope.mission
    set_up(document, words.tag, from_right=words.from_right)
    properties = document.core_properties
    properties.title, properties.author = draft.title, mission.name
    properties.language, properties.comments = draft.language, ""
    properties.created = properties.modified = datetime(*draft.dated.timetuple()[:3])
    writer = _Writer(document, composed)
    writer.line("Title", draft.title)
    if draft.subtitle:
        writer.line("Subtitle", draft.subtitle)
    day = words.day(draft.dated)
    writer.line(DATELINE, f"{mission.name} · {draft.round.name} · {day}")
    writer.blocks(htmltree.fragment_fromstring(composed.html, create_parent="div"))
    facts = {
        "slug": draft.slug,
        "edit": "" if draft.edit is None else str(draft.edit),
        "kind": draft.kind,
        "theme": draft.theme,
        "paper": draft.paper,
        "date": draft.dated.isoformat(),
        "round": draft.round.code,
    }
    writer.finish(facts)
    _head_and_foot(document, draft, words.phrase("page"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _head_and_foot(document: Any, draft: Draft, page: str) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = draft.title
    section.header.paragraphs[0].style = document.styles[SOURCE_LINE]
    foot = section.footer.paragraphs[0]
    foot.text, foot.style = f"{page} ", document.styles[SOURCE_LINE]
    number = element("w:fldSimple", element("w:r", element("w:t")), instr="PAGE")
    foot._p.append(number)
    foot.alignment = 2


class _Writer:
    """Writes blocks of HTML one after the other."""

    def __init__(self, document: Any, composed: Composed) -> None:
        self.document = document
        self.sources = {n: piece.source for n, piece in enumerate(composed.pieces)}
        self.guidance = {n for n, piece in enumerate(composed.pieces) if piece.is_guidance}
        self.pictures = as_png(composed.pictures)
        self.footnotes: Footnotes | None = None
        self._names = {f"fn{n}": label for n, label in enumerate(composed.note_labels, 1)}
        self._labels: dict[int, str] = {}
        self.part = document.part
        self.from_right = composed.words.from_right
        self._notes: dict[str, Any] = {}
        self._root = element("w:sdtContent")
        self._into = [self._root]
        self._is_shaded = False
        self._styles: dict[str, str] = {}

    def finish(self, facts: dict[str, str]) -> None:
        """Bring everything into the document, with the list of its live pieces."""
        body = self.document.element.body
        for child in list(self._root):
            body.sectPr.addprevious(child)
        roots = [body] + ([self.footnotes.part.element] if self.footnotes else [])
        controls = [control for root in roots for control in root.iter(qn("w:sdt"))]
        mark_controls(controls)
        live = {n: source for n, source in self.sources.items() if n not in self.guidance}
        add_part(self.document, PART, write_registry(facts, live, controls, self._labels))
        if self.from_right:
            without_blocks(controls)

    def line(self, style: str, text: str) -> None:
        """A paragraph of plain text."""
        self.paragraph(style).append(run_of(text))

    def paragraph(self, style: str = "", *properties: Any) -> Any:
        """A new paragraph; the properties stand in the order that the format wants."""
        if style and style not in self._styles:
            self._styles[style] = style_id(self.document, style)
        named = [element("w:pStyle", val=self._styles[style])] if style else []
        shade = [element("w:shd", val="clear", color="auto", fill=TINT)] if self._is_shaded else []
        spacing = [one for one in properties if one.tag != qn("w:jc")]
        rest = [one for one in properties if one.tag == qn("w:jc")]
        paragraph = element("w:p", element("w:pPr", *named, *spacing, *shade, *rest))
        self._into[-1].append(paragraph)
        return paragraph

    def blocks(self, parent: Any, style: str = "", level: int = 0) -> None:
        """The blocks in an element; words between them are paragraphs."""
        for content in _parts(parent):
            if isinstance(content, list):
                self._words(content, style)
            else:
                self._block(content, style, level)

    def _block(self, node: Any, style: str, level: int) -> None:
        classes = (node.get("class") or "").split()
        if node.tag[0] == "h" and node.tag[1:].isdecimal():
            depth = min(int(node.tag[1]) - 1, 5)
            self._words(content_of(node), f"Heading {depth}")
        elif node.tag == "p":
            self._words(content_of(node), SOURCE_LINE if "source-line" in classes else style)
        elif node.tag in ("ul", "ol"):
            self._list(node, min(level, MOST_LEVELS - 1))
        elif node.tag == "table":
            self._table(node)
        elif node.tag == "figure":
            self._figure(node)
        elif node.tag == "blockquote":
            self.blocks(node, "Quote", level)
        elif node.tag == "pre":
            for row in node.text_content().rstrip("\n").split("\n"):
                self.line(CODE, row)
        elif node.tag == "hr":
            if "footnotes-sep" not in classes:
                self.paragraph(RULE_STYLE)
        elif "footnotes" in classes:
            pass
        else:
            self._is_shaded = self._is_shaded or "set-off" in classes
            self.blocks(node, style, level)
            self._is_shaded = self._is_shaded and "set-off" not in classes

    def _words(self, content: list[Any], style: str, *properties: Any) -> None:
        only = content[0].strip() if len(content) == 1 and isinstance(content[0], str) else ""
        begins, ends = _BEGIN.fullmatch(only), _END.fullmatch(only)
        if begins:
            number = int(begins[1])
            control, inside = content_control(number, self.sources[number], block=True)
            self._into[-1].append(control)
            self._into.append(inside)
        elif ends and len(self._into) > 1:
            if len(self._into[-1]) == 0:
                self.paragraph().append(hidden())
            self._into.pop()
        elif not ends:
            Line(self, self.paragraph(style, *properties)).write(content)

    def _list(self, node: Any, level: int) -> None:
        number = BULLETS
        if node.tag == "ol":
            number = new_numbered_list(self.document, level, int(node.get("start") or 1))
        for item in node.iterchildren("li"):
            first = True
            for content in _parts(item):
                is_words = isinstance(content, list) or content.tag == "p"
                words = content if isinstance(content, list) else None
                if first and not is_words:
                    self._item([""], number, level)
                if not is_words:
                    self._block(content, "", level + 1)
                elif first:
                    self._item(words or content_of(content), number, level)
                else:
                    name = f"List Continue {min(level + 1, 3)}" if level else "List Continue"
                    self._words(words or content_of(content), name)
                first = False
            if first:
                self._item([""], number, level)

    def _item(self, content: list[Any], number: int, level: int) -> None:
        place = (element("w:ilvl", val=level), element("w:numId", val=number))
        self._words(content, "List Paragraph", element("w:numPr", *place))

    def _table(self, node: Any) -> None:
        caption = node.find("caption")
        if caption is not None:
            self._words(content_of(caption), "Caption")
        rows = list(node.iter("tr"))
        widths = _widths(rows)
        line = {"val": "single", "sz": 4, "space": 0, "color": RULE}
        properties = element(
            "w:tblPr",
            *([element("w:bidiVisual")] if self.from_right else []),
            element("w:tblW", w=5000, type="pct"),
            element("w:tblBorders", element("w:bottom", **line), element("w:insideH", **line)),
            element("w:tblLook", firstRow=1, firstColumn=1, noHBand=1, noVBand=1, val="06A0"),
        )
        if caption is not None:
            properties.append(element("w:tblCaption", val=MARK.sub("", caption.text_content())))
        grid = (element("w:gridCol", w=width) for width in widths)
        table = element("w:tbl", properties, element("w:tblGrid", *grid))
        self._into[-1].append(table)
        for row in rows:
            self._row(table, row, widths)
        following = node.getparent()
        if following is None or "table-scroll" not in (following.get("class") or ""):
            # Two tables without a paragraph between them become one.
            self.paragraph("", element("w:spacing", before=0, after=0, line=120, lineRule="exact"))

    def _row(self, table: Any, row: Any, widths: list[int]) -> None:
        is_head = row.getparent().tag == "thead"
        properties = element("w:trPr", element("w:cantSplit"))
        if is_head:
            properties.append(element("w:tblHeader"))
        made = element("w:tr", properties)
        table.append(made)
        is_bold = is_head or {"whole", "group"} & {*(row.get("class") or "").split()}
        column = 0
        for cell in row:
            span = int(cell.get("colspan") or 1)
            width = sum(widths[column : column + span])
            settings = element("w:tcPr", element("w:tcW", w=width, type="dxa"))
            column += span
            if span > 1:
                settings.append(element("w:gridSpan", val=span))
            if is_head:
                settings.append(element("w:shd", val="clear", color="auto", fill=TINT))
            made.append(element("w:tc", settings))
            self._into.append(made[-1])
            classes = {*(cell.get("class") or "").split()}
            right = {"number", "align-right"} & classes
            sides = [element("w:jc", val="right" if right else "center")]
            align = sides if right or "align-center" in classes else []
            tight = element("w:spacing", before=30, after=30, line=240, lineRule="auto")
            paragraph = self.paragraph("", tight, *align)
            Line(self, paragraph, size=18).write(content_of(cell), {"b"} if is_bold else set())
            self._into.pop()

    def _figure(self, node: Any) -> None:
        for part in node:
            if part.tag == "figcaption":
                self._words(content_of(part), "Caption")
            elif part.tag == "img":
                self._picture(part.get("src"), part.get("alt") or "")
            else:
                self._block(part, "", 0)

    def _picture(self, address: str, alt: str) -> None:
        inline = self.document.part.new_pic_inline(io.BytesIO(self.pictures[address]), width=WIDTH)
        inline.docPr.set("descr", alt)
        inline.docPr.set("id", str(1 + list(self.pictures).index(address)))
        paragraph = self.paragraph("", element("w:keepNext"))
        paragraph.append(element("w:r", element("w:drawing", inline)))

    def note(self, note_id: str, parent: Any) -> list[Any]:
        """A run that refers to a footnote, which is written as well, with its bookmark."""
        if self.footnotes is None:
            self.footnotes = Footnotes(self.document)
        item = parent.getroottree().getroot().xpath("//li[@id=$id]", id=note_id)
        note = self.footnotes.new()
        part, into, shaded = self.part, self._into, self._is_shaded
        self.part, self._into, self._is_shaded = self.footnotes.part, [note], False
        style = style_id(self.document, "footnote reference")
        mark = element("w:rPr", element("w:rStyle", val=style))
        for back in item[0].xpath(".//a[contains(@class, 'footnote-backref')]") if item else ():
            back.drop_tree()
        if item:
            self.blocks(item[0], "footnote text")
        first = next(note.iterchildren(qn("w:p")), None)
        if first is None:
            first = self.paragraph("footnote text")
        own = element("w:r", mark, element("w:footnoteRef"))
        first.insert(1, own)
        own.addnext(run_of(" "))
        self.part, self._into, self._is_shaded = part, into, shaded
        refers = element("w:rPr", element("w:rStyle", val=style))
        run = element("w:r", refers, element("w:footnoteReference", id=note.get(qn("w:id"))))
        number = 1 + len(self._labels)
        self._labels[number] = self._names.get(note_id, "")
        return mark_note(run, number)

    def link(self, address: str) -> Any:
        """A link to somewhere else."""
        link = element("w:hyperlink")
        relation = self.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), relation)
        return link

    def comment(self, number: int, run: Any) -> None:
        """The guidance for the writer as a comment at a run."""
        source = self.sources.get(number, "")
        if source.startswith(IMPORT_NOTES) or self.part is not self.document.part:
            return
        text = source.strip("{}#-+ \n")
        self.document.add_comment(
            Run(run, self.document), text=text, author=GUIDANCE, initials=GUIDANCE[:1]
        )


def _parts(parent: Any) -> Iterator[Any]:
    """The blocks in an element; what stands between blocks as a list."""
    words: list[Any] = []
    for part in content_of(parent):
        if not isinstance(part, str) and part.tag in BLOCKS:
            if any(not isinstance(one, str) or one.strip() for one in words):
                yield _trimmed(words)
            words = []
            yield part
        else:
            words.append(part)
    if any(not isinstance(one, str) or one.strip() for one in words):
        yield _trimmed(words)


def _widths(rows: list[Any]) -> list[int]:
    """The widths of a table's columns, by their longest text."""
    longest: list[int] = []
    for row in rows:
        if all(cell.get("colspan") is None for cell in row):
            lengths = [min(len(cell.text_content()), LONGEST_COLUMN) + 4 for cell in row]
            longest += [0] * (len(lengths) - len(longest))
            longest = [max(pair) for pair in zip(longest, lengths, strict=False)]
    return [TEXT_WIDTH * length // sum(longest) for length in longest]


def _trimmed(words: list[Any]) -> list[Any]:
    first, last = words[0], words[-1]
    words[0] = first.lstrip() if isinstance(first, str) else first
    words[-1] = words[-1].rstrip() if isinstance(last, str) else last
    return words
