"""What those who write a statement should look at before it leaves them; nothing is stopped by it.

What still has to be written, words that do not fit their figure, figures that moved since the last
version, that differ between verified and all reports or rest on few answers, numbers that nothing
backs, and letters that no font has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.checklists.definition import ANY_PLACE
from observer.findings.words import exact_percentage, k_of_n, number, percentage, points
from observer.statements.claims import SHARES, misfits, share_in
from observer.statements.claimwords import told
from observer.statements.compose import Composed
from observer.statements.differences import figure_changes
from observer.statements.facts import COUNTABLE
from observer.statements.figures import FigureUse
from observer.statements.housestyle import HouseStyle
from observer.statements.letters import without_font
from observer.statements.models import Statement, StatementVersion
from observer.statements.phrases import Language, language_of
from observer.statements.recounted import Recount
from observer.statements.sentences import (
    MOST_SHOWN,
    Reading,
    Sentence,
    reading_of,
    sentences_of,
)
from observer.statements.turns import Turn, turns_misfit
from observer.statements.unbacked import Unbacked, unbacked
from observer.statements.unfinished import unfinished
from observer.statements.versions import figures_of
from observer.statements.wider import EstimatedFigure

KINDS: Mapping[str, LazyString] = {
    "unfinished": _l("Still to be written"),
    "words": _l("Words and figure disagree"),
    "moved": _l("Moved since the last version"),
    "verified": _l("Verified and all reports differ"),
    "base": _l("Few answers"),
    "unbacked": _l("Numbers in the text that nothing backs"),
    "letters": _l("Letters without a font"),
}
"""The kinds, in the order in which they are shown, by what stands above each."""
DISPLAYS = ("table", "chart", "map")
SAYING_THEIR_BASE = ("share", "base", "compare")
"""Of few answers these give counts."""
RESTING_ON_ANSWERS = (*SHARES, "number")
MOST_NAMED = 6
"""So many numbers of one sentence are named."""


@dataclass(frozen=True)
class TextWarning:
    """Something to look at, and in which line of the text as written."""

    line: int
    kind: str
    """One of ``KINDS``."""
    message: str
    """In the language of the page."""
    passage: str = ""
    """The words it is about, with their figures, in the language of the statement."""
    query: str = ""
    """The call of the figure it is about; empty where there is none."""

    def __str__(self) -> str:
        passage = f" “{self.passage}”" if self.passage else ""
        return f"line {self.line}: {self.message}{passage}"


@dataclass(frozen=True)
class Frozen:
    """The figures of a version, as it keeps them, to set those of now against."""

    number: int
    figures: list[dict[str, Any]]


def last_frozen(session: Session, statement: Statement) -> Frozen | None:
    """The figures of a statement's newest version; None before the first."""
    row = session.execute(
        select(StatementVersion.number, StatementVersion.figures)
        .where(StatementVersion.statement_id == statement.id)
        .order_by(StatementVersion.number.desc())
        .limit(1)
    ).first()
    return Frozen(*row) if row else None


def warnings_of(composed: Composed, frozen: Frozen | None = None) -> list[TextWarning]:
    """Everything to look at in a text, by kind and line; ``frozen`` is its newest version."""
    put_out = {(one.line, one.query) for one in composed.filled}
    # A figure that an "if" asks for, and that is not printed, says nothing to readers.
    uses = [use for use in composed.used if (use.line, use.query) in put_out]
    first = [*{use.query: use for use in reversed(uses)}.values()][::-1]
    found = [
        *_on_few(composed, first),
        *_differing(composed, first),
        *_of_words(composed),
        *_of_letters(composed),
        *(_moved(first, composed, frozen) if frozen else ()),
    ]
    order = list(KINDS)
    return sorted(found, key=lambda one: (order.index(one.kind), one.line))


def by_kind(found: Sequence[TextWarning]) -> dict[str, list[TextWarning]]:
    """The warnings of each kind that there are."""
    groups = {kind: [one for one in found if one.kind == kind] for kind in KINDS}
    return {kind: each for kind, each in groups.items() if each}


