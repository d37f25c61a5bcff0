"""Dates and times in expressions: from what is stored into words, and back from numbers.

All of them are by the clock on the wall where they were noted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta

from observer.checklists.values import DATE, TIME, Value, to_number, to_string

DAY_MILLISECONDS = 86_400_000
FIRST_DAY, LAST_DAY = -353_000, 2_900_000
"""The days whose years four digits write, counted from 1970-01-01."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_EPOCH = date(1970, 1, 1)
_Moment = tuple[date, int]
"""A day, and the milliseconds since it began."""

CODES: dict[str, Callable[[date, int], str]] = {
    "%": lambda _day, _passed: "%",
    "Y": lambda day, _: f"{day.year:04}",
    "y": lambda day, _: f"{day.year:04}"[2:],
    "m": lambda day, _: f"{day.month:02}",
    "n": lambda day, _: f"{day.month}",
    "b": lambda day, _: MONTHS[day.month - 1],
    "d": lambda day, _: f"{day.day:02}",
    "e": lambda day, _: f"{day.day}",
    "a": lambda day, _: DAYS[day.weekday()],
    "H": lambda _, passed: f"{passed // 3_600_000:02}",
    "h": lambda _, passed: f"{passed // 3_600_000}",
    "M": lambda _, passed: f"{passed // 60_000 % 60:02}",
    "S": lambda _, passed: f"{passed // 1000 % 60:02}",
    "3": lambda _, passed: f"{passed % 1000:03}",
}
"""What may follow a % in a format. Months and days are in English, as ODK has them by default."""


def to_date(value: Value) -> str:
    """The date of a date, a moment or a number of days; nothing where it is none."""
    if isinstance(value, str):
        moment = _moment(value)
        return moment[0].isoformat() if moment else ""
    days = to_number(value)
    # Towards zero, as ODK does it.
    return _day(math.trunc(days)).isoformat() if FIRST_DAY <= days < LAST_DAY else ""


def to_date_time(value: Value) -> str:
    """A moment, without a zone unless it was given with one; nothing where it is none."""
    moment = _moment(value)
    if moment is None:
        return ""
    if isinstance(value, str) and "T" in value:
        return value.strip(" \t\r\n")
    exact = ".%3" if moment[1] % 1000 else ""
    return _written(moment, f"%Y-%m-%dT%H:%M:%S{exact}")


def format_date(value: Value, form: Value) -> str:
    """A date or moment in the words of a format; nothing where it is none."""
    moment = _moment(value)
    return _written(moment, to_string(form)) if moment else ""


def decimal_time(value: Value) -> float:
    """The part of the day that has passed: 0.5 at noon."""
    days = to_number(value)
    return days - math.floor(days) if math.isfinite(days) else math.nan


def unknown_code(form: str) -> str | None:
    """The first % of a format that is followed by what means nothing, with what follows it."""
    at = 0
    while (at := form.find("%", at)) >= 0:
        if form[at + 1 : at + 2] not in CODES:
            return form[at : at + 2]
        at += 2
    return None


def _written(moment: _Moment, form: str) -> str:
    parts, at = [], 0
    while at < len(form):
        code = CODES.get(form[at + 1 : at + 2]) if form[at] == "%" else None
        parts.append(code(*moment) if code else form[at])
        at += 2 if code else 1
    return "".join(parts)


def _moment(value: Value) -> _Moment | None:
    if isinstance(value, str):
        text = value.strip(" \t\r\n")
        if found := DATE.fullmatch(text):
            try:
                day = date.fromisoformat(found[1])
            except ValueError:
                return None
            return day, _passed(found[2], found[3], found[4]) if found[2] else 0
        if found := TIME.fullmatch(text):
            return _EPOCH, _passed(found[1], found[2], found[3])
    days = to_number(value)
    if not FIRST_DAY <= days < LAST_DAY:
        return None
    passed = math.floor((days - math.floor(days)) * DAY_MILLISECONDS + 0.5)
    later, passed = divmod(passed, DAY_MILLISECONDS)
    return _day(math.floor(days) + later), passed


def _passed(hours: str, minutes: str, seconds: str | None) -> int:
    whole, _, fraction = (seconds or "0").partition(".")
    thousandths = int((fraction + "000")[:3])
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1000 + thousandths


def _day(days: int) -> date:
    return _EPOCH + timedelta(days=days)
