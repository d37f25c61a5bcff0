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
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.access.permissions import may
from observer.database import now
from observer.language import format_share
from observer.missions.jobmodels import UNDER_WAY, Job, JobState
from observer.missions.models import Membership, Mission
from observer.missions.scope import membership_of
from observer.settings import Settings, variable_name

SILENT_S = 60
"""A process that has said nothing for this many seconds has died."""
KEPT_DAYS = 7
"""Results are kept this long."""
MOST_UNDER_WAY = 3
"""Of one person at a time."""
MOST_SHOWN = 20


STATES = {
    JobState.WAITING: _l("waits for its turn"),
    JobState.RUNNING: _l("has begun"),
    JobState.DONE: _l("ready"),
    JobState.FAILED: _l("failed"),
    JobState.STOPPED: _l("stopped"),
}


STORED = "stored"
"""The parameter with the name of the file that a job reads, in the folder of its kind."""


class TooManyJobsError(ValueError):
    """Somebody has as much work under way as one may; the message is a sentence."""


def folder_of(settings: Settings, kind: str) -> Path:
    """The folder of what jobs of a kind make or read: ``exports``, ``imports``."""
    return settings.instance / f"{kind}s"


def jobs_of(session: Session, mission: Mission, person: Person, kind: str) -> Sequence[Job]:
    """A person's own jobs of a kind, the newest first."""
    return session.scalars(
        select(Job)
        .where(Job.mission_id == mission.id, Job.person_id == person.id, Job.kind == kind)
        .order_by(Job.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def job_of(
    session: Session, mission: Mission, person: Person, kind: str, job_id: int
) -> Job | None:
    """One of a person's own jobs of a kind."""
    return session.scalar(
        select(Job).where(
            Job.id == job_id,
            Job.mission_id == mission.id,
            Job.person_id == person.id,
            Job.kind == kind,
        )
    )


def ask_for(
    session: Session,
    mission: Mission,
    person: Person,
    kind: str,
    *,
    parameters: dict[str, Any],
    file_name: str,
) -> Job:
    """Note work that is to be done. Raises TooManyJobsError."""
    shown = jobs_of(session, mission, person, kind)
    under_way = [job for job in shown if job.state in UNDER_WAY]
    if len(under_way) >= MOST_UNDER_WAY:
        raise TooManyJobsError(
            _("You have %(count)s under way already: wait, or stop one.", count=len(under_way))
        )
    job = Job(
        mission_id=mission.id,
        person_id=person.id,
        kind=kind,
        parameters=parameters,
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


def membership_allowing(session: Session, job: Job, permission: str) -> Membership | None:
    """The membership of the person who asked for a job, if they may still do this.

    It says what they may see now, which need not be what they saw when they asked.
    """
    person = session.get_one(Person, job.person_id)
    membership = membership_of(session, person)
    allowed = person.active and may(person.role, permission)
    if membership is None or membership.mission_id != job.mission_id or not allowed:
        return None
    return membership


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


def tidy(session: Session, settings: Settings) -> None:
    """Say of jobs whose process has died that they failed; throw away files that are old."""
    for job in session.scalars(select(Job).where(_died())):
        stopped = job.stop_asked_at is not None
        job.state = JobState.STOPPED if stopped else JobState.FAILED
        job.finished_at = now()
        job.message = "" if stopped else _("Its process ended unexpectedly. Start it again.")
        discard_stored(job, settings)
    for job in session.scalars(select(Job).where(_old())):
        (folder_of(settings, job.kind) / job.result).unlink(missing_ok=True)
        job.result = ""


def discard_stored(job: Job, settings: Settings) -> None:
    """Throw away the file that a job was to read, once it is over."""
    if STORED in job.parameters:
        (folder_of(settings, job.kind) / job.parameters[STORED]).unlink(missing_ok=True)


def state_in_words(job: Job) -> str:
    """Where a job stands."""
    if job.state in UNDER_WAY and job.stop_asked_at:
        return _("is being stopped")
    if job.state == JobState.RUNNING and job.total:
        return _("%(share)s done", share=format_share(job.done / job.total))
    return str(STATES[JobState(job.state)])
