"""Commands: the quality checks."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from observer.database import get_session
from observer.missions.commandline import MISSION, on_terminal, round_named, saying_what_is_wrong
from observer.missions.scope import whole_mission
from observer.review.checking import check_round
from observer.review.flags import TITLES, title


@click.group()
def check() -> None:
    """The quality checks of submissions."""


@check.command("run")
@MISSION
@click.option("--round", "round_code", metavar="CODE", help="Of this round; else of all.")
@with_appcontext
def check_run(mission: str | None, round_code: str | None) -> None:
    """Run every quality check over all submissions, also those that compare many of them.

    What a check finds is in the review queue; it may be run as often as wanted, and while the
    server runs. A submission that arrives is checked by itself.

    \b
    Example:
      observer check run --round runoff
    """
    session = get_session()
    with saying_what_is_wrong():
        chosen = whole_mission(session, mission).mission
        round_ = round_named(chosen, round_code) if round_code else None
    found = check_round(session, chosen, round_, track=on_terminal)
    with force_locale("en"):
        for name in TITLES:
            if found[name]:
                click.echo(f"{found[name]:>7,}  {title(name)}")
    click.echo(f"{found.total():>7,}  in all wait for a reviewer")
