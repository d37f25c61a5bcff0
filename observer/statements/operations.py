"""Changing statements."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from observer import ROOT
from observer.access.audit import record
from observer.access.models import Person
from observer.database import now
from observer.missions.models import Mission, Round
from observer.missions.operations import hold_mission
from observer.statements.drafts import split_front_matter
from observer.statements.models import Statement, StatementEdit
from observer.statements.owning import follow_text
from observer.statements.paperkinds import STATEMENT, outline_of
from observer.statements.themes import DEFAULT_PAPER, DEFAULT_THEME

OUTLINES = ROOT / "reports" / "outlines"
LONGEST_SLUG = 64
ALL_REGIONS = "{% for region in regions(observed=true) %}"
"""The line of an outline below which it speaks of each region alone."""
OWN_PAGES = {"new", "sources", "import", "recommendations"}
"""Addresses under /statements that are no statement."""


class ChangedMeanwhileError(RuntimeError):
    """Somebody else saved a newer text. ``newer`` is the statement as it stands now."""

    def __init__(self, newer: Statement) -> None:
        self.newer = newer
        super().__init__(_("Somebody else has saved a newer text meanwhile."))


class NoRegionsError(ValueError):
    """An outline does not speak of each region alone."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s has no line “%(line)s”, so it cannot be limited to some regions.",
                name=name,
                line=ALL_REGIONS,
            )
        )


def outline(language: str, kind: str = STATEMENT, regions: Sequence[str] = ()) -> str:
    """The text a new paper of a kind begins with.

    ``regions``: the codes of those that it is about, without what it says of all. Raises
    NoRegionsError where it does not speak of each region alone.
    """
    path = OUTLINES / outline_of(kind, language)
    text = split_front_matter(path.read_bytes(), path.name).text.lstrip("\n")
    if not regions:
        return text
    _of_all, line, of_each = text.partition(ALL_REGIONS)
    if not line:
        raise NoRegionsError(path.name)
    return f"{{% for region in {list(regions)} %}}{of_each}"


def has_outline(language: str, kind: str) -> bool:
    """Whether papers of a kind have an outline in a language."""
    return (OUTLINES / outline_of(kind, language)).is_file()


def _slug(session: Session, mission: Mission, title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[: LONGEST_SLUG - 4] or "statement"
    taken = {*session.scalars(select(Statement.slug).where(Statement.mission_id == mission.id))}
    taken |= OWN_PAGES
    slugs = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in slugs if slug not in taken)


def create_statement(
    session: Session,
    round_: Round,
    *,
    title: str,
    dated: date,
    language: str,
    subtitle: str = "",
    kind: str = STATEMENT,
    regions: Sequence[str] = (),
    text: str | None = None,
    theme: str = DEFAULT_THEME,
    paper: str = DEFAULT_PAPER,
    by: Person | None = None,
    translation_of: Statement | None = None,
) -> Statement:
    """Begin a statement, from the outline, of all or some regions, where no text is given.

    Raises NoRegionsError where the outline does not speak of each region alone.
    """
    hold_mission(session, round_.mission)
    # Its title may not be translated yet: its address tells it from that of the first one.
    named = f"{translation_of.slug} {language}" if translation_of else title
    statement = Statement(
        mission=round_.mission,
        round=round_,
        slug=_slug(session, round_.mission, named),
        translation_of_id=translation_of.id if translation_of else None,
        title=title,
        subtitle=subtitle,
        dated=dated,
        language=language,
        kind=kind,
        text=outline(language, kind, regions) if text is None else text,
        theme=theme,
        paper=paper,
        changed_by=by,
    )
    session.add(statement)
    session.flush()
    keep_edit(session, statement, by)
    record(session, "statement.create", statement.slug)
    return statement


def keep_edit(session: Session, statement: Statement, by: Person | None) -> None:
    """Keep a statement's text, as it stands, in its history."""
    session.add(
        StatementEdit(
            statement_id=statement.id,
            edit=statement.edit,
            title=statement.title,
            subtitle=statement.subtitle,
            dated=statement.dated,
            text=statement.text,
            saved_by_id=by.id if by else None,
        )
    )
    session.flush()


def save_statement(
    session: Session,
    statement: Statement,
    *,
    edit: int,
    title: str,
    subtitle: str,
    dated: date,
    text: str,
    by: Person,
) -> Statement:
    """Save a text that was made from the text numbered ``edit``.

    What is known of its sections follows the text. Raises ChangedMeanwhileError where there is a
    newer one; nothing is changed then.
    """
    before = statement.text
    saved = session.execute(
        update(Statement)
        .where(Statement.id == statement.id, Statement.edit == edit)
        .values(
            title=title,
            subtitle=subtitle,
            dated=dated,
            text=text,
            edit=edit + 1,
            changed_at=now(),
            changed_by_id=by.id,
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(statement)
    if saved.rowcount == 0:  # type: ignore[attr-defined]
        raise ChangedMeanwhileError(statement)
    keep_edit(session, statement, by)
    reopened = follow_text(session, statement, before, by)
    record(session, "statement.save", statement.slug, edit=statement.edit, reopened=reopened)
    return statement


def set_layout(session: Session, statement: Statement, *, theme: str, paper: str) -> None:
    """Give a statement another look or another paper; its text stays as it is."""
    statement.theme, statement.paper = theme, paper
    session.flush()
    record(session, "statement.layout", statement.slug, theme=theme, paper=paper)
