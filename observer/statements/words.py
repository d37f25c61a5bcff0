"""How a statement speaks: its numbers, dates and fixed words, in the language it is written in.

The statement's language is its own; it is not that of the page it is edited on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from observer.collect.models import Status
from observer.statements.housestyle import ALL, NONE, HouseStyle
from observer.statements.phrases import Gendered, Language, ShareWord
from observer.statements.speech import Speech, speech_of

NO_BREAK_SPACE = "\u00a0"
NARROW_SPACE = "\u202f"
"""The narrow space within French numbers, which the fonts of statements do not have."""


class Words:
    """The words of one language, and the base below which no percentage is given."""

    def __init__(self, language: str, min_base: int, speech: Speech | None = None) -> None:
        """Speak a language as its files are now, or as a ``speech`` that was kept.

        Raises ReportFileError where a file cannot be used.
        """
        speech = speech or speech_of(language)
        self.language, self.min_base = language, min_base
        self.style: HouseStyle = speech.style
        self._its: Language = speech.language

    @property
    def from_right(self) -> bool:
        """Whether it is written from the right."""
        return self._its.from_right

    @property
    def tag(self) -> str:
        """The language and its country as programs name them: ``en-GB``."""
        locale = Locale.parse(self._its.locale)
        likely = Locale.parse(get_global("likely_subtags").get(locale.language, locale.language))
        return "-".join(filter(None, (locale.language, locale.territory or likely.territory)))

    def phrase(self, name: str, **values: object) -> str:
        """One of the fixed phrases, with its values."""
        return self._its.phrases[name].format(**values)

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        """A number with the language's signs."""
        pattern = "#,##0" if digits == 0 else f"#,##0.{'0' * digits}"
        text = format_decimal(value, pattern, locale=self._its.locale)
        return text.replace(NARROW_SPACE, NO_BREAK_SPACE)

    def in_words(self, value: int, *, feminine: bool = False) -> str:
        """A small number as a word, a greater one in figures; the house style says which."""
        if not self._is_spelled(value):
            return self.number(value)
        word = self._its.spelled[value]
        return self._its.spelled_feminine.get(value, word) if feminine else word

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

    def published_on(self, moment: datetime, timezone: str) -> str:
        """When something was published: day, year and time on the clocks of a time zone, named."""
        local = moment.astimezone(ZoneInfo(timezone))
        time = format_datetime(local, "HH:mm", locale=self._its.locale)
        return self.phrase("published_on", day=self.day(local.date()), time=time, zone=timezone)

    def language_name(self, code: str) -> str:
        """What this language calls another one: ``Spanish``; its code where it has no name."""
        return Locale.parse(self._its.locale).languages.get(code, code)

    def statuses(self, statuses: Sequence[Status]) -> str:
        """What is counted: ``verified reports``."""
        return self.phrase(" ".join(sorted({Status(status).value for status in statuses})))

    def is_enough(self, n: int) -> bool:
        """Whether a share of so many may be told at all."""
        return n >= max(self.min_base, 1)

    def k_of_n(self, k: int, n: int) -> str:
        """Counts, as words where both are small: ``three of twelve``, ``3 of 25``."""
        if n == 0:
            return self.phrase("none")
        number = self.in_words if self._is_spelled(max(k, n)) else self.number
        if k == n == 1 and (only := self._its.counts.get("only_one")):
            return only.feminine
        if k == 0:
            return self.phrase("none_of", n=number(n))
        return self.phrase("k_of_n", k=number(k), n=number(n))

    def base(self, k: int, n: int, places: str, phrase: str = "base", **values: object) -> str:
        """Counts in a sentence: ``37 of the 412 polling stations``, or ``none of the 412 …``.

        ``places`` names the phrase for these, and ``phrase`` the one for counts that are neither
        none nor all, with its other values.
        """
        told = self._edge(k, n, places, self.number(n))
        if told is not None:
            return told
        shown = {"k": self.number(k), "n": self.number(n), "places": self.phrase(places)}
        return self.phrase(phrase, **shown, **values)

    def incident_base(self, k: int, n: int) -> str:
        """Incidents in a sentence: ``5 of the 25 incidents reported``."""
        name = "only" if k == n == 1 else _edge_of(k, n)
        pattern = self._its.counts.get(f"incidents_{name}")
        if pattern is not None:
            return pattern.masculine.format(n=self.number(n))
        return self.phrase("incident_base", k=self.number(k), n=self.number(n))

    def _edge(self, k: int, n: int, places: str, shown: str) -> str | None:
        """Counts of nothing, of everything or of one; None for all others."""
        name = f"only_{places}" if k == n == 1 else _edge_of(k, n)
        pattern = self._its.counts.get(name)
        if pattern is None:
            return None
        chosen = pattern.of(feminine=self._is_feminine(places))
        return chosen.format(n=shown, places=self.phrase(places))

    def share(self, k: int, n: int, digits: int = 0) -> str:
        """A share as a sentence has it: a percentage, or counts where the base is small.

        What is not quite none and not quite all is not rounded to it.
        """
        return self._share(k, n, digits) if self.is_enough(n) else self.k_of_n(k, n)

    def _share(self, k: int, n: int, digits: int = 0, per_cent: str = "per_cent") -> str:
        return self._rounded_share(k, n, digits, ("less_than", "more_than", per_cent))

    def _rounded_share(self, k: int, n: int, digits: int, phrases: tuple[str, str, str]) -> str:
        """A percentage in one of the phrases for less than, more than, and as it is."""
        less, more, same = phrases
        step = Decimal(1).scaleb(-digits)
        rounded = self.style.rounded(Decimal(100 * k) / Decimal(n), digits)
        if k > 0 and rounded == 0:
            return self.phrase(less, share=self.number(step, digits))
        if k < n and rounded == 100:
            return self.phrase(more, share=self.number(100 - step, digits))
        return self.phrase(same, share=self.number(rounded, digits))

    def quantity(self, k: int, n: int, places: str) -> str:
        """A share as a word with what it is of: ``most of the polling stations observed``.

        ``places`` names the phrase for these. Where the base is small it is counts: ``three of the
        twelve polling stations observed``.
        """
        if not self.is_enough(n):
            return self._counted(k, n, places)
        return self._of(self._its.quantities[self.style.quantity(k, n)], places)

    def quantity_alone(self, k: int, n: int, places: str) -> str:
        """The same without what it is of: ``most``, or ``three of twelve``."""
        if not self.is_enough(n):
            return self.k_of_n(k, n)
        word = self._its.quantities[self.style.quantity(k, n)]
        return word.alone.of(feminine=self._is_feminine(places))

    def one_in(self, k: int, n: int, places: str) -> str:
        """A share as a fraction with what it is of: ``one in five of the reports received``.

        Where none is near it is a percentage of them, and where the base is small it is counts.
        """
        if not self.is_enough(n):
            return self._counted(k, n, places)
        fraction = self.style.fraction(k, n)
        if fraction is not None:
            return self._of(self._its.fractions[fraction], places)
        share = self._share(k, n, per_cent="per_cent_of")
        return self.phrase("share_of", share=share, places=self.phrase(places))

    def one_in_alone(self, k: int, n: int, places: str) -> str:
        """The same without what it is of: ``one in five``, or ``43 per cent``."""
        if not self.is_enough(n):
            return self.k_of_n(k, n)
        fraction = self.style.fraction(k, n)
        if fraction is None:
            return self._share(k, n, per_cent="per_cent_of")
        return self._its.fractions[fraction].alone.of(feminine=self._is_feminine(places))

    def limits(self) -> list[tuple[str, str]]:
        """The words for shares that the house style uses, each with the shares that it is for."""
        least, rows = None, [(NONE, self.phrase("per_cent", share=self.number(0)))]
        for name, below in self.style.quantities.items():
            phrase = "words_from_none" if least is None else "words_from"
            bounds = {"least": self._exact(least or Decimal(0)), "below": self._exact(below)}
            rows.append((name, self.phrase(phrase, **bounds)))
            least = below
        rows.append((ALL, self.phrase("per_cent", share=self.number(100))))
        return [(_both(self._its.quantities[name].alone), told) for name, told in rows]

    def fractions(self) -> str:
        """The fractions that the house style uses, and how near to a share they are."""
        names = [_both(self._its.fractions[one].alone) for one in self.style.fractions]
        listed = format_list(names, locale=self._its.locale)
        within = self.style.fractions_within
        points = self._points(within, _digits(within))
        return self.phrase("fractions_near", points=points, fractions=listed)

    def _exact(self, value: Decimal) -> str:
        return self.number(value, _digits(value))

    def _of(self, word: ShareWord, places: str) -> str:
        pattern = word.of.of(feminine=self._is_feminine(places))
        return pattern.format(places=self.phrase(places))

    def _counted(self, k: int, n: int, places: str) -> str:
        if n == 0:
            return self.phrase("none")
        feminine, name = self._is_feminine(places), self.phrase(places)
        numbers = [
            self.in_words(one, feminine=feminine)
            if self._is_spelled(max(k, n))
            else self.number(one)
            for one in (k, n)
        ]
        told = self._edge(k, n, places, numbers[1])
        if told is not None:
            return told
        if k == 0:
            pattern = self._its.quantities[NONE].of.of(feminine=feminine)
            return pattern.format(places=self.phrase("n_places", n=numbers[1], places=name))
        return self.phrase("base", k=numbers[0], n=numbers[1], places=name)

    def _is_feminine(self, places: str) -> bool:
        return places in self._its.feminine

    def short_share(self, k: int, n: int, digits: int = 0) -> str:
        """A share as a table or a chart has it: ``9 %``, or ``3 of 25``."""
        if n == 0:
            return "–"
        if not self.is_enough(n):
            return self.phrase("k_of_n", k=self.number(k), n=self.number(n))
        short = ("short_less_than", "short_more_than", "short_per_cent")
        return self._rounded_share(k, n, digits, short)

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


def _edge_of(k: int, n: int) -> str:
    """How counts of nothing or everything are called; empty for all others."""
    if n == 0:
        return "none_of_none"
    if k == 0:
        return "none_of_one" if n == 1 else "none"
    return "all" if k == n else ""


def _both(gendered: Gendered) -> str:
    """A word with its other form, where it has one."""
    return " / ".join(dict.fromkeys((gendered.masculine, gendered.feminine)))


def _digits(value: Decimal) -> int:
    """How many digits a number has after the point."""
    return max(0, -int(value.normalize().as_tuple().exponent))
