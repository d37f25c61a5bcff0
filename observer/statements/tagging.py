"""Corrections of what WeasyPrint writes, before it becomes a file: tags, lists, metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.document import Document

_SCOPES = {"row": "/Row", "rowgroup": "/Row"}
_JOINER = b"<200d>"
"""U+200D, which is neither seen nor heard: for glyphs that are a part of a letter only."""


_END = b"\nendstream"
_plain_data = pydyf.Stream.data


def _data_with_clear_end(stream: pydyf.Stream) -> bytes:
    """A stream whose last line ends with CR LF.

    With LF alone, data that happen to end with a CR seem to be a byte shorter than they say
    (ISO 19005-3, 6.1.7.1), as one in every 256 packed streams does.
    """
    return _plain_data.fget(stream).removesuffix(_END) + b"\r" + _END


pydyf.Stream.data = property(_data_with_clear_end)


def complete_tags(document: Document, pdf: Any) -> None:
    """Tell of each head of a table what it is the head of, and of each footnote that it is one.

    ISO 14289-1, 7.5 (the heads of tables have a scope), 7.9 (notes are Note, with an ID) and
    7.21.7 (every glyph stands for a letter).
    """
    for page in document.pages:
        for box in page._page_box.descendants():
            mark = getattr(box, "mark", None)
            if box.element_tag == "th" and isinstance(mark, dict):
                scope = box.element.get("scope", "col")
                mark["A"]["Scope"] = _SCOPES.get(scope, "/Column")
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and _is_map(stream):
            stream.stream = [part.replace(b"<>", _JOINER) for part in stream.stream]
    # ISO 19005-3 wants to find what is told of a document without unpacking anything.
    _object(pdf, pdf.catalog["Metadata"]).compress = False
    if "AF" in pdf.catalog:
        # WeasyPrint lists each attached file twice.
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for number, note in enumerate(_notes(pdf), 1):
        note["S"] = "/Note"
        note["ID"] = pydyf.String(f"note-{number}")


def _is_map(stream: pydyf.Stream) -> bool:
    """Whether a stream tells which letters the glyphs of a font are."""
    return any(isinstance(part, bytes) and b"begincmap" in part for part in stream.stream)


def _notes(pdf: Any) -> Iterator[dict[str, Any]]:
    """The footnotes: what stands in the foot of each page, which no element of the text is."""
    (root,) = _kids(pdf, _object(pdf, pdf.catalog["StructTreeRoot"]))
    for element in _kids(pdf, root):
        if element["S"] == "/NonStruct":
            kids = list(_kids(pdf, element))
            if all(kid["S"] == "/Span" for kid in kids):
                yield from kids


def _kids(pdf: Any, element: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The elements right below one; what is no reference is content of the page itself."""
    for kid in element["K"]:
        found = _object(pdf, kid) if isinstance(kid, bytes) else None
        if isinstance(found, dict) and "S" in found:
            yield found


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
