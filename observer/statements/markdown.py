"""Markdown to the semantic HTML of a statement.

HTML in the text is shown as text, and pictures from elsewhere are not loaded: what a statement
shows is its words and its own figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from observer.statements.captions import fill_numbers, number_in_order
from observer.statements.limits import too_many
from observer.statements.phrases import titles_set_off
from observer.statements.tablefit import set_sizes
from observer.statements.template import TextProblem

TOP_LEVEL = 2
"""The document's title is its one heading of level 1."""
TAB = 4
"""As wide as so many spaces."""
MOST_IN_NOTES = 2_000_000
"""A note that is cited again is printed again; so many characters in all."""

_OPEN, _CLOSE = "\ue000", "\ue001"
_OURS = re.compile("[\ue000-\ue01f]")
"""Signs of the private use area that mark something of ours."""
_BLOCK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:", re.MULTILINE)


@dataclass(frozen=True)
class Heading:
    """A heading for the contents list."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """The HTML of a text, its headings, and the blocks that found no place in it."""

    html: str
    headings: list[Heading]
    numbers: Mapping[int, int] = field(default_factory=dict)
    """Of the tables and figures, by block."""
    misplaced: list[int] = field(default_factory=list)
    too_many: list[str] = field(default_factory=list)
    """What there is more of than could be printed; then there is no HTML."""
    note_labels: tuple[str, ...] = ()
    """How the text names its footnotes, in the order of their numbers."""


def render_markdown(
    text: str,
    blocks: Mapping[int, str],
    *,
    printed: bool,
    lines: Sequence[int] = (),
    kinds: Mapping[int, str] = MappingProxyType({}),
    table: str = "Table",
) -> Rendered:
    """Render a text with its blocks in their places.

    ``printed``: footnotes stand where their mark is, for the page's foot; else at the end.
    ``lines``: of each line of the text the one as it was written. Where they are given, elements
    name theirs in ``data-line``, for an editor to find. ``kinds``: the blocks that have a number,
    each a ``table`` or a ``figure``. ``table``: what a table is called.
    """
    env = _environment(blocks=blocks, printed=printed, lines=lines, kinds=kinds, table=table)
    tokens = _markdown.parse(text, env)
    found = too_many(tokens, blocks)
    if found:
        return Rendered("", env["headings"], env["numbers"], too_many=found)
    html = _markdown.renderer.render(tokens, _markdown.options, env)
    if env["notes_size"] > MOST_IN_NOTES:
        message = _(
            "The footnotes of a statement may have %(most)s characters, each counted as often as "
            "it is cited; these have more.",
            most=MOST_IN_NOTES,
        )
        return Rendered("", env["headings"], env["numbers"], too_many=[message])
    misplaced = [int(number) for number in _BLOCK.findall(html)]
    labels = (token.meta["label"] for token in tokens if token.type == "footnote_open")
    return Rendered(
        fill_numbers(_BLOCK.sub("", html), env["numbers"]),
        env["headings"],
        env["numbers"],
        misplaced,
        note_labels=tuple(label or "" for label in labels),
    )


def render_line(text: str) -> str:
    """A few words of Markdown as HTML, without a paragraph around them."""
    return str(_markdown.renderInline(text, _environment(printed=False)))


def _environment(**given: Any) -> dict[str, Any]:
    """What the rules below are told, and what they tell each other."""
    nothing: dict[str, Any] = {"blocks": {}, "lines": (), "kinds": {}, "table": ""}
    found: dict[str, Any] = {"numbers": {}, "headings": [], "notes_size": 0, "notes_set": 0}
    return {**nothing, **found, **given}


def block_mark(number: int) -> str:
    """What stands in a text where the block with this number goes."""
    return f"\n\n{_OPEN}{number}{_CLOSE}\n\n"


def fill_blocks(text: str, blocks: Mapping[int, str]) -> str:
    """A text with something else in the places of its blocks."""
    return _BLOCK.sub(lambda found: blocks.get(int(found[1]), ""), text)


def is_block(paragraph: str) -> bool:
    """Whether a paragraph is nothing but the mark of a block."""
    return _BLOCK.fullmatch(paragraph.strip()) is not None


def without_marks(text: str) -> str:
    """A writer's text without the signs that mark our own blocks and pieces."""
    return _OURS.sub("", text)


