"""Values of answers in expressions: strings, floats and booleans.

What was not answered is the empty string. Dates and times are strings as they are stored, and
where a number is wanted they count as days since 1970-01-01 by the clock on the wall: a zone
behind them is not reckoned with, so that no result depends on where a server stands.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

Value = str | float | bool

SMALLEST = 1e-12
"""As for ODK, numbers that differ by less are equal, and one that is smaller is nothing."""

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]+)?))?"
_ZONE = r"(?:Z|[-+][0-9]{2}:?[0-9]{2})?"
DATE = re.compile(rf"([1-9][0-9]{{3}}-[01][0-9]-[0-3][0-9])(?:[T ]{_CLOCK}{_ZONE})?")
TIME = re.compile(_CLOCK + _ZONE)
_SPACE = re.compile(r"[ \t\r\n]+")
_DAY_SECONDS = 86400
_EPOCH = date(1970, 1, 1)


def value_of(answer: Any) -> Value:
    """A stored answer as expressions see it."""
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return answer
    if isinstance(answer, str):
        return answer.strip(" \t\r\n")
    if isinstance(answer, int | float):
        return float(answer)
    if isinstance(answer, dict):
        parts = (answer.get("lat"), answer.get("lon"), 0, answer.get("accuracy_m") or 0)
        return " ".join(to_string(value_of(part)) for part in parts)
    return " ".join(str(choice) for choice in answer)


def to_number(value: Value) -> float:
    """A number; not-a-number where it is none."""
    if not isinstance(value, str):
        return float(value)
    text = value.strip(" \t\r\n")
    # Some languages write a comma for the point; ODK takes both.
    if _NUMBER.fullmatch(number := text.replace(",", ".")):
        return float(number)
    if found := DATE.fullmatch(text):
        try:
            days = (date.fromisoformat(found[1]) - _EPOCH).days
        except ValueError:
            return math.nan
        return days + (_fraction(found[2], found[3], found[4]) if found[2] else 0.0)
    if found := TIME.fullmatch(text):
        return _fraction(found[1], found[2], found[3])
    return math.nan


def _fraction(hours: str, minutes: str, seconds: str | None) -> float:
    return (int(hours) * 3600 + int(minutes) * 60 + float(seconds or 0)) / _DAY_SECONDS


def to_string(value: Value) -> str:
    """Text; a number is written without an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == math.trunc(value):
        return str(int(value))
    digits = repr(value)
    return digits if "e" not in digits else f"{_plain(digits)}"


def _plain(digits: str) -> str:
    """Digits with a negative exponent, written out: ``1.5e-07`` is ``0.00000015``."""
    mantissa, exponent = digits.split("e")
    sign, mantissa = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    return f"{sign}0.{'0' * (-int(exponent) - 1)}{mantissa.replace('.', '')}"


def to_boolean(value: Value) -> bool:
    """False for nothing, zero and not-a-number."""
    if isinstance(value, float):
        return abs(value) > SMALLEST
    return bool(value)


def words(value: Value) -> list[str]:
    """The words of a text: the choices of an answer to select_multiple."""
    return [word for word in _SPACE.split(to_string(value)) if word]