def _on_few(composed: Composed, uses: Sequence[FigureUse]) -> Iterator[TextWarning]:
    least = composed.words.min_base
    for use in uses:
        bases = [base for one in use.findings for base in _bases(one)]
        few = [base for base in bases if base < least]
        if not few:
            continue
        if use.name in SAYING_THEIR_BASE:
            message = ngettext(
                "It rests on %(num)s answer.", "It rests on %(num)s answers.", min(few)
            )
        elif use.name in RESTING_ON_ANSWERS and not _counts_reports(composed, use):
            message = ngettext(
                "Only %(num)s answer: say so, or leave it out.",
                "Only %(num)s answers: say so, or leave it out.",
                min(few),
            )
        elif use.name in DISPLAYS and (some := [base for base in few if base]):
            message = ngettext(
                "%(num)s of its %(all)s figures rests on fewer than %(least)s answers.",
                "%(num)s of its %(all)s figures rest on fewer than %(least)s answers.",
                len(some),
                all=len(bases),
                least=least,
            )
        else:
            continue
        yield _of_figure("base", use, message)


def _counts_reports(composed: Composed, use: FigureUse) -> bool:
    """Whether a count is of reports themselves, such as those of incidents: it has no base."""
    found = use.findings[0]
    if use.name != "count":
        return False
    return found.answer is None or composed.facts.definition(found.form).place == ANY_PLACE


def _bases(found: Any) -> Iterator[int]:
    for name in ("n", "other_n"):
        base = getattr(found, name, None)
        if base is not None:
            yield base


def _differing(composed: Composed, uses: Sequence[FigureUse]) -> Iterator[TextWarning]:
    most = Fraction(composed.words.style.verified_differs)
    asked = [(use, use.findings[0]) for use in uses if use.name in SHARES]
    recount = Recount(composed.facts, COUNTABLE)
    recount.prepare(found for _use, found in asked)
    for use, found in asked:
        share = share_in(found)
        if share is None:
            continue
        everything = recount.again(found)
        other = share_in(everything)
        if other is None or abs(share - other) <= most:
            continue
        message = _(
            "%(share)s of what it counts (%(base)s), %(other)s of all reports received and "
            "verified (%(other_base)s).",
            share=_percentage(share, found),
            base=k_of_n(found.k, found.n),
            other=_percentage(other, everything),
            other_base=k_of_n(everything.k, everything.n),
        )
        yield _of_figure("verified", use, message)


def _percentage(share: Fraction, found: Any) -> str:
    is_estimate = isinstance(found, EstimatedFigure)
    return exact_percentage(float(share / 100)) if is_estimate else percentage(found.k, found.n)


def _moved(uses: Sequence[FigureUse], composed: Composed, frozen: Frozen) -> Iterator[TextWarning]:
    by_query = {use.query: use for use in uses}
    for change in figure_changes(frozen.figures, figures_of(composed)):
        use = by_query.get(change.query)
        if use is None or not change.before or not change.after:
            continue
        before = next(one["text"] for one in frozen.figures if one["query"] == change.query)
        if use.name in DISPLAYS:
            message = _("It has other figures than in version %(number)s.", number=frozen.number)
        elif before != use.text:
            message = _(
                "In version %(number)s it was %(before)s.", number=frozen.number, before=before
            )
        else:
            continue
        yield _of_figure("moved", use, message)


def _of_figure(kind: str, use: FigureUse, message: str) -> TextWarning:
    return TextWarning(use.line, kind, message, f"{use.label}: {use.text}", use.query)


def _of_words(composed: Composed) -> Iterator[TextWarning]:
    language, reading = language_of(composed.words.language), reading_of(composed)
    for one in unfinished(composed, reading, language.claims):
        yield TextWarning(one.line, "unfinished", one.message, one.passage)
    yield from _of_sentences(composed, reading, language)


