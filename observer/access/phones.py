"""The phones on which the application is used: known by an id that each makes for itself."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from observer.access.models import Person, Phone
from observer.database import now

RECOVERY_BYTES = 32
SEEN_EVERY = timedelta(minutes=5)


class PhoneEndedError(PermissionError):
    """The use of this phone has been ended."""


class NotOwnPhoneError(PermissionError):
    """This phone's id is somebody else's."""


def register_phone(
    session: Session, person: Person, phone_id: uuid.UUID, name: str
) -> tuple[Phone, bool]:
    """The person's phone with this id, and whether it is new.

    Raises PhoneEndedError or NotOwnPhoneError where it cannot be used.
    """
    phone = session.get(Phone, phone_id)
    if phone is None:
        phone = Phone(
            id=phone_id,
            person_id=person.id,
            name=name,
            recovery=secrets.token_bytes(RECOVERY_BYTES),
        )
        try:
            with session.begin_nested():
                session.add(phone)
        except IntegrityError:
            # The same phone asked twice at the same moment: there is one secret for both.
            phone = session.get_one(Phone, phone_id)
        else:
            return phone, True
    if phone.person_id != person.id:
        raise NotOwnPhoneError
    if is_ended(session, phone_id):
        raise PhoneEndedError
    return phone, False


def note_contact(phone: Phone) -> None:
    """Write down that a phone was heard of, not more often than anybody looks."""
    if now() - phone.last_seen_at > SEEN_EVERY:
        phone.last_seen_at = now()


def is_ended(session: Session, phone_id: uuid.UUID) -> bool | None:
    """Whether a phone is to wipe itself, which is written down as told; None for an unknown one."""
    # In one step: an admin may be taking the end back at this very moment.
    session.execute(
        update(Phone)
        .where(Phone.id == phone_id, Phone.ended_at.is_not(None), Phone.wiped_at.is_(None))
        .values(wiped_at=now())
    )
    phone = session.get(Phone, phone_id, populate_existing=True)
    return None if phone is None else phone.ended_at is not None
