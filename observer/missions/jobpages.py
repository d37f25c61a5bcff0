"""The jobs of who asks, for the pages that list them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, current_app
from flask_login import current_user

from observer.database import get_session
from observer.missions import jobs
from observer.missions.jobmodels import Job
from observer.missions.scope import current_scope
from observer.settings import current_settings


def own_jobs(kind: str) -> Sequence[Job]:
    """Those of a kind, after a look at what nobody looks after any more."""
    session, mission = get_session(), current_scope().mission
    if jobs.tidying_is_due(session):
        # Where a form was sent, this session has the one place of a writer.
        session.rollback()
        with current_app.extensions["observer.sessions"].begin() as writing:
            jobs.tidy(writing, current_settings())
    return jobs.jobs_of(session, mission, current_user, kind)


def own_job(kind: str, job_id: int) -> Job:
    """One of them; 404 without."""
    found = jobs.job_of(get_session(), current_scope().mission, current_user, kind, job_id)
    return found or abort(404)
