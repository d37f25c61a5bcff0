"""What the reader of Word files would pass over in silence: put where it is read, or told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docx.oxml.ns import qn
from flask_babel import gettext as _
from lxml import etree
from mammoth.docx.dingbats import dingbats

from observer.statements.wordnodes import remove, text_run, words_in

Note = Callable[[str], Any]
"""Makes a run that marks the place of a message."""
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_ALTERNATIVE, _CHOICE, _FALLBACK = (
    f"{{http://schemas.openxmlformats.org/markup-compatibility/2006}}{name}"
    for name in ("AlternateContent", "Choice", "Fallback")
)
_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
_HEX = re.compile("[0-9A-Fa-f]{1,4}")
_GROUPS = ("w:fldSimple", "w:bdo", "w:dir")
"""Runs in a simple field, such as a reference, or with a direction of their own."""


def bring_in(root: Any, note: Note) -> None:
    """Bring everything in a part of a Word file to where it is read, and note what cannot be."""
    for group in root.iter(*map(qn, _GROUPS)):
        # An element that groups runs and says nothing else.
        group.tag = qn("w:smartTag")
    for end in root.iter(qn("w:cr")):
        end.tag = qn("w:br")
    _hidden(root, note)
    _ruby(root, note)
    _boxes(root, note)
    _drawn(root, note)
    _formulas(root, note)
    _others(root, note)


def _hidden(root: Any, note: Note) -> None:
    for run in [*root.iter(qn("w:r"))]:
        hides = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
        if hides is None or hides.get(qn("w:val"), "1") in ("0", "false", "off"):
            continue
        if words_in(run).strip():
            run.addprevious(note(_("Hidden text was taken too; it is seen now.")))


def _ruby(root: Any, note: Note) -> None:
    for ruby in [*root.iter(qn("w:ruby"))]:
        run = ruby.getparent()
        run.addprevious(note(_("Small text above words was left out.")))
        base = ruby.find(qn("w:rubyBase"))
        for inner in list(base) if base is not None else ():
            run.addprevious(inner)
        run.remove(ruby)


def _boxes(root: Any, note: Note) -> None:
    """Put the paragraphs of a text box behind the one that it hangs on."""
    for old in [*root.iter(_FALLBACK)]:
        # It says the same once more, for programs that cannot read the first.
        beside = old.getprevious()
        if beside is not None and next(beside.iter(qn("w:txbxContent")), None) is not None:
            old.getparent().remove(old)
    for box in [*root.iter(qn("w:txbxContent"))]:
        paragraph = next(box.iterancestors(qn("w:p")), None)
        if paragraph is None or not words_in(box).strip():
            continue
        place = paragraph
        told = etree.Element(qn("w:p"))
        told.append(note(_("A text box was taken as paragraphs of the text.")))
        for block in (told, *box):
            place.addnext(block)
            place = block


def _drawn(root: Any, note: Note) -> None:
    message = _("A drawing or diagram was left out.")
    for drawing in [*root.iter(qn("w:drawing"))]:
        inside = any(parent.tag == _CHOICE for parent in drawing.iterancestors())
        is_box = next(drawing.iter(qn("w:txbxContent")), None) is not None
        if not inside and not is_box and next(drawing.iter(_DRAWN), None) is None:
            drawing.getparent().addprevious(note(message))
    for choice in [*root.iter(_ALTERNATIVE)]:
        if next(choice.iter(qn("w:t"), qn("w:txbxContent"), _DRAWN, _IMAGE), None) is None:
            choice.getparent().addprevious(note(message))
    for thing in [*root.iter(qn("w:object"))]:
        thing.getparent().addprevious(
            note(_("An embedded object, such as a table of Excel, was left out."))
        )
        remove(thing)


def _formulas(root: Any, note: Note) -> None:
    for formula in [*root.iter(f"{_MATH}oMath")]:
        words = "".join(text.text or "" for text in formula.iter(f"{_MATH}t"))
        outer = formula.getparent()
        place = outer if outer.tag == f"{_MATH}oMathPara" else formula
        place.addprevious(note(_("A formula was taken as plain text.")))
        place.addprevious(text_run(words))
        remove(formula)


def _others(root: Any, note: Note) -> None:
    """Other documents that this one has in it, and signs that only their font knows."""
    for chunk in [*root.iter(qn("w:altChunk"), qn("w:subDoc"))]:
        paragraph = etree.Element(qn("w:p"))
        paragraph.append(note(_("A document within the document was left out.")))
        chunk.addprevious(paragraph)
        remove(chunk)
    for sign in [*root.iter(qn("w:sym"))]:
        font, place = sign.get(qn("w:font"), ""), sign.get(qn("w:char"), "")
        if not _is_known(font, place):
            message = _(
                "A sign of the font %(font)s was left out: %(sign)s.", font=font, sign=place
            )
            sign.getparent().addprevious(note(message))
            remove(sign)


def _is_known(font: str, place: str) -> bool:
    """Whether the reader knows the sign at a place of a font."""
    places = (place, place[2:]) if place[:2].upper() == "F0" else (place,)
    return any((font, int(one, 16)) in dingbats for one in places if _HEX.fullmatch(one))
