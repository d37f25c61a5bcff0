"""The polling stations that somebody may name, and looking for one by its code or its name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from observer.missions.models import Membership, Place, PlaceKind
from observer.missions.regions import descendants

MOST_WORDS = 8

_centre = aliased(Place)


def stations_within_reach(session: Session, membership: Membership) -> Sequence[Place]:
    """Those of the member's regions, or of the whole mission where they have none, by code."""
    return session.scalars(_within_reach(session, membership).order_by(Place.code)).all()


def find_stations(
    session: Session, membership: Membership, text: str, most: int
) -> Sequence[Place]:
    """At most so many of them in whose code, name or centre's name every word stands.

    Those whose code begins with the text come first.
    """
    query = _within_reach(session, membership)
    for word in text.split()[:MOST_WORDS]:
        parts = (Place.code, Place.name, _centre.name)
        query = query.where(or_(*(part.icontains(word, autoescape=True) for part in parts)))
    begins = Place.code.istartswith(text.strip(), autoescape=True)
    return session.scalars(query.order_by(begins.desc(), Place.code).limit(most)).all()


def _within_reach(session: Session, membership: Membership) -> Select[tuple[Place]]:
    query = (
        select(Place)
        .outerjoin(_centre, Place.centre_id == _centre.id)
        .where(Place.mission_id == membership.mission_id, Place.kind == PlaceKind.STATION)
        .options(contains_eager(Place.centre.of_type(_centre)))
    )
    if not membership.regions:
        return query
    regions = {region.id for region in membership.regions}
    within = descendants(session, membership.mission, regions)
    return query.where(Place.region_id.in_(within))
