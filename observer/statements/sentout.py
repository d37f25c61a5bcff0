"""A statement's text for people who write elsewhere: Markdown or Word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml
from lxml import html as htmltree
from sqlalchemy.orm import Session

from observer.missions.scope import Scope
from observer.settings import Settings
from observer.statements.compose import compose_whole
from observer.statements.drafts import FENCE, FILLED, Draft
from observer.statements.inlinetext import escape
from observer.statements.markdown import fill_blocks
from observer.statements.pieces import MARK
from observer.statements.wordout import word_of

_FIGURE = re.compile("\ue002(\\d+)\ue003(.*?)\ue004\\1\ue005", re.DOTALL)
_NEEDLESS = re.compile(r"(?<!\])\\([,%;:'/&()]|\.(?=\d))")


def as_markdown(
    session: Session,
    scope: Scope,
    draft: Draft,
    *,
    filled: bool = False,
    min_base: int = Settings.min_base,
) -> str:
    """The text with front matter; its calls as they are, or ``filled`` with their figures.

    Raises StatementError where figures are to be filled in and some cannot be.
    """
    front = {
        "title": draft.title,
        "subtitle": draft.subtitle,
        "date": draft.dated,
        "language": draft.language,
        "mission": scope.mission.code,
        "round": draft.round.code,
        "kind": draft.kind,
        "theme": draft.theme,
        "paper": draft.paper,
    }
    if filled:
        # It is no later one of the text that has the calls.
        front |= {"figures": FILLED}
    elif draft.edit is not None:
        front |= {"statement": draft.slug, "edit": draft.edit}
    text = _filled(session, scope, draft, min_base) if filled else draft.text
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1_000)
    return f"{FENCE}\n{head}{FENCE}\n\n{text.lstrip(chr(10))}"


def as_word(
    session: Session,
    scope: Scope,
    draft: Draft,
    *,
    min_base: int = Settings.min_base,
) -> bytes:
    """The text as a Word file, its figures filled in, and live again when it is imported.

    Raises StatementError with everything that is wrong in the text.
    """
    composed = compose_whole(session, scope, draft, printed=False, min_base=min_base, marked=True)
    return word_of(scope, draft, composed)


def _filled(session: Session, scope: Scope, draft: Draft, min_base: int) -> str:
    composed = compose_whole(session, scope, draft, printed=False, min_base=min_base, marked=True)
    # Signs that mean nothing where a figure stands need no backslash.
    text = _FIGURE.sub(lambda found: _NEEDLESS.sub(r"\1", found[2]), composed.text)
    text = fill_blocks(MARK.sub("", text), _as_text(composed.blocks))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _as_text(blocks: Mapping[int, str]) -> dict[int, str]:
    return {number: _block(html) for number, html in blocks.items()}


def _block(html: str) -> str:
    """A table or picture in Markdown: its caption, its rows or what it shows, its source."""
    node = htmltree.fragment_fromstring(html, create_parent="div")
    caption = next(node.iter("caption", "figcaption"), None)
    parts = [f"**{_words(caption)}**"] if caption is not None else []
    for table in node.iter("table"):
        parts.append(_rows(table))
    for listed in node.iter("ol"):
        parts.append("\n".join(f"{n}. {_words(item)}" for n, item in enumerate(listed, 1)))
    for image in node.iter("img"):
        parts.append(escape(" ".join((image.get("alt") or "").split())))
    parts += [f"*{_words(line)}*" for line in node.find_class("source-line")]
    return "\n\n".join(part for part in parts if part.strip("*"))


def _rows(table: Any) -> str:
    heads, rows = [], []
    for row in table.iter("tr"):
        cells = []
        for cell in row:
            cells += [_words(cell).replace("|", r"\|")]
            cells += [""] * (int(cell.get("colspan") or 1) - 1)
        (heads if row.getparent().tag == "thead" else rows).append(f"| {' | '.join(cells)} |")
    columns = heads[0].count(" | ") + 1 if heads else 1
    classes = [(cell.get("class") or "") for cell in next(table.iter("tr"))]
    sides = ["---:" if "number" in name else "---" for name in classes] or ["---"] * columns
    return "\n".join([*heads, f"| {' | '.join(sides)} |", *rows])


def _words(node: Any) -> str:
    return escape(" ".join(node.text_content().split()))
