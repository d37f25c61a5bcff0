"""The languages a statement can be written in: a file each in ``reports/words``.

A mission changes how its papers say a thing in these files, or adds a language with one more.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from observer.statements.claimwords import ClaimWords, read_claims
from observer.statements.yamlfile import REPORTS, YamlFile

WORDS = REPORTS / "words"
FIRST = "en"
"""Has every entry; the other languages are held to it."""

_DIRECTIONS = ("ltr", "rtl")


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
    summary_titles: frozenset[str]
    """Heads of the section that is set off at the beginning, in small letters."""
    about_titles: frozenset[str]
    """Heads of the block about the mission, which is set off at the end."""
    phrases: Mapping[str, str]
    claims: ClaimWords
    """How it tells how many, for those who look a text over."""


def language_names() -> dict[str, str]:
    """The languages a statement can be written in, by code, with their own names."""
    codes = (path.stem for path in WORDS.glob("*.yaml"))
    return dict(sorted(((code, language_of(code).name) for code in codes), key=lambda one: one[1]))


def language_of(code: str) -> Language:
    """A language, as its file is now. Raises ReportFileError where the file cannot be used."""
    path = WORDS / f"{code}.yaml"
    return _read(path, path.stat().st_mtime_ns)


def titles_set_off() -> dict[str, str]:
    """Heads of sections that are set off, in every language: ``summary`` or ``about``."""
    languages = [language_of(code) for code in language_names()]
    return {title: "summary" for one in languages for title in one.summary_titles} | {
        title: "about" for one in languages for title in one.about_titles
    }


@cache
def _read(path: Path, _changed: int) -> Language:
    return _Reader(path).language()


class _Reader:
    """Reads a language's file and says what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.file = YamlFile(path)

    def language(self) -> Language:
        direction = self._text("direction")
        if direction not in _DIRECTIONS:
            raise self.file.wrong("direction", _("direction must be ltr or rtl"))
        return Language(
            code=self.file.path.stem,
            name=self._text("name"),
            locale=self._locale(),
            from_right=direction == "rtl",
            spelled=self._list("spelled"),
            summary_titles=frozenset(self._list("summary_titles")),
            about_titles=frozenset(self._list("about_titles")),
            phrases=self._phrases(),
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
                raise self.file.wrong(str(name), message)
        if self.file.path.stem != FIRST:
            self._hold_to(language_of(FIRST).phrases, found)
        return found

    def _hold_to(self, first: Mapping[str, str], found: dict[str, str]) -> None:
        for name, phrase in first.items():
            if name not in found:
                message = _("there is no “%(name)s”: “%(phrase)s”", name=name, phrase=phrase)
                raise self.file.wrong("phrases", message)
            unknown = (_blanks(found[name]) or set()) - (_blanks(phrase) or set())
            if unknown:
                raise self.file.wrong(
                    name, _("nothing is filled in for {%(name)s}", name=min(unknown))
                )


def _blanks(phrase: str) -> set[str] | None:
    """The names of what is filled into a phrase; None where they cannot be read."""
    try:
        parts = [name for _text, name, _format, _how in string.Formatter().parse(phrase)]
    except ValueError:
        return None
    names = {name for name in parts if name is not None}
    return names if all(re.fullmatch(r"[a-z_]+", name) for name in names) else None
