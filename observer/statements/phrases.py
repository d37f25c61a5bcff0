"""The languages a statement can be written in: a file each in ``reports/words``.

A mission changes how its papers say a thing in these files, or adds a language with one more.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from observer.statements.claimwords import ClaimWords, read_claims
from observer.statements.housestyle import ALL, NONE, QUANTITIES
from observer.statements.yamlfile import REPORTS, ReportFileError, YamlFile, changed_at

WORDS = REPORTS / "words"
FIRST = "en"
"""Has every entry; the other languages are held to it."""

COUNTS = "counts"

_DIRECTIONS = ("ltr", "rtl")


@dataclass(frozen=True)
class Gendered:
    """A word or phrase for something masculine and for something feminine; often the same."""

    masculine: str
    feminine: str

    def of(self, *, feminine: bool) -> str:
        """The one that fits."""
        return self.feminine if feminine else self.masculine


@dataclass(frozen=True)
class ShareWord:
    """What a share is called."""

    alone: Gendered
    """By itself: ``most``."""
    of: Gendered
    """With what it is a share of, which is filled in for ``{places}``."""


@dataclass(frozen=True)
class Language:
    """How statements in one language speak."""

    code: str
    name: str
    """In the language itself."""
    locale: str
    """How numbers and dates are written: CLDR's code, such as ``en_GB``."""
    from_right: bool
    spelled: tuple[str, ...]
    """Numbers as words, from none on."""
    spelled_feminine: Mapping[int, str]
    """Those that are other words before something feminine."""
    summary_titles: frozenset[str]
    """Heads of the section that is set off at the beginning, in small letters."""
    about_titles: frozenset[str]
    """Heads of the block about the mission, which is set off at the end."""
    quantities: Mapping[str, ShareWord]
    """By the names that the house style has for them."""
    fractions: Mapping[Fraction, ShareWord]
    feminine: frozenset[str]
    """The phrases for places and reports that are feminine."""
    counts: Mapping[str, Gendered]
    """How counts of nothing, of everything and of one are put; nothing where it says nothing."""
    phrases: Mapping[str, str]
    claims: ClaimWords
    """How it tells how many, for those who look a text over."""


def language_codes() -> list[str]:
    """The codes of the languages that have a file, whether or not it can be used."""
    return sorted(path.stem for path in WORDS.glob("*.yaml"))


def language_names() -> dict[str, str]:
    """The languages a statement can be written in, by code, with their own names.

    One whose file cannot be used is called by its code: what is wrong is said where it is needed.
    """
    names = {code: _name(code) for code in language_codes()}
    return dict(sorted(names.items(), key=lambda one: one[1]))


def _name(code: str) -> str:
    try:
        return language_of(code).name
    except ReportFileError:
        return code


def file_of(code: str) -> Path:
    """The file of a language."""
    return WORDS / f"{code}.yaml"


def language_of(code: str) -> Language:
    """A language, as its file is now. Raises ReportFileError where the file cannot be used."""
    return _read(file_of(code), changed_at(file_of(code)))


def language_in(file: YamlFile, code: str) -> Language:
    """The language in a file that was read; it is held to no other one.

    Raises ReportFileError where it cannot be used.
    """
    return _Reader(file, code).language()


def titles_set_off() -> dict[str, str]:
    """Heads of sections that are set off, in every language: ``summary`` or ``about``."""
    languages = _usable()
    return {title: "summary" for one in languages for title in one.summary_titles} | {
        title: "about" for one in languages for title in one.about_titles
    }


def caption_words() -> list[str]:
    """How a table is called before a colon that begins its caption, in every language."""
    languages = _usable()
    words = (word for one in languages for word in one.phrases["caption_begins"].split(","))
    return list(dict.fromkeys(word.strip() for word in words))


def _usable() -> list[Language]:
    """All languages but those whose files cannot be used: one fault does not end the others."""
    languages = []
    for code in language_codes():
        with suppress(ReportFileError):
            languages.append(language_of(code))
    return languages


@cache
def _read(path: Path, _changed: int) -> Language:
    file = YamlFile(path)
    language = language_in(file, path.stem)
    if language.code != FIRST:
        _hold(file, language.phrases, language_of(FIRST).phrases)
    return language


def _hold(file: YamlFile, phrases: Mapping[str, str], first: Mapping[str, str]) -> None:
    """Hold a language's phrases to those of the first one."""
    for name, phrase in first.items():
        if name not in phrases:
            message = _("there is no “%(name)s”: “%(phrase)s”", name=name, phrase=phrase)
            raise file.wrong("phrases", message)
        unknown = (_blanks(phrases[name]) or set()) - (_blanks(phrase) or set())
        if unknown:
            message = _("nothing is filled in for {%(name)s}", name=min(unknown))
            raise file.wrong(name, message, within="phrases")


