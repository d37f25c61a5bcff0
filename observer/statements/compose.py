"""From a draft to the HTML of its text: figures first, then Markdown."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from flask_babel import gettext as _
from jinja2 import TemplateSyntaxError
from sqlalchemy.orm import Session

from observer.collect.models import Status
from observer.missions.scope import Scope
from observer.settings import Settings
from observer.statements.captions import fill_numbers, marked_block, number_mark
from observer.statements.displays import Displays
from observer.statements.drafts import Draft
from observer.statements.facts import Facts
from observer.statements.figures import Figures, FigureUse
from observer.statements.filled import Filled
from observer.statements.incidents import Incidents
from observer.statements.markdown import Heading, check_marks, render_markdown, without_marks
from observer.statements.models import Source
from observer.statements.notes import definitions
from observer.statements.observed import Observed, what_was_observed
from observer.statements.pieces import Piece, Pieced, mark_pieces, settle
from observer.statements.recommended import Recommended
from observer.statements.sourcelist import SourceList
from observer.statements.speech import Speech
from observer.statements.template import StatementError, TextProblem, evaluate
from observer.statements.themes import palette_of
from observer.statements.wider import Wider
from observer.statements.words import Words

COUNTED = (Status.VERIFIED,)
"""What a statement counts unless it says otherwise."""


@dataclass(frozen=True)
class Composed:
    """A statement's text as HTML, the figures in it, and what is wrong with it."""

    html: str
    headings: list[Heading]
    pictures: dict[str, bytes]
    """SVG by the address it has in the HTML."""
    used: list[FigureUse]
    problems: list[TextProblem]
    words: Words
    facts: Facts
    text: str
    """The Markdown with its figures in place, and the footnotes of the sources it cites."""
    blocks: dict[int, str]
    """The tables and pictures that are marked in it."""
    cited: tuple[Source, ...] = ()
    """The sources it cites, in the order in which it does."""
    lists_sources: bool = False
    """Whether it lists them itself."""
    pieces: tuple[Piece, ...] = ()
    """What the marks in the text and the HTML stand for, where marks were asked for."""
    lines: Sequence[int] = ()
    """Of each line of the text, without the footnotes of sources, the line it was written in."""
    filled: tuple[Filled, ...] = ()
    """The figures in the text by their places; none in a text with marks."""
    kinds: Mapping[int, str] = field(default_factory=dict)
    """Which of the blocks have a number, and whether as a table or a figure."""
    note_labels: tuple[str, ...] = ()
    """How the text names its footnotes, in the order of their numbers."""

    @property
    def has_words(self) -> bool:
        """Whether words or fractions of the house style stand for shares in it."""
        return any(use.in_words for use in self.used)

    @cached_property
    def observed(self) -> Observed:
        """Who reported from where, and when."""
        return what_was_observed(self.facts)


def calls_of(figures: Figures, displays: Displays) -> dict[str, Callable[..., object]]:
    """All calls a text may make, by the names they have in it."""
    return (
        figures.calls()
        | displays.calls()
        | Incidents(figures, displays).calls()
        | Wider(figures).calls()
        | Recommended(figures, displays).calls()
        | SourceList(figures, displays).calls()
    )


