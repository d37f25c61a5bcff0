"""Commands: two rounds beside each other over the same places, and two questions."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask.cli import with_appcontext
from rich.table import Table

from observer.collect.models import Status
from observer.database import get_session
from observer.findings import words
from observer.findings.commands import STATUSES, print_json, print_table
from observer.findings.comparison import Comparison, comparison, rounds_to_compare
from observer.findings.crosstab import CrossTable, cross_table, name_of
from observer.findings.ground import WHOLE
from observer.findings.names import UnknownNameError
from observer.findings.selection import COUNTED
from observer.missions.commandline import MISSION, ROUND, round_named, saying_what_is_wrong
from observer.missions.scope import whole_mission
from observer.settings import current_settings


@click.command()
@click.argument("other", metavar="ROUND")
@MISSION
@ROUND
@click.option("--form", required=True, metavar="CODE")
@click.option("--question", required=True, metavar="NAME")
@click.option("--answer", metavar="NAME", help="This answer; else every one.")
@click.option("--region", metavar="CODE", help="In this region, or in its regions of a --level.")
@click.option("--level", type=click.IntRange(0), help="In the regions of a level; 0: the whole.")
@STATUSES
@click.option("--json", "as_json", is_flag=True, help="For programs: all regions and the whole.")
@with_appcontext
def compare(
    *,
    other: str,
    mission: str | None,
    round_code: str | None,
    form: str,
    question: str,
    answer: str | None,
    region: str | None,
    level: int | None,
    statuses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compare a question's answers with those of another ROUND, over the same places.

    \b
    Example:
      observer compare first --form opening --question opened_on_time
      observer compare first --form opening --question opened_on_time --answer no --level 1
    """
    if level is None and region is None and not as_json:
        level = WHOLE
    with saying_what_is_wrong():
        scope = whole_mission(get_session(), mission)
        round_ = round_named(scope.mission, round_code)
    try:
        pair = rounds_to_compare(scope.mission, round_, other)
        found = comparison(
            get_session(),
            scope,
            *pair,
            form,
            question,
            answer=answer,
            region=region,
            level=level,
            statuses=[Status(status) for status in statuses] or COUNTED,
        )
    except UnknownNameError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json([each.to_json() for each in found])
    else:
        _print_compared(found)


def _print_compared(found: Sequence[Comparison]) -> None:
    if not found:
        click.echo("There is nothing to compare: no region of that level.")
        return
    least = current_settings().min_base
    table = Table("answer", "region", *found[0].rounds, "difference in points", "same places")
    for each in found:
        table.add_row(
            each.answer or "(answered)",
            each.region or "the whole",
            *(words.counted(k, n, least) for k, n in zip(each.k, each.n, strict=True)),
            words.points(each.difference) if each.is_told(least) else "–",
            words.number(each.places),
        )
    print_table(table)
    click.echo(f"{_counted(found[0].statuses)} Only places with an answer in both rounds count.")


@click.command()
@click.argument("rows", metavar="FORM/QUESTION")
@click.argument("columns", metavar="[FORM/]QUESTION")
@MISSION
@ROUND
@click.option("--region", metavar="CODE", help="In this region; else in the whole mission.")
@STATUSES
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def crosstab(
    *,
    rows: str,
    columns: str,
    mission: str | None,
    round_code: str | None,
    region: str | None,
    statuses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Count the answers to one question against those to another, of the same form or of two.

    \b
    Example:
      observer crosstab opening/opened_on_time materials_complete
      observer crosstab opening/opened_on_time voting/overall --region 15
    """
    with saying_what_is_wrong():
        scope = whole_mission(get_session(), mission)
        round_ = round_named(scope.mission, round_code)
    names = name_of(rows), name_of(columns, form=name_of(rows)[0])
    try:
        table = cross_table(
            get_session(),
            scope,
            round_,
            *names,
            region=region,
            statuses=[Status(status) for status in statuses] or COUNTED,
        )
    except UnknownNameError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json(table.to_json())
    else:
        _print_crossed(table)


def _print_crossed(found: CrossTable) -> None:
    least = current_settings().min_base
    table = Table("/".join(found.rows), *found.column_answers, "of all")
    for answer, counts, base in zip(found.row_answers, found.counts, found.row_bases, strict=True):
        shares = (words.counted(count, base, least) for count in counts)
        table.add_row(answer, *shares, words.counted(base, found.n, least))
    sums = (words.counted(base, found.n, least) for base in found.column_bases)
    table.add_row("(all)", *sums, words.number(found.n))
    print_table(table)
    what = "places" if found.of_places else "reports"
    click.echo(f"{_counted(found.statuses)} Columns: {'/'.join(found.columns)}; of {what}.")


def _counted(statuses: Sequence[str]) -> str:
    return words.reports([Status(status) for status in statuses]).capitalize() + "."
