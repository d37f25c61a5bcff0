"""Commands: rendering a statement."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.badinput import BadFileError
from observer.collect.models import Status
from observer.database import get_session
from observer.missions.scope import NoMissionError, Scope, whole_mission
from observer.settings import current_settings
from observer.statements.compose import COUNTED
from observer.statements.drafts import Draft, draft_of, read_draft
from observer.statements.facts import COUNTABLE
from observer.statements.models import Statement
from observer.statements.pdf import render_pdf
from observer.statements.template import StatementError


@click.group()
def statement() -> None:
    """Statements: their PDF."""


@statement.command()
@click.argument("what", metavar="SLUG|FILE.md")
@click.argument("out", metavar="OUT.pdf", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--mission", "mission_code", help="Code of the mission; needed where there are many.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in COUNTABLE]),
    help="Count submissions with this status; may be given twice. Default: verified.",
)
@with_appcontext
def render(what: str, out: Path, mission_code: str | None, statuses: tuple[str, ...]) -> None:
    """Render a stored statement, or a Markdown file with front matter, as a PDF.

    \b
    Example:
      observer statement render preliminary-statement statement.pdf
      observer statement render draft.md draft.pdf --status received --status verified
    """
    session = get_session()
    scope, draft = _draft(session, what, mission_code)
    counted = tuple(Status(status) for status in statuses) or COUNTED
    least = current_settings().min_base
    try:
        content = render_pdf(session, scope, draft, statuses=counted, min_base=least)
    except StatementError as error:
        raise click.ClickException(f"{what} cannot be rendered:\n{error}") from error
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"Written: {out}")


def _draft(session: Session, what: str, mission_code: str | None) -> tuple[Scope, Draft]:
    path = Path(what)
    try:
        if path.suffix == ".md":
            return read_draft(session, path.read_bytes(), path.name, mission_code)
        scope = whole_mission(session, mission_code)
    except OSError as error:
        raise click.ClickException(f"{what}: {error.strerror}") from error
    except (BadFileError, NoMissionError) as error:
        raise click.ClickException(str(error)) from error
    found = session.scalar(
        select(Statement).where(Statement.mission_id == scope.mission.id, Statement.slug == what)
    )
    if found is None:
        slugs = session.scalars(
            select(Statement.slug).where(Statement.mission_id == scope.mission.id)
        ).all()
        there_is = ", ".join(sorted(slugs)) or "none yet"
        raise click.ClickException(f"There is no statement {what!r}; there is {there_is}.")
    return scope, draft_of(found)
