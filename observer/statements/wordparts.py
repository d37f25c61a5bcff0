"""Parts of a Word file that python-docx has no words for: footnotes, numbering, styles."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.shared import Mm, Pt, RGBColor

W = f"{{{nsmap['w']}}}"
BRAND, SOFT = RGBColor(0x17, 0x4A, 0x5B), RGBColor(0x56, 0x65, 0x6D)
TINT, RULE = "EEF3F2", "C9D1CD"
BODY_FONT, HEAD_FONT = "Cambria", "Calibri"
BULLETS, NUMBERS = 901, 902
DATELINE, SOURCE_LINE, RULE_STYLE, CODE, CODE_RUN = (
    "Dateline",
    "Source Line",
    "Horizontal Rule",
    "Code",
    "Code Char",
)
_SIGNS = "•–▪"


def element(name: str, *children: Any, **attributes: object) -> Any:
    """An element of WordprocessingML: ``element("w:jc", val="end")``."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    made.extend(children)
    return made


def set_up(document: Document, language: str, *, from_right: bool = False) -> None:
    """Page, fonts, language (``en-GB``) and the styles that Word's own template does not have.

    ``from_right``: every paragraph runs from the right.
    """
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(25), Mm(25)
    styles = document.styles
    _font(styles["Normal"], BODY_FONT, 10.5)
    styles["Normal"].paragraph_format.space_after = Pt(7)
    styles["Normal"].paragraph_format.line_spacing = 1.2
    _font(styles["Title"], BODY_FONT, 24, bold=True)
    for border in styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    _font(styles["Subtitle"], BODY_FONT, 13, SOFT)
    for level, size in enumerate((16, 13, 11, 11, 11), 1):
        _font(styles[f"Heading {level}"], HEAD_FONT, size, BRAND, bold=True)
        styles[f"Heading {level}"].paragraph_format.space_after = Pt(4)
    _font(styles["Caption"], HEAD_FONT, 10, bold=False)
    styles["Caption"].paragraph_format.keep_with_next = True
    for name, font, size, colour in (
        (DATELINE, HEAD_FONT, 10, BRAND),
        (SOURCE_LINE, HEAD_FONT, 8.5, SOFT),
        (RULE_STYLE, BODY_FONT, 4, SOFT),
        (CODE, BODY_FONT, 9.5, None),
        ("footnote text", HEAD_FONT, 8.5, None),
    ):
        _font(_style(document, name, WD_STYLE_TYPE.PARAGRAPH), font, size, colour)
    styles[RULE_STYLE].element.get_or_add_pPr().append(
        element("w:pBdr", element("w:bottom", val="single", sz=4, space=1, color=RULE))
    )
    _style(document, "footnote reference", WD_STYLE_TYPE.CHARACTER).font.superscript = True
    _style(document, "Hyperlink", WD_STYLE_TYPE.CHARACTER).font.color.rgb = BRAND
    _style(document, CODE_RUN, WD_STYLE_TYPE.CHARACTER)
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    bidi = language if from_right else "ar-SA"
    defaults.append(element("w:lang", val=language, eastAsia="en-US", bidi=bidi))
    if from_right:
        whole = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:pPrDefault')}/{qn('w:pPr')}")
        whole.insert(0, element("w:bidi"))
        section._sectPr.find(qn("w:docGrid")).addprevious(element("w:bidi"))
    _add_numbering(document)


def _style(document: Document, name: str, kind: WD_STYLE_TYPE) -> Any:
    style = document.styles.add_style(name, kind)
    style.quick_style = True
    return style


def _font(
    style: Any, font: str, size: float, colour: RGBColor | None = None, *, bold: bool | None = None
) -> None:
    style.font.name, style.font.size, style.font.bold = font, Pt(size), bold
    for setting in [*style.element.rPr.iterchildren(qn("w:b"), qn("w:sz"))]:
        # For letters that run from the right it is asked for once more.
        again = element(f"{setting.tag.replace(W, 'w:')}Cs")
        again.attrib.update(setting.attrib)
        for old in style.element.rPr.findall(again.tag):
            style.element.rPr.remove(old)
        setting.addnext(again)
    # A theme's font would be taken before the one that is named.
    fonts = style.element.rPr.rFonts
    for key in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[key]
    fonts.set(qn("w:hAnsi"), font)
    fonts.set(qn("w:cs"), font)
    if colour is not None:
        style.font.color.rgb = colour
    else:
        style.font.color.rgb = RGBColor(0x1D, 0x2B, 0x33)


def style_id(document: Document, name: str) -> str:
    """The id by which paragraphs refer to a style."""
    return document.styles[name].style_id


def _add_numbering(document: Document) -> None:
    numbering = document.part.numbering_part.element
    first = numbering.find(qn("w:num"))
    for number, is_ordered in ((BULLETS, False), (NUMBERS, True)):
        abstract = element(
            "w:abstractNum",
            element("w:multiLevelType", val="multilevel"),
            *(_level(level, is_ordered=is_ordered) for level in range(9)),
            abstractNumId=number,
        )
        if first is None:
            numbering.append(abstract)
        else:
            first.addprevious(abstract)
    numbering.append(element("w:num", element("w:abstractNumId", val=BULLETS), numId=BULLETS))


def _level(level: int, *, is_ordered: bool) -> Any:
    indent = 360 * (level + 1)
    return element(
        "w:lvl",
        element("w:start", val=1),
        element("w:numFmt", val="decimal" if is_ordered else "bullet"),
        element("w:lvlText", val=f"%{level + 1}." if is_ordered else _SIGNS[level % 3]),
        element("w:lvlJc", val="left"),
        element("w:pPr", element("w:ind", left=indent, hanging=360)),
        ilvl=level,
    )


def new_numbered_list(document: Document, level: int, start: int) -> int:
    """The number of a list that counts from ``start`` at a level of its own."""
    numbering = document.part.numbering_part.element
    number = NUMBERS + len(numbering.findall(qn("w:num")))
    numbering.append(
        element(
            "w:num",
            element("w:abstractNumId", val=NUMBERS),
            element("w:lvlOverride", element("w:startOverride", val=start), ilvl=level),
            numId=number,
        )
    )
    return number


class Footnotes:
    """The footnotes of a document, a part with links of its own."""

    def __init__(self, document: Document) -> None:
        root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}/>")
        for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
            line = element("w:p", element("w:r", element(f"w:{kind}")))
            root.append(element("w:footnote", line, type=kind, id=number))
        self.part = XmlPart(
            PackURI("/word/footnotes.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
            root,
            document.part.package,
        )
        document.part.relate_to(self.part, RELATIONSHIP_TYPE.FOOTNOTES)
        separators = (element("w:footnote", id=number) for number in (-1, 0))
        document.settings.element.insert(0, element("w:footnotePr", *separators))
        self._root = root
        self._count = 0

    def new(self) -> Any:
        """A new footnote, without paragraphs."""
        self._count += 1
        note = element("w:footnote", id=self._count)
        self._root.append(note)
        return note


def add_part(document: Document, name: str, content: bytes) -> None:
    """Add an XML part that Word keeps and shows nobody."""
    part = Part(PackURI(name), "application/xml", content, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
