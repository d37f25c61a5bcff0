"""The hours of a voting day: on the mission's clocks, from early morning into the next one."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from observer.missions.models import Round

BEGINS = 4
"""The hour at which a voting day begins; a clock that shows less is that of the next day."""
LASTS = 24
_CLOCK = re.compile(r"(\d{2}):(\d{2})")


def midnight(round_: Round) -> datetime:
    """The beginning of the voting day in the mission's time zone."""
    zone = ZoneInfo(round_.mission.timezone)
    return datetime.combine(round_.voting_day, time(), zone)


def day_end(round_: Round) -> datetime:
    """When the voting day is over, and with it the night of its counting."""
    zone = ZoneInfo(round_.mission.timezone)
    return datetime.combine(round_.voting_day + timedelta(days=1), time(BEGINS), zone)


def hours_of_clock(text: object) -> float:
    """Hours since midnight of the voting day of a time that was read off a clock; else NaN."""
    found = _CLOCK.match(text) if isinstance(text, str) else None
    if found is None:
        return np.nan
    hours = int(found[1]) + int(found[2]) / 60
    return hours + 24 if hours < BEGINS else hours


def hours_of_moments(round_: Round, moments: np.ndarray) -> np.ndarray:
    """Hours since midnight of the voting day of moments, given in seconds since 1970."""
    return (moments - midnight(round_).timestamp()) / 3600


def clock_of(hour: int) -> str:
    """What a clock shows at a full hour of the voting day."""
    return f"{hour % 24:02}:00"
