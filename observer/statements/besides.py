"""A statement's languages section by section: what belongs together, and what has come apart."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.statements.compose import Composed, calls_of
from observer.statements.displays import Displays
from observer.statements.figures import Figures, FigureUse
from observer.statements.models import Statement, StatementEdit
from observer.statements.operations import has_outline, outline
from observer.statements.paperkinds import STATEMENT
from observer.statements.sections import NOTES, split, without_template
from observer.statements.template import CallInText, calls_in
from observer.statements.untranslated import begun_with, paragraphs

WORDS_OF_CALLS = ("caption",)
"""What a call says in words, which are another one's in each language."""


@dataclass(frozen=True)
class Part:
    """A section of a text, from one ``##`` heading to the next."""

    title: str
    """Empty for what stands before the first heading."""
    text: str
    first_line: int


@dataclass
class Column:
    """One language of a section."""

    statement: Statement
    part: Part | None
    """None where this language lacks the section."""
    figures: list[FigureUse] = field(default_factory=list)
    calls: tuple[str, ...] = ()
    paragraphs: list[str] = field(default_factory=list)
    """Its words, as far as they are to be translated."""
    still: int = 0
    """How many of the paragraphs are not translated yet."""
    changed_at: datetime | None = None
    """When the section was last changed; guidance in comments is no part of it."""
    usual_place: int | None = None
    """Which section of its language's outline it is, where its heading is one of those."""
    marks: list[str] = field(default_factory=list)
    """What to look at: ``missing``, ``figures``, ``untranslated``, ``partly`` where only some
    paragraphs are, and ``changed`` where the first language was changed after this one."""
    newer: list[Statement] = field(default_factory=list)
    """Of the first language: those in which the section was changed since it was last saved."""
    only_here: list[str] = field(default_factory=list)
    """Calls that the first language does not have in this section, as far as they differ."""
    not_here: list[str] = field(default_factory=list)


def usual_text(language: str) -> str:
    """The outline of statements in a language; empty where a mission has added none to it."""
    return outline(language) if has_outline(language, STATEMENT) else ""


def parts_of(text: str) -> list[Part]:
    """The sections of a text by its ``##`` headings; what stands before them is one too.

    The footnotes at the end belong to the last one here: they are translated with it.
    """
    sections = split(text)
    if len(sections) > 1 and sections[-1].key == NOTES:
        *before, last, notes = sections
        sections = [*before, replace(last, text=last.text + notes.text)]
    parts = [Part(one.heading, one.text.strip("\n"), one.first_line) for one in sections]
    return [part for part in parts if part.text]


def side_by_side(
    session: Session,
    statements: Sequence[Statement],
    composed: Mapping[int, Composed] = MappingProxyType({}),
) -> list[list[Column]]:
    """The sections in their order, each with a column for every statement.

    ``composed`` has each statement's text with its figures, by its id; without it there are no
    figures, and calls are told apart as they are written. Languages are set against
    the first one; sections that only a later one has stand where it has them.
    """
    first, *others = statements
    rows = [[column] for column in _columns(session, first, composed.get(first.id))]
    for width, statement in enumerate(others, start=1):
        columns = _columns(session, statement, composed.get(statement.id))
        merged = []
        for row, column in _aligned(rows, columns):
            before = row or [Column(one, None) for one in statements[:width]]
            merged.append([*before, column or Column(statement, None)])
        rows = merged
    begun = {one.id: begun_with(session, one) for one in others}
    for row in rows:
        _mark(row, begun)
    return rows


def _columns(session: Session, statement: Statement, composed: Composed | None) -> list[Column]:
    signatures = _signatures(composed) if composed else {}
    used = composed.used if composed else []
    usual = [part.title.casefold() for part in parts_of(usual_text(statement.language))]
    changed_at = _changes(session, statement)
    columns = []
    for part in parts_of(statement.text):
        last, title = part.first_line + part.text.count("\n"), part.title.casefold()
        columns.append(
            Column(
                statement,
                part,
                figures=[use for use in used if part.first_line <= use.line <= last],
                calls=tuple(sorted(same_call(call, signatures) for call in calls_in(part.text))),
                paragraphs=paragraphs(part.text),
                changed_at=changed_at(part),
                usual_place=usual.index(title) if title in usual else None,
            )
        )
    return columns


def _signatures(composed: Composed) -> dict[str, Callable[..., object]]:
    figures = Figures(composed.facts, composed.words)
    return calls_of(figures, Displays(figures))


