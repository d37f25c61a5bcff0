"""Reads single answers, as JSON or as inputs give them, into the form in which they are stored."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from observer.checklists.definition import Question
from observer.checklists.values import Value, to_string

ACKNOWLEDGED = "OK"
LARGEST_INTEGER = 999_999_999
LARGEST_DECIMAL = 1e15
LONGEST_TEXT = 20_000

_INTEGER = re.compile(r"[-+]?[0-9]{1,9}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}.*", re.DOTALL)
_PLACE = re.compile(r"\S{1,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class UnreadableError(ValueError):
    """An answer is not of its question's type. ``message`` is one of WTForms' own messages."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _integer(question: Question, given: list[Any]) -> int:
    value = given[0]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        raise UnreadableError("Not a valid integer value.")
    _check_range(question, value)
    return value


def _decimal(question: Question, given: list[Any]) -> float:
    value = given[0]
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        value = float(value)
    if not _is_number(value) or abs(value) >= LARGEST_DECIMAL:
        raise UnreadableError("Not a valid decimal value.")
    _check_range(question, value)
    return float(value)


def range_of(question: Question) -> tuple[float, float, float]:
    """Start, end and step of a number that is chosen from a range."""
    start, end, step = (float(question.parameters[name]) for name in ("start", "end", "step"))
    return start, end, math.copysign(step, end - start)


def _check_range(question: Question, value: float) -> None:
    if not question.parameters:
        return
    start, end, step = range_of(question)
    steps = (value - start) / step
    if not min(start, end) <= value <= max(start, end) or abs(steps - round(steps)) > 1e-6:
        raise UnreadableError("Not a valid choice.")


def _is_number(value: Any) -> bool:
    """Whether it is a number that a float can hold; JSON has larger ones."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= sys.float_info.max
    )


def _text(_question: Question, given: list[Any]) -> str | None:
    value = given[0]
    if _is_number(value) and abs(value) < LARGEST_DECIMAL:
        value = to_string(float(value))
    if not isinstance(value, str):
        raise UnreadableError("Invalid input.")
    # Neither database nor XML can hold these.
    clean = _CONTROL.sub("", value).encode("utf-8", "replace").decode().strip(" \t\r\n")
    if len(clean) > LONGEST_TEXT:
        raise UnreadableError("Invalid input.")
    return clean or None


def _result(question: Question, given: list[Any]) -> Any:
    """What a calculation gave on the phone: once() and triggered ones look at it."""
    return given[0] if _is_number(given[0]) else _text(question, given)


def _choice(question: Question, given: list[Any]) -> str:
    name = _name(given[0])
    if question.from_places:
        if not _PLACE.fullmatch(name.strip()):
            raise UnreadableError("Not a valid choice.")
        return name.strip()
    if all(choice.name != name for choice in question.choices):
        raise UnreadableError("Not a valid choice.")
    return name


def _choices(question: Question, given: list[Any]) -> list[str] | None:
    parts: list[str] = []
    for each in given:
        if isinstance(each, str):
            parts += each.split()
        else:
            parts.append(_name(each))
    known = {*_names(question)}
    if not known.issuperset(parts):
        raise UnreadableError("Not a valid choice.")
    return list(dict.fromkeys(parts)) or None


def _ranked(question: Question, given: list[Any]) -> list[str] | None:
    ranked = _choices(question, given)
    if ranked and not question.choice_filter and len(ranked) < len({*_names(question)}):
        raise UnreadableError("Not a valid choice.")
    return ranked


def _names(question: Question) -> list[str]:
    return [choice.name for choice in question.choices]


def _name(value: Any) -> str:
    if isinstance(value, str):
        return value
    if _is_number(value) and abs(value) <= LARGEST_INTEGER:
        return to_string(float(value))
    raise UnreadableError("Not a valid choice.")


def _date(_question: Question, given: list[Any]) -> str:
    try:
        if isinstance(given[0], str) and _DATE.fullmatch(given[0]):
            return date.fromisoformat(given[0]).isoformat()
    except ValueError:
        pass
    raise UnreadableError("Not a valid date value.")


def _time(_question: Question, given: list[Any]) -> str:
    try:
        if isinstance(given[0], str) and _TIME.fullmatch(given[0]):
            read = time.fromisoformat(given[0])
            exact = read.second or read.microsecond
            return read.isoformat(timespec="auto" if exact else "minutes")
    except ValueError:
        pass
    raise UnreadableError("Not a valid time value.")


def _moment(_question: Question, given: list[Any]) -> str:
    try:
        if isinstance(given[0], str) and _DATE.match(given[0]) and given[0][10:11] in ("T", " "):
            return datetime.fromisoformat(given[0]).isoformat()
    except ValueError:
        pass
    raise UnreadableError("Not a valid datetime value.")


def _acknowledged(_question: Question, given: list[Any]) -> str:
    if given[0] is True or given[0] in (ACKNOWLEDGED, "on", "yes", "true"):
        return ACKNOWLEDGED
    raise UnreadableError("Not a valid choice.")


def _position(_question: Question, given: list[Any]) -> dict[str, float | None]:
    value = given[0]
    if isinstance(value, str):
        # As ODK has it: latitude, longitude, altitude and accuracy.
        parts = [float(part) for part in value.split() if _DECIMAL.fullmatch(part)]
        if len(parts) in (2, 4) and len(parts) == len(value.split()):
            value = {"lat": parts[0], "lon": parts[1], "accuracy_m": (parts + [None] * 2)[3]}
    if isinstance(value, dict):
        lat, lon, accuracy = (value.get(key) for key in ("lat", "lon", "accuracy_m"))
        if (
            _is_number(lat)
            and _is_number(lon)
            and abs(lat) <= 90
            and abs(lon) <= 180
            and (accuracy is None or (_is_number(accuracy) and 0 <= accuracy < LARGEST_DECIMAL))
        ):
            return {"lat": lat, "lon": lon, "accuracy_m": accuracy}
    raise UnreadableError("Invalid input.")


def _positions(question: Question, given: list[Any]) -> str:
    """As ODK has them: positions of latitude, longitude, altitude and accuracy, and semicolons."""
    if not isinstance(given[0], str) or len(given[0]) > LONGEST_TEXT:
        raise UnreadableError("Invalid input.")
    positions = [part.strip() for part in given[0].split(";") if part.strip()]
    for position in positions:
        _position(question, [position])
    if not positions:
        raise UnreadableError("Invalid input.")
    return "; ".join(positions)


def _file(_question: Question, given: list[Any]) -> str:
    if isinstance(given[0], str) and _SHA256.fullmatch(given[0]):
        return given[0]
    raise UnreadableError("Invalid input.")


def _nothing(_question: Question, _given: list[Any]) -> None:
    return None


READERS: dict[str, Callable[[Question, list[Any]], Any]] = {
    "acknowledge": _acknowledged,
    "audio": _file,
    "calculate": _result,
    "date": _date,
    "dateTime": _moment,
    "decimal": _decimal,
    "file": _file,
    "geopoint": _position,
    "geoshape": _positions,
    "geotrace": _positions,
    "hidden": _text,
    "image": _file,
    "integer": _integer,
    "note": _nothing,
    "rank": _ranked,
    "select_multiple": _choices,
    "select_one": _choice,
    "text": _text,
    "time": _time,
    "video": _file,
}


def calculated(question: Question, value: Value) -> Any:
    """A calculated value as the answer that is stored."""
    if value == "":
        return None
    if isinstance(value, float) and question.type in ("calculate", "integer", "decimal"):
        return int(value) if value.is_integer() else value
    return to_string(value)
