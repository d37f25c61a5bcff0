"""Codes of the languages that an XLSForm names."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError

UNNAMED = "en"
"""What a form without any language named is taken to be in."""

_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\)\s*$")
_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]+)*")


def language_code(name: str) -> str:
    """The code of a language as forms write it: ``English (en)``, ``es`` or ``Español``.

    A name that is no known language stands for itself.
    """
    if name == "default":
        return UNNAMED
    if found := _IN_BRACKETS.search(name):
        return found[1].replace("_", "-")
    if _CODE.fullmatch(name):
        return name.replace("_", "-")
    return _codes().get(name.strip().casefold(), name)


def language_name(code: str) -> str:
    """A language as forms write it; :func:`language_code` gives the code again."""
    if not _CODE.fullmatch(code):
        return code
    try:
        name = Locale.parse(code, sep="-").get_display_name("en")
    except (UnknownLocaleError, ValueError):
        return code
    return f"{name.split(' (')[0]} ({code})"


def own_name(code: str) -> str:
    """A language as those who speak it call it; the code where it is not known."""
    try:
        return (Locale.parse(code, sep="-").display_name or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for code, english in Locale("en").languages.items():
        codes.setdefault(english.casefold(), code)
    for code in ("es", "fr", "pt", "ar", "ru", "it", "de", "sw"):
        codes[(Locale(code).display_name or code).casefold()] = code
    return codes
