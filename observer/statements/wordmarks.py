"""Bookmarks around the live pieces of a Word file, for programs that keep no content controls.

LibreOffice keeps a control's words and drops the tag that says what they stand for; bookmarks, and
the part with the calls, it keeps. A bookmark around words in a sentence is a range. A table or
picture has one before its first words and one behind its last: a range from a cell to a paragraph
outside would not be kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from observer.statements.wordcalls import content_control, number_of

# Word lists no bookmark whose name begins so. LibreOffice may put “_Copy_1” behind it.
_INLINE, _FROM, _TO = "_observer{}", "_observer{}_from", "_observer{}_to"
_AGAIN = "_again{}"
_OF_NOTE = "_observer_note{}"
_NAME = re.compile(r"_observer(\d{1,9})(_from|_to)?(_again\d+)?(?:_Copy_\d+)?")
_NAME_OF_NOTE = re.compile(r"_observer_note(\d{1,9})(?:_Copy_\d+)?")
_IDS_OF_NOTES = 1_000_000
"""The ids of the notes' bookmarks are beyond those of all others."""
_START, _END = qn("w:bookmarkStart"), qn("w:bookmarkEnd")
_PARAGRAPH, _BLOCKS = qn("w:p"), (qn("w:p"), qn("w:tbl"), qn("w:sdt"))


def mark_controls(controls: Iterable[Any]) -> None:
    """Put bookmarks into the content controls of a document, which are filled already."""
    count = 0
    met: Counter[int | None] = Counter()
    for control in controls:
        number, content = number_of(control), control.find(qn("w:sdtContent"))
        # A footnote that is marked twice is there twice, and no two bookmarks have one name.
        again = _AGAIN.format(met[number]) if met[number] else ""
        met[number] += 1
        paragraphs = [*content.iter(_PARAGRAPH)]
        if not paragraphs:
            start, end = _bookmark(count, _INLINE.format(number) + again)
            content.insert(0, start)
            content.append(end)
            count += 1
            continue
        start, end = _bookmark(count, _FROM.format(number) + again)
        at = 0 if paragraphs[0].find(qn("w:pPr")) is None else 1
        paragraphs[0].insert(at, end)
        paragraphs[0].insert(at, start)
        paragraphs[-1].extend(_bookmark(count + 1, _TO.format(number) + again))
        count += 2


def without_blocks(controls: Iterable[Any]) -> None:
    """Leave the bookmarks alone around tables, pictures and paragraphs.

    LibreOffice writes the words in such a control once for each script that they are in.
    """
    for control in controls:
        if next(control.iter(_PARAGRAPH), None) is not None:
            _open_up(control)


def mark_note(reference: Any, number: int) -> list[Any]:
    """The run that refers to a footnote, in a bookmark which says which one it is.

    LibreOffice moves a bookmark in a footnote to the note before it.
    """
    start, end = _bookmark(_IDS_OF_NOTES + number, _OF_NOTE.format(number))
    return [start, reference, end]


def notes_marked(root: Any) -> dict[str, int]:
    """The numbers in the bookmarks of footnotes, by the id that the file has for the footnote."""
    found: dict[str, int] = {}
    number, ends = 0, ""
    for node in root.iter(_START, _END, qn("w:footnoteReference")):
        if node.tag == _START:
            name = _NAME_OF_NOTE.fullmatch(node.get(qn("w:name"), ""))
            if name:
                number, ends = int(name[1]), node.get(qn("w:id"), "")
        elif node.tag == _END:
            number = 0 if node.get(qn("w:id")) == ends else number
        elif number:
            found[node.get(qn("w:id"), "")] = number
    return found


def _bookmark(number: int, name: str) -> tuple[Any, Any]:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for each in (start, end):
        each.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    return start, end


def control_marked(root: Any) -> None:
    """Make content controls again of what our bookmarks are around, where there are none."""
    _unwrap(root)
    there = {number_of(control) for control in root.iter(qn("w:sdt"))}
    found: dict[tuple[int, str, str], tuple[Any, Any]] = {}
    ends = {end.get(qn("w:id")): end for end in root.iter(_END)}
    for start in root.iter(_START):
        name = _NAME.fullmatch(start.get(qn("w:name"), ""))
        if name:
            place = (int(name[1]), name[2] or "", name[3] or "")
            found.setdefault(place, (start, ends.get(start.get(qn("w:id")), start)))
    for (number, kind, again), (start, end) in found.items():
        if number in there:
            continue
        if kind == "":
            _wrap_words(number, start, end)
        elif kind == "_from":
            _wrap_blocks(number, start, found.get((number, "_to", again), (start, start))[1])
    for start, end in found.values():
        for each in {start, end}:
            if each.getparent() is not None:
                each.getparent().remove(each)


def _unwrap(root: Any) -> None:
    """Take away what LibreOffice makes of our controls: empty ones, and parts of a block's."""
    names = {start.get(qn("w:name")) for start in root.iter(_START)}
    for control in [*root.iter(qn("w:sdt"))]:
        properties, content = control.find(qn("w:sdtPr")), control.find(qn("w:sdtContent"))
        if content is None:
            continue
        is_empty = properties is None or len(properties) == 0
        is_block = next(content.iter(_PARAGRAPH), None) is not None
        is_part = not is_block and _FROM.format(number_of(control)) in names
        if is_empty or is_part:
            _open_up(control)


def _open_up(control: Any) -> None:
    for child in list(control.find(qn("w:sdtContent"))):
        control.addprevious(child)
    control.getparent().remove(control)


def _wrap_words(number: int, start: Any, end: Any) -> None:
    """Put the words between two places of a paragraph into a control.

    Where a paragraph was ended between them, the control ends there too: the rest is words.
    """
    paragraph = next(start.iterancestors(_PARAGRAPH), None)
    if paragraph is None:
        return
    parent = start.getparent()
    outer = parent if end.getparent() is parent else paragraph
    last = _child_of(outer, end)
    _wrap(number, _child_of(outer, start), outer[-1] if last is None else last, is_block=False)


def _wrap_blocks(number: int, start: Any, end: Any) -> None:
    """Put the blocks from one place to another into a control: of the document, not of a cell."""
    around = {*end.iterancestors()}
    for outer in start.iterancestors():
        in_table = next(outer.iterancestors(qn("w:tbl")), None) is not None
        if outer in around and not in_table and any(child.tag in _BLOCKS for child in outer):
            _wrap(number, _child_of(outer, start), _child_of(outer, end), is_block=True)
            return


def _child_of(outer: Any, node: Any) -> Any:
    """The child of an element that a node is in, or is itself; None where it is elsewhere."""
    while node is not None and node.getparent() is not outer:
        node = node.getparent()
    return node


def _wrap(number: int, first: Any, last: Any, *, is_block: bool) -> None:
    parent = first.getparent()
    places = sorted(parent.index(each) for each in (first, last))
    control, content = content_control(number, "", block=is_block)
    parent.insert(places[0], control)
    content.extend(parent[places[0] + 1 : places[1] + 2])
