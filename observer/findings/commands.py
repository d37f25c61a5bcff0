"""The command that prints findings."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.table import Table

from observer.collect.models import Status
from observer.database import get_session
from observer.findings import words
from observer.findings.findings import COUNTED, Finding, UnknownNameError
from observer.findings.findings import findings as find
from observer.findings.ground import WHOLE
from observer.missions.commandline import MISSION, ROUND, round_named, saying_what_is_wrong
from observer.missions.scope import whole_mission
from observer.settings import current_settings

STATUSES = click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in Status]),
    help="Count reports with this status; may be given twice. Default: received and verified.",
)


@click.command()
@MISSION
@ROUND
@click.option("--form", metavar="CODE", help="Of this form; else of every one.")
@click.option("--question", metavar="NAME", help="Of this question; else of every one.")
@click.option("--answer", metavar="NAME", help="Of this answer; else of every one.")
@click.option("--region", metavar="CODE", help="In this region, or in its regions of a --level.")
@click.option("--level", type=click.IntRange(0), help="In the regions of a level; 0: the whole.")
@STATUSES
@click.option(
    "--by",
    metavar="CUT",
    help="Cut by hour, team, status, stratum or attr:NAME, an attribute of places.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: all regions and the whole.")
@with_appcontext
def findings(
    *,
    mission: str | None,
    round_code: str | None,
    form: str | None,
    question: str | None,
    answer: str | None,
    region: str | None,
    level: int | None,
    statuses: tuple[str, ...],
    by: str | None,
    as_json: bool,
) -> None:
    """Print how often each answer was given, with what that was counted from.

    The table is of the whole mission where neither a region nor a level is named.

    \b
    Example:
      observer findings --form opening
      observer findings --form opening --question opened_on_time --level 1
      observer findings --form voting --status verified --json
      observer findings --form opening --question opened_on_time --by attr:area
    """
    if level is None and region is None and not as_json:
        level = WHOLE
    with saying_what_is_wrong():
        scope = whole_mission(get_session(), mission)
        round_ = round_named(scope.mission, round_code)
    try:
        found = find(
            get_session(),
            scope,
            round_,
            form=form,
            question=question,
            answer=answer,
            region=region,
            level=level,
            statuses=[Status(status) for status in statuses] or COUNTED,
            by=by,
        )
    except UnknownNameError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json([finding.to_json() for finding in found])
    else:
        _print_table(found)


def _print_table(found: list[Finding]) -> None:
    if not found:
        click.echo("There is nothing to count: no region of that level, or no form yet.")
        return
    by = found[0].by
    cut = [by] if by else []
    table = Table("form", "question", "answer", "region", *cut, "k of n (share)", "places observed")
    for finding in found:
        table.add_row(
            finding.form,
            finding.question,
            finding.answer or "(answered)",
            finding.region or "the whole",
            *([finding.value or "(none)"] if by else []),
            words.counted(finding.k, finding.n, current_settings().min_base),
            words.k_of_n(finding.places_observed, finding.places_total),
        )
    print_table(table)
    click.echo(words.reports([Status(status) for status in found[0].statuses]).capitalize() + ".")


def print_json(content: Any) -> None:
    """Print what programs read."""
    json.dump(content, sys.stdout, indent=1)
    sys.stdout.write("\n")


def print_table(table: Table) -> None:
    """Print a table; into a file or a pipe nothing is cut to the width of a terminal."""
    console = Console()
    console.print(table) if console.is_terminal else Console(width=200).print(table)
