"""Who of the people in the field has not been heard of, and what their team still owes.

Somebody is heard of when a report of theirs arrives, when their phone tells of a visit, or when
their phone asks the server for anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from observer.access.models import Person, Phone, Role
from observer.collect.models import Status, Submission, Visit
from observer.findings.deployment import Deployment
from observer.missions.models import Membership, Place, Round, Team

FIELD = (Role.OBSERVER, Role.COORDINATOR)
AT_A_TIME = 500
FEW_PLACES = 5


@dataclass(frozen=True)
class Silent:
    """Somebody who was not heard of, and how to reach them."""

    person_id: int
    name: str
    email: str
    phone: str
    language: str
    team: str
    last_contact: datetime | None
    """None where there never was any in this round."""
    assigned: int
    missing: int
    """How many of the team's stations nobody reported."""
    places: tuple[str, ...]
    """Codes of the first of those."""


def silent(
    session: Session,
    round_: Round,
    deployed: Deployment,
    *,
    patience: timedelta,
    limit: int | None = None,
) -> tuple[list[Silent], int]:
    """The people of the deployed teams who were not heard of for as long as the patience.

    Those who were never heard of come first, then those whose last contact is longest ago; at most
    ``limit`` of them, and how many they are in all.
    """
    teams = _owing(session, deployed)
    people = _members(session, round_, set(teams))
    heard = set(session.scalars(_heard_since(round_, deployed.look.at - patience)))
    quiet = [person for person in people if person.id not in heard]
    last = _last_contacts(session, round_, deployed)
    quiet.sort(key=lambda person: (last.get(person.id, _NEVER), person.team, person.name))
    return [
        Silent(
            person.id,
            person.name,
            person.email,
            person.phone,
            person.language,
            person.team,
            last.get(person.id),
            *teams[person.team],
        )
        for person in quiet[:limit]
    ], len(quiet)


_NEVER = datetime.fromisoformat("0001-01-01T00:00+00:00")


def _owing(session: Session, deployed: Deployment) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    """By team: how many stations it has, how many nobody reported, and the codes of the first."""
    owed = ~deployed.reported
    assigned = np.bincount(deployed.teams, minlength=len(deployed.team_codes))
    missing = np.bincount(deployed.teams[owed], minlength=len(deployed.team_codes))
    first: dict[int, list[int]] = {}
    for team, station in zip(
        deployed.teams[owed].tolist(), deployed.stations[owed].tolist(), strict=True
    ):
        if len(shown := first.setdefault(team, [])) < FEW_PLACES:
            shown.append(int(deployed.look.ground.places.ids[station]))
    codes = _codes(session, [place for shown in first.values() for place in shown])
    return {
        deployed.team_codes[at]: (
            int(assigned[at]),
            int(missing[at]),
            tuple(codes[place] for place in first.get(int(at), ())),
        )
        for at in np.flatnonzero(assigned)
    }


def _codes(session: Session, place_ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in _some(place_ids):
        found |= dict(session.execute(select(Place.id, Place.code).where(Place.id.in_(some))).all())
    return found


def _members(session: Session, round_: Round, teams: set[str]) -> list:
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.phone,
            Person.language,
            Team.code.label("team"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Team, Team.id == Membership.team_id)
        .where(
            Membership.mission_id == round_.mission_id,
            Person.active,
            Person.role.in_(FIELD),
        )
    )
    return [row for row in rows if row.team in teams]


def _heard_since(round_: Round, since: datetime) -> Select[tuple[int]]:
    reports = select(Submission.person_id).where(
        Submission.mission_id == round_.mission_id, Submission.received_at >= since
    )
    visits = select(Visit.person_id).where(Visit.round_id == round_.id, Visit.changed_at >= since)
    phones = select(Phone.person_id).where(Phone.last_seen_at >= since)
    return select(union(reports, visits, phones).subquery().c.person_id)


def _last_contacts(session: Session, round_: Round, deployed: Deployment) -> dict[int, datetime]:
    reports = deployed.look.counting(Status).last_by_person()
    last = {person: datetime.fromtimestamp(moment, UTC) for person, moment in reports.items()}
    members = select(Membership.person_id).where(Membership.mission_id == round_.mission_id)
    for query in (
        select(Visit.person_id, func.max(Visit.changed_at))
        .where(Visit.round_id == round_.id)
        .group_by(Visit.person_id),
        select(Phone.person_id, func.max(Phone.last_seen_at))
        .where(Phone.person_id.in_(members))
        .group_by(Phone.person_id),
    ):
        for person, moment in session.execute(query):
            last[person] = max(moment, last.get(person, moment))
    return last


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_A_TIME):
        yield ids[start : start + AT_A_TIME]