class _Reader:
    """Reads a language's file and says what is wrong with it."""

    def __init__(self, file: YamlFile, code: str) -> None:
        self.file, self.code = file, code

    def language(self) -> Language:
        direction = self._text("direction")
        if direction not in _DIRECTIONS:
            raise self.file.wrong("direction", _("direction must be ltr or rtl"))
        phrases = self._phrases()
        return Language(
            code=self.code,
            name=self._text("name"),
            locale=self._locale(),
            from_right=direction == "rtl",
            spelled=self._list("spelled"),
            spelled_feminine=self._spelled_feminine(),
            summary_titles=frozenset(self._list("summary_titles")),
            about_titles=frozenset(self._list("about_titles")),
            quantities=self._quantities(),
            fractions=self._fractions(),
            feminine=self._feminine(phrases),
            counts=self._counts(),
            phrases=phrases,
            claims=read_claims(self.file),
        )

    def _text(self, key: str) -> str:
        value = self.file.found.get(key)
        if not isinstance(value, str) or not value:
            raise self.file.wrong(key, _("%(key)s must be a text", key=key))
        return value

    def _list(self, key: str) -> tuple[str, ...]:
        value = self.file.found.get(key)
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.file.wrong(
                key, _("%(key)s must be a list of words; put “no” and “yes” in quotes", key=key)
            )
        return tuple(value)

    def _locale(self) -> str:
        code = self._text("locale")
        try:
            Locale.parse(code)
        except (UnknownLocaleError, ValueError) as error:
            message = _("“%(code)s” is no locale such as en_GB", code=code)
            raise self.file.wrong("locale", message) from error
        return code

    def _phrases(self) -> dict[str, str]:
        found = self.file.found.get("phrases")
        if not isinstance(found, dict):
            raise self.file.wrong("phrases", _("there are no phrases"))
        for name, phrase in found.items():
            if not isinstance(phrase, str) or _blanks(phrase) is None:
                message = _("this must be a text in quotes, with what is filled in as {name}")
                raise self.file.wrong(str(name), message, within="phrases")
        return found

    def _spelled_feminine(self) -> dict[int, str]:
        found = self.file.found.get("spelled_feminine", {})
        if not isinstance(found, dict) or not all(
            isinstance(number, int) and isinstance(word, str) for number, word in found.items()
        ):
            raise self.file.wrong("spelled_feminine", _("this must be lines such as 1: une"))
        return found

    def _feminine(self, phrases: Mapping[str, str]) -> frozenset[str]:
        names = self._list("feminine") if "feminine" in self.file.found else ()
        for name in names:
            if name not in phrases:
                raise self.file.wrong("feminine", _("there is no phrase “%(name)s”", name=name))
        return frozenset(names)

    def _quantities(self) -> dict[str, ShareWord]:
        found = self._words_in("quantities")
        for name in (NONE, *QUANTITIES, ALL):
            if name not in found:
                message = _("there is no word for “%(name)s”", name=name)
                raise self.file.wrong("quantities", message)
        return {name: self._share_word("quantities", name) for name in found}

    def _fractions(self) -> dict[Fraction, ShareWord]:
        found = {}
        for name in self._words_in("fractions"):
            try:
                share = Fraction(str(name))
            except (ValueError, ZeroDivisionError) as error:
                message = _("“%(name)s” is no share such as 1/5", name=name)
                raise self.file.wrong(str(name), message, within="fractions") from error
            found[share] = self._share_word("fractions", name)
        return found

    def _counts(self) -> dict[str, Gendered]:
        found = self.file.found.get(COUNTS, {})
        if not isinstance(found, dict):
            message = _("this must be lines with a count and how it is put")
            raise self.file.wrong(COUNTS, message)
        counts = {}
        for name, value in found.items():
            count = _gendered(value)
            if count is None or not _blanks_of(count) <= {"n", "places"}:
                message = _("this must be a text in quotes, with what is filled in as {name}")
                raise self.file.wrong(str(name), message, within=COUNTS)
            counts[str(name)] = count
        return counts

    def _words_in(self, key: str) -> dict[Any, Any]:
        found = self.file.found.get(key)
        if not isinstance(found, dict):
            message = _("this must be lines with a share and what it is called")
            raise self.file.wrong(key, message)
        return found

    def _share_word(self, key: str, name: Any) -> ShareWord:
        found = self.file.found[key][name]
        forms = found if isinstance(found, dict) else {}
        alone, of = (_gendered(forms.get(form)) for form in ("alone", "of"))
        if alone is None or of is None or _blanks_of(alone) or _blanks_of(of) != {"places"}:
            message = _(
                'this must be such as {alone: most, of: "most of the {places}"}, with '
                "[masculine, feminine] where they differ"
            )
            raise self.file.wrong(str(name), message, within=key)
        return ShareWord(alone, of)


def _gendered(value: object) -> Gendered | None:
    """One text for both genders, or one for each; None for anything else."""
    forms = value if isinstance(value, list) else [value, value]
    if len(forms) != 2 or not all(isinstance(one, str) and one for one in forms):
        return None
    return Gendered(*forms)


def _blanks_of(gendered: Gendered) -> set[str]:
    """What is filled into both forms alike; a name that is none where they differ in it."""
    masculine, feminine = _blanks(gendered.masculine), _blanks(gendered.feminine)
    return masculine if masculine is not None and masculine == feminine else {""}


def _blanks(phrase: str) -> set[str] | None:
    """The names of what is filled into a phrase; None where they cannot be read."""
    try:
        parts = [name for _text, name, _format, _how in string.Formatter().parse(phrase)]
    except ValueError:
        return None
    names = {name for name in parts if name is not None}
    return names if all(re.fullmatch(r"[a-z_]+", name) for name in names) else None
