"""Commands: drawing a sample of polling stations, and estimating from it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext
from rich.table import Table

from observer.database import get_session
from observer.findings import words
from observer.findings.commands import print_json, print_table
from observer.findings.converging import MINUTES, Convergence, convergence
from observer.findings.estimates import DesignError, size_for_margin
from observer.findings.names import UnknownNameError
from observer.findings.sample_operations import keep_sample, replace_station
from observer.findings.sampled import SampledReports, SampleEstimate
from observer.findings.sampling import BY_REGION, BY_STRATUM, candidates, draw, write_sample
from observer.findings.selection import COUNTED, Look
from observer.findings.wanted import wanted_of
from observer.missions.commandline import MISSION, ROUND, round_named, saying_what_is_wrong
from observer.missions.scope import whole_mission


@click.group()
def sample() -> None:
    """Draw the polling stations to observe as a probability sample."""


@sample.command("size")
@click.option("--margin", required=True, type=float, help="In points: 2 for ± 2 per cent.")
@click.option("--confidence", default=95.0, show_default=True, help="In per cent.")
@click.option("--share", default=50.0, show_default=True, help="The share expected, in per cent.")
@MISSION
@with_appcontext
def sample_size(margin: float, confidence: float, share: float, mission: str | None) -> None:
    """Say how many stations to draw at random for a margin of error.

    \b
    Example:
      observer sample size --margin 2
    """
    with saying_what_is_wrong():
        scope = whole_mission(get_session(), mission)
    stations = candidates(get_session(), scope.mission, by=BY_STRATUM)
    try:
        size = size_for_margin(
            margin / 100, len(stations), share=share / 100, confidence=confidence / 100
        )
    except DesignError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{size:,} of {len(stations):,} polling stations, drawn one by one at random")


@sample.command("draw")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.csv")
@click.option("--size", required=True, type=click.IntRange(1), help="How many stations.")
@click.option(
    "--by",
    type=click.Choice([BY_STRATUM, BY_REGION]),
    default=BY_REGION,
    show_default=True,
    help="Strata: those of the place list, or the regions at the top.",
)
@click.option("--seed", default="", help="The same seed draws the same sample. Default: random.")
@click.option(
    "--replacements", default=2, show_default=True, help="Stations in reserve for each stratum."
)
@click.option("--apply", "applied", is_flag=True, help="Write strata and weights into the places.")
@MISSION
@with_appcontext
def sample_draw(
    *,
    out: Path,
    size: int,
    by: str,
    seed: str,
    replacements: int,
    applied: bool,
    mission: str | None,
) -> None:
    """Draw a stratified, proportional sample of the mission's polling stations into a CSV file.

    Without --apply nothing but the file is written.

    \b
    Example:
      observer sample draw sample.csv --size 400 --seed 2026-runoff --apply
    """
    session, seed = get_session(), seed or secrets.token_hex(8)
    with saying_what_is_wrong():
        scope = whole_mission(session, mission)
    places = candidates(session, scope.mission, by=by)
    try:
        chosen = draw(places, size, seed, replacements=replacements)
        with out.open("w", encoding="utf-8", newline="") as file:
            write_sample(chosen, file)
    except DesignError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    if applied:
        keep_sample(session, scope.mission, places, chosen, seed, by=by, replacements=replacements)
        session.commit()
    strata = len({each.stratum for each in chosen})
    click.echo(f"Drew {size:,} of {len(places):,} stations in {strata} strata, seed {seed}: {out}")


@sample.command("replace")
@click.argument("code")
@click.argument("by")
@click.option("--reason", required=True, help="Why the station cannot be observed.")
@MISSION
@with_appcontext
def sample_replace(code: str, by: str, reason: str, mission: str | None) -> None:
    """Observe station BY in place of CODE, which cannot be reached; it takes over its weight.

    \b
    Example:
      observer sample replace 150101-0042 150101-0107 --reason "road washed away"
    """
    session = get_session()
    with saying_what_is_wrong():
        scope = whole_mission(session, mission)
    try:
        replace_station(session, scope.mission, code, by, reason)
    except DesignError as error:
        raise click.ClickException(str(error)) from error
    session.commit()
    click.echo(f"{by} is in the sample in place of {code}")


@click.command()
@MISSION
@ROUND
@click.option("--form", required=True, metavar="CODE")
@click.option("--question", metavar="NAME", help="With --answer a share, without one a total.")
@click.option("--answer", metavar="NAME")
@click.option("--ratio", metavar="NAME/NAME", help="Of one question's numbers to another's.")
@click.option(
    "--every",
    type=click.Choice([str(minutes) for minutes in MINUTES]),
    help="Step by step through the day, so many minutes each.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def estimate(
    *,
    mission: str | None,
    round_code: str | None,
    form: str,
    question: str | None,
    answer: str | None,
    ratio: str | None,
    every: str | None,
    as_json: bool,
) -> None:
    """Estimate from the mission's sample, with its margin of error.

    \b
    Example:
      observer estimate --form opening --question opened_on_time --answer no
      observer estimate --form counting --ratio signatures/register_voters
      observer estimate --form opening --question opened_on_time --answer no --every 60
    """
    with saying_what_is_wrong():
        scope = whole_mission(get_session(), mission)
        round_ = round_named(scope.mission, round_code)
    if bool(question) == bool(ratio) or (ratio and ratio.count("/") != 1):
        raise click.ClickException("Give --question, or --ratio as one/other.")
    above, _slash, below = (ratio or f"{question}/").partition("/")
    try:
        wanted = wanted_of(get_session(), scope, form, above, answer=answer, below=below)
        if every:
            step = timedelta(minutes=int(every))
            found = convergence(get_session(), scope, round_, wanted, step=step)
        else:
            look = Look(get_session(), scope, round_, COUNTED)
            found = SampledReports(get_session(), scope, wanted, look).estimate()
    except (UnknownNameError, DesignError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json(found.to_json())
    elif isinstance(found, Convergence):
        _print_steps(found, ZoneInfo(scope.mission.timezone))
    else:
        _print(found)


def _print_steps(found: Convergence, zone: ZoneInfo) -> None:
    scale, unit = (1, "") if found.wanted.kind == "total" else (100, " %")
    table = Table("until", "sampled places reported", "estimate", "from … to …")
    for step in found.steps:
        until = f"{step.until.astimezone(zone):%H:%M}" if step.until else "now"
        its = step.estimate
        told = ("–", "–")
        if its:
            bounds = f"{its.lower * scale:,.1f} – {its.upper * scale:,.1f}{unit}"
            told = (f"{its.value * scale:,.1f}{unit}", bounds)
        table.add_row(until, words.k_of_n(step.reported, found.drawn), *told)
    print_table(table)
    if found.now.reason:
        click.echo(found.now.reason)


def _print(found: SampleEstimate) -> None:
    its = found.estimate
    scale, unit = (1, "") if found.kind == "total" else (100, " %")
    click.echo(
        f"{its.value * scale:,.1f}{unit}, from {its.lower * scale:,.1f} to "
        f"{its.upper * scale:,.1f}{unit} with {its.confidence:.0%} confidence ({its.interval})"
    )
    click.echo(
        f"{found.reported:,} of {found.drawn:,} sampled places have reported; "
        f"{its.primary_units:,} primary units, {its.degrees_of_freedom:,} degrees of freedom"
    )
    if its.design_effect is not None:
        click.echo(f"design effect {its.design_effect:.2f}")
    for each in found.response:
        if each.reported < each.drawn:
            click.echo(
                f"  stratum {each.stratum}: {each.reported} of {each.drawn} reported; "
                f"their weights are raised by {each.factor:.3f}"
            )
