"""The command that draws a map into a file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy.orm import Session

from observer.checklists.library import newest_definition
from observer.database import get_session
from observer.findings.findings import UnknownNameError
from observer.language import LANGUAGES
from observer.maps.choices import first_answer, mappable
from observer.maps.choropleth import Subject
from observer.maps.file import map_file
from observer.missions.commandline import MISSION, ROUND, round_named, saying_what_is_wrong
from observer.missions.scope import Scope, levels_of, whole_mission
from observer.settings import current_settings


@click.command("map")
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@MISSION
@click.option("--form", metavar="CODE", help="Count reports of this form.")
@click.option("--question", metavar="NAME", help="Show the answers to this question.")
@click.option("--answer", metavar="NAME", help="How often this answer was given.")
@click.option("--level", type=click.IntRange(1), default=1, show_default=True, help="Of regions.")
@ROUND
@click.option("--centres/--no-centres", default=False, help="Mark the polling centres.")
@click.option("--incidents/--no-incidents", default=True, help="Mark the incidents.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Else the mission's.")
@with_appcontext
def map_command(
    *,
    out: Path,
    mission: str | None,
    form: str | None,
    question: str | None,
    answer: str | None,
    level: int,
    round_code: str | None,
    centres: bool,
    incidents: bool,
    language: str | None,
) -> None:
    """Draw a map into one HTML file that opens from disk, without any network.

    It shows how often an answer was given: without --answer the first one that is a problem.
    Without --question it shows where was observed.

    \b
    Example:
      observer map coverage.html
      observer map late.html --form opening --question opened_on_time --answer no
    """
    if question and not form:
        raise click.ClickException("Name the --form of the question, too.")
    if answer and not question:
        raise click.ClickException("Name the --question of the answer, too.")
    session = get_session()
    with saying_what_is_wrong():
        scope = whole_mission(session, mission)
        round_ = round_named(scope.mission, round_code)
    levels = levels_of(session, scope)
    if level not in levels:
        known = ", ".join(map(str, levels)) or "none"
        raise click.ClickException(f"There are no regions of level {level}; there is {known}.")
    with force_locale(language or scope.mission.language):
        try:
            subject = _subject(session, scope, form, question, answer)
            text = map_file(
                session,
                scope,
                round_,
                form=subject.form,
                question=subject.question,
                answer=subject.answer,
                level=level,
                min_base=current_settings().min_base,
                with_centres=centres,
                with_incidents=incidents,
                shapes_kept_in=current_settings().shapes,
            )
        except UnknownNameError as error:
            raise click.ClickException(str(error)) from error
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    click.echo(f"Map: {out}")


def _subject(
    session: Session, scope: Scope, form: str | None, question: str | None, answer: str | None
) -> Subject:
    """What was named, with the first answer that is a problem where none was."""
    definition = newest_definition(session, scope.mission, form) if form else None
    if definition is not None and answer is None:
        chosen = next((each for each in mappable(definition) if each.name == question), None)
        answer = first_answer(chosen) if chosen else None
    return Subject(form=form, question=question, answer=answer)
