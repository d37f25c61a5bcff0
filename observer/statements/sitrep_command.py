"""The command that prints a situation report."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from observer.database import get_session
from observer.language import LANGUAGES
from observer.missions.commandline import MISSION, ROUND, round_named, saying_what_is_wrong
from observer.missions.scope import whole_mission
from observer.settings import current_settings
from observer.statements.sitrep import sitrep_pdf, situation
from observer.statements.themes import DEFAULT_THEME, ThemeError, theme_names


@click.command()
@click.argument("out", metavar="OUT.pdf", type=click.Path(dir_okay=False, path_type=Path))
@MISSION
@ROUND
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Else the mission's own.")
@click.option("--theme", type=click.Choice(theme_names()), default=DEFAULT_THEME, help="The look.")
@with_appcontext
def sitrep(
    out: Path, mission: str | None, round_code: str | None, language: str | None, theme: str
) -> None:
    """Print what is known of a round at this moment, on one to three pages.

    \b
    Example:
      observer sitrep situation.pdf
      observer sitrep situation.pdf --round runoff --language es
      observer sitrep situation.pdf --theme charter
    """
    session, settings = get_session(), current_settings()
    with saying_what_is_wrong():
        scope = whole_mission(session, mission)
        round_ = round_named(scope.mission, round_code)
    spoken = language or scope.mission.language
    with force_locale(spoken if spoken in LANGUAGES else "en"):
        found = situation(
            session,
            scope,
            round_,
            min_base=settings.min_base,
            silent_minutes=settings.silent_minutes,
        )
        try:
            content = sitrep_pdf(found, theme=theme, logo=settings.logo)
        except ThemeError as error:
            raise click.ClickException(str(error)) from error
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(f"Written: {out}")
