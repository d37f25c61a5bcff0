"""Lets the text flow around charts and maps that have to go to the next page.

A picture is never torn. Where it finds no room, the rest of its page would stay empty: the text
that follows in its section goes there, or the picture goes up before what precedes it. Pictures
stay in their order and in their section, and where a text leads to one with a colon.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from weasyprint.formatting_structure import boxes

SMALL = 85.0
"""A gap that may stay at the foot of a page: about 22 mm, in CSS pixels."""
MOST_MOVES = 6
_TEXT = ("p", "ul", "ol", "blockquote")
"""What a picture may change places with."""

Layout = Callable[[], tuple[Any, Any]]
"""Lays out the page once more; gives it, and where the next one begins."""


def filled(context: Any, root: Any, index: int, lay_out: Layout) -> tuple[Any, Any]:
    """A page with the text that a picture would leave behind it, and where the next one begins.

    ``root``: the boxes of the document, in which the picture changes places. ``index``: of the
    page, from 0 on.
    """
    kept = _kept(context)

    def again() -> tuple[Any, Any]:
        for name, value in kept.items():
            setattr(context, name, copy.copy(value))
        remake = context.page_maker[index][-1]
        remake["anchors"], remake["content_lookups"] = [], []
        return lay_out()

    page, following = lay_out()
    for _move in range(MOST_MOVES):
        place = _waiting(root, following)
        if place is None or _gap(context, page, place[0]) < SMALL:
            break
        parent = place[0]
        before = parent.children
        found = _text_up(root, place, again) or _picture_up(root, context, index, place, again)
        if found is None:
            if parent.children is not before:
                parent.children = before
                page, following = again()
            break
        page, following = found
    return page, following


def _kept(context: Any) -> dict[str, Any]:
    """What laying out a page changes in its context."""
    names = ("footnotes", "reported_footnotes", "broken_out_of_flow")
    return {name: copy.copy(getattr(context, name)) for name in names}


def _waiting(root: Any, following: Any) -> tuple[Any, int] | None:
    """The picture that the next page begins with: in which box it stands, and where there."""
    place = _place(root, following)
    if place is None or not place[1]:
        return None
    box, number = place
    return place if box.children[number].element_tag == "figure" else None


def _place(root: Any, begins: Any) -> tuple[Any, int] | None:
    """The box that a page begins with, as its parent and its place there; None within a line."""
    box, at = root, begins
    while at is not None and len(at) == 1 and not isinstance(box, boxes.LineBox):
        ((number, inner),) = at.items()
        if inner is None:
            return box, int(number)
        box, at = box.children[number], inner
    return None


def _gap(context: Any, page: Any, parent: Any) -> float:
    """How much of a page is empty below the last child of a box on it."""
    for box in page.descendants():
        if box.element is parent.element and box.element_tag == parent.element_tag:
            last = box.children[-1]
            return float(context.page_bottom - last.position_y - last.margin_height())
    return 0.0


def _text_up(root: Any, place: tuple[Any, int], again: Layout) -> tuple[Any, Any] | None:
    """The page with what follows a picture before it; None where that finds no room either."""
    parent, at = place
    children = parent.children
    if at + 1 >= len(children) or not _may_pass(children[at + 1]) or _leads(children[at - 1]):
        return None
    parent.children = [*children[:at], children[at + 1], children[at], *children[at + 2 :]]
    page, following = again()
    return None if _place(root, following) == place else (page, following)


def _picture_up(
    root: Any, context: Any, index: int, place: tuple[Any, int], again: Layout
) -> tuple[Any, Any] | None:
    """The page with a picture before some of what precedes it; None where it finds no room."""
    parent, at = place
    children = parent.children
    for goal in _goals(parent, at, _first(root, parent, context.page_maker[index][0])):
        parent.children = [
            *(*children[:goal], children[at]),
            *(*children[goal:at], *children[at + 1 :]),
        ]
        page, following = again()
        if _waiting(root, following) != (parent, goal):
            return page, following
    return None


def _goals(parent: Any, at: int, first: int) -> Iterator[int]:
    """Where a picture may go up to, from below: past text of its section that is on its page."""
    children = parent.children
    for goal in range(at - 1, first, -1):
        if not _may_pass(children[goal]) or _leads(children[goal]):
            return
        yield goal


def _first(root: Any, parent: Any, begins: Any) -> int:
    """The number of the first child of a box that is on a page which begins at a place."""
    box, at = root, begins
    while at and not isinstance(box, boxes.LineBox):
        ((number, inner),) = at.items()
        if box is parent:
            return int(number)
        box, at = box.children[number], inner
    return 0


def _may_pass(box: Any) -> bool:
    return box.element_tag in _TEXT


def _leads(box: Any) -> bool:
    """Whether a text leads to what comes next, as those do that end with a colon."""
    return "".join(box.element.itertext()).rstrip().endswith(":")