def notes_written(text: str) -> dict[str, int]:
    """The names of the footnotes that are written in a text, each with its line, from 0 on."""
    lines = enumerate(text.split("\n"))
    return {found[1]: number for number, line in lines if (found := _NOTE.match(line))}


def check_marks(text: str, first_line: int) -> Iterator[TextProblem]:
    """Footnotes that are marked and not written, and pictures, which a statement has none of."""
    written = set(_NOTE.findall(text))
    in_note = False
    for number, line in enumerate(text.split("\n"), first_line):
        in_note = bool(_NOTE.match(line)) or (in_note and line[:1] in ("", " ", "\t"))
        for label in _MARK.findall(_NOTE.sub("", line)):
            if label not in written:
                message = _("There is no footnote [^%(label)s].", label=label)
                yield TextProblem(number, message)
            elif in_note:
                # The foot of a page has no foot: the second note would not be printed.
                message = _("A footnote cannot have a footnote: [^%(label)s].", label=label)
                yield TextProblem(number, message)
        if re.search(r"!\[[^\]]*\](\(|\[)", line):
            message = _("Pictures cannot be loaded: use chart(…) or map(…).")
            yield TextProblem(number, message)


def _inline_text(token: Token) -> str:
    return "".join(
        child.content for child in token.children or () if child.type in ("text", "code_inline")
    )


def _place_blocks(state: Any) -> None:
    """A paragraph that holds nothing but a block becomes the block."""
    tokens: list[Token] = []
    for token in state.tokens:
        found = _BLOCK.fullmatch(token.content.strip()) if token.type == "inline" else None
        if found and tokens[-1].type == "paragraph_open":
            block = Token("statement_block", "", 0, meta={"number": int(found[1])}, hidden=True)
            block.map = tokens[-1].map
            tokens[-1] = block
        elif not (token.type == "paragraph_close" and tokens[-1].type == "statement_block"):
            tokens.append(token)
    state.tokens = tokens


