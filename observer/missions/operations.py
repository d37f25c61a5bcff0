"""Setting up a mission: the mission itself, its rounds, teams and assignments."""

from __future__ import annotations

from datetime import date
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.audit import record
from observer.database import now
from observer.language import LANGUAGES
from observer.missions.codes import NotPossibleError, checked_code, checked_name
from observer.missions.models import Assignment, Mission, Place, Round, Team


def checked_language(language: str) -> str:
    """The language itself. Raises NotPossibleError for one the pages are not written in."""
    if language not in LANGUAGES:
        raise NotPossibleError(
            f"There are no pages in language {language!r}; write one of {', '.join(LANGUAGES)}."
        )
    return language


def add_mission(
    session: Session,
    *,
    code: str,
    name: str,
    country: str = "",
    timezone: str = "UTC",
    language: str = "en",
) -> Mission:
    """Add a mission. Raises NotPossibleError where the code is taken or a value has no meaning."""
    code = checked_code(code)
    if session.scalar(select(Mission.id).where(Mission.code == code)) is not None:
        raise NotPossibleError(f"There is a mission {code!r} already.")
    if timezone not in available_timezones():
        raise NotPossibleError(
            f"There is no time zone {timezone!r}; write one such as America/Lima."
        )
    mission = Mission(
        code=code,
        name=checked_name(name),
        country=checked_name(country, 100) if country else "",
        timezone=timezone,
        language=checked_language(language),
    )
    session.add(mission)
    session.flush()
    return mission


def hold_mission(session: Session, mission: Mission) -> None:
    """Wait until nobody else holds the mission, and hold it until the transaction ends.

    Of two who want the same code for something new, the second one finds the first one's.
    """
    session.execute(select(Mission.id).where(Mission.id == mission.id).with_for_update())


def add_round(
    session: Session, mission: Mission, *, code: str, name: str, voting_day: date
) -> Round:
    """Add a voting day to a mission. Raises NotPossibleError where its code is taken."""
    if any(other.code == code for other in mission.rounds):
        raise NotPossibleError(f"Mission {mission.code} has a round {code!r} already.")
    round_ = Round(
        mission=mission, code=checked_code(code), name=checked_name(name), voting_day=voting_day
    )
    session.add(round_)
    session.flush()
    session.expire(mission, ["rounds"])
    return round_


def close_round(session: Session, round_: Round, closed: bool) -> None:
    """Close a round from now on, or open it again: what is filled later comes in and is held."""
    round_.closed_at = now() if closed else None
    session.flush()
    record(session, "round.close" if closed else "round.open", round_.code)


def team_of_code(session: Session, mission: Mission, code: str) -> Team:
    """The mission's team with this code, which is new where there was none."""
    team = session.scalar(select(Team).where(Team.mission_id == mission.id, Team.code == code))
    if team is None:
        team = Team(mission_id=mission.id, code=checked_code(code))
        session.add(team)
        session.flush()
    return team


def assign(session: Session, round_: Round, team: Team, place: Place) -> Assignment:
    """Send a team to a place in a round; once is as good as twice."""
    if not round_.mission_id == team.mission_id == place.mission_id:
        raise NotPossibleError("The round, the team and the place belong to different missions.")
    keys = {"round_id": round_.id, "team_id": team.id, "place_id": place.id}
    assignment = session.scalar(select(Assignment).filter_by(**keys))
    if assignment is None:
        assignment = Assignment(**keys)
        session.add(assignment)
        session.flush()
    return assignment
