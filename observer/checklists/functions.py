"""The functions and operators of expressions that need nothing but the values of their arguments.

``static/checklists/functions.js`` is the twin. An argument that may be the answers of many rows
is a list.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from observer.checklists import geography
from observer.checklists.dates import decimal_time, format_date, to_date, to_date_time
from observer.checklists.values import (
    SMALLEST,
    Value,
    to_boolean,
    to_number,
    to_string,
    words,
)

MOST_PLACES = 30
"""Decimal places that ODK rounds to, before or behind the point."""


def _compare(holds: Callable[[Value, Value], bool]) -> Callable[[Any, Any], bool]:
    """Of many rows' answers it is enough that one compares so."""

    def compare(a: Any, b: Any) -> bool:
        return any(holds(one, other) for one in _any(a) for other in _any(b))

    return compare


def _any(value: Any) -> list[Value]:
    return (value or [""]) if isinstance(value, list) else [value]


def _equal(a: Value, b: Value) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return to_boolean(a) == to_boolean(b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    one, other = to_number(a), to_number(b)
    return one == other or abs(one - other) < SMALLEST


def _divide(a: Value, b: Value) -> float:
    above, below = to_number(a), to_number(b)
    if below != 0:
        return above / below
    if above == 0 or math.isnan(above):
        return math.nan
    return math.copysign(math.inf, above) * math.copysign(1.0, below)


def _remainder(a: Value, b: Value) -> float:
    above, below = to_number(a), to_number(b)
    return math.nan if below == 0 or math.isinf(above) else math.fmod(above, below)


def _subtract(a: Value, *b: Value) -> float:
    return to_number(a) - to_number(b[0]) if b else -to_number(a)


def _round(value: Value, digits: Value = 0.0) -> float:
    number, places = to_number(value), to_number(digits)
    if not math.isfinite(number):
        return number
    if not abs(places) <= MOST_PLACES:
        return math.nan
    moved = _shifted(number, math.trunc(places))
    if not math.isfinite(moved):
        return number
    down = math.floor(moved)
    return _shifted(float(down + 1 if moved - down >= 0.5 else down), -math.trunc(places))


def _shifted(number: float, places: int) -> float:
    # By the digits that are written: 1.005 * 100 would be a little less than 100.5.
    digits, _, exponent = repr(number).partition("e")
    return float(f"{digits}e{int(exponent or 0) + places}")


def _whole(how: Callable[[float], int]) -> Callable[[Value], float]:
    def whole(value: Value) -> float:
        number = to_number(value)
        return float(how(number)) if math.isfinite(number) else number

    return whole


def _nearly(how: Callable[..., float]) -> Callable[..., float]:
    """The first twelve digits: from there on devices differ in sines, logarithms and the like."""

    def nearly(*values: Any) -> float:
        try:
            result = how(*values)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf
        # There is no zero with a minus, which only some ways of rounding give.
        return float(f"{result:.11e}") + 0.0

    return nearly


def _of_numbers(how: Callable[..., float]) -> Callable[..., float]:
    return _nearly(lambda *values: how(*map(to_number, values)))


def _logarithm(how: Callable[[float], float]) -> Callable[[Value], float]:
    return _of_numbers(lambda number: -math.inf if number == 0 else how(number))


def _power(base: Value, exponent: Value) -> float:
    number, times = to_number(base), to_number(exponent)
    if not times.is_integer():
        return _broken_power(number, times)
    # Multiplied out, which every device does alike to the last digit.
    result, square, left = 1.0, number, abs(int(times))
    while left:
        if left % 2:
            result *= square
        square *= square
        left //= 2
    return result if times >= 0 else _divide(1.0, result)


def _broken_power(number: float, times: float) -> float:
    if math.isnan(times) or (abs(number) == 1 and math.isinf(times)):
        return math.nan
    if number == 0 and times < 0:
        return math.inf
    return _nearly(math.pow)(number, times)


def _root(value: Value) -> float:
    number = to_number(value)
    return math.sqrt(number) + 0.0 if number >= 0 else math.nan


def _selected_at(value: Value, at: Value) -> str:
    chosen, index = words(value), to_number(at)
    return chosen[int(index)] if -1 < index < len(chosen) else ""


def _coalesce(*values: Value) -> Value:
    given = (each for each in values if each != "" and each == each)  # noqa: PLR0124
    return next(given, "")


def _from_string(value: Value) -> bool:
    return to_string(value).lower() in ("true", "1")


def _list(values: tuple[Any, ...]) -> list[Value]:
    return [one for each in values for one in (each if isinstance(each, list) else [each])]


def _answered(values: tuple[Any, ...]) -> list[Value]:
    return [each for each in _list(values) if each != ""]


def _numbers(values: tuple[Any, ...]) -> list[float]:
    numbers = map(to_number, _list(values))
    return [number for number in numbers if not math.isnan(number)]


def _sum(*values: Any) -> float:
    total = 0.0
    for number in _numbers(values):
        total += number
    return total


def _within(least: Value, most: Value, found: float) -> bool:
    """Between two bounds, of which one below zero is none."""
    low, high = to_number(least), to_number(most)
    return (low < 0 or found >= low) and (high < 0 or found <= high)


def _checklist(least: Value, most: Value, *factors: Any) -> bool:
    return _within(least, most, float(sum(map(to_boolean, _list(factors)))))


def _weighted(least: Value, most: Value, *pairs: Any) -> bool:
    total = 0.0
    for factor, weight in zip(_list(pairs[::2]), _list(pairs[1::2]), strict=False):
        total += to_number(weight) if to_boolean(factor) else 0.0
    return _within(least, most, total)


def _substring(text: Value, start: Value, length: Value | None = None) -> str:
    first = _round(start)
    end = math.inf if length is None else first + _round(length)
    letters = enumerate(to_string(text), start=1)
    return "".join(letter for at, letter in letters if first <= at < end)


def _substr(text: Value, start: Value, end: Value | None = None) -> str:
    letters = to_string(text)
    first, last = (
        _index(bound, len(letters)) for bound in (start, math.inf if end is None else end)
    )
    return letters[first:last]


def _index(bound: Value, length: int) -> int:
    number = to_number(bound)
    if math.isnan(number):
        return 0
    return int(min(max(number + length if number <= -1 else number, 0), length))


def _part(text: Value, mark: Value) -> tuple[str, str]:
    before, found, after = _split(to_string(text), to_string(mark))
    return (before, after) if found else ("", "")


def _split(text: str, mark: str) -> tuple[str, bool, str]:
    at = text.find(mark)
    return text[: max(at, 0)], at >= 0, text[at + len(mark) :]


def _matches(text: Value, pattern: str) -> bool:
    return re.fullmatch(pattern, to_string(text), re.ASCII) is not None


def _translate(text: Value, old: Value, new: Value) -> str:
    replacements: dict[str, str] = {}
    letters = to_string(new)
    for at, letter in enumerate(to_string(old)):
        replacements.setdefault(letter, letters[at] if at < len(letters) else "")
    return "".join(replacements.get(letter, letter) for letter in to_string(text))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "=": _compare(_equal),
    "!=": _compare(lambda a, b: not _equal(a, b)),
    "<": _compare(lambda a, b: to_number(a) < to_number(b)),
    "<=": _compare(lambda a, b: to_number(a) <= to_number(b)),
    ">": _compare(lambda a, b: to_number(a) > to_number(b)),
    ">=": _compare(lambda a, b: to_number(a) >= to_number(b)),
    "+": lambda a, *b: to_number(a) + to_number(b[0]) if b else to_number(a),
    "-": _subtract,
    "*": lambda a, b: to_number(a) * to_number(b),
    "div": _divide,
    "mod": _remainder,
    "|": lambda *values: _list(values),
    "first": lambda values: next(iter(_list((values,))), ""),
    "abs": lambda value: abs(to_number(value)),
    "acos": _of_numbers(math.acos),
    "area": _nearly(lambda *values: geography.area(_list(values))),
    "asin": _of_numbers(math.asin),
    "atan": _of_numbers(math.atan),
    "atan2": _of_numbers(math.atan2),
    "boolean": to_boolean,
    "boolean-from-string": _from_string,
    "ceiling": _whole(math.ceil),
    "checklist": _checklist,
    "coalesce": _coalesce,
    "concat": lambda *texts: "".join(map(to_string, _list(texts))),
    "contains": lambda text, part: to_string(part) in to_string(text),
    "cos": _of_numbers(math.cos),
    "count": lambda values: float(len(_list((values,)))),
    "count-non-empty": lambda values: float(len(_answered((values,)))),
    "count-selected": lambda value: float(len(words(value))),
    "date": to_date,
    "date-time": to_date_time,
    "decimal-date-time": to_number,
    "decimal-time": decimal_time,
    "distance": _nearly(lambda *values: geography.distance(_list(values))),
    "ends-with": lambda text, end: to_string(text).endswith(to_string(end)),
    "exp": _of_numbers(math.exp),
    "exp10": lambda value: _power(10.0, value),
    "false": lambda: False,
    "floor": _whole(math.floor),
    "format-date": format_date,
    "format-date-time": format_date,
    "geofence": lambda point, shape: geography.inside(point, _list((shape,))),
    "int": _whole(math.trunc),
    "join": lambda mark, *values: to_string(mark).join(map(to_string, _list(values))),
    "log": _logarithm(math.log),
    "log10": _logarithm(math.log10),
    "max": lambda *values: max(_numbers(values), default=math.nan) + 0.0,
    "min": lambda *values: min(_numbers(values), default=math.nan) + 0.0,
    "normalize-space": lambda value: " ".join(words(value)),
    "not": lambda value: not to_boolean(value),
    "number": to_number,
    "pi": lambda: math.pi,
    "pow": _power,
    "regex": _matches,
    "round": _round,
    "selected": lambda value, choice: to_string(choice).strip(" \t\r\n") in words(value),
    "selected-at": _selected_at,
    "sin": _of_numbers(math.sin),
    "sqrt": _root,
    "starts-with": lambda text, start: to_string(text).startswith(to_string(start)),
    "string": to_string,
    "string-length": lambda text: float(len(to_string(text))),
    "substr": _substr,
    "substring": _substring,
    "substring-after": lambda text, mark: _part(text, mark)[1],
    "substring-before": lambda text, mark: _part(text, mark)[0],
    "sum": _sum,
    "tan": _of_numbers(math.tan),
    "translate": _translate,
    "true": lambda: True,
    "weighted-checklist": _weighted,
}
