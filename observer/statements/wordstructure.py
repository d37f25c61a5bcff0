"""The lists and headings of a Word file, made such that its reader sees them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

from observer.statements.wordnodes import text_run

MOST_BASES = 50
"""A style on a style on a style; Word itself allows fewer."""
START = "\ue014{}\ue015"
"""Begins a list that counts from this number."""


def lists_start(numbering: Any, main: Any) -> None:
    """Mark the paragraph that begins or takes up a numbered list with the number it has there."""
    if numbering is None:
        return
    counters: defaultdict[str, dict[int, int]] = defaultdict(dict)
    previous = ""
    begun: set[tuple[str, int]] = set()
    abstract = {
        number.get(qn("w:numId"), ""): _value(number.find(qn("w:abstractNumId")))
        for number in numbering.iter(qn("w:num"))
    }
    starts = {
        (number.get(qn("w:numId")), int(override.get(qn("w:ilvl"), "0"))): _int(
            override.find(qn("w:startOverride"))
        )
        for number in numbering.iter(qn("w:num"))
        for override in number.iter(qn("w:lvlOverride"))
    }
    for paragraph in main.iter(qn("w:p")):
        place = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        number = place.find(qn("w:numId")) if place is not None else None
        if number is None:
            if any((text.text or "").strip() for text in paragraph.iter(qn("w:t"))):
                previous = ""
            continue
        level = _int(place.find(qn("w:ilvl"))) or 0
        one = (number.get(qn("w:val"), ""), level)
        # Lists of one definition go on counting, but for one that says where it begins.
        definition = abstract.get(one[0], one[0])
        counted = counters[definition]
        restarts = one not in begun and starts.get(one) is not None
        begun.add(one)
        counted[level] = (starts[one] or 1) if restarts else counted.get(level, 0) + 1
        for deeper in [each for each in counted if each > level]:
            del counted[deeper]
        goes_on = previous == definition and not restarts
        if not goes_on and (previous or counted[level] != 1):
            paragraph.insert(1, text_run(START.format(counted[level])))
        previous = definition


def _value(node: Any) -> str:
    return node.get(qn("w:val"), "") if node is not None else ""


def _int(node: Any) -> int | None:
    value = _value(node)
    return int(value) if value.isdecimal() and len(value) < 6 else None


def head_by_outline(styles: Any, main: Any) -> None:
    """Give paragraphs whose own style or outline level makes them headings a heading's style."""
    if styles is None:
        return
    by_id = {style.get(qn("w:styleId"), ""): style for style in styles.iter(qn("w:style"))}
    heads: dict[int, str] = {}
    for style_id, style in by_id.items():
        words = (_name(style)).casefold().split()
        if len(words) == 2 and words[0] == "heading" and words[1].isdecimal():
            heads[int(words[1])] = style_id
    for paragraph in main.iter(qn("w:p")):
        properties = paragraph.find(qn("w:pPr"))
        style = properties.find(qn("w:pStyle")) if properties is not None else None
        level = _outline(properties, by_id, style)
        if level is None or level + 1 not in heads:
            continue
        if style is None:
            style = etree.Element(qn("w:pStyle"))
            properties.insert(0, style)
        if _name(by_id.get(style.get(qn("w:val"), ""))).casefold() not in ("title", "subtitle"):
            style.set(qn("w:val"), heads[level + 1])


def _name(style: Any) -> str:
    name = style.find(qn("w:name")) if style is not None else None
    return name.get(qn("w:val"), "") if name is not None else ""


def _outline(properties: Any, by_id: dict[str, Any], style: Any) -> int | None:
    """The outline level of a paragraph from 0 on, its own or that of the style it follows."""
    if properties is None:
        return None
    own = _int(properties.find(qn("w:outlineLvl")))
    met: set[str] = set()
    style_id = style.get(qn("w:val"), "") if style is not None else ""
    while own is None and style_id in by_id and style_id not in met and len(met) < MOST_BASES:
        met.add(style_id)
        found = by_id[style_id]
        own = _int(found.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}"))
        base = found.find(qn("w:basedOn"))
        style_id = base.get(qn("w:val"), "") if base is not None else ""
    return own if own is not None and own < 9 else None
