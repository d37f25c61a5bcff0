"""Print themes: folders in ``reports/themes`` that a designer changes without Python.

A theme is ``theme.yaml`` (title, papers, colours, faces), ``statement.html``, ``statement.css`` and
``mark.svg``. What it does not have itself is taken from ``shared/``.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)

from observer.maps.palette import CLASSES, HOUSE, Palette
from observer.statements.yamlfile import REPORTS, ReportFileError, YamlFile, broken

THEMES = REPORTS / "themes"
SHARED = "shared"
DEFAULT_THEME = "mission"
PAPERS = {"a4": "A4", "letter": "Letter"}
"""Papers and their names in a style sheet, which are also those that people know."""
DEFAULT_PAPER = "a4"

_DESCRIPTION = "theme.yaml"
_NEEDED = ("ink", "rule", "bar", "outline")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


class ThemeError(ReportFileError):
    """A theme cannot be used; the message names its file and, where there is one, the line."""


@dataclass(frozen=True)
class Theme:
    """A theme, read and checked."""

    name: str
    title: str
    papers: tuple[str, ...]
    colours: Mapping[str, str]
    palette: Palette

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return THEMES / self.name

    def file(self, name: str) -> Path:
        """A file of the theme, its own or the one that all share."""
        own = self.folder / name
        return own if own.is_file() else THEMES / SHARED / name

    def house_sheet(self, paper: str) -> str:
        """The style sheet with the colours of the theme and the size of the paper."""
        if paper not in self.papers:
            there_is = ", ".join(self.papers)
            raise ThemeError(
                _(
                    "The theme “%(theme)s” is not made for paper “%(paper)s”; it is made for "
                    "%(names)s.",
                    theme=self.name,
                    paper=paper,
                    names=there_is,
                )
            )
        colours = " ".join(f"--{name}: {colour};" for name, colour in self.colours.items())
        return f":root {{ {colours} }}\n@page {{ size: {PAPERS[paper]}; }}\n"

    def page(self, template: str, values: Mapping[str, Any]) -> str:
        """A template of the theme with its values. Raises ThemeError naming file and line."""
        loader = FileSystemLoader([self.folder, THEMES / SHARED])
        environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        try:
            return environment.get_template(template).render(values)
        except TemplateSyntaxError as error:
            file = Path(error.filename or template)
            raise broken(file, error.lineno, str(error.message), ThemeError) from error
        except (
            *(TemplateError, TypeError, ValueError, LookupError, ArithmeticError),
            RecursionError,  # Two files that include one another.
        ) as error:
            file, line = _where(error, self.folder / template)
            missing = isinstance(error, TemplateNotFound)
            told = _("there is no %(name)s", name=error.name) if missing else str(error)
            raise broken(file, line, told, ThemeError) from error


def _where(error: Exception, otherwise: Path) -> tuple[Path, int | None]:
    """The file and line of a template in which an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(THEMES)]
    if not inside:
        return otherwise, None
    frame = inside[0 if isinstance(error, RecursionError) else -1]
    return Path(frame.filename), frame.lineno


def missing_file(theme: Theme, asked: Path) -> ThemeError:
    """The error of a theme that names a file which is not there, and where it is named."""
    message = _("there is no file %(name)s", name=asked.name)
    for folder in (theme.folder, THEMES / SHARED):
        for path in sorted(folder.iterdir()):
            if path.suffix not in (".html", ".css"):
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
                if asked.name in line:
                    return broken(path, number, message, ThemeError)
    return broken(theme.folder / _DESCRIPTION, None, message, ThemeError)


def theme_names() -> list[str]:
    """The themes that there are."""
    return sorted(path.parent.name for path in THEMES.glob(f"*/{_DESCRIPTION}"))


def usable_themes() -> list[Theme]:
    """The themes that can be used, by name; without those that are not as they must be."""
    found = []
    for name in theme_names():
        with suppress(ThemeError):
            found.append(load_theme(name))
    return found


def load_theme(name: str) -> Theme:
    """Read a theme. Raises ThemeError where there is none, or where it is not as it must be."""
    names = theme_names()
    if name not in names:
        message = _("There is no theme “%(name)s”; there is %(names)s.")
        raise ThemeError(message % {"name": name, "names": ", ".join(names)})
    return _Reader(THEMES / name / _DESCRIPTION).theme()


def palette_of(name: str) -> Palette:
    """What a theme's charts are drawn with; that of the pages where the theme cannot be used.

    Whoever prints is told what is wrong with the theme; a preview goes on without it.
    """
    try:
        return load_theme(name).palette
    except ThemeError:
        return HOUSE


class _Reader:
    """Reads a theme's description and says what is wrong with it, and in which line."""

    def __init__(self, path: Path) -> None:
        self.file = YamlFile(path, ThemeError)
        self.found = self.file.found

    def theme(self) -> Theme:
        title = self.found.get("title")
        if not isinstance(title, str) or not title:
            raise self.file.wrong("title", _("a theme needs a title"))
        papers = self._list("papers", list(PAPERS))
        faces = self._list("faces", None)
        colours = self.found.get("colours")
        if not isinstance(colours, dict):
            raise self.file.wrong("colours", _("a theme needs colours"))
        for name in _NEEDED:
            if name not in colours:
                raise self.file.wrong("colours", _("there is no colour “%(name)s”", name=name))
        for name, colour in colours.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                raise self.file.wrong(
                    str(name), _("a colour's name has small letters, digits and -")
                )
            self._check_colour(name, colour)
        classes = self._list("classes", None)
        if len(classes) != CLASSES:
            message = _("a map needs %(count)s colours, from light to dark", count=CLASSES)
            raise self.file.wrong("classes", message)
        for colour in classes:
            self._check_colour("classes", colour)
        palette = Palette(
            ink=colours["ink"],
            bar=colours["bar"],
            rule=colours["rule"],
            outline=colours["outline"],
            classes=classes,
            faces=faces,
        )
        return Theme(self.file.path.parent.name, title, papers, colours, palette)

    def _list(self, key: str, known: list[str] | None) -> tuple[str, ...]:
        value = self.found.get(key)
        plain = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if not plain or not value or any("'" in one or '"' in one for one in value):
            raise self.file.wrong(key, _("%(key)s must be a list such as [one, two]", key=key))
        for one in value:
            if known is not None and one not in known:
                there_is = ", ".join(known)
                message = _("there is no “%(name)s”; there is %(names)s", name=one, names=there_is)
                raise self.file.wrong(key, message)
        return tuple(value)

    def _check_colour(self, key: str, colour: object) -> None:
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            message = _("“%(colour)s” is no colour; write it in quotes as #174a5b", colour=colour)
            raise self.file.wrong(key, message)
