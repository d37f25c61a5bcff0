"""Tokens with which programs read the feed for a person: making, ending and finding them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from observer.access.audit import record
from observer.access.models import Person
from observer.access.signin import token_sha256
from observer.database import now
from observer.findings.models import FeedToken

NOTED_EVERY = timedelta(minutes=1)
"""A refresh asks for many pages; that it was used is written down once."""
MOST_SHOWN = 50


def make_token(session: Session, person: Person, name: str, days: int) -> tuple[str, FeedToken]:
    """Give a program of this person a token.

    Only the token's hash is stored: this is the one moment it can be read.
    """
    token = secrets.token_urlsafe(32)
    made = FeedToken(
        person_id=person.id,
        name=name,
        token_sha256=token_sha256(token),
        expires_at=now() + timedelta(days=days),
    )
    session.add(made)
    session.flush()
    record(session, "feed_token.make", person.email, token=made.id, name=name, days=days)
    return token, made


def end_token(session: Session, token: FeedToken) -> None:
    """End a token: from now on it opens nothing."""
    if token.revoked_at is not None:
        return
    token.revoked_at = now()
    session.flush()
    record(session, "feed_token.end", token.person.email, token=token.id, name=token.name)


def tokens_of(session: Session, person: Person) -> Sequence[FeedToken]:
    """A person's newest tokens, the newest first, with those that have ended."""
    query = select(FeedToken).where(FeedToken.person_id == person.id)
    return session.scalars(query.order_by(FeedToken.id.desc()).limit(MOST_SHOWN)).all()


def token_of(session: Session, person: Person, token_id: int) -> FeedToken | None:
    """The person's token with this id."""
    return session.scalar(
        select(FeedToken).where(FeedToken.person_id == person.id, FeedToken.id == token_id)
    )


def is_over(token: FeedToken) -> bool:
    """Whether a token opens nothing any more."""
    return token.revoked_at is not None or token.expires_at <= now()


def find_token(session: Session, token: str) -> FeedToken | None:
    """What is stored of this token, where it is valid and its person is active."""
    found = session.scalar(
        select(FeedToken)
        .where(FeedToken.token_sha256 == token_sha256(token))
        .options(joinedload(FeedToken.person))
    )
    if found is None or is_over(found):
        return None
    return found if found.person.active else None


def is_to_be_noted(token: FeedToken) -> bool:
    """Whether its use was not written down in the last minute."""
    return token.last_used_at is None or token.last_used_at <= now() - NOTED_EVERY


def note_use(session: Session, token_id: int) -> None:
    """Write down that a token was used just now, unless somebody else just did."""
    session.execute(
        update(FeedToken)
        .where(
            FeedToken.id == token_id,
            or_(FeedToken.last_used_at.is_(None), FeedToken.last_used_at <= now() - NOTED_EVERY),
        )
        .values(last_used_at=now())
    )
