"""What the mission of a demonstration makes of its incidents: the board is not all new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.collect.models import Submission
from observer.demo.incidents import INCIDENTS, Handling, Incident
from observer.demo.people import COORDINATED_REGIONS
from observer.missions.models import Mission, Region
from observer.missions.scope import Scope
from observer.review.casemodels import CaseStep, State
from observer.review.caseoperations import add_note, judge, link, move
from observer.review.incidents import incidents

_LEFT_OPEN = (State.NEW, State.CHECKING)


def handle_incidents(session: Session, mission: Mission) -> None:
    """Let the desk deal with the first incident of each story; the rest is left as new."""
    people = {
        role: session.scalars(select(Person).where(Person.email == f"{role}@example.org")).one()
        for role in ("analyst", "editor", "coordinator")
    }
    regions = select(Region.id).where(
        Region.mission_id == mission.id, Region.code.in_(COORDINATED_REGIONS)
    )
    coordinated = set(session.scalars(regions))
    first = _first_of_each(session, mission)
    for story, submission in first.items():
        if story.handled is None:
            continue
        near = submission.region_id in coordinated
        responsible = people["coordinator" if near else "analyst"]
        _handle(session, submission, story.handled, people, responsible)
    for before, story in pairwise(INCIDENTS):
        if story.follows and before in first and story in first:
            step = link(session, first[before], first[story], people["analyst"])
            step.at = first[story].received_at + timedelta(minutes=5)
    session.commit()


def _first_of_each(session: Session, mission: Mission) -> dict[Incident, Submission]:
    stories = {story.text: story for story in INCIDENTS}
    first: dict[Incident, Submission] = {}
    for round_ in mission.rounds:
        told = incidents(session, Scope(mission), round_, limit=None)
        for report in sorted(told, key=lambda one: (one.told_at, one.submission)):
            story = stories.get(report.summary)
            if story is not None and story not in first:
                first[story] = session.get_one(Submission, report.submission)
    return first


def _handle(
    session: Session,
    submission: Submission,
    handled: Handling,
    people: dict[str, Person],
    responsible: Person,
) -> None:
    by = people["analyst"]
    steps: list[CaseStep | None] = [
        judge(session, submission, by, judged={"responsible_id": responsible.id}),
        move(session, submission, State.CHECKING, by),
        *(add_note(session, submission, note, responsible) for note in handled.notes),
    ]
    if handled.title:
        steps.append(judge(session, submission, people["editor"], judged={"title": handled.title}))
    if handled.state is State.CLOSED:
        steps.append(move(session, submission, State.CONFIRMED, by))
    if handled.state not in _LEFT_OPEN:
        steps.append(move(session, submission, handled.state, by, reason=handled.reason))
    _date(steps, submission.received_at)


def _date(steps: Sequence[CaseStep | None], told_at: datetime) -> None:
    """A quarter of an hour between the steps, so that the same seed gives the same rows."""
    for number, step in enumerate(steps, start=1):
        if step is not None:
            step.at = told_at + number * timedelta(minutes=15)
