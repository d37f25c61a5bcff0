"""Passwords, tokens and the guard in front of every route."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Device, Person
from observer.database import now

_hasher = PasswordHasher()
_HASH_OF_NOTHING = _hasher.hash(secrets.token_urlsafe(16))


def normalise_email(email: str) -> str:
    """An email as it is stored: trimmed and in lower case."""
    return email.strip().lower()


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    return _hasher.hash(password)


def authenticate(session: Session, email: str, password: str) -> Person | None:
    """The active person with this email and password, or None.

    Takes as long for an unknown email as for a known one, so that nobody can list people.
    """
    person = session.scalar(select(Person).where(Person.email == normalise_email(email)))
    stored = (person.password_hash if person else "") or _HASH_OF_NOTHING
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return None
    return person if person and person.active and person.password_hash else None


def token_sha256(token: str) -> str:
    """What is stored of a token. It is long and random, so that one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_device(session: Session, person: Person, name: str, days: int) -> tuple[str, datetime]:
    """Give a program of this person a bearer token; returns it with its expiry.

    Only the token's hash is stored: this is the one moment it can be read.
    """
    token = secrets.token_urlsafe(32)
    expires_at = now() + timedelta(days=days)
    session.add(
        Device(person=person, name=name, token_sha256=token_sha256(token), expires_at=expires_at)
    )
    session.flush()
    return token, expires_at


def person_of_token(session: Session, token: str, *, disabled_too: bool = False) -> Person | None:
    """The person whose device has this token, if it has not expired and they are active."""
    device = session.scalar(select(Device).where(Device.token_sha256 == token_sha256(token)))
    if device is None or device.expires_at <= now():
        return None
    return device.person if device.person.active or disabled_too else None