def compose(
    session: Session,
    scope: Scope,
    draft: Draft,
    *,
    printed: bool,
    statuses: Sequence[Status] = COUNTED,
    min_base: int = Settings.min_base,
    with_lines: bool = False,
    marked: bool = False,
    speech: Speech | None = None,
) -> Composed:
    """Evaluate a draft's figures and render its Markdown.

    What is wrong is listed with its line; the rest is rendered all the same. ``with_lines``: the
    elements name the line they come from in ``data-line``, for the editor's preview alone.
    ``marked``: with the marks of ``pieces``. ``speech``: how it speaks, if not as papers do now.
    Raises ReportFileError where the files of house style and language cannot be used.
    """
    words = Words(draft.language, min_base, speech)
    facts = Facts(session, scope, draft.round, draft.language, tuple(statuses))
    figures = Figures(facts, words)
    displays = Displays(figures, palette_of(draft.theme), mirrored=words.from_right)
    text = without_marks(draft.text)
    pieced = _pieced(text) if marked else None
    evaluated = evaluate(
        pieced.text if pieced else text,
        calls_of(figures, displays),
        first_line=draft.first_line,
        begin_call=figures.begin_call,
    )
    cited = definitions(figures.cited, words)
    blocks = {number: block.whole for number, block in enumerate(displays.blocks)}
    kinds = {
        number: "table" if block.picture is None else "figure"
        for number, block in enumerate(displays.blocks)
        if number_mark(number) in block.html
    }
    whole = (settle(evaluated.text) if pieced else evaluated.text) + cited
    rendered = render_markdown(
        whole,
        blocks,
        printed=printed,
        lines=evaluated.lines if with_lines else (),
        kinds=kinds,
        table=words.phrase("table"),
    )
    problems = [*evaluated.problems, *check_marks(text, draft.first_line)]
    problems += [TextProblem(draft.first_line, message) for message in rendered.too_many]
    for number in rendered.misplaced:
        message = _("A table, chart or map must stand in a paragraph of its own.")
        problems.append(TextProblem(displays.blocks[number].line, message))
    return Composed(
        html=rendered.html,
        headings=rendered.headings,
        pictures={
            f"figure:{number}.svg": block.picture
            for number, block in enumerate(displays.blocks)
            if block.picture is not None
        },
        used=[_numbered(use, rendered.numbers) for use in figures.used],
        problems=sorted(set(problems)),
        words=words,
        facts=facts,
        text=whole,
        blocks={n: fill_numbers(html, rendered.numbers) for n, html in blocks.items()},
        cited=tuple(figures.cited),
        lists_sources=figures.lists_sources,
        pieces=pieced.pieces if pieced else (),
        lines=evaluated.lines,
        filled=() if pieced else evaluated.filled,
        kinds=kinds,
        note_labels=rendered.note_labels,
    )


def compose_whole(
    session: Session,
    scope: Scope,
    draft: Draft,
    *,
    printed: bool,
    statuses: Sequence[Status] = COUNTED,
    min_base: int = Settings.min_base,
    marked: bool = False,
    speech: Speech | None = None,
) -> Composed:
    """Compose a draft for what leaves the editor: a file or a version.

    Raises StatementError with everything that is wrong in its text.
    """
    composed = compose(
        session,
        scope,
        draft,
        printed=printed,
        statuses=statuses,
        min_base=min_base,
        marked=marked,
        speech=speech,
    )
    if composed.problems:
        raise StatementError(composed.problems)
    return composed


def _numbered(use: FigureUse, numbers: Mapping[int, int]) -> FigureUse:
    """A table or figure that was called with the number it has in the text."""
    block = marked_block(use.text)
    if block is None:
        return use
    return replace(use, text=fill_numbers(use.text, numbers), number=numbers.get(block, 0))


def _pieced(text: str) -> Pieced | None:
    """The text's pieces; none where it cannot be read, which is said when it is evaluated."""
    try:
        return mark_pieces(text)
    except TemplateSyntaxError:
        return None


def on_screen(composed: Composed) -> str:
    """What was composed for print as HTML for a page: the footnotes at its end."""
    rendered = render_markdown(
        composed.text,
        composed.blocks,
        printed=False,
        kinds=composed.kinds,
        table=composed.words.phrase("table"),
    )
    return with_pictures(replace(composed, html=rendered.html))


def with_pictures(composed: Composed) -> str:
    """The HTML with its pictures inside, for a page."""
    html = composed.html
    for address, svg in composed.pictures.items():
        inside = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
        html = html.replace(f'src="{address}"', f'src="{inside}"')
    return html