def same_call(call: CallInText, calls: Mapping[str, Callable[..., object]]) -> str:
    """A call however it is written: each argument by its name, those left out as they are usual.

    Words that a reader sees are left out: they differ between languages.
    """
    function = calls.get(call.name)
    if function is None:
        named = {name: v for name, v in call.named.items() if name not in WORDS_OF_CALLS}
        return replace(call, named=named).written
    try:
        bound = inspect.signature(function).bind(*call.given, **call.named)
    except TypeError:
        return call.written
    bound.apply_defaults()
    given: dict[str, Any] = {k: v for k, v in bound.arguments.items() if k not in WORDS_OF_CALLS}
    usual = {name: one.default for name, one in bound.signature.parameters.items()}
    said = [f"{name}={_plain(v)!r}" for name, v in given.items() if v not in (usual[name], ())]
    return f"{call.name}({', '.join(said)})"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _changes(session: Session, statement: Statement) -> Callable[[Part], datetime | None]:
    """Since when a section says what it says, by the texts that were saved."""
    edits = session.execute(
        select(StatementEdit.saved_at, StatementEdit.text)
        .where(StatementEdit.statement_id == statement.id)
        .order_by(StatementEdit.edit.desc())
    ).all()

    @cache
    def said(number: int) -> set[str]:
        return {_said(part) for part in parts_of(edits[number].text)}

    def changed_at(part: Part) -> datetime | None:
        since, says = None, _said(part)
        for number, edit in enumerate(edits):
            if says not in said(number):
                break
            since = edit.saved_at
        return since

    return changed_at


def _said(part: Part) -> str:
    """A section without the guidance in it, however its lines are broken."""
    return " ".join(without_template(part.text, calls=None).split())


def _aligned(
    rows: Sequence[list[Column]], columns: Sequence[Column]
) -> list[tuple[list[Column] | None, Column | None]]:
    """Rows and columns in their order, paired so that as much as can be belongs together."""
    best = [[0.0] * (len(columns) + 1) for _row in range(len(rows) + 1)]
    for a in range(len(rows) - 1, -1, -1):
        for b in range(len(columns) - 1, -1, -1):
            paired = _kinship(rows[a], columns[b]) + best[a + 1][b + 1]
            best[a][b] = max(paired, best[a + 1][b], best[a][b + 1])
    pairs: list[tuple[list[Column] | None, Column | None]] = []
    a = b = 0
    while a < len(rows) and b < len(columns):
        if best[a][b] == _kinship(rows[a], columns[b]) + best[a + 1][b + 1]:
            pairs.append((rows[a], columns[b]))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            pairs.append((rows[a], None))
            a += 1
        else:
            pairs.append((None, columns[b]))
            b += 1
    return [*pairs, *((row, None) for row in rows[a:]), *((None, c) for c in columns[b:])]


def _kinship(row: Sequence[Column], column: Column) -> float:
    """How much speaks for a section being another one's in another language."""
    known = next(one for one in row if one.part)
    ours, theirs = set(known.calls), set(column.calls)
    shared = len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.3
    places = (known.usual_place, column.usual_place)
    same_title = known.part.title == column.part.title  # type: ignore[union-attr]
    if same_title or (places[0] is not None and places[0] == places[1]):
        return 3 + shared
    return -1.0 if None not in places else 0.1 + shared


def _mark(row: list[Column], begun: Mapping[int, set[str]]) -> None:
    """Say of each column what differs in it from the first one that has the section.

    ``begun``: by the id of a later language the paragraphs it was begun with. Where there are
    neither words to translate nor figures there is nothing to say.
    """
    known = next(column for column in row if column.part)
    for column in row:
        if column.part is None:
            if known.paragraphs or known.calls:
                column.marks.append("missing")
            continue
        if column.calls != known.calls:
            column.marks.append("figures")
            column.only_here = _less(column.calls, known.calls)
            column.not_here = _less(known.calls, column.calls)
        if column is known or not (known.paragraphs or column.paragraphs):
            continue
        untouched = begun.get(column.statement.id, set()).union(known.paragraphs)
        column.still = sum(each in untouched for each in column.paragraphs)
        if column.still:
            is_all = column.still == len(column.paragraphs)
            column.marks.append("untranslated" if is_all else "partly")
        if _is_later(known.changed_at, column.changed_at):
            column.marks.append("changed")
    # A translation follows its original, and is newer in the end: there that is no fault. What is
    # not translated yet was not changed: only its headings were, on their own.
    known.newer = [
        other.statement
        for other in row
        if other is not known
        and other.paragraphs
        and "untranslated" not in other.marks
        and _is_later(other.changed_at, known.statement.changed_at)
    ]


def _is_later(moment: datetime | None, other: datetime | None) -> bool:
    return moment is not None and other is not None and moment > other


def _less(some: Sequence[str], others: Sequence[str]) -> list[str]:
    left = list(others)
    only = []
    for one in some:
        if one in left:
            left.remove(one)
        else:
            only.append(one)
    return only
