"""Live pieces in a Word file: content controls, and the list of what each of them stands for.

A content control bears a tag such as ``observer:7``; Word allows a tag 64 characters, so the calls
themselves are kept in a part of their own, which Word leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from observer.statements.wordnodes import words_in

NAMESPACE = "urn:observer:statement"
PART = "/customXml/item2.xml"
GUIDANCE = "Guidance"
"""The author of the comments that hold the writer's guidance."""
NOTHING = "[…]"
"""Shown, hidden in print, where a piece comes to nothing at the moment."""
_LABEL = re.compile(r"[^\]\s{}]+")
_TAG = re.compile(r"observer:(\d+)")
LONGEST_LABEL = 60


@dataclass(frozen=True)
class Kept:
    """A piece as it left: its source, and what the document showed for it."""

    source: str
    shown: str


@dataclass(frozen=True)
class Registry:
    """The pieces of a document by number, and the statement it was made from."""

    facts: dict[str, str]
    """What the document does not show of its statement: short name, kind, date, round."""
    kept: dict[int, Kept]
    labels: dict[int, str]
    """The names that the text has for its footnotes, by the number in their bookmark."""


def content_control(number: int, source: str, *, block: bool) -> tuple[Any, Any]:
    """A content control for a piece, and the element its content goes into."""
    control, properties = OxmlElement("w:sdt"), OxmlElement("w:sdtPr")
    label = " ".join(source.strip("{}% ").split())
    for name, value in (
        ("w:alias", label if len(label) <= LONGEST_LABEL else label[:LONGEST_LABEL] + "…"),
        ("w:tag", f"observer:{number}"),
    ):
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        properties.append(element)
    content = OxmlElement("w:sdtContent")
    control.extend([properties, content])
    if not block:
        properties.append(OxmlElement("w:richText"))
    return control, content


def number_of(control: Any) -> int | None:
    """The number of the piece that a content control stands for."""
    tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    found = _TAG.fullmatch(tag.get(qn("w:val"), "")) if tag is not None else None
    return int(found[1]) if found else None


def shown_in(control: Any) -> str:
    """What a content control shows: its words, without notes and pictures."""
    return " ".join(words_in(control).split())


def write_registry(
    facts: dict[str, str],
    sources: dict[int, str],
    controls: Iterable[Any],
    labels: dict[int, str],
) -> bytes:
    """The part that tells what a document's content controls and footnotes stand for."""
    shown = {number_of(control): shown_in(control) for control in controls}
    root = etree.Element(f"{{{NAMESPACE}}}statement", facts, nsmap={None: NAMESPACE})
    for number, source in sources.items():
        piece = etree.SubElement(root, f"{{{NAMESPACE}}}piece", {"number": str(number)})
        etree.SubElement(piece, f"{{{NAMESPACE}}}source").text = source
        etree.SubElement(piece, f"{{{NAMESPACE}}}shown").text = shown.get(number, "")
    for number, label in labels.items():
        etree.SubElement(root, f"{{{NAMESPACE}}}note", {"number": str(number), "label": label})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def read_registry(root: Any) -> Registry | None:
    """The registry in a part of a document; None where the part is something else."""
    if root.tag != f"{{{NAMESPACE}}}statement":
        return None
    kept = {}
    for piece in root.iter(f"{{{NAMESPACE}}}piece"):
        number = piece.get("number", "")
        if number.isdecimal():
            texts = (piece.findtext(f"{{{NAMESPACE}}}{name}") for name in ("source", "shown"))
            source, shown = (text or "" for text in texts)
            kept[int(number)] = Kept(source, shown)
    labels = {
        int(note.get("number", "")): note.get("label", "")
        for note in root.iter(f"{{{NAMESPACE}}}note")
        if note.get("number", "").isdecimal() and _LABEL.fullmatch(note.get("label", ""))
    }
    return Registry(dict(root.attrib), kept, labels)