def _of_sentences(
    composed: Composed, reading: Reading, language: Language
) -> Iterator[TextWarning]:
    tables: dict[int, list[Sentence]] = {}
    before: dict[int, bool] = {}
    is_backed = False
    for sentence in sentences_of(reading, frozenset(language.claims["abbreviations"])):
        yield from _misfitting(sentence, language, composed.words.style)
        yield from (_turned(sentence, turn) for turn in turns_misfit(sentence, language.claims))
        if sentence.table is not None:
            tables.setdefault(sentence.table, []).append(sentence)
            before.setdefault(sentence.table, is_backed)
        elif found := unbacked(sentence, language):
            yield _nothing_backs(sentence, found)
        is_backed = sentence.has_source
    for table, cells in tables.items():
        # One source for all of it may stand in a cell, or in the sentence that leads to it.
        if not before[table] and not any(cell.has_source for cell in cells):
            yield from _in_table(cells, language)


def _misfitting(sentence: Sentence, language: Language, style: HouseStyle) -> Iterator[TextWarning]:
    for claim in misfits(sentence, language.claims, style):
        least, most = told(claim.bounds, style)
        found = claim.use.findings[0]
        share = _percentage(share_in(found) or Fraction(0), found)
        if least == most:
            message = _(
                "“%(word)s” is said of %(share)s %%; the figure beside it is %(figure)s.",
                word=claim.words,
                share=_bound(least),
                figure=share,
            )
        else:
            message = _(
                "“%(word)s” is said of %(least)s to %(most)s %%; the figure beside it is "
                "%(figure)s.",
                word=claim.words,
                least=_bound(least),
                most=_bound(most),
                figure=share,
            )
        passage = sentence.around(claim.start, claim.end)
        yield TextWarning(sentence.line_at(claim.start), "words", message, passage, claim.use.query)


def _turned(sentence: Sentence, turn: Turn) -> TextWarning:
    word, change = turn.said.text, points(turn.difference)
    if turn.is_against:
        message = _(
            "“%(word)s” does not fit the comparison beside it: %(change)s percentage points.",
            word=word,
            change=change,
        )
    else:
        found = turn.use.findings[0]
        message = _(
            "“%(word)s” is said of %(change)s percentage points. With %(now)s and %(before)s "
            "answers a difference of up to %(margin)s points may be chance: say so, or leave the "
            "word out.",
            word=word,
            change=change,
            now=number(found.n),
            before=number(found.other_n),
            margin=number(round(turn.margin, 1)),
        )
    passage = sentence.around(turn.said.start, turn.said.end)
    return TextWarning(sentence.line_at(turn.said.start), "words", message, passage, turn.use.query)


def _bound(share: Fraction) -> str:
    return number(round(float(share), 1))


def _nothing_backs(sentence: Sentence, found: Sequence[Unbacked]) -> TextWarning:
    numbers = ", ".join(one.text for one in found[:MOST_NAMED])
    message = ngettext(
        "%(numbers)s has neither figure nor source.",
        "%(numbers)s have neither figure nor source.",
        len(found),
        numbers=numbers + (" …" if len(found) > MOST_NAMED else ""),
    )
    passage = sentence.around(found[0].start, found[0].end)
    return TextWarning(sentence.line_at(found[0].start), "unbacked", message, passage)


def _of_letters(composed: Composed) -> Iterator[TextWarning]:
    for line, letters in without_font(composed):
        message = _(
            "The statement's fonts do not have these letters; they are printed in another font, "
            "or as empty boxes. Look at the PDF, or write them in Latin letters."
        )
        yield TextWarning(line, "letters", message, letters[:MOST_SHOWN])


def _in_table(cells: Sequence[Sentence], language: Language) -> Iterator[TextWarning]:
    with_numbers = [(cell, found) for cell in cells if (found := unbacked(cell, language))]
    if not with_numbers:
        return
    message = ngettext(
        "%(num)s number of this table has neither figure nor source.",
        "%(num)s numbers of this table have neither figure nor source.",
        sum(len(found) for _cell, found in with_numbers),
    )
    cell, found = with_numbers[0]
    passage = " · ".join(one.text for _cell, each in with_numbers for one in each[:1])[:MOST_SHOWN]
    yield TextWarning(cell.line, "unbacked", message, passage)
