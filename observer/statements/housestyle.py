"""The house style: how the mission's papers round, and which words stand for which shares.

It is read from ``reports/house-style.yaml``, which a mission changes without Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from observer.statements.yamlfile import REPORTS, ReportFileError, YamlFile, changed_at

HOUSE_STYLE = REPORTS / "house-style.yaml"
ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
NONE, ALL = "none", "all"
"""The words for nothing and for everything, which have no limits."""
QUANTITIES = (
    "hardly_any",
    "a_few",
    "some",
    "fewer_than_half",
    "about_half",
    "more_than_half",
    "most",
    "nearly_all",
)
"""The other words that a house style can use, from the least to the greatest."""
MOST_SPELLED = 12


@dataclass(frozen=True)
class HouseStyle:
    """How papers round and count, and which words they use."""

    spelled_to: int
    """Numbers up to this one are spelled out."""
    rounding: str
    """One of ``ROUNDING``."""
    quantities: Mapping[str, Decimal]
    """The words in use by the share below which each holds, in per cent, the least first."""
    fractions: tuple[Fraction, ...]
    """Shares that have a name of their own, such as one in five."""
    fractions_within: Decimal
    """How far off such a share may be, in percentage points."""
    verified_differs: Decimal
    """From more than so many percentage points between verified and all reports on, it is said."""

    def rounded(self, value: Decimal, digits: int) -> Decimal:
        """A number with so many digits after the point."""
        return value.quantize(Decimal(1).scaleb(-digits), ROUNDING[self.rounding])

    def quantity(self, k: int, n: int) -> str:
        """The name of the word for a share: ``none``, one of ``quantities``, or ``all``.

        ``n`` is at least one.
        """
        if k in (0, n):
            return ALL if k else NONE
        share = Fraction(100 * k, n)
        return next(name for name, below in self.quantities.items() if share < Fraction(below))

    def fraction(self, k: int, n: int) -> Fraction | None:
        """The share with a name that is near enough to this one; None where there is none."""
        if k in (0, n):
            return None
        share = Fraction(k, n)
        nearest = min(self.fractions, key=lambda one: abs(one - share), default=None)
        if nearest is None or abs(nearest - share) * 100 > Fraction(self.fractions_within):
            return None
        return nearest


def house_style() -> HouseStyle:
    """The style as its file is now. Raises ReportFileError where the file cannot be used."""
    return _read(HOUSE_STYLE, changed_at(HOUSE_STYLE))


def style_in(file: YamlFile) -> HouseStyle:
    """The style in a file that was read. Raises ReportFileError where it cannot be used."""
    return _Reader(file).style()


@cache
def _read(path: Path, _changed: int) -> HouseStyle:
    return style_in(YamlFile(path))


class _Reader:
    """Reads the file and says what is wrong with it."""

    def __init__(self, file: YamlFile) -> None:
        self.file = file

    def style(self) -> HouseStyle:
        spelled_to = self.file.found.get("spelled_to")
        if not isinstance(spelled_to, int) or not 0 <= spelled_to <= MOST_SPELLED:
            message = _("this must be a number from 0 to %(most)s", most=MOST_SPELLED)
            raise self.file.wrong("spelled_to", message)
        rounding = self.file.found.get("rounding")
        if not isinstance(rounding, str) or rounding not in ROUNDING:
            raise self.file.wrong("rounding", _("this must be half_up or half_even"))
        return HouseStyle(
            spelled_to=spelled_to,
            rounding=rounding,
            quantities=self._quantities(),
            fractions=self._fractions(),
            fractions_within=self._points("fractions_within"),
            verified_differs=self._points("verified_differs"),
        )

    def _quantities(self) -> dict[str, Decimal]:
        found = self.file.found.get("quantities")
        if not isinstance(found, dict) or not found:
            raise self.file.wrong("quantities", _("this must be lines such as a_few: 15"))
        for name in found:
            if name not in QUANTITIES:
                raise self._no_word(str(name))
        names = [name for name in QUANTITIES if name in found]
        if list(found) != names:
            message = _("these stand from the least to the greatest: %(names)s")
            raise self.file.wrong("quantities", message % {"names": ", ".join(names)})
        below = {name: self._number(name, value) for name, value in found.items()}
        for before, after in pairwise(names):
            if below[after] <= below[before]:
                message = _("this must be more than that of %(name)s", name=before)
                raise self.file.wrong(after, message)
        if below[names[-1]] != 100:
            message = _("the last word must hold for everything below 100")
            raise self.file.wrong(names[-1], message)
        return below

    def _no_word(self, name: str) -> ReportFileError:
        there_is = ", ".join(QUANTITIES)
        message = _("there is no word “%(name)s”; there is %(names)s", name=name, names=there_is)
        return self.file.wrong(name, message)

    def _fractions(self) -> tuple[Fraction, ...]:
        found = self.file.found.get("fractions")
        message = _("this must be a list of shares below one such as [1/5, 2/3]")
        if not isinstance(found, list):
            raise self.file.wrong("fractions", message)
        try:
            fractions = tuple(Fraction(str(one)) for one in found)
        except (ValueError, ZeroDivisionError) as error:
            raise self.file.wrong("fractions", message) from error
        if not all(0 < one < 1 for one in fractions):
            raise self.file.wrong("fractions", message)
        return fractions

    def _points(self, key: str) -> Decimal:
        return self._number(key, self.file.found.get(key))

    def _number(self, key: str, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            raise self.file.wrong(key, _("this must be a number from 0 to 100"))
        return Decimal(str(value))