def _slug(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "section"


def _order_headings(state: Any) -> None:
    """Heading levels in order, from 2 on and without gaps; ids; the list of them."""
    opens = [place for place, token in enumerate(state.tokens) if token.type == "heading_open"]
    highest = min((int(state.tokens[place].tag[1]) for place in opens), default=1)
    previous, taken = TOP_LEVEL - 1, set[str]()
    # Of each title how often it stood before: many headings may have the same one.
    counted: defaultdict[str, int] = defaultdict(lambda: 1)
    for place in opens:
        opening, inline, closing = state.tokens[place : place + 3]
        wanted = int(opening.tag[1]) - highest + TOP_LEVEL
        level = previous = min(wanted, previous + 1, 6)
        opening.tag = closing.tag = f"h{level}"
        text = _inline_text(inline)
        base = _slug(text)
        heading_id = base
        while heading_id in taken:
            counted[base] += 1
            heading_id = f"{base}-{counted[base]}"
        taken.add(heading_id)
        opening.attrSet("id", heading_id)
        state.env["headings"].append(Heading(level, heading_id, text))


def _set_off(state: Any) -> None:
    """The summary and the block about the mission become sections of their own."""
    set_off = titles_set_off()
    tokens: list[Token] = []
    inside = False
    for place, token in enumerate(state.tokens):
        begins = token.type == "heading_open" and token.tag == f"h{TOP_LEVEL}"
        if inside and (begins or token.type == "footnote_block_open"):
            tokens.append(Token("section_close", "section", -1, block=True))
            inside = False
        if begins:
            title = _inline_text(state.tokens[place + 1]).strip().casefold()
            if title in set_off:
                attributes = {"class": f"set-off {set_off[title]}"}
                tokens.append(Token("section_open", "section", 1, attrs=attributes, block=True))
                inside = True
        tokens.append(token)
    if inside:
        tokens.append(Token("section_close", "section", -1, block=True))
    state.tokens = tokens


def _take_notes(state: Any) -> None:
    """For print: the footnotes leave the end, to be set where their marks are."""
    if not state.env["printed"]:
        return
    notes: dict[int, list[list[Token]]] = {}
    tokens: list[Token] = []
    note: list[list[Token]] | None = None
    for token in state.tokens:
        if token.type == "footnote_open":
            note = notes.setdefault(token.meta["id"], [])
        elif token.type == "footnote_block_close":
            note = None
        elif note is not None and token.type == "inline":
            note.append(token.children or [])
        elif note is None and token.type != "footnote_block_open":
            tokens.append(token)
    state.tokens = tokens
    state.env["notes"] = notes


def _expand_tabs(state: Any) -> None:
    """Spaces for tabs in code: whatever lays out a tab complains of each, to the server's log."""
    inner = (child for token in state.tokens for child in token.children or ())
    for token in (*state.tokens, *inner):
        if token.type != "inline" and "\t" in token.content:
            token.content = token.content.expandtabs(TAB)


def _align_by_class(state: Any) -> None:
    """A column's alignment as a class: the pages allow no style attributes."""
    for token in state.tokens:
        if token.type in ("th_open", "td_open") and "style" in token.attrs:
            side = str(token.attrs.pop("style")).rpartition(":")[2]
            token.attrSet("class", f"align-{side}")


def _name_lines(state: Any) -> None:
    """Elements name the line of the text they begin in, where somebody wants to know."""
    lines = state.env["lines"]
    for token in state.tokens:
        if token.nesting >= 0 and token.map and token.map[0] < len(lines):
            token.attrSet("data-line", str(lines[token.map[0]]))


def _render_block(
    self: Any, tokens: Sequence[Token], place: int, options: Any, env: dict[str, Any]
) -> str:
    token = tokens[place]
    html = env["blocks"].get(token.meta["number"], "")
    line = token.attrGet("data-line")
    return f'<div data-line="{line}">{html}</div>' if line and html else html


def _render_image(
    self: Any, tokens: Sequence[Token], place: int, options: Any, env: dict[str, Any]
) -> str:
    return escapeHtml(tokens[place].content)


def _render_mark(
    self: Any, tokens: Sequence[Token], place: int, options: Any, env: dict[str, Any]
) -> str:
    if not env["printed"]:
        return _mark_on_screen(tokens, place, options, env)
    if env.get("in_note") or env["notes_size"] > MOST_IN_NOTES:
        return ""
    env["in_note"] = True
    parts = [
        self.renderInline(children, options, env)
        for children in env["notes"].get(tokens[place].meta["id"], ())
    ]
    env["in_note"] = False
    env["notes_size"] += sum(map(len, parts))
    env["notes_set"] += 1
    return f'<span class="footnote" id="note-{env["notes_set"]}">{"<br>".join(parts)}</span>'


def reader() -> MarkdownIt:
    """What reads the Markdown that a statement may have, without the rules for printing it."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").use(footnote_plugin)


def _make() -> MarkdownIt:
    markdown = reader()
    rules = (
        *(_place_blocks, number_in_order, _order_headings, _set_off),
        *(_expand_tabs, _take_notes, _align_by_class, set_sizes, _name_lines),
    )
    for rule in rules:
        markdown.core.ruler.push(rule.__name__, rule)
    return markdown


_markdown = _make()
_mark_on_screen = _markdown.renderer.rules["footnote_ref"]
_markdown.add_render_rule("footnote_ref", _render_mark)
_markdown.add_render_rule("statement_block", _render_block)
_markdown.add_render_rule("image", _render_image)
