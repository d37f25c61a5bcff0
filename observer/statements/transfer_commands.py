"""Commands: texts in from files and out to them, and recommendations from CSV."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from observer.badinput import BadFileError, Problem
from observer.database import get_session
from observer.missions.rounds import current_round, round_of_code, today
from observer.settings import current_settings
from observer.statements.commands import MISSION, scope_named, statement, statement_named
from observer.statements.drafts import draft_of
from observer.statements.phrases import language_codes
from observer.statements.recommendations import COLUMNS, import_recommendations
from observer.statements.sentout import as_markdown, as_word
from observer.statements.takenin import begin_from, take_in
from observer.statements.template import StatementError
from observer.statements.wordfile import MOST_BYTES

FILE = click.argument("file", type=click.Path(path_type=Path))


@statement.command("import")
@FILE
@click.option("--title", default="", help="Instead of the title in the file.")
@click.option("--round", "round_code", help="Which round; else that in the file, or the current.")
@click.option(
    "--language", type=click.Choice(language_codes()), help="Where the file does not say."
)
@MISSION
@with_appcontext
def import_(
    file: Path,
    title: str,
    round_code: str | None,
    language: str | None,
    mission_code: str | None,
) -> None:
    """Begin a statement with the text of a Word or Markdown file.

    What cannot be taken as it is is listed, and stands as a note at the beginning of the text.

    \b
    Example:
      observer statement import draft.docx --title "Preliminary statement"
      observer statement import draft.md
    """
    session = get_session()
    scope = scope_named(session, mission_code)
    try:
        taken = take_in(_read(file), file.name)
    except BadFileError as error:
        raise click.ClickException(str(error)) from error
    code = round_code or taken.round
    round_ = round_of_code(scope.mission, code) if code else current_round(scope.mission)
    if round_ is None:
        there_is = ", ".join(one.code for one in scope.mission.rounds) or "none yet"
        raise click.ClickException(f"There is no round {code!r}; there is {there_is}.")
    usual = scope.mission.language if scope.mission.language in language_codes() else "en"
    made = begin_from(
        session,
        round_,
        taken,
        dated=today(scope.mission),
        language=language or usual,
        title=title[:200],
    )
    session.commit()
    click.echo(f"Begun: {made.slug}, “{made.title}”")
    for note in taken.notes:
        click.echo(f"  {note}")


@statement.command()
@click.argument("slug")
@click.argument("out", metavar="OUT.{md,docx}", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--filled", is_flag=True, help="In Markdown: the figures instead of their calls.")
@MISSION
@with_appcontext
def export(slug: str, out: Path, filled: bool, mission_code: str | None) -> None:
    """Write a statement's text as Markdown or as a Word file.

    The figures in a Word file are live again when it is imported.

    \b
    Example:
      observer statement export preliminary-statement statement.docx
      observer statement export preliminary-statement statement.md --filled
    """
    if out.suffix.lower() not in (".md", ".docx"):
        raise click.ClickException(f"{out}: name a file that ends in .md or .docx.")
    session, least = get_session(), current_settings().min_base
    scope = scope_named(session, mission_code)
    draft = draft_of(statement_named(session, scope, slug))
    try:
        if out.suffix.lower() == ".docx":
            content = as_word(session, scope, draft, min_base=least)
        else:
            content = as_markdown(session, scope, draft, filled=filled, min_base=least).encode()
        out.write_bytes(content)
    except StatementError as error:
        raise click.ClickException(f"{slug} cannot be exported:\n{error}") from error
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"Written: {out}")


@statement.command(epilog=f"Columns: {','.join(COLUMNS)}, and text_es, text_fr, …")
@FILE
@MISSION
@with_appcontext
def recommendations(file: Path, mission_code: str | None) -> None:
    """Import recommendations, and the follow-up of earlier ones, from a CSV file.

    \b
    Example:
      observer statement recommendations recommendations.csv
    """
    session = get_session()
    scope = scope_named(session, mission_code)
    try:
        brought = import_recommendations(session, scope.mission, file)
    except BadFileError as error:
        session.rollback()
        raise click.ClickException(str(error)) from error
    session.commit()
    click.echo(f"{file.name}: {brought}")


def _read(file: Path) -> bytes:
    try:
        if file.is_file() and file.stat().st_size > MOST_BYTES:
            message = f"larger than {MOST_BYTES // 1_000_000} MB"
            raise BadFileError(file.name, [Problem("", message)])
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
