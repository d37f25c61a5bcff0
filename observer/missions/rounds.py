"""Which voting day is meant when nobody names one."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from observer.database import now
from observer.missions.models import Mission, Round


def today(mission: Mission) -> date:
    """The date it is in the mission's time zone."""
    return now().astimezone(ZoneInfo(mission.timezone)).date()


def current_round(mission: Mission) -> Round | None:
    """The last round whose voting day has come; before the first one, the first."""
    begun = [r for r in mission.rounds if r.voting_day <= today(mission)]
    if begun:
        return begun[-1]
    return mission.rounds[0] if mission.rounds else None


def round_of_code(mission: Mission, code: str) -> Round | None:
    """The mission's round with this code."""
    return next((r for r in mission.rounds if r.code == code), None)


def moment_at(mission: Mission, clock: datetime) -> datetime:
    """The moment at which the mission's clocks show this day and time."""
    return clock.replace(tzinfo=ZoneInfo(mission.timezone))


def local_time(mission: Mission, moment: datetime) -> datetime:
    """A moment on the mission's clocks."""
    return moment.astimezone(ZoneInfo(mission.timezone))
