"""How far the demonstration's statement has come: who writes what, and what is still asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.missions.scope import Scope
from observer.settings import Settings
from observer.statements.comments import CONTEXT, add_comment, reply
from observer.statements.compose import compose
from observer.statements.drafts import draft_of
from observer.statements.models import Statement
from observer.statements.owning import set_section
from observer.statements.sectionmodels import SectionState
from observer.statements.sections import Section, split
from observer.statements.versions import figures_of

EDITOR, ANALYST = "editor@example.org", "analyst@example.org"
AGREED_AT = datetime(2026, 6, 8, 22, 15, tzinfo=UTC)
"""The evening after the vote, when the text is written."""

OWNERS = (
    ("political-context", EDITOR, SectionState.AGREED),
    ("legal-framework", EDITOR, SectionState.AGREED),
    ("election-day", ANALYST, SectionState.REVIEW),
    ("party-agents-and-observers", ANALYST, SectionState.AGREED),
    ("incidents", ANALYST, SectionState.DRAFT),
    ("complaints-and-appeals", EDITOR, SectionState.REVIEW),
)
COMMENTED = (
    (
        "election-day",
        "a small omission that costs voters time",
        EDITOR,
        "Do we know that it cost them time? If no team wrote it, we leave it out.",
        ANALYST,
        "Four teams in Lima mention it in their notes. I will put the number here.",
    ),
    (
        "complaints-and-appeals",
        "The time limits are short and were kept after the first round.",
        ANALYST,
        "This needs a source; the special courts publish their decisions.",
        "",
        "",
    ),
)


def share_out(session: Session, statement: Statement) -> None:
    """Give the statement's sections their owners and states, and two of them a comment."""
    people = {
        person.email: person
        for person in session.scalars(select(Person).where(Person.email.in_([EDITOR, ANALYST])))
    }
    sections = {section.key: section for section in split(statement.text)}
    for key, owner, state in OWNERS:
        agreed = state == SectionState.AGREED
        row = set_section(
            session,
            statement,
            key,
            owner=people[owner],
            state=state,
            by=people[EDITOR],
            seen=statement.text,
            figures=_figures(session, statement, sections[key]) if agreed else [],
        )
        row.agreed_at = AGREED_AT if agreed else None
    for number, (key, quote, by, said, answered_by, answer) in enumerate(COMMENTED):
        start = statement.text.index(quote)
        end = start + len(quote)
        comment = add_comment(
            session,
            statement,
            said,
            by=people[by],
            section_key=key,
            quote=quote,
            before=statement.text[max(0, start - CONTEXT) : start],
            after=statement.text[end : end + CONTEXT],
        )
        comment.at = AGREED_AT + timedelta(minutes=10 * number)
        if answer:
            back = reply(session, statement, comment, answer, by=people[answered_by])
            back.at = comment.at + timedelta(minutes=4)
    session.flush()


def _figures(session: Session, statement: Statement, section: Section) -> list[dict[str, Any]]:
    """The figures of one section; what is drawn in the others need not be drawn for them."""
    draft = replace(draft_of(statement), text=section.text, first_line=section.first_line)
    scope = Scope(statement.mission)
    return figures_of(compose(session, scope, draft, printed=False, min_base=Settings.min_base))
