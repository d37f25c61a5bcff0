"""Imports from a page, as jobs: the file lies in a folder until its job has read it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from observer.access.audit import ACTOR, record
from observer.access.models import Person
from observer.badinput import BadFileError
from observer.database import make_sessions
from observer.missions.assignments import import_assignments
from observer.missions.boundaries import import_regions
from observer.missions.jobmodels import Job
from observer.missions.jobrun import CannotBeDoneError, Tell
from observer.missions.jobs import STORED, ask_for, membership_allowing
from observer.missions.models import Mission
from observer.missions.places import import_places
from observer.missions.reports import ImportReport

T = TypeVar("T")

IMPORT = "import"
IMPORTERS: dict[str, Callable[..., ImportReport]] = {
    "places": import_places,
    "regions": import_regions,
    "assignments": import_assignments,
}
NAMES = {
    "places": _l("Polling centres and stations (CSV)"),
    "regions": _l("Regions with boundaries (GeoJSON, GeoPackage)"),
    "assignments": _l("Assignments of teams to places (CSV)"),
}
TAKE_MOVES = ("places", "regions")
MOST_LINES = 200
"""Of what an import says are kept."""


def ask_for_import(
    session: Session,
    mission: Mission,
    person: Person,
    what: str,
    file: BinaryIO,
    *,
    name: str,
    moves: bool,
    folder: Path,
) -> Job:
    """Put a file aside and note that it is to be imported. Raises TooManyJobsError."""
    folder.mkdir(parents=True, exist_ok=True)
    stored = folder / f"{secrets.token_hex(8)}{_suffix(name)}"
    parameters = {"what": what, "moves": moves, STORED: stored.name}
    job = ask_for(session, mission, person, IMPORT, parameters=parameters, file_name=name)
    with stored.open("wb") as out:
        while some := file.read(1_000_000):
            out.write(some)
    return job


def do_import(engine: Engine, folder: Path, job: Job, tell: Tell) -> tuple[str, str]:
    """Import the file of a job in one transaction; says what was done.

    Raises CannotBeDoneError with everything that is wrong with the file.
    """
    stored = folder / job.parameters[STORED]
    try:
        return _import(engine, job, stored, tell), ""
    except BadFileError as error:
        raise CannotBeDoneError(_shortened(str(error), stored, job)) from error


def _import(engine: Engine, job: Job, stored: Path, tell: Tell) -> str:
    what = job.parameters["what"]
    options: dict[str, Any] = {"track": _tracked(tell)}
    if what in TAKE_MOVES:
        options["moves"] = job.parameters["moves"]
    with make_sessions(engine)() as session:
        membership = membership_allowing(session, job, "mission.manage")
        if membership is None:
            raise CannotBeDoneError(_("You may not import into this mission any more."))
        mission = membership.mission
        session.info[ACTOR] = membership.person_id
        # Nobody who wants to write waits while the file is read.
        session.commit()
        report = IMPORTERS[what](session, mission, stored, **options)
        record(session, f"{what}.import", mission.code, file=job.file_name)
        session.commit()
    return _shortened(str(report), stored, job)


def _suffix(name: str) -> str:
    """The end of a file's name, by which programs know what it is; none that is no such end."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() else ""


def _tracked(tell: Tell) -> Callable[[Sequence[T], str], Iterable[T]]:
    """Says how far each part of the work is; every part is as much to the bar as another."""

    def track(items: Sequence[T], _doing: str) -> Iterable[T]:
        for done, item in enumerate(items):
            tell(done, len(items))
            yield item
        tell(len(items), len(items))

    return track


def _shortened(text: str, stored: Path, job: Job) -> str:
    """With the name that the person knows, and no longer than one reads."""
    lines = text.replace(stored.name, job.file_name).splitlines()
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        lines = [*lines[:MOST_LINES], _("… and %(count)s lines more", count=more)]
    return "\n".join(lines)
