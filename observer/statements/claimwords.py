"""The words by which a language tells how many, for those who look a text over.

They stand under ``claims:`` in the files of ``reports/words``; nothing of them is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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
WORDS, OFTEN = "words", "often"
_MAPPINGS = (WORDS, OFTEN)
MODIFIERS = ("less_than", "nearly", "just_over", "more_than")
"""Lists of what may stand before a share, such as a third, and make another one of it."""
UNCHANGED, ROSE, FELL = "unchanged", "rose", "fell"
TURNS = (UNCHANGED, ROSE, FELL)
"""Lists of words for a change; "did not change" is looked for before what is in it."""
_LISTS = (
    *("counted", "between", "verbs", "alone", *MODIFIERS),
    *("not_after", "of_all", "negations", "breaks", "joins", "leads", "appositions"),
    *TURNS,
    *("references", "time", "abbreviations", "per_cent"),
    *("placeholders", "in_brackets", "centuries"),
)
_GREATEST_PART = 12
"""Shares such as a third or an eighth are of no more parts than so many."""
_NEXT = r"[\s’']+"
_ENDED = "(?=[\\s\ue00c]*(?:[,;:.!?)(–—…]|$))"
"""A word stands alone where this follows; a footnote's mark may stand between."""

Bound = Decimal | Fraction | str
"""A share in per cent, or a word of the house style."""


@dataclass(frozen=True)
class Said:
    """A word for how many, or how often, as it was found in a text."""

    start: int
    end: int
    text: str
    """With what is counted, and with what makes more or less of it."""
    bounds: tuple[Bound, Bound]
    """The least and the greatest share for which it can be said."""
    is_alone: bool = False
    """Whether what is counted is left out."""
    is_often: bool = False
    """Whether it says how often."""

    @property
    def is_share(self) -> bool:
        """Whether it names a share, such as a third, and no vague quantity."""
        return not any(isinstance(bound, str) for bound in self.bounds)

    @property
    def is_whole(self) -> bool:
        """Whether it is said of everything."""
        return self.bounds == (ALL, ALL)


