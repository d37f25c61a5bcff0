"""The commands that export submissions, and that do long work for the pages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress

from observer.collect.models import Status
from observer.database import snapshot
from observer.findings.exports.names import NotExportedError
from observer.findings.exports.order import Layout, Order, Where
from observer.findings.exports.variables import UnexpectedAnswerError
from observer.findings.exports.writing import Progress as Told
from observer.findings.exports.writing import Written, write_export
from observer.findings.jobrun import run
from observer.findings.names import UnknownNameError
from observer.findings.selection import COUNTED
from observer.missions.commandline import MISSION, saying_what_is_wrong
from observer.missions.jobmodels import JobState
from observer.missions.jobrun import NoSuchJobError
from observer.missions.scope import whole_mission
from observer.settings import current_settings

NAMES = "names"


@click.command("export")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@MISSION
@click.option(
    "--layout",
    type=click.Choice(list(Layout)),
    default=Layout.SUBMISSIONS,
    show_default=True,
    help="A row is a submission, an item of a repeat, or a place with all its forms.",
)
@click.option("--form", "forms", multiple=True, metavar="CODE", help="Of this form; else of all.")
@click.option("--round", "rounds", multiple=True, metavar="CODE", help="Of this one; else of all.")
@click.option("--region", metavar="CODE", help="In this region and what lies in it.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in Status]),
    help="With this status; may be given several times. Default: received and verified.",
)
@click.option(
    "--labels",
    metavar="LANG",
    default=NAMES,
    show_default=True,
    help="Heads and choices in this language, or “names”.",
)
@click.option(
    "--geometry",
    type=click.Choice(list(Where)),
    default=Where.PLACE,
    show_default=True,
    help="Of GeoJSON and GeoPackage: where the place is, or the phone was.",
)
@click.option("--people", is_flag=True, help="With the names of observers and reviewers.")
@click.option("--links", metavar="ADDRESS", default="", help="Of the pages: links to the photos.")
@with_appcontext
def export(
    *,
    out: Path,
    mission: str | None,
    layout: str,
    forms: tuple[str, ...],
    rounds: tuple[str, ...],
    region: str | None,
    statuses: tuple[str, ...],
    labels: str,
    geometry: str,
    people: bool,
    links: str,
) -> None:
    """Export submissions into a file, with a dictionary of its variables.

    OUT ends in .xlsx, .csv, .parquet, .gpkg, .geojson, .sav (SPSS) or .dta (Stata). An .xlsx has a
    sheet for each form, a .gpkg a layer; in the others all forms are in one table. With .zip behind
    it (out.csv.zip) there is a file for each form.

    \b
    Example:
      observer submission export reports.xlsx --labels es
      observer submission export opening.csv --form opening --status verified
      observer submission export parties.csv.zip --layout repeats
      observer submission export stations.gpkg --layout stations --region 15
    """
    order = Order(
        layout=Layout(layout),
        forms=forms,
        rounds=rounds,
        region=region,
        statuses=tuple(Status(status) for status in statuses) or COUNTED,
        labels=None if labels == NAMES else labels,
        geometry=Where(geometry),
        people=people,
        links=links,
    )
    engine = current_app.extensions["observer.engine"]
    with saying_what_is_wrong(), snapshot(engine) as session:
        scope = whole_mission(session, mission)
        session.expunge_all()
    try:
        with _progress_bar(out.name) as told:
            written = write_export(engine, scope, order, out, progress=told)
    except (UnknownNameError, NotExportedError, UnexpectedAnswerError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt as stop:
        raise click.ClickException(f"Stopped: {out} was not written.") from stop
    _say(written)


@contextmanager
def _progress_bar(name: str) -> Iterator[Told]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(written: Written) -> None:
    for file in written.files:
        click.echo(f"Export: {file}")
    rows = "1 row" if written.rows == 1 else f"{written.rows:,} rows"
    others = [f"{number:,} {status}" for status, number in written.left_out.items() if status]
    if without := written.left_out.get(""):
        others.append(f"{without:,} of forms that the mission does not have")
    click.echo(f"{rows}." + (f" Left out: {', '.join(others)}." if others else ""))


@click.group()
def job() -> None:
    """Long work that was asked for on a page."""


@job.command("run")
@click.argument("job_id", metavar="NUMBER", type=int)
@with_appcontext
def run_job(job_id: int) -> None:
    """Do a job that waits. The pages start this themselves.

    \b
    Example:
      observer job run 12
    """
    engine = current_app.extensions["observer.engine"]
    try:
        state = run(engine, current_settings(), job_id)
    except NoSuchJobError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Job {job_id}: {state}.")
    if state != JobState.DONE:
        sys.exit(1)
