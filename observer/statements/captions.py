"""The numbers of tables and figures in the order of the text, and captions of typed tables.

A call puts a mark where its number goes. It is known only when the whole text is read, as tables
that were typed are numbered among the others: those with a caption, a paragraph before or after the
table that begins with ``Table:`` or a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_it.token import Token

from observer.statements.phrases import caption_words

TYPED = "captioned"
"""The class of a typed table with a caption."""
_NUMBER = re.compile("\ue00e(\\d+)\ue00f")


def number_mark(block: int) -> str:
    """What stands for the number of the table or figure that is this block."""
    return f"\ue00e{block}\ue00f"


def marked_block(text: str) -> int | None:
    """The block whose number a text has a mark for."""
    found = _NUMBER.search(text)
    return int(found[1]) if found else None


def fill_numbers(text: str, numbers: Mapping[int, int]) -> str:
    """A text with the numbers of its tables and figures, by block."""
    return _NUMBER.sub(lambda found: str(numbers.get(int(found[1]), "")), text)


def number_in_order(state: Any) -> None:
    """Number the blocks in the order in which they stand, and give typed tables their captions.

    A rule of markdown-it. It is told in ``env`` which blocks are a ``table`` or a ``figure``
    (``kinds``) and how a table is called (``table``), and gives back ``numbers``.
    """
    tokens, env = state.tokens, state.env
    captions, gone = _captions(tokens, state.src)
    counted = {"table": 0, "figure": 0}
    numbers: dict[int, int] = {}
    made: list[Token] = []
    depth_of_notes = 0
    for place, token in enumerate(tokens):
        depth_of_notes += (token.type == "footnote_open") - (token.type == "footnote_close")
        if token.type == "statement_block" and token.meta["number"] in env["kinds"]:
            kind = env["kinds"][token.meta["number"]]
            counted[kind] += 1
            numbers[token.meta["number"]] = counted[kind]
        if place in captions and not depth_of_notes:
            counted["table"] += 1
            made += _begin(token, captions[place], f"{env['table']} {counted['table']}.")
        elif place not in gone or depth_of_notes:
            made.append(token)
        if token.type == "table_close" and gone.get(place) and not depth_of_notes:
            made += [token, Token("table_block_close", "div", -1, block=True)]
    for block, kind in env["kinds"].items():
        if block not in numbers:
            counted[kind] += 1
            numbers[block] = counted[kind]
    state.tokens, env["numbers"] = made, numbers


def _begin(table: Token, caption: Token, number: str) -> Iterator[Token]:
    """What a typed table with a caption begins with."""
    yield Token("table_block_open", "div", 1, attrs={"class": "table-block"}, block=True)
    table.attrSet("class", TYPED)
    yield table
    yield Token("caption_open", "caption", 1, map=caption.map, block=True)
    bold = [
        Token("b_open", "b", 1),
        Token("text", "", 0, content=number),
        Token("b_close", "b", -1),
    ]
    caption.children = [*bold, Token("text", "", 0, content=" "), *(caption.children or [])]
    yield caption
    yield Token("caption_close", "caption", -1, block=True)


def _captions(tokens: Sequence[Token], text: str) -> tuple[dict[int, Token], dict[int, bool]]:
    """The captions by the place of their table, and the places that no longer stand there.

    Those of the ends of such tables are said to be true.
    """
    captions: dict[int, Token] = {}
    gone: dict[int, bool] = {}
    lines, sign = text.split("\n"), _sign()
    for first, last in _tables(tokens):
        before, after = range(first - 3, first), range(last + 1, last + 4)
        row = _last_row(tokens, first, last, lines)
        for places in (before, row, after):
            if gone.keys() & set(places):
                continue
            caption = _caption([tokens[at] for at in places if 0 <= at < len(tokens)], sign)
            if caption is not None:
                captions[first] = caption
                gone |= dict.fromkeys(places, False) | {last: True}
                break
    return captions, gone


def _tables(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    first = 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            first = place
        elif token.type == "table_close":
            yield first, place


def _last_row(tokens: Sequence[Token], first: int, last: int, lines: Sequence[str]) -> range:
    """The last row where it is no row: a line without bars right below the table.

    With the whole body, where there is no other row in it.
    """
    rows = [place for place in range(first, last) if tokens[place].type == "tr_open"]
    row = tokens[rows[-1]]
    if len(rows) < 2 or row.map is None or "|" in lines[row.map[0]]:
        return range(0)
    ends = next(at for at in range(rows[-1], last) if tokens[at].type == "tr_close")
    return range(rows[-1] - 1, ends + 2) if len(rows) == 2 else range(rows[-1], ends + 1)


def _caption(tokens: Sequence[Token], sign: re.Pattern[str]) -> Token | None:
    """The words of a paragraph, or of a row of one cell, that is a caption; without its sign."""
    inlines = [token for token in tokens if token.type == "inline"]
    kinds = {token.type for token in tokens}
    is_paragraph = [token.type for token in tokens][::2] == ["paragraph_open", "paragraph_close"]
    if not inlines or any(token.content for token in inlines[1:]):
        return None
    if not is_paragraph and "tr_open" not in kinds:
        return None
    words = inlines[0].children or []
    found = sign.match(words[0].content) if words and words[0].type == "text" else None
    if found is None or not (words[0].content[found.end() :].strip() or len(words) > 1):
        return None
    words[0].content = words[0].content[found.end() :]
    return inlines[0]


def _sign() -> re.Pattern[str]:
    """How a caption begins, in every language."""
    names = "|".join(map(re.escape, caption_words()))
    return re.compile(rf"(?:(?:{names})[ \u00a0\u202f]?:|:(?=\s|$))\s*", re.IGNORECASE)


def caption_text(caption: str) -> str | None:
    """What a caption with a number says without it: ``Table 3. Shares`` says ``Shares``."""
    names = "|".join(map(re.escape, caption_words()))
    number = rf"(?:{names})[ \u00a0\u202f]\d+[ \u00a0\u202f]?[.:]"
    found = re.match(rf"(?:\*\*{number}\*\*|{number})\s*(?=\S)", caption, re.IGNORECASE)
    return caption[found.end() :] if found else None
