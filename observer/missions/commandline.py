"""What the commands of this room share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import track

from observer.access.audit import record
from observer.badinput import BadFileError
from observer.database import get_session
from observer.missions.codes import NotPossibleError
from observer.missions.models import Mission, Round
from observer.missions.rounds import current_round, round_of_code
from observer.missions.scope import NoMissionError, whole_mission

T = TypeVar("T")
FILE = click.argument("file", type=click.Path(path_type=Path))
MISSION = click.option("--mission", metavar="CODE", help="Which mission, where there are several.")
ROUND = click.option(
    "--round", "round_code", metavar="CODE", help="Which round; else the current one."
)


@contextmanager
def saying_what_is_wrong() -> Iterator[None]:
    """What a person can mend ends the command with its text, not with a traceback."""
    try:
        yield
    except (BadFileError, NoMissionError, NotPossibleError) as error:
        raise click.ClickException(str(error)) from error


def round_named(mission: Mission, code: str | None) -> Round:
    """The round with this code, or the current one. Raises NotPossibleError for none."""
    found = current_round(mission) if code is None else round_of_code(mission, code)
    if found is None:
        known = ", ".join(each.code for each in mission.rounds) or "none yet"
        raise NotPossibleError(f"There is no round {code or ''}; there is {known}.")
    return found


def on_terminal(items: Sequence[T], doing: str) -> Iterable[T]:
    """Go through a sequence with a progress bar, where standard error is a terminal."""
    console = Console(stderr=True)
    return track(items, doing, console=console, transient=True, disable=not console.is_terminal)


def import_file(
    importer: Callable[..., object], mission: str | None, file: Path, **options: Any
) -> None:
    """Run an importer on a file for the mission with this code, commit, print its report."""
    session = get_session()
    with saying_what_is_wrong():
        chosen = whole_mission(session, mission).mission
        report = importer(session, chosen, file, track=on_terminal, **options)
    kind = importer.__name__.removeprefix("import_")
    record(session, f"{kind}.import", chosen.code, file=file.name)
    session.commit()
    click.echo(str(report))
