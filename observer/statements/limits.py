"""What there may be in a text so that it can be printed: notes, rows, headings, links, depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from markdown_it.token import Token

MOST_NOTES = 2_000
"""Laying out that many takes about half a minute; five times as many take ten times as long."""
MOST_ROWS = 3_000
"""Rows of tables in a text, typed or called; that many fill a hundred pages."""
MOST_COLUMNS = 40
"""Columns of a table; more are not to be read on a page, however small they are set."""
MOST_HEADINGS = 1_000
MOST_LINKS = 2_000
MOST_OF_ADDRESSES = 500_000
"""Characters of all addresses; one that is defined once can be linked to from every word."""
MOST_DEPTH = 50
"""Emphasis within emphasis; programs that lay out pages go down one by one."""


def too_many(tokens: Sequence[Token], blocks: Mapping[int, str]) -> list[str]:
    """What a text has more of than could be printed, in a sentence each.

    ``blocks``: the HTML of the tables, charts and maps that it calls.
    """
    inner = [child for token in tokens for child in token.children or ()]
    links = [child for child in inner if child.type == "link_open"]
    addresses = sum(len(str(link.attrGet("href") or "")) for link in links)
    counted = (
        (
            sum(child.type == "footnote_ref" for child in inner),
            MOST_NOTES,
            _("A statement may have %(most)s footnotes; this one has %(count)s."),
        ),
        (
            sum(token.type == "tr_open" for token in tokens)
            + sum(html.count("<tr") for html in blocks.values()),
            MOST_ROWS,
            _("The tables of a statement may have %(most)s rows; these have %(count)s."),
        ),
        (
            max(_columns(tokens), default=0),
            MOST_COLUMNS,
            _("A table may have %(most)s columns; one here has %(count)s."),
        ),
        (
            sum(token.type == "heading_open" for token in tokens),
            MOST_HEADINGS,
            _("A statement may have %(most)s headings; this one has %(count)s."),
        ),
        (
            len(links),
            MOST_LINKS,
            _("A statement may have %(most)s links; this one has %(count)s."),
        ),
        (
            addresses,
            MOST_OF_ADDRESSES,
            _(
                "The addresses of a statement's links may have %(most)s characters; these have "
                "%(count)s."
            ),
        ),
        (
            max((_depth(token.children or ()) for token in tokens), default=0),
            MOST_DEPTH,
            _("Emphasis may stand %(most)s deep in other emphasis; here it is %(count)s deep."),
        ),
    )
    return [
        message % {"most": most, "count": count} for count, most, message in counted if count > most
    ]


def _columns(tokens: Sequence[Token]) -> Iterator[int]:
    """How many cells the first row of each table has; no row has more."""
    cells = 0
    for token in tokens:
        if token.type == "tr_open":
            cells = 0
        elif token.type == "th_open":
            cells += 1
        elif token.type == "thead_close":
            yield cells


def _depth(tokens: Sequence[Token]) -> int:
    """How many elements are open at the most."""
    now = most = 0
    for token in tokens:
        now += token.nesting
        most = max(most, now)
    return most
