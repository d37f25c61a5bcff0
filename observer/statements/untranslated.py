"""What of a text there is to translate, and what of a translation is still as it was begun.

Headings, figure calls and guidance in comments are not counted: the headings of outlines are
translated on their own, figures say the same in every language, guidance is never printed.
"""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.statements.models import Statement, StatementEdit
from observer.statements.sections import is_note, without_template

# What is never closed hides the rest, as in Markdown: nothing is looked for twice.
_COMMENT = re.compile(r"<!--(?:.*?-->|.*)", re.DOTALL)
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_BEGINS = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]|[ \t]*\[\^[^\]\s]+\]:")
"""An entry of a list and a footnote are paragraphs of their own."""


def paragraphs(text: str) -> list[str]:
    """The words of each paragraph of a text that has any, without its figure calls.

    Footnotes with an address cite what others wrote: they read alike in every language.
    """
    shown = _COMMENT.sub("", without_template(text, calls=""))
    found: list[list[str]] = [[]]
    for line in shown.split("\n"):
        is_heading = _HEADING.match(line)
        if is_heading or not line.strip() or _BEGINS.match(line):
            found.append([])
        if not is_heading:
            found[-1].append(line)
    words = (" ".join(" ".join(lines).split()) for lines in found)
    return [each for each in words if any(map(str.isalpha, each)) and not _cites(each)]


def _cites(paragraph: str) -> bool:
    return is_note(paragraph) and "://" in paragraph


def begun_with(session: Session, statement: Statement) -> set[str]:
    """The paragraphs that a translation was begun with as another language had them then."""
    first = session.scalars(
        select(StatementEdit)
        .where(StatementEdit.statement_id == statement.id)
        .order_by(StatementEdit.edit)
        .limit(1)
    ).first()
    if first is None or statement.translation_of_id is None:
        return set()
    original = statement.translation_of_id
    others = session.scalars(
        select(Statement.id).where(
            Statement.mission_id == statement.mission_id,
            (Statement.id == original) | (Statement.translation_of_id == original),
            Statement.id != statement.id,
        )
    ).all()
    theirs: set[str] = set()
    for other in others:
        text = session.scalars(
            select(StatementEdit.text)
            .where(StatementEdit.statement_id == other, StatementEdit.saved_at <= first.saved_at)
            .order_by(StatementEdit.edit.desc())
            .limit(1)
        ).first()
        theirs.update(paragraphs(text or ""))
    return theirs.intersection(paragraphs(first.text))
