"""What of a mission a person may see: the mission, and for some only their regions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from observer.access.models import Person, Role
from observer.database import get_session
from observer.missions.models import Membership, Mission, Region, Round
from observer.missions.regions import descendants
from observer.missions.rounds import current_round, round_of_code


class NoMissionError(LookupError):
    """There is no such mission, or several and none was named."""


@dataclass(frozen=True)
class Scope:
    """A mission, and the regions seen of it (None: all of it)."""

    mission: Mission
    region_ids: frozenset[int] | None = None

    def sees(self, region_column: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        """The condition that keeps a query to the regions in scope."""
        return true() if self.region_ids is None else region_column.in_(self.region_ids)


def membership_of(session: Session, person: Person) -> Membership | None:
    """The person's part in their mission; the newest mission where there are several."""
    return session.scalar(
        select(Membership)
        .where(Membership.person_id == person.id)
        .options(selectinload(Membership.regions))
        .order_by(Membership.mission_id.desc())
        .limit(1)
    )


def scope_of(session: Session, membership: Membership) -> Scope:
    """What a member may see. A coordinator sees their regions and what lies in them."""
    if Role(membership.person.role) is not Role.COORDINATOR:
        return Scope(membership.mission)
    regions = {region.id for region in membership.regions}
    return Scope(membership.mission, frozenset(descendants(session, membership.mission, regions)))


def within_region(session: Session, scope: Scope, code: str) -> Scope:
    """What of a scope lies in the region with this code; nothing where there is no such region."""
    region = region_of_code(session, scope.mission, code)
    inside = descendants(session, scope.mission, {region.id} if region else ())
    if scope.region_ids is not None:
        inside &= scope.region_ids
    return Scope(scope.mission, frozenset(inside))


def current_membership() -> Membership:
    """The membership of the person of this request; 403 where they belong to no mission."""
    if "membership" not in g:
        g.membership = membership_of(get_session(), current_user)
    if g.membership is None:
        abort(403, _("You are not a member of a mission; ask an administrator to add you."))
    return g.membership


def current_scope() -> Scope:
    """The scope of the person of this request."""
    return scope_of(get_session(), current_membership())


def asked_round(mission: Mission) -> Round | None:
    """The round that this request names, else the current one, None where there is none yet.

    404 for a round that the mission does not have.
    """
    code = request.args.get("round")
    if not code:
        return current_round(mission)
    return round_of_code(mission, code) or abort(404, _("There is no such round."))


def whole_mission(session: Session, code: str | None = None) -> Scope:
    """All of a mission, for commands: the one with this code, or the only one there is.

    Raises NoMissionError with the sentence to print.
    """
    missions = session.scalars(select(Mission).order_by(Mission.code)).all()
    if not missions:
        raise NoMissionError("There is no mission yet: add one with observer mission add.")
    codes = ", ".join(mission.code for mission in missions)
    chosen = [mission for mission in missions if code in (None, mission.code)]
    if not chosen:
        raise NoMissionError(f"There is no mission {code!r}; there is {codes}.")
    if len(chosen) > 1:
        raise NoMissionError(f"There are several missions: name one of {codes} with --mission.")
    return Scope(chosen[0])


def region_of_code(session: Session, mission: Mission, code: str) -> Region | None:
    """The region with this code."""
    return session.scalar(
        select(Region).where(Region.mission_id == mission.id, Region.code == code)
    )


def levels_of(session: Session, scope: Scope) -> list[int]:
    """The levels of the tree that have regions in scope."""
    return list(
        session.scalars(
            select(Region.level)
            .where(Region.mission_id == scope.mission.id, scope.sees(Region.id))
            .distinct()
            .order_by(Region.level)
        )
    )
