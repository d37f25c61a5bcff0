"""Long work beside the pages: asked for on a page, done by a process of its own.

That process says every second how far it is and that it is alive, and hears whether it is to stop.
One that says nothing more has died; its job has failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.database import now
from observer.findings.exports.order import Order
from observer.findings.models import UNDER_WAY, Job, JobState
from observer.missions.models import Mission
from observer.settings import Settings, variable_name

EXPORT = "export"
SILENT_S = 60
"""A process that has said nothing for this many seconds has died."""
KEPT_DAYS = 7
"""Results are kept this long."""
MOST_UNDER_WAY = 3
"""Of one person at a time."""
MOST_SHOWN = 20


class TooManyJobsError(ValueError):
    """Somebody has as much work under way as one may; the message is a sentence."""


def folder_of(settings: Settings) -> Path:
    """The folder of results."""
    return settings.instance / "exports"


def jobs_of(session: Session, mission: Mission, person: Person) -> Sequence[Job]:
    """A person's own jobs, the newest first."""
    return session.scalars(
        select(Job)
        .where(Job.mission_id == mission.id, Job.person_id == person.id)
        .order_by(Job.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def job_of(session: Session, mission: Mission, person: Person, job_id: int) -> Job | None:
    """One of a person's own jobs."""
    return session.scalar(
        select(Job).where(
            Job.id == job_id, Job.mission_id == mission.id, Job.person_id == person.id
        )
    )


def ask_for_export(
    session: Session, mission: Mission, person: Person, order: Order, file_name: str
) -> Job:
    """Note an export that is to be made. Raises TooManyJobsError."""
    under_way = [job for job in jobs_of(session, mission, person) if job.state in UNDER_WAY]
    if len(under_way) >= MOST_UNDER_WAY:
        raise TooManyJobsError(
            _("You have %(count)s exports under way: wait, or stop one.", count=len(under_way))
        )
    job = Job(
        mission_id=mission.id,
        person_id=person.id,
        kind=EXPORT,
        parameters=order.to_json(),
        file_name=file_name,
    )
    session.add(job)
    session.flush()
    return job


def start(job_id: int, settings: Settings) -> subprocess.Popen[bytes]:
    """Start the process of a job that is stored; it lives on whatever becomes of this one."""
    values = {
        variable_name(each.name): str(value)
        for each in fields(settings)
        if (value := getattr(settings, each.name)) is not None
    }
    command = Path(sys.executable).with_name("observer")
    return subprocess.Popen(  # noqa: S603
        [command, "job", "run", str(job_id)],
        env=os.environ | values,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def ask_to_stop(job: Job) -> None:
    """Have a job stopped as soon as its process hears it."""
    if job.state in UNDER_WAY:
        job.stop_asked_at = now()


def _died() -> ColumnElement[bool]:
    silent = now() - timedelta(seconds=SILENT_S)
    return and_(Job.state.in_(UNDER_WAY), Job.heartbeat_at < silent)


def _old() -> ColumnElement[bool]:
    return and_(Job.result != "", Job.finished_at < now() - timedelta(days=KEPT_DAYS))


def tidying_is_due(session: Session) -> bool:
    """Whether a job's process has died, or a result is old."""
    found = session.scalar(select(Job.id).where(or_(_died(), _old())).limit(1))
    return found is not None


def tidy(session: Session, folder: Path) -> None:
    """Say of jobs whose process has died that they failed; throw away results that are old."""
    for job in session.scalars(select(Job).where(_died())):
        stopped = job.stop_asked_at is not None
        job.state = JobState.STOPPED if stopped else JobState.FAILED
        job.finished_at = now()
        job.message = "" if stopped else _("Its process ended unexpectedly. Start it again.")
    for job in session.scalars(select(Job).where(_old())):
        (folder / job.result).unlink(missing_ok=True)
        job.result = ""
