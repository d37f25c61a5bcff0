"""How a statement speaks: its numbers, dates and fixed words, in the language it is written in.

The statement's language is its own; it is not that of the page it is edited on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from observer.collect.models import Status
from observer.statements.housestyle import HouseStyle, house_style
from observer.statements.phrases import Language, language_of

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"
"""The narrow space within French numbers, which the fonts of statements do not have."""


@dataclass(frozen=True)
class Words:
    """The words of one language, and the base below which no percentage is given."""

    language: str
    min_base: int

    @cached_property
    def style(self) -> HouseStyle:
        """How the mission's papers round and count."""
        return house_style()

    @cached_property
    def _its(self) -> Language:
        return language_of(self.language)

    @property
    def from_right(self) -> bool:
        """Whether it is written from the right."""
        return self._its.from_right

    def phrase(self, name: str, **values: object) -> str:
        """One of the fixed phrases, with its values."""
        return self._its.phrases[name].format(**values)

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        """A number with the language's signs."""
        pattern = "#,##0" if digits == 0 else f"#,##0.{'0' * digits}"
        text = format_decimal(value, pattern, locale=self._its.locale)
        return text.replace(NARROW_SPACE, NO_BREAK_SPACE)

    def in_words(self, value: int) -> str:
        """A small number as a word, a greater one in figures; the house style says which."""
        return self._its.spelled[value] if self._is_spelled(value) else self.number(value)

    def _is_spelled(self, value: int) -> bool:
        return 0 <= value <= min(self.style.spelled_to, len(self._its.spelled) - 1)

    def day(self, day: date) -> str:
        """A date in full."""
        return format_date(day, "long", locale=self._its.locale)

    def short_day(self, day: date) -> str:
        """A date without its year."""
        return format_date(day, "d MMM", locale=self._its.locale)

    def moment(self, moment: datetime, timezone: str) -> str:
        """A day and time on the clocks of a time zone, without the year."""
        local = moment.astimezone(ZoneInfo(timezone))
        return format_datetime(local, "d MMM, HH:mm", locale=self._its.locale)

    def statuses(self, statuses: Sequence[Status]) -> str:
        """What is counted: ``verified reports``."""
        return self.phrase(" ".join(sorted({Status(status).value for status in statuses})))

    def k_of_n(self, k: int, n: int) -> str:
        """Counts, as words where both are small: ``three of twelve``, ``3 of 25``."""
        if n == 0:
            return self.phrase("none")
        number = self.in_words if self._is_spelled(max(k, n)) else self.number
        if k == 0:
            return self.phrase("none_of", n=number(n))
        return self.phrase("k_of_n", k=number(k), n=number(n))

    def share(self, k: int, n: int, digits: int = 0) -> str:
        """A share as a sentence has it: a percentage, or counts where the base is small.

        What is not quite none and not quite all is not rounded to it.
        """
        if n < self.min_base:
            return self.k_of_n(k, n)
        step = Decimal(1).scaleb(-digits)
        rounded = self.style.rounded(Decimal(100 * k) / Decimal(n), digits)
        if k > 0 and rounded == 0:
            return self.phrase("less_than", share=self.number(step, digits))
        if k < n and rounded == 100:
            return self.phrase("more_than", share=self.number(100 - step, digits))
        return self.phrase("per_cent", share=self.number(rounded, digits))

    def short_share(self, k: int, n: int, digits: int = 0) -> str:
        """A share as a table or a chart has it: ``9 %``, or ``3 of 25``."""
        if n == 0:
            return "–"
        if n < self.min_base:
            return self.phrase("k_of_n", k=self.number(k), n=self.number(n))
        step = Decimal(1).scaleb(-digits)
        rounded = self.style.rounded(Decimal(100 * k) / Decimal(n), digits)
        if k > 0 and rounded == 0:
            return f"< {self.number(step, digits)} %"
        if k < n and rounded == 100:
            return f"> {self.number(100 - step, digits)} %"
        return f"{self.number(rounded, digits)} %"

    def estimate(self, share: float, lower: float, upper: float, digits: int) -> str:
        """An estimated share with its margin, or with its bounds where they lie unevenly."""
        shown = self.phrase(
            "per_cent", share=self.number(self._rounded(100 * share, digits), digits)
        )
        above, below = (self._rounded(100 * d, digits) for d in (upper - share, share - lower))
        if above == below:
            return self.phrase("estimate", share=shown, margin=self._points(above, digits))
        bounds = {
            name: self.number(self._rounded(100 * value, digits), digits)
            for name, value in (("lower", lower), ("upper", upper))
        }
        return self.phrase("estimate_between", share=shown, **bounds)

    def difference(self, points: float, digits: int = 0) -> str:
        """A difference between shares: ``5 percentage points more``.

        What is not quite none is not rounded to it.
        """
        if points == 0:
            return self.phrase("no_difference")
        rounded = self._rounded(abs(points), digits)
        if rounded == 0:
            least = self._points(Decimal(1).scaleb(-digits), digits)
            told = self.phrase("less_than_points", points=least)
        else:
            told = self._points(rounded, digits)
        return self.phrase("more" if points > 0 else "less", points=told)

    def _rounded(self, value: float, digits: int) -> Decimal:
        return self.style.rounded(Decimal(str(value)), digits)

    def _points(self, points: Decimal, digits: int) -> str:
        one = Locale.parse(self._its.locale).plural_form(points) == "one"
        name = "percentage_point" if one else "percentage_points"
        return self.phrase(name, number=self.number(points, digits))
