"""Makes an export as a job."""

from __future__ import annotations

import secrets
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import Engine

from observer.database import make_sessions
from observer.findings.exports.names import NotExportedError, format_of
from observer.findings.exports.order import Order
from observer.findings.exports.variables import UnexpectedAnswerError
from observer.findings.exports.writing import write_export
from observer.findings.jobs import EXPORT, folder_of
from observer.findings.names import UnknownNameError
from observer.missions import jobrun, jobs
from observer.missions.importing import IMPORT, do_import
from observer.missions.jobmodels import Job, JobState
from observer.missions.jobrun import CannotBeDoneError, Tell
from observer.missions.scope import scope_of
from observer.settings import Settings


def run(engine: Engine, settings: Settings, job_id: int) -> JobState:
    """Do a job that waits.

    Raises NoSuchJobError where there is none of this number that waits.
    """

    def export(engine: Engine, job: Job, tell: Tell) -> tuple[str, str]:
        try:
            return "", _export(engine, folder_of(settings), job, tell)
        except (UnknownNameError, NotExportedError, UnexpectedAnswerError) as error:
            raise CannotBeDoneError(str(error)) from error

    def import_(engine: Engine, job: Job, tell: Tell) -> tuple[str, str]:
        return do_import(engine, jobs.folder_of(settings, IMPORT), job, tell)

    return jobrun.run(engine, settings, {EXPORT: export, IMPORT: import_}, job_id)


def _export(engine: Engine, folder: Path, job: Job, tell: Tell) -> str:
    order = Order.from_json(job.parameters)
    with make_sessions(engine)() as session:
        membership = jobs.membership_allowing(session, job, "submission.export")
        if membership is None:
            raise NotExportedError(_("You may not export from this mission any more."))
        scope = scope_of(session, membership)
    chosen, zipped = format_of(job.file_name)
    folder.mkdir(parents=True, exist_ok=True)
    # Nobody who knows the number of a job can guess the name of its file.
    result = f"{job.id}-{secrets.token_hex(8)}.{chosen.suffix}{'.zip' if zipped else ''}"
    write_export(engine, scope, order, folder / result, progress=tell)
    return result
