"""One statement in several languages: statements of their own that say the same, side by side.

A language begins as a copy of the first text, so that every figure is called alike from the start
and only words are left to translate. What has come apart since is found section by section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.statements.besides import side_by_side, usual_text
from observer.statements.models import Statement
from observer.statements.operations import create_statement
from observer.statements.phrases import language_names


class LanguageError(ValueError):
    """A statement cannot be had in this language; the message says why."""


def family(session: Session, statement: Statement) -> list[Statement]:
    """A statement in all its languages, the first one first."""
    first = statement.translation_of_id or statement.id
    return list(
        session.scalars(
            select(Statement)
            .where(
                Statement.mission_id == statement.mission_id,
                or_(Statement.id == first, Statement.translation_of_id == first),
            )
            .order_by(Statement.id)
        )
    )


def languages_left(statements: Sequence[Statement]) -> dict[str, str]:
    """The languages, by code, that a statement is not there in."""
    taken = {statement.language for statement in statements}
    return {code: name for code, name in language_names().items() if code not in taken}


def add_language(
    session: Session,
    statement: Statement,
    language: str,
    *,
    title: str,
    subtitle: str = "",
    by: Person | None = None,
) -> Statement:
    """Begin a statement in another language: its figures as they are, its words to be translated.

    It is a paper of the same kind, with the same look.

    Raises LanguageError where there is no such language, or the statement is there in it.
    """
    statements = family(session, statement)
    if language not in languages_left(statements):
        raise LanguageError(_("This statement is there in this language, or nobody writes in it."))
    return create_statement(
        session,
        statement.round,
        title=title,
        subtitle=subtitle,
        dated=statement.dated,
        language=language,
        kind=statement.kind,
        theme=statement.theme,
        paper=statement.paper,
        text=_with_usual_headings(statement.text, statement.language, language),
        by=by,
        translation_of=statements[0],
    )


def _with_usual_headings(text: str, before: str, after: str) -> str:
    """The text with the headings that outlines have translated as outlines have them."""
    pairs = zip(_headings(usual_text(before)), _headings(usual_text(after)), strict=False)
    usual = {old: new for old, new in pairs if old.split(" ")[0] == new.split(" ")[0]}
    return "\n".join(usual.get(line.rstrip(), line) for line in text.split("\n"))


def _headings(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.startswith("#")]


@dataclass(frozen=True)
class Behind:
    """A section of a translation that does not say yet what the original says."""

    title: str
    """As this language has it, or the original where the section is missing; may be empty."""
    language: str
    """What the title is written in."""
    marks: tuple[str, ...]
    """``missing``, ``untranslated``, ``partly`` or ``changed``, as of ``Column``."""
    still: int
    """How many of its paragraphs are not translated yet."""
    paragraphs: int

    @property
    def is_untranslated(self) -> bool:
        """Whether words of it are not translated yet, or the section is missing."""
        return self.marks != ("changed",)


def behind(session: Session, statement: Statement) -> list[Behind]:
    """The sections of a saved text that are not translated, or whose original changed since."""
    first = family(session, statement)[0]
    if first is statement:
        return []
    found = []
    for original, column in side_by_side(session, [first, statement]):
        marks = tuple(mark for mark in column.marks if mark != "figures")
        shown = column if column.part else original
        if marks and shown.part:
            found.append(
                Behind(
                    shown.part.title,
                    shown.statement.language,
                    marks,
                    column.still,
                    len(column.paragraphs),
                )
            )
    return found
