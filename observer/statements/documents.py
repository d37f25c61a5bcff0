"""A statement with all that its theme is given, to be laid out on pages or shown on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from observer.missions.scope import Scope
from observer.statements.annexes import HOURS, Numbering, bases, hours_chart, sources_to_list
from observer.statements.compose import Composed, on_screen, with_pictures
from observer.statements.drafts import Draft
from observer.statements.paperkinds import WITHOUT_ANNEXES
from observer.statements.sourcelist import entries
from observer.statements.themes import Theme, load_theme

SHORT = 7_000
"""A text of fewer characters is about three pages and needs no list of contents."""
SIZE_OF_BLOCK = 1_000
"""A table, chart or map takes up the room of so many characters."""
CONTENTS_LEVEL = 3


@dataclass(frozen=True)
class Document:
    """A draft whose text has no problems, with its theme and what the templates of it are given."""

    draft: Draft
    composed: Composed
    theme: Theme
    values: Mapping[str, Any]
    pictures: Mapping[str, bytes]
    """SVG by the address that it has in the HTML, those of the annexes too."""

    def html(self, template: str, **values: object) -> str:
        """A template of the theme, with other values where some are given. Raises ThemeError."""
        numbered = {"annex_number": Numbering()}
        return self.theme.page(template, {**self.values, **numbered, **values})

    def on_screen(self) -> str:
        """The same for a page: its annexes folded, its footnotes at its end, its pictures inside.

        Raises ThemeError.
        """
        text = Markup(on_screen(self.composed))  # noqa: S704 - made from Markdown without HTML
        html = self.html("screen.html", text=text, folded=True)
        return with_pictures(replace(self.composed, html=html, pictures=dict(self.pictures)))


def document_of(scope: Scope, draft: Draft, composed: Composed) -> Document:
    """A draft whose text has no problems, in its theme. Raises ThemeError for a broken one."""
    theme = load_theme(draft.theme)
    words, observed = composed.words, composed.observed
    long = len(composed.text) + SIZE_OF_BLOCK * len(composed.blocks) > SHORT
    mirrored = words.from_right
    hours, told = hours_chart(observed, words, theme.palette, mirrored=mirrored)
    with_annexes = draft.kind not in WITHOUT_ANNEXES
    values = {
        "draft": draft,
        "direction": "rtl" if mirrored else "ltr",
        "mission": scope.mission,
        "words": words,
        "text": Markup(composed.html),  # noqa: S704 - made from Markdown without HTML
        "contents": [h for h in composed.headings if h.level <= CONTENTS_LEVEL] if long else [],
        "statuses": words.statuses(composed.facts.statuses),
        "figures": bases(composed),
        "sources": entries(sources_to_list(composed), words),
        "with_annexes": with_annexes,
        "folded": False,
        "sampling": _sampling(composed),
        "with_words": composed.has_words and with_annexes,
        "observed": observed,
        "hours_address": HOURS,
        "hours_told": told,
    }
    return Document(draft, composed, theme, values, composed.pictures | {HOURS: hours})


def _sampling(composed: Composed) -> str:
    """The phrase that says which places the figures are of."""
    if any(use.name == "estimate" for use in composed.used):
        return "annex_estimates"
    return "annex_not_estimated" if composed.facts.has_sample else "annex_not_drawn"
