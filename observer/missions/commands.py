"""Commands that set up a mission from its own files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.database import get_session
from observer.language import LANGUAGES
from observer.missions import operations
from observer.missions.assignments import import_assignments
from observer.missions.boundaries import import_regions
from observer.missions.commandline import (
    FILE,
    MISSION,
    import_file,
    round_named,
    saying_what_is_wrong,
)
from observer.missions.models import Membership, Mission, Place, PlaceKind
from observer.missions.places import import_places
from observer.missions.scope import whole_mission

MOVES = click.option("--moves", is_flag=True, help="Let what is there be put elsewhere.")


@click.group()
def mission() -> None:
    """Add a mission, or list those there are."""


@mission.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--country", default="", help="The country that votes.")
@click.option("--timezone", default="UTC", show_default=True, help="Such as America/Lima.")
@click.option("--language", default="en", show_default=True, type=click.Choice(list(LANGUAGES)))
@with_appcontext
def mission_add(code: str, name: str, country: str, timezone: str, language: str) -> None:
    """Add a mission.

    \b
    Example:
      observer mission add peru-2026 "Peru 2026" --country Peru --timezone America/Lima
    """
    session = get_session()
    with saying_what_is_wrong():
        operations.add_mission(
            session, code=code, name=name, country=country, timezone=timezone, language=language
        )
    session.commit()
    click.echo(f"Added mission {code}")


@mission.command("list")
@with_appcontext
def mission_list() -> None:
    """List the missions with their rounds and how much they hold.

    \b
    Example:
      observer mission list
    """
    session = get_session()
    missions = session.scalars(select(Mission).order_by(Mission.code)).all()
    if not missions:
        click.echo("There is no mission yet: add one with observer mission add.")
    for each in missions:
        click.echo(f"{each.code}: {each.name}, {each.timezone}, {each.language}")
        for round_ in each.rounds:
            click.echo(f"  round {round_.code}: {round_.name}, {round_.voting_day}")
        click.echo(f"  {_holdings(session, each)}")


def _holdings(session: Session, each: Mission) -> str:
    kinds = dict(
        session.execute(
            select(Place.kind, func.count()).where(Place.mission_id == each.id).group_by(Place.kind)
        ).all()
    )
    people = session.scalar(
        select(func.count()).select_from(Membership).where(Membership.mission_id == each.id)
    )
    centres, stations = kinds.get(PlaceKind.CENTRE, 0), kinds.get(PlaceKind.STATION, 0)
    return f"{centres:,} centres, {stations:,} stations, {people:,} people"


@click.group("round")
def round_() -> None:
    """Add a voting day to a mission; close it, and open it again."""


@round_.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The voting day.")
@MISSION
@with_appcontext
def round_add(code: str, name: str, day: datetime, mission: str | None) -> None:
    """Add a voting day to a mission.

    \b
    Example:
      observer round add runoff "Run-off" --day 2026-06-07
    """
    session = get_session()
    with saying_what_is_wrong():
        chosen = whole_mission(session, mission).mission
        operations.add_round(session, chosen, code=code, name=name, voting_day=day.date())
    session.commit()
    click.echo(f"Added round {code} to mission {chosen.code}")


@round_.command("close")
@click.argument("code")
@MISSION
@with_appcontext
def round_close(code: str, mission: str | None) -> None:
    """Close a round: submissions filled from now on still come in, and are held for review.

    \b
    Example:
      observer round close first
    """
    _close(code, mission, closed=True)
    click.echo(f"Closed round {code}: what is filled from now on is held for review")


@round_.command("open")
@click.argument("code")
@MISSION
@with_appcontext
def round_open(code: str, mission: str | None) -> None:
    """Open a round again that was closed.

    \b
    Example:
      observer round open first
    """
    _close(code, mission, closed=False)
    click.echo(f"Opened round {code}")


def _close(code: str, mission: str | None, *, closed: bool) -> None:
    session = get_session()
    with saying_what_is_wrong():
        operations.close_round(
            session, round_named(whole_mission(session, mission).mission, code), closed
        )
    session.commit()


@click.group()
def region() -> None:
    """Import regions with their boundaries."""


@region.command("import")
@FILE
@click.option(
    "--code", "code_property", default="code", show_default=True, help="The property with the code."
)
@click.option(
    "--name", "name_property", default="name", show_default=True, help="The property with the name."
)
@click.option(
    "--parent", "parent_property", help="The property with the code of the region it lies in."
)
@click.option("--layer", help="Which layer of a GeoPackage that has several.")
@MOVES
@MISSION
@with_appcontext
def region_import(file: Path, mission: str | None, **options: Any) -> None:
    """Import regions from a GeoJSON or GeoPackage file.

    Import each level of the tree by itself, the highest first; --parent says where the others lie.
    A file that was imported before may be imported again.

    \b
    Example:
      observer region import provinces.geojson --code PROV_CODE --name PROV_NAME --parent REG_CODE
    """
    import_file(import_regions, mission, file, **options)


@click.group()
def place() -> None:
    """Import polling centres and polling stations."""


@place.command("import")
@FILE
@MOVES
@MISSION
@with_appcontext
def place_import(file: Path, moves: bool, mission: str | None) -> None:
    """Import centres, stations and regions without boundary from a CSV file.

    Columns: code,level,parent,name,lat,lon,registered_voters,abroad,stratum,weight. A file that
    was imported before may be imported again: what changed is updated, nothing is removed.

    \b
    Example:
      observer place import places.csv
    """
    import_file(import_places, mission, file, moves=moves)


@click.group()
def assignment() -> None:
    """Import which team is to observe which place."""


@assignment.command("import")
@FILE
@MISSION
@with_appcontext
def assignment_import(file: Path, mission: str | None) -> None:
    """Import assignments from a CSV file with the columns round,team,place.

    \b
    Example:
      observer assignment import assignments.csv
    """
    import_file(import_assignments, mission, file)
