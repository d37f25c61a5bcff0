"""The command that lists what to look at in a statement's text."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from observer.database import get_session, only_read
from observer.settings import current_settings
from observer.statements.commands import MISSION, draft_named
from observer.statements.compose import compose
from observer.statements.warnings import KINDS, by_kind, last_frozen, warnings_of


@click.command()
@click.argument("what", metavar="SLUG|FILE.md")
@MISSION
@click.option("--strict", is_flag=True, help="Fail where there is anything to look at.")
@with_appcontext
def warnings(what: str, *, mission_code: str | None, strict: bool) -> None:
    """List what to look at in a stored statement, or in a Markdown file with front matter.

    Words that do not fit the figure beside them, figures that moved since the last version, that
    differ between verified and all reports or rest on few answers, and numbers that nothing backs.

    \b
    Example:
      observer statement warnings preliminary-statement
      observer statement warnings draft.md --strict
    """
    session = get_session()
    only_read(session)
    scope, draft, stored = draft_named(session, what, mission_code)
    composed = compose(session, scope, draft, printed=False, min_base=current_settings().min_base)
    for problem in composed.problems:
        click.echo(str(problem), err=True)
    found = warnings_of(composed, last_frozen(session, stored) if stored else None)
    for kind, each in by_kind(found).items():
        click.echo(f"{KINDS[kind]}: {len(each)}")
        for one in each:
            click.echo(str(one))
    if composed.problems:
        raise click.ClickException(f"{what} has problems; what is listed may not be all.")
    if strict and found:
        raise click.ClickException(f"{what}: {len(found)} to look at.")
