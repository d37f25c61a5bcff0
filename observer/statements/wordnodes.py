"""Nodes of the XML in a Word file: made, read and taken out."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from lxml import etree


def text_run(text: str, like: Any = None) -> Any:
    """A run of words, set as the run that it is ``like``, but seen."""
    run = etree.Element(qn("w:r"))
    properties = like.find(qn("w:rPr")) if like is not None else None
    if properties is not None:
        run.append(etree.fromstring(etree.tostring(properties)))
        for hidden in run[0].findall(qn("w:vanish")):
            run[0].remove(hidden)
    etree.SubElement(run, qn("w:t")).text = text
    return run


def words_in(node: Any) -> str:
    """The words in a node, joined."""
    return "".join(text.text or "" for text in node.iter(qn("w:t")))


def remove(node: Any) -> None:
    """Take a node out; nothing if it was taken out before."""
    parent = node.getparent()
    if parent is not None:
        node.tail = None
        parent.remove(node)
