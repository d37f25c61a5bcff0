"""How papers in one language speak: the house style and the language's words, as two files have it.

A version keeps the text of both, and speaks by them for good, whatever becomes of the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flask_babel import gettext as _

from observer.statements import housestyle, phrases
from observer.statements.housestyle import HouseStyle, house_style, style_in
from observer.statements.phrases import Language, language_in, language_of
from observer.statements.yamlfile import ReportFileError, YamlFile

STYLE, WORDS = "house-style.yaml", "words.yaml"
"""What the files are called where a version keeps them."""


@dataclass(frozen=True)
class Speech:
    """The house style, and the words of one language."""

    style: HouseStyle
    language: Language


def speech_of(code: str) -> Speech:
    """How papers in a language speak now. Raises ReportFileError where a file cannot be used."""
    style, language = house_style(), language_of(code)
    nameless = [one for one in style.fractions if one not in language.fractions]
    if nameless:
        message = _("there is no “%(name)s”, which the house style uses", name=nameless[0])
        raise YamlFile(phrases.file_of(code)).wrong("fractions", message)
    return Speech(style, language)


def speech_before(code: str) -> Speech:
    """How papers in a language speak now, but for what they said otherwise before that was kept.

    Raises ReportFileError where a file cannot be used.
    """
    now = speech_of(code)
    return replace(now, language=replace(now.language, counts={}))


def files_of(code: str) -> dict[str, str]:
    """The texts of the two files, to be kept. Raises ReportFileError where one cannot be used."""
    speech_of(code)
    paths = {STYLE: housestyle.HOUSE_STYLE, WORDS: phrases.file_of(code)}
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


def kept_speech(code: str, files: Mapping[str, str]) -> Speech:
    """How papers spoke by files that were kept.

    What a later release has added, such as a new phrase, is taken from the files of today. Raises
    ReportFileError where the kept ones cannot be used.
    """
    style = YamlFile(Path(STYLE), text=files[STYLE])
    words = YamlFile(Path(WORDS), text=files[WORDS])
    with suppress(ReportFileError):
        style.fill_from(YamlFile(housestyle.HOUSE_STYLE))
    # Counts of nothing and of everything were put otherwise before the words had these.
    words.found.setdefault(phrases.COUNTS, {})
    with suppress(ReportFileError):
        words.fill_from(YamlFile(phrases.file_of(code)), ("phrases", "quantities", "fractions"))
    return Speech(style_in(style), language_in(words, code))