@dataclass(frozen=True)
class ClaimWords:
    """What a language's file says of such words; nothing where it says nothing."""

    words: Mapping[str, tuple[Bound, Bound]] = field(default_factory=dict)
    """The words, with the least and the greatest share for which each can be said."""
    often: Mapping[str, tuple[Bound, Bound]] = field(default_factory=dict)
    """The same of words for how often."""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self.lists.get(name, ())

    def found_in(self, text: str) -> Iterator[Said]:
        """The words of a text that say how many there are of what is counted, in order."""
        for found in self._pattern.finditer(text) if self._pattern else ():
            name = found.lastgroup or "w0"
            word = self._longest_first[int(name[1:])]
            yield Said(
                found.start(),
                found.end(),
                found[0],
                self._modified(found, self.words[word]),
                is_alone=found.end() == found.end(name) and COUNTED not in word,
            )

    def often_in(self, text: str) -> Iterator[Said]:
        """The words of a text that say how often, in order."""
        for found in self._often_pattern.finditer(text) if self.often else ():
            bounds = self._often_by_parts[tuple(_parts(found[0].casefold()))]
            yield Said(found.start(), found.end(), found[0], bounds, is_often=True)

    def _modified(self, found: re.Match[str], bounds: tuple[Bound, Bound]) -> tuple[Bound, Bound]:
        """The bounds of a share with what stands before it: of less than a third, 0 to a third."""
        modifier = next((name for name in MODIFIERS if found[name]), None)
        low, high = bounds
        if modifier is None or isinstance(low, str) or isinstance(high, str):
            return bounds
        middle = (Fraction(low) + Fraction(high)) / 2
        share = 100 * (middle / 100).limit_denominator(_GREATEST_PART)
        width = Fraction(high) - Fraction(low)
        return {
            "less_than": (Fraction(0), share),
            "nearly": (max(Fraction(0), share - width), share),
            "just_over": (share, min(Fraction(100), share + width)),
            "more_than": (share, Fraction(100)),
        }[modifier]

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """Finds a word with what is counted or without; None where there is nothing to find."""
        if not self.words or not self["counted"]:
            return None
        counted = rf"(?:{one_of(self['counted'])})"
        between = one_of(self["between"]) or "(?!)"
        verbs = rf"(?={_NEXT}(?:{one_of(self['verbs']) or '(?!)'})(?!\w))"
        named = rf"(?:{_NEXT}(?:{between})){{0,3}}{_NEXT}{counted}(?!\w)"
        parts: dict[bool, list[str]] = {True: [], False: []}
        for number, word in enumerate(self._longest_first):
            shape = _NEXT.join(
                counted if part == COUNTED else re.escape(part) for part in _parts(word)
            )
            is_share = Said(0, 0, "", self.words[word]).is_share
            is_alone = is_share or word in self["alone"]
            behind = "" if COUNTED in word else f"(?:{named}|{verbs}{f'|{_ENDED}' * is_alone})"
            parts[is_share].append(rf"(?P<w{number}>{shape})(?!\w){behind}")
        modifiers = "|".join(f"(?P<{name}>{one_of(self[name]) or '(?!)'})" for name in MODIFIERS)
        shares, others = ("|".join(parts[each]) or "(?!)" for each in (True, False))
        # Arabic writes "and" as one word with the next.
        whole = rf"(?<![\w-])و?(?:(?:(?:{modifiers}){_NEXT})?(?:{shares})|(?:{others}))"
        return re.compile(whole, re.IGNORECASE)

    @cached_property
    def _often_pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w’'-])(?:{one_of(self.often)})(?![\w-])", re.IGNORECASE)

    @cached_property
    def _often_by_parts(self) -> dict[tuple[str, ...], tuple[Bound, Bound]]:
        return {tuple(_parts(word.casefold())): bounds for word, bounds in self.often.items()}

    @cached_property
    def _longest_first(self) -> list[str]:
        return sorted(self.words, key=lambda word: (-len(word), word))

    @cached_property
    def counted_first(self) -> re.Pattern[str]:
        """Finds what is counted at the beginning of a text: of the polling stations."""
        between, counted = (one_of(self[name]) or "(?!)" for name in ("between", "counted"))
        return re.compile(rf"(?:\s*(?:{between}))*\s*(?:{counted})(?!\w)", re.IGNORECASE)

    @cached_property
    def turns(self) -> re.Pattern[str]:
        """Finds a word for a change, in the group that has the name of its list."""
        named = "|".join(f"(?P<{name}>{one_of(self[name]) or '(?!)'})" for name in TURNS)
        return re.compile(rf"(?<!\w)(?:{named})(?!\w)", re.IGNORECASE)

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
    if not isinstance(bound, str):
        return Fraction(bound)
    before = _NAMES[: _NAMES.index(bound)]
    limits = [style.quantities[name] for name in before if name in style.quantities]
    return Fraction(100) if bound == ALL else Fraction(limits[-1] if limits else 0)


def _greatest(bound: Bound, style: HouseStyle) -> Fraction:
    if not isinstance(bound, str):
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
        if name not in (*_MAPPINGS, *_LISTS):
            there_is = ", ".join((*_MAPPINGS, *_LISTS))
            message = _("there is no “%(name)s”; there is %(names)s", name=name, names=there_is)
            raise file.wrong(str(name), message, within=KEY)
    words, often = (_words(file, name, found.get(name, {})) for name in _MAPPINGS)
    lists = {name: _list(file, name, found[name]) for name in _LISTS if name in found}
    return ClaimWords(words, often, lists)


def _words(file: YamlFile, name: str, found: Any) -> dict[str, tuple[Bound, Bound]]:
    if not isinstance(found, dict):
        message = _("this must be lines such as most: [50, 100]")
        raise file.wrong(name, message, within=KEY)
    return {_word(file, word): _bounds(file, word, value) for word, value in found.items()}


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
    return "|".join(_NEXT.join(map(re.escape, _parts(word))) for word in longest)


def _parts(word: str) -> list[str]:
    return re.split(_NEXT, word.strip())
