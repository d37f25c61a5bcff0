"""The list of the sources that a text cites: where it calls for it, else behind the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup

from observer.statements.displays import Displays
from observer.statements.facts import sortable
from observer.statements.figures import Figures
from observer.statements.markdown import render_line
from observer.statements.models import Source
from observer.statements.notes import citation
from observer.statements.words import Words


class SourceList:
    """The call for the list, which is made when the whole text has been read."""

    def __init__(self, figures: Figures, displays: Displays) -> None:
        self.figures = figures
        self.displays = displays

    def calls(self) -> dict[str, Callable[..., object]]:
        """The call by the name it has in a text."""
        return {"sources": self.sources}

    def sources(self, all: Any = False) -> str:
        """A numbered list of the sources that the text cites, or of ``all`` of the mission's."""
        self.figures.lists_sources = True
        everything = self.figures.facts.sources.values()

        def listed() -> Markup:
            chosen = everything if all else self.figures.cited
            return as_list(chosen, self.figures.words)

        return self.displays.place(Markup(), later=listed)


def entries(sources: Iterable[Source], words: Words) -> list[Markup]:
    """The sources in the order of their bodies' names, each as HTML."""
    return [
        Markup(render_line(citation(source, words)))  # noqa: S704 - made from Markdown without HTML
        for source in sorted(sources, key=_order)
    ]


def as_list(sources: Iterable[Source], words: Words) -> Markup:
    """The sources as a numbered list, or a sentence that there are none."""
    found = entries(sources, words)
    if not found:
        return Markup("<p>{}</p>").format(words.phrase("no_sources"))
    items = Markup("").join(Markup("<li>{}</li>").format(entry) for entry in found)
    return Markup('<ol class="source-list">{}</ol>').format(items)


def _order(source: Source) -> tuple[str, ...]:
    told = (source.body, source.title, source.code)
    return tuple(key for text in told for key in (sortable(text), text.casefold()))
