"""Commands: rendering a statement, freezing and proving its versions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.badinput import BadFileError
from observer.collect.models import Status
from observer.database import get_session, only_read
from observer.missions.scope import NoMissionError, Scope, whole_mission
from observer.settings import current_settings
from observer.statements import versions
from observer.statements.compose import COUNTED
from observer.statements.drafts import Draft, draft_of, read_draft
from observer.statements.facts import COUNTABLE
from observer.statements.models import Statement, StatementVersion
from observer.statements.operations import ChangedMeanwhileError
from observer.statements.pdf import pages_too_many, render_pdf
from observer.statements.template import StatementError
from observer.statements.themes import PAPERS, theme_names
from observer.statements.verifying import verify_version
from observer.statements.yamlfile import ReportFileError

MOST_PROBLEMS = 10
MISSION = click.option(
    "--mission", "mission_code", help="Code of the mission; needed where there are many."
)


class _Group(click.Group):
    """Commands that say which file in ``reports/`` cannot be used, and why."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ReportFileError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
def statement() -> None:
    """Statements: their text and PDF, and the versions that were frozen."""


@statement.command()
@click.argument("what", metavar="SLUG|FILE.md")
@click.argument("out", metavar="OUT.pdf", type=click.Path(dir_okay=False, path_type=Path))
@MISSION
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in COUNTABLE]),
    help="Count submissions with this status; may be given twice. Default: verified.",
)
@with_appcontext
@click.option("--theme", type=click.Choice(theme_names()), help="The look; else the statement's.")
@click.option("--paper", type=click.Choice(list(PAPERS)), help="Else the statement's.")
@click.option("--archive", is_flag=True, help="As PDF/A-3, with the data of its tables as CSV.")
def render(
    what: str,
    out: Path,
    *,
    mission_code: str | None,
    statuses: tuple[str, ...],
    theme: str | None,
    paper: str | None,
    archive: bool,
) -> None:
    """Render a stored statement, or a Markdown file with front matter, as a PDF.

    \b
    Example:
      observer statement render preliminary-statement statement.pdf
      observer statement render draft.md draft.pdf --status received --status verified
      observer statement render draft.md archive.pdf --theme charter --paper letter --archive
    """
    session = get_session()
    only_read(session)
    scope, draft, _stored = draft_named(session, what, mission_code)
    draft = replace(draft, theme=theme or draft.theme, paper=paper or draft.paper)
    settings = current_settings()
    try:
        content = render_pdf(
            session,
            scope,
            draft,
            statuses=tuple(Status(status) for status in statuses) or COUNTED,
            min_base=settings.min_base,
            logo=settings.logo,
            archive=archive,
        )
    except (StatementError, ReportFileError) as error:
        raise click.ClickException(f"{what} cannot be rendered:\n{error}") from error
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"Written: {out}")
    _tell_pages(draft.kind, content)


def _tell_pages(kind: str, content: bytes) -> None:
    too_many = pages_too_many(kind, content)
    if too_many:
        click.echo(f"It has {too_many[0]} pages; a paper of this kind has {too_many[1]}.", err=True)


@statement.command()
@click.argument("slug")
@click.option("--note", default="", help="What was corrected since the version before.")
@click.option("--publish", "published", is_flag=True, help="Show it to everybody at once.")
@MISSION
@with_appcontext
def freeze(slug: str, note: str, published: bool, mission_code: str | None) -> None:
    """Freeze a statement as its next version: text, figures, what they were counted from, PDF.

    \b
    Example:
      observer statement freeze preliminary-statement
      observer statement freeze preliminary-statement --note "Openings in Lima" --publish
    """
    session, settings = get_session(), current_settings()
    found = statement_named(session, scope_named(session, mission_code), slug)
    edit = found.edit
    session.rollback()
    try:
        prepared = versions.prepare(
            session.get_bind().engine,
            found,
            min_base=settings.min_base,
            logo=settings.logo,
            note=note,
        )
        version = versions.freeze(session, found, prepared, edit=edit, media=settings.media)
    except (StatementError, ReportFileError) as error:
        raise click.ClickException(f"{slug} cannot be frozen:\n{error}") from error
    except (ChangedMeanwhileError, versions.FrozenMeanwhileError) as error:
        raise click.ClickException(str(error)) from error
    if published:
        versions.publish(session, version)
    session.commit()
    done = "published" if published else "frozen"
    click.echo(f"Version {slug}/{version.number} is {done}; its PDF is {version.pdf_sha256}")
    _tell_pages(prepared.draft.kind, prepared.pdf)


@statement.command()
@click.argument("version", metavar="SLUG/NUMBER")
@MISSION
@with_appcontext
def verify(version: str, mission_code: str | None) -> None:
    """Prove a frozen version: figures and annex counted anew, its files, submissions, the log.

    Without a number it is the newest version. Each line says what was checked and whether it is so;
    "not" stands before what is not checked.

    \b
    Example:
      observer statement verify preliminary-statement/1
    """
    session = get_session()
    slug, _slash, number = version.partition("/")
    found = statement_named(session, scope_named(session, mission_code), slug)
    query = select(StatementVersion).where(StatementVersion.statement_id == found.id)
    if number:
        query = query.where(StatementVersion.number == (int(number) if number.isdecimal() else 0))
    frozen = session.scalar(query.order_by(StatementVersion.number.desc()).limit(1))
    if frozen is None:
        raise click.ClickException(f"There is no version {version}; freeze one first.")
    failed = 0
    for check in verify_version(session, frozen, current_settings().media):
        answer = "not" if not check.is_checked else "no" if check.problems else "yes"
        click.echo(f"{answer:>4}  {check.what}")
        for problem in check.problems[:MOST_PROBLEMS]:
            click.echo(f"      {problem}")
        if len(check.problems) > MOST_PROBLEMS:
            click.echo(f"      … and {len(check.problems) - MOST_PROBLEMS} more")
        failed += bool(check.problems)
    if failed:
        raise click.ClickException(f"Version {slug}/{frozen.number} is not proven.")
    click.echo(f"Version {slug}/{frozen.number} is proven.")


def scope_named(session: Session, mission_code: str | None) -> Scope:
    """The whole of the mission with this code. Raises ClickException for none."""
    try:
        return whole_mission(session, mission_code)
    except NoMissionError as error:
        raise click.ClickException(str(error)) from error


def draft_named(
    session: Session, what: str, mission_code: str | None
) -> tuple[Scope, Draft, Statement | None]:
    """The draft in a Markdown file, or that of a stored statement, which comes with it.

    Raises ClickException where there is none.
    """
    path = Path(what)
    try:
        if path.suffix == ".md":
            return *read_draft(session, path.read_bytes(), path.name, mission_code), None
    except OSError as error:
        raise click.ClickException(f"{what}: {error.strerror}") from error
    except BadFileError as error:
        raise click.ClickException(str(error)) from error
    scope = scope_named(session, mission_code)
    stored = statement_named(session, scope, what)
    return scope, draft_of(stored), stored


def statement_named(session: Session, scope: Scope, slug: str) -> Statement:
    """The statement with this short name. Raises ClickException for none."""
    found = session.scalar(
        select(Statement).where(Statement.mission_id == scope.mission.id, Statement.slug == slug)
    )
    if found is None:
        slugs = session.scalars(
            select(Statement.slug).where(Statement.mission_id == scope.mission.id)
        ).all()
        there_is = ", ".join(sorted(slugs)) or "none yet"
        raise click.ClickException(f"There is no statement {slug!r}; there is {there_is}.")
    return found
