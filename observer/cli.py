"""The commands: each room's own, put into Flask's command group."""

from __future__ import annotations

import gc
import sys
from dataclasses import fields
from pathlib import Path
from threading import Thread

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from observer.access.commands import audit
from observer.backup import BackupError, back_up, restore
from observer.checklists.commands import form
from observer.collect.commands import submission
from observer.demo.commands import demo_command
from observer.findings import exporting
from observer.findings.commands import findings
from observer.findings.frame import read_ahead
from observer.findings.sample_commands import estimate, sample
from observer.findings.together_commands import compare, crosstab
from observer.maps.commands import map_command
from observer.migrating import is_current, migrate
from observer.missions.commandline import on_terminal
from observer.missions.commands import assignment, mission, place, region, round_
from observer.missions.people_commands import person
from observer.review.commands import check
from observer.server import serve_application
from observer.settings import (
    Settings,
    SettingsError,
    current_settings,
    load_settings,
    variable_name,
)
from observer.statements.sitrep_command import sitrep
from observer.statements.source_commands import source
from observer.statements.transfer_commands import statement
from observer.statements.warning_command import warnings
from observer.web import create_app

LEAST_SECRET = 32


def _create_app() -> Flask:
    return create_app(load_settings())


def _create_serving_app() -> Flask:
    app = _create_app()
    # What is loaded by now stays: collecting garbage need not look through it each time.
    gc.collect()
    gc.freeze()
    engine = app.extensions["observer.engine"]
    # The first page is not to wait for all answers to be read.
    Thread(target=read_ahead, args=(engine,), name="reading ahead", daemon=True).start()
    return app


cli = FlaskGroup(
    name="observer",
    help="Field reporting for election observation missions.",
    create_app=_create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)


@cli.command()
@with_appcontext
def init() -> None:
    """Create the database, or bring it to this release with its data.

    \b
    Example:
      OBSERVER_DATABASE_URL=postgresql://localhost/mission observer init
    """
    engine = current_app.extensions["observer.engine"]
    migrate(engine)
    click.echo(f"Ready: {engine.url.render_as_string(hide_password=True)}")


@cli.command()
def settings() -> None:
    """List every setting: its variable, its value now and what it does.

    \b
    Example:
      observer settings
    """
    in_force = load_settings()
    for setting in fields(Settings):
        value = str(getattr(in_force, setting.name))
        if setting.name == "secret_key":
            value = "(set)" if value else ""
        if setting.name == "database_url":
            value = make_url(value).render_as_string(hide_password=True)
        click.echo(f"{variable_name(setting.name)}={value}")
        click.echo(f"    {setting.metadata['description']}")


@cli.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup(out: Path) -> None:
    """Write the database and all photos into one file, while the server runs or not.

    \b
    Example:
      observer backup mission-2026-06-08.zip
    """
    engine, media = current_app.extensions["observer.engine"], current_settings().media
    if out.exists():
        raise click.ClickException(f"{out} is there already: name a new file.")
    try:
        written = back_up(engine, media, out, track=on_terminal)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Backed up {written['rows']:,} rows and {written['files']:,} files to {out}")


@cli.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def restore_command(file: Path) -> None:
    """Bring a backup into a new, empty database: of the same kind, or from SQLite to PostgreSQL.

    \b
    Example:
      OBSERVER_DATABASE_URL=postgresql://localhost/new observer restore mission-2026-06-08.zip
    """
    engine, media = current_app.extensions["observer.engine"], current_settings().media
    try:
        brought = restore(engine, media, file, track=on_terminal)
    except BackupError as error:
        raise click.ClickException(f"Nothing restored. {error}") from error
    click.echo(f"Restored {brought['rows']:,} rows and {brought['files']:,} files")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1))
@with_appcontext
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the API with gunicorn.

    \b
    Example:
      observer serve --host 0.0.0.0 --port 8000 --workers 4
    """
    in_force = current_settings()
    if len(in_force.secret_key) < LEAST_SECRET:
        raise click.ClickException(
            f"OBSERVER_SECRET_KEY must be set to at least {LEAST_SECRET} secret characters, "
            "for example the output of: openssl rand -hex 32"
        )
    engine = current_app.extensions["observer.engine"]
    if not is_current(engine):
        raise click.ClickException(
            "The database is not at this release: run observer init (after a backup) first."
        )
    engine.dispose()
    serve_application(_create_serving_app, host, port, workers)


for command in (mission, round_, region, place, person, assignment):
    cli.add_command(command)
cli.add_command(audit)
cli.add_command(form)
cli.add_command(check)
submission.add_command(exporting.export)
cli.add_command(submission)
cli.add_command(exporting.job)
cli.add_command(findings)
cli.add_command(compare)
cli.add_command(crosstab)
cli.add_command(sample)
cli.add_command(estimate)
cli.add_command(map_command)
statement.add_command(warnings)
cli.add_command(statement)
cli.add_command(source)
cli.add_command(sitrep)
cli.add_command(demo_command(create_app))


def main() -> None:
    """Run the command line; bad settings or a bad database end in one line, not in a traceback."""
    try:
        cli.main()
    except SettingsError as error:
        sys.exit(f"Error: {error}")
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).strip().splitlines()[0]
        sys.exit(f"Error: the database: {reason}. Is it there, and was observer init run?")
