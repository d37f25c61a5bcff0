"""People of a mission, and the passwords they start with."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.audit import record
from observer.access.models import Person, Role
from observer.access.signin import hash_password, normalise_email
from observer.missions.codes import NotPossibleError, checked_name, email_mistake
from observer.missions.models import Membership, Mission, Region
from observer.missions.operations import checked_language, team_of_code


def add_person(
    session: Session,
    mission: Mission,
    *,
    email: str,
    name: str,
    role: Role | str,
    password: str = "",
    team: str = "",
    regions: Iterable[str] = (),
    language: str = "en",
    phone: str = "",
) -> Person:
    """Add a person to a mission; without a password they cannot sign in yet.

    Somebody known from another mission keeps their password. Raises NotPossibleError where they
    are in this mission already, have another role elsewhere, or a coordinator has no region.
    """
    email = normalise_email(email)
    mistake = email_mistake(email)
    if mistake:
        raise NotPossibleError(f"{email[:60]!r} is no email address: {mistake}")
    person = session.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = Person(
            email=email,
            name=checked_name(name),
            phone=checked_name(phone, 40) if phone else "",
            role=Role(role),
            language=checked_language(language),
            password_hash=hash_password(password) if password else "",
        )
        session.add(person)
        session.flush()
    elif person.role != role:
        raise NotPossibleError(f"{email} is known as {person.role}; a person has one role.")
    if membership(session, mission, person) is not None:
        raise NotPossibleError(f"{email} is in mission {mission.code} already.")
    limited_to = [_region(session, mission, code) for code in regions]
    if Role(role) is Role.COORDINATOR and not limited_to:
        raise NotPossibleError("A coordinator needs at least one region to be responsible for.")
    session.add(
        Membership(
            mission=mission,
            person=person,
            team=team_of_code(session, mission, team) if team else None,
            regions=limited_to,
        )
    )
    session.flush()
    record(session, "person.add", email, role=person.role, mission=mission.code)
    return person


def membership(session: Session, mission: Mission, person: Person) -> Membership | None:
    """A person's part in this mission."""
    return session.scalar(
        select(Membership).where(
            Membership.mission_id == mission.id, Membership.person_id == person.id
        )
    )


def _region(session: Session, mission: Mission, code: str) -> Region:
    region = session.scalar(
        select(Region).where(Region.mission_id == mission.id, Region.code == code)
    )
    if region is None:
        raise NotPossibleError(f"Mission {mission.code} has no region {code!r}.")
    return region


_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for each other on a phone: i l o 0 1."""


def random_password() -> str:
    """A password of 59 random bits that can be typed on a phone: ``k7md-x3vq-9tnr``."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def people_without_password(session: Session, mission: Mission) -> Sequence[Person]:
    """The mission's people who cannot sign in yet, in the order of their emails."""
    return session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.mission_id == mission.id, Person.password_hash == "", Person.active)
        .order_by(Person.email)
    ).all()
