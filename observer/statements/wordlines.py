"""The words of one paragraph of a Word file: runs, links, footnotes, live figures."""

from __future__ import annotations

import re
from typing import Any, Protocol

from observer.statements.pieces import MARK
from observer.statements.wordcalls import NOTHING, content_control
from observer.statements.wordparts import CODE_RUN, element

_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters of Hebrew, Arabic and their neighbours."""


class Around(Protocol):
    """The document that a paragraph stands in, as far as its words need it."""

    sources: dict[int, str]

    def note(self, note_id: str, parent: Any) -> list[Any]:
        """A run that refers to a footnote, which is written as well, with its bookmark."""

    def link(self, address: str) -> Any:
        """A link to somewhere else."""

    def comment(self, number: int, run: Any) -> None:
        """The guidance for the writer as a comment at a run."""


class Line:
    """Writes the words of one paragraph."""

    def __init__(self, writer: Around, paragraph: Any, size: int | None = None) -> None:
        self.writer = writer
        self.size = size
        self._into = [paragraph]

    def write(self, content: list[Any], styles: set[str] | frozenset[str] = frozenset()) -> None:
        """Write words and the elements between them."""
        for part in content:
            if isinstance(part, str):
                self._text(part, styles)
            elif part.tag in ("strong", "b"):
                self.write(content_of(part), {*styles, "b"})
            elif part.tag in ("em", "i"):
                self.write(content_of(part), {*styles, "i"})
            elif part.tag == "code":
                self.write(content_of(part), {*styles, "code"})
            elif part.tag == "br":
                self._add(element("w:r", element("w:br")))
            elif part.tag == "sup":
                (link,) = part.iterchildren("a")
                for made in self.writer.note(link.get("href")[1:], part):
                    self._add(made)
            elif part.tag == "a" and part.get("href"):
                depth = len(self._into)
                link = self.writer.link(MARK.sub("", part.get("href")))
                self._add(link)
                self._into.append(link)
                self.write(content_of(part), {*styles, "link"})
                del self._into[depth:]
            else:
                self.write(content_of(part), styles)

    def _text(self, text: str, styles: set[str] | frozenset[str]) -> None:
        place = 0
        for found in MARK.finditer(text):
            self._words(text[place : found.start()], styles)
            place = found.end()
            begins, ends, guide = found.groups()
            if begins:
                number = int(begins)
                source = self.writer.sources.get(number, "")
                control, inside = content_control(number, source, block=False)
                self._add(control)
                self._into.append(inside)
            elif ends and len(self._into) > 1:
                if len(self._into[-1]) == 0:
                    self._add(hidden())
                self._into.pop()
            elif guide:
                run = run_of("")
                self._into[0].append(run)
                self.writer.comment(int(guide), run)
        self._words(text[place:], styles)

    def _words(self, text: str, styles: set[str] | frozenset[str]) -> None:
        if text:
            self._add(run_of(text.replace("\n", " "), styles, self.size))

    def _add(self, made: Any) -> None:
        self._into[-1].append(made)


def run_of(
    text: str, styles: set[str] | frozenset[str] = frozenset(), size: int | None = None
) -> Any:
    """A run of words; ``styles`` are ``b``, ``i``, ``code``, ``link``, the size in half points."""
    named = {"link": "Hyperlink", "code": CODE_RUN.replace(" ", "")}
    properties = element("w:rPr")
    for style, name in named.items():
        if style in styles and len(properties) == 0:
            properties.append(element("w:rStyle", val=name))
    # Word has all of it once more for letters, and figures among letters, that run from the right.
    ends = ("", "Cs")
    for style in ("b", "i"):
        if style in styles:
            properties.extend(element(f"w:{style}{end}") for end in ends)
    if size is not None:
        properties.extend(element(f"w:sz{end}", val=size) for end in ends)
    if _FROM_RIGHT.search(text):
        properties.append(element("w:rtl"))
    words = element("w:t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("w:r", properties, words)


def hidden() -> Any:
    """A run that is not seen, so that a figure without words is still there to come back."""
    words = element("w:t")
    words.text = NOTHING
    return element("w:r", element("w:rPr", element("w:vanish")), words)


def content_of(node: Any) -> list[Any]:
    """The words in an element and the elements between them."""
    content: list[Any] = [node.text] if node.text else []
    for child in node:
        content.append(child)
        if child.tail:
            content.append(child.tail)
    return content
