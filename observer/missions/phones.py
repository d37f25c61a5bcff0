"""The phones of a mission's people, and ending the use of one that is lost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, contains_eager

from observer.access.audit import record
from observer.access.models import Person, Phone
from observer.database import now
from observer.missions.models import Membership, Mission

# In this order: a browser's name for itself names those that it wants to be taken for, too.
_BROWSERS = {
    "Edge": r"\bEdgA?/(\d+)",
    "Samsung Internet": r"\bSamsungBrowser/(\d+)",
    "Opera": r"\bOPR/(\d+)",
    "Firefox": r"\b(?:Firefox|FxiOS)/(\d+)",
    "Chrome": r"\b(?:HeadlessChrome|Chrome|CriOS)/(\d+)",
    "Safari": r"\bVersion/(\d+)\S* .*Safari",
}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "CrOS", "Linux")
LONGEST_NAME = 60
MOST_SHOWN = 200


def phones_of(session: Session, mission: Mission, whose: str = "") -> Sequence[Phone]:
    """The MOST_SHOWN phones of the mission's people that were heard of last, that one first.

    ``whose`` is a part of their person's name or email.
    """
    query = (
        select(Phone)
        .join(Membership, Membership.person_id == Phone.person_id)
        .join(Phone.person)
        .where(Membership.mission_id == mission.id)
        .options(contains_eager(Phone.person))
    )
    if whose:
        named = (column.icontains(whose, autoescape=True) for column in (Person.name, Person.email))
        query = query.where(or_(*named))
    query = query.order_by(Phone.last_seen_at.desc(), Phone.id).limit(MOST_SHOWN)
    return session.scalars(query).all()


def phone_of(session: Session, mission: Mission, phone_id: uuid.UUID) -> Phone | None:
    """The phone with this id, of one of the mission's people."""
    return session.scalar(
        select(Phone)
        .join(Membership, Membership.person_id == Phone.person_id)
        .where(Membership.mission_id == mission.id, Phone.id == phone_id)
    )


def end_phone(session: Session, phone: Phone) -> None:
    """End the use of a phone: it is signed out at once, and wipes itself when it asks next."""
    phone.ended_at = phone.ended_at or now()
    session.flush()
    record(session, "phone.end", phone.person.email, phone=str(phone.id))


def restore_phone(session: Session, phone: Phone) -> bool:
    """Take the end back; False where the phone has been told already."""
    # In one step: the phone may be asking at this very moment.
    restored = session.execute(
        update(Phone).where(Phone.id == phone.id, Phone.wiped_at.is_(None)).values(ended_at=None)
    )
    if restored.rowcount == 0:
        return False
    record(session, "phone.restore", phone.person.email, phone=str(phone.id))
    return True


def browser_in_words(agent: str) -> str:
    """Browser and system, such as ``Chrome 140, Android``, from what a browser calls itself."""
    system = next((name for name in _SYSTEMS if name in agent), "")
    for name, pattern in _BROWSERS.items():
        if found := re.search(pattern, agent):
            return ", ".join(filter(None, (f"{name} {found[1]}", system)))
    return agent[:LONGEST_NAME]
