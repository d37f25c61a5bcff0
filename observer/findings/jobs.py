"""Exports that take a while, as jobs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.findings.exports.order import Order
from observer.missions import jobs
from observer.missions.jobmodels import Job
from observer.missions.models import Mission
from observer.settings import Settings

EXPORT = "export"


def folder_of(settings: Settings) -> Path:
    """The folder of results."""
    return jobs.folder_of(settings, EXPORT)


def ask_for_export(
    session: Session, mission: Mission, person: Person, order: Order, file_name: str
) -> Job:
    """Note an export that is to be made. Raises TooManyJobsError."""
    return jobs.ask_for(
        session, mission, person, EXPORT, parameters=order.to_json(), file_name=file_name
    )
