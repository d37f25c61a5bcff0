"""Commands: the mission's sources in from a CSV file and out to one."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from observer.database import get_session, only_read
from observer.missions.commandline import FILE, MISSION, saying_what_is_wrong
from observer.missions.scope import whole_mission
from observer.statements.sources import COLUMNS, import_sources, sources_as_csv


@click.group()
def source() -> None:
    """Sources: figures of other bodies, to cite in statements."""


@source.command("import", epilog=f"Columns: {','.join(COLUMNS)}")
@FILE
@MISSION
@with_appcontext
def import_(file: Path, mission: str | None) -> None:
    """Import sources from a CSV file; those that are not in it stay as they are.

    \b
    Example:
      observer source import sources.csv
    """
    session = get_session()
    with saying_what_is_wrong():
        brought = import_sources(session, whole_mission(session, mission).mission, file)
    session.commit()
    click.echo(f"{file.name}: {brought}")


@source.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@MISSION
@with_appcontext
def export(file: Path | None, mission: str | None) -> None:
    """Write the sources as CSV, to a file or to the screen.

    \b
    Example:
      observer source export sources.csv
    """
    session = get_session()
    only_read(session)
    with saying_what_is_wrong():
        written = sources_as_csv(session, whole_mission(session, mission).mission)
    if file is None:
        click.echo(written, nl=False)
        return
    try:
        file.write_bytes(written.encode())
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    click.echo(f"Written: {file}")
