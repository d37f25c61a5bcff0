"""Evaluates expressions' trees over answers; ``static/checklists/expressions.js`` is its twin."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from observer.checklists.expressions import Tree
from observer.checklists.values import Value, to_boolean, to_number, to_string

_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass
class Row:
    """Answers that stand together: those of the form, or of one row of a repeat."""

    values: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    outer: Row | None = None
    position: int = 1


@dataclass(frozen=True)
class Clock:
    """What ``today()`` and ``now()`` are."""

    today: str
    now: str

    @classmethod
    def at(cls, moment: datetime) -> Clock:
        """By the clock on the wall at this moment."""
        return cls(moment.date().isoformat(), moment.isoformat(timespec="seconds"))


def evaluate(tree: Tree, row: Row, clock: Clock) -> Any:
    """The value of an expression in a row; a list of values for ``each``."""
    if not isinstance(tree, list):
        return float(tree) if isinstance(tree, int) else tree
    operation, *arguments = tree
    if operation in _IN_CONTEXT:
        return _IN_CONTEXT[operation](arguments, row, clock)
    return _OPERATIONS[operation](*(evaluate(each, row, clock) for each in arguments))


def _if(arguments: list[Tree], row: Row, clock: Clock) -> Any:
    chosen = 1 if to_boolean(evaluate(arguments[0], row, clock)) else 2
    return evaluate(arguments[chosen], row, clock)


_IN_CONTEXT: dict[str, Callable[[list[Any], Row, Clock], Any]] = {
    "answer": lambda its, row, _: _outer(row, its[0]).values.get(its[1], ""),
    "each": lambda its, row, _: _each(_outer(row, its[0]), its[1], its[2]),
    "position": lambda its, row, _: float(_outer(row, its[0]).position),
    "and": lambda its, row, clock: all(to_boolean(evaluate(each, row, clock)) for each in its),
    "or": lambda its, row, clock: any(to_boolean(evaluate(each, row, clock)) for each in its),
    "if": _if,
    "today": lambda _its, _row, clock: clock.today,
    "now": lambda _its, _row, clock: clock.now,
}
"""Operations that need more than the values of their arguments."""


def _outer(row: Row, levels: int) -> Row:
    for _ in range(levels):
        row = row.outer or row
    return row


def _each(row: Row, repeats: Sequence[str], name: str) -> list[Value]:
    rows = [row]
    for repeat in repeats:
        rows = [inner for each in rows for inner in each.rows.get(repeat, ())]
    return [each.values.get(name, "") for each in rows]


def _equal(a: Value, b: Value) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return to_boolean(a) == to_boolean(b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return to_number(a) == to_number(b)


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
    if not abs(places) <= 15:
        return math.nan
    factor = float(f"1e{math.trunc(places)}")
    if not math.isfinite(number * factor):
        return number
    return math.floor(number * factor + 0.5) / factor


def _whole(how: Callable[[float], int]) -> Callable[[Value], float]:
    def whole(value: Value) -> float:
        number = to_number(value)
        return float(how(number)) if math.isfinite(number) else number

    return whole


def _words(value: Value) -> list[str]:
    return [word for word in _SPACE.split(to_string(value)) if word]


def _selected_at(value: Value, at: Value) -> str:
    words, index = _words(value), to_number(at)
    return words[int(index)] if 0 <= index < len(words) and index == int(index) else ""


def _list(values: tuple[Any, ...]) -> list[Value]:
    return [one for each in values for one in (each if isinstance(each, list) else [each])]


def _answered(values: tuple[Any, ...]) -> list[Value]:
    return [each for each in _list(values) if each != ""]


def _extreme(how: Callable[[list[float]], float]) -> Callable[..., float]:
    def extreme(*values: Any) -> float:
        numbers = [to_number(each) for each in _answered(values)]
        return how(numbers) if numbers and not any(map(math.isnan, numbers)) else math.nan

    return extreme


def _sum(values: Any) -> float:
    total = 0.0
    for each in _answered((values,)):
        total += to_number(each)
    return total


def _substring(text: Value, start: Value, length: Value | None = None) -> str:
    first = _round(start)
    end = math.inf if length is None else first + _round(length)
    letters = enumerate(to_string(text), start=1)
    return "".join(letter for at, letter in letters if first <= at < end)


def _substr(text: Value, start: Value, end: Value | None = None) -> str:
    letters = to_string(text)
    bounds = [to_number(start), math.inf if end is None else to_number(end)]
    if any(map(math.isnan, bounds)):
        return ""
    first, last = (int(min(max(b + len(letters) if b < 0 else b, 0), len(letters))) for b in bounds)
    return letters[first:last]


def _before(text: Value, mark: Value) -> str:
    before, found, _ = _part(text, mark)
    return before if found else ""


def _part(text: Value, mark: Value) -> tuple[str, bool, str]:
    whole, sought = to_string(text), to_string(mark)
    at = whole.find(sought)
    return (whole[:at], True, whole[at + len(sought) :]) if at >= 0 else (whole, False, "")


def _translate(text: Value, old: Value, new: Value) -> str:
    replacements: dict[str, str] = {}
    letters = to_string(new)
    for at, letter in enumerate(to_string(old)):
        replacements.setdefault(letter, letters[at] if at < len(letters) else "")
    return "".join(replacements.get(letter, letter) for letter in to_string(text))


def _date(value: Value) -> str:
    days = to_number(value)
    if not -353_000 <= days < 2_900_000:
        return ""
    # The years that four digits write, as the twin has them.
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=math.floor(days))).date().isoformat()


def _decimal_time(value: Value) -> float:
    days = to_number(value)
    return days - math.floor(days) if math.isfinite(days) else math.nan


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "=": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": lambda a, b: to_number(a) < to_number(b),
    "<=": lambda a, b: to_number(a) <= to_number(b),
    ">": lambda a, b: to_number(a) > to_number(b),
    ">=": lambda a, b: to_number(a) >= to_number(b),
    "+": lambda a, *b: to_number(a) + to_number(b[0]) if b else to_number(a),
    "-": _subtract,
    "*": lambda a, b: to_number(a) * to_number(b),
    "div": _divide,
    "mod": _remainder,
    "boolean": to_boolean,
    "ceiling": _whole(math.ceil),
    "coalesce": lambda a, b: a if a != "" else b,
    "concat": lambda *texts: "".join(map(to_string, texts)),
    "contains": lambda text, part: to_string(part) in to_string(text),
    "count": lambda values: float(len(_list((values,)))),
    "count-non-empty": lambda values: float(len(_answered((values,)))),
    "count-selected": lambda value: float(len(_words(value))),
    "date": _date,
    "decimal-date-time": to_number,
    "decimal-time": _decimal_time,
    "ends-with": lambda text, end: to_string(text).endswith(to_string(end)),
    "false": lambda: False,
    "floor": _whole(math.floor),
    "int": _whole(math.trunc),
    "join": lambda mark, *values: to_string(mark).join(map(to_string, _list(values))),
    "max": _extreme(max),
    "min": _extreme(min),
    "normalize-space": lambda value: " ".join(_words(value)),
    "not": lambda value: not to_boolean(value),
    "number": to_number,
    "round": _round,
    "selected": lambda value, choice: to_string(choice).strip(" \t\r\n") in _words(value),
    "selected-at": _selected_at,
    "starts-with": lambda text, start: to_string(text).startswith(to_string(start)),
    "string": to_string,
    "string-length": lambda text: float(len(to_string(text))),
    "substr": _substr,
    "substring": _substring,
    "substring-after": lambda text, mark: _part(text, mark)[2],
    "substring-before": _before,
    "sum": _sum,
    "translate": _translate,
    "true": lambda: True,
}
