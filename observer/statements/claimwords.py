"""The words by which a language tells how many, for those who look a text over.

They stand under ``claims:`` in the files of ``reports/words``; nothing of them is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from observer.statements.housestyle import ALL, NONE, QUANTITIES, HouseStyle
from observer.statements.yamlfile import YamlFile

KEY = "claims"
COUNTED = "{counted}"
"""Where in a word what is counted stands, if not behind it."""
HALF_A_POINT = Fraction(1, 2)
"""As printed, a share may be so far off what it is."""
_NAMES = (NONE, *QUANTITIES, ALL)
_LISTS = (
    *("counted", "between", "not_after", "of_all", "negations", "breaks", "joins"),
    *("references", "time", "abbreviations", "per_cent"),
)

Bound = Decimal | str
"""A share in per cent, or a word of the house style."""


@dataclass(frozen=True)
class ClaimWords:
    """What a language's file says of such words; nothing where it says nothing."""

    words: Mapping[str, tuple[Bound, Bound]] = field(default_factory=dict)
    """The words, with the least and the greatest share for which each can be said."""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self.lists.get(name, ())

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds a word with what is counted; None where there is nothing to find."""
        if not self.words or not self["counted"]:
            return None
        between = one_of(self["between"]) if self["between"] else r"(?!)"
        counted = rf"(?:{one_of(self['counted'])})"
        behind = rf"(?:[\s’']+(?:{between})){{0,3}}[\s’']+{counted}"
        parts = []
        for number, word in enumerate(self._longest_first):
            inside = COUNTED in word
            shape = r"[\s’']+".join(
                counted if part == COUNTED else re.escape(part) for part in word.split()
            )
            parts.append(f"(?P<w{number}>{shape}){'' if inside else behind}")
        # Arabic writes "and" as one word with the next.
        return re.compile(rf"(?<![\w’'-])و?(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)

    @cached_property
    def _longest_first(self) -> list[str]:
        return sorted(self.words, key=lambda word: (-len(word), word))

    def word_of(self, found: re.Match[str]) -> str:
        """Which word was found."""
        return self._longest_first[int((found.lastgroup or "w0")[1:])]

    def is_share(self, word: str) -> bool:
        """Whether a word names a share, such as a third, and no vague quantity."""
        return all(isinstance(bound, Decimal) for bound in self.words[word])

    def is_whole(self, word: str) -> bool:
        """Whether a word is said of everything."""
        return self.words[word] == (ALL, ALL)

    def pattern_of(self, name: str) -> re.Pattern[str]:
        """Finds any word of a list."""
        return self._patterns[name]

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {
            name: re.compile(rf"(?<!\w)(?:{one_of(self[name]) or '(?!)'})(?!\w)", re.IGNORECASE)
            for name in _LISTS
        }

    def finds(self, name: str, text: str) -> bool:
        """Whether a word of a list stands in a text."""
        return self._patterns[name].search(text) is not None

    def begins_with(self, text: str, name: str) -> bool:
        """Whether a text begins with a word of a list."""
        return self._patterns[name].match(text) is not None

    def ends_with(self, text: str, name: str) -> bool:
        """Whether a text ends with a word of a list."""
        found = list(self._patterns[name].finditer(text))
        return bool(found) and not text[found[-1].end() :].strip(" \n\u00a0\u202f’'")


def agrees(share: Fraction, bounds: tuple[Bound, Bound], style: HouseStyle) -> bool:
    """Whether a word with these bounds can be said of a share in per cent."""
    low, high = bounds
    if share == 0:
        return low in (NONE, 0)
    if share == 100:
        return high in (ALL, 100)
    if low == ALL or high == NONE:
        return False
    least, greatest = _least(low, style), _greatest(high, style)
    return least - HALF_A_POINT <= share <= greatest + HALF_A_POINT


def told(bounds: tuple[Bound, Bound], style: HouseStyle) -> tuple[Fraction, Fraction]:
    """The least and the greatest share, in per cent, for which a word can be said."""
    return _least(bounds[0], style), _greatest(bounds[1], style)


def _least(bound: Bound, style: HouseStyle) -> Fraction:
    if isinstance(bound, Decimal):
        return Fraction(bound)
    before = _NAMES[: _NAMES.index(bound)]
    limits = [style.quantities[name] for name in before if name in style.quantities]
    return Fraction(100) if bound == ALL else Fraction(limits[-1] if limits else 0)


def _greatest(bound: Bound, style: HouseStyle) -> Fraction:
    if isinstance(bound, Decimal):
        return Fraction(bound)
    after = _NAMES[_NAMES.index(bound) :]
    limits = [style.quantities[name] for name in after if name in style.quantities]
    return Fraction(0) if bound == NONE else Fraction(limits[0] if limits else 100)


def read_claims(file: YamlFile) -> ClaimWords:
    """The words of a language's file. Raises ReportFileError for what cannot be used."""
    found = file.found.get(KEY, {})
    if not isinstance(found, dict):
        raise file.wrong(KEY, _("this must be lines such as most: [50, 100]"))
    for name in found:
        if name != "words" and name not in _LISTS:
            there_is = ", ".join(("words", *_LISTS))
            message = _("there is no “%(name)s”; there is %(names)s", name=name, names=there_is)
            raise file.wrong(str(name), message, within=KEY)
    words = found.get("words", {})
    if not isinstance(words, dict):
        message = _("this must be lines such as most: [50, 100]")
        raise file.wrong("words", message, within=KEY)
    return ClaimWords(
        {_word(file, word): _bounds(file, word, value) for word, value in words.items()},
        {name: _list(file, name, value) for name, value in found.items() if name != "words"},
    )


def _word(file: YamlFile, word: Any) -> str:
    if not isinstance(word, str) or not word.strip():
        message = _("this must be a word in quotes, with the shares it can be said for")
        raise file.wrong(_written(word), message, within=KEY)
    return word


def _written(value: Any) -> str:
    """A key as it was probably written: YAML reads no as false."""
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


def _bounds(file: YamlFile, word: Any, value: Any) -> tuple[Bound, Bound]:
    both = value if isinstance(value, list) else [value, value]
    bounds = tuple(_bound(one) for one in both)
    if len(bounds) != 2 or None in bounds or not _is_in_order(bounds):
        message = _(
            "this must be two shares in per cent, the lesser first, or words of the house style: "
            "%(names)s",
            names=", ".join(_NAMES),
        )
        raise file.wrong(_written(word), message, within=KEY)
    return bounds


def _bound(value: Any) -> Bound | None:
    if isinstance(value, str):
        return value if value in _NAMES else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return Decimal(str(value))


def _is_in_order(bounds: tuple[Any, ...]) -> bool:
    low, high = bounds
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return low <= high
    if isinstance(low, str) and isinstance(high, str):
        return _NAMES.index(low) <= _NAMES.index(high)
    return True


def _list(file: YamlFile, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        message = _("%(key)s must be a list of words; put “no” and “yes” in quotes", key=name)
        raise file.wrong(name, message, within=KEY)
    return tuple(value)


def one_of(words: Iterable[str]) -> str:
    """Any of these words, the longest first; spaces in them stand for any white space."""
    longest = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(r"[\s’']+".join(map(re.escape, word.split())) for word in longest)
