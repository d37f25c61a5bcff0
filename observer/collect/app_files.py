"""Which files the phone's app is made of, found by reading those that name them.

The app's page names styles and scripts, a script the modules it imports, a style its fonts.
Whatever can be reached so is kept on the phone; nothing has to be listed by hand, and no file is
kept that nothing names. A name has to stand in the text as it is: ``import("./a.js")`` is found,
an import of an address put together at run time is not.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, meta

NAMED_IN_TEMPLATE = re.compile(r"""url_for\(\s*['"]static['"],\s*filename=['"]([^'"]+)['"]\)""")
NAMED_IN = {
    ".js": re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']"""),
    ".css": re.compile(r"""url\(\s*["']?(?!data:)([^"')#]+)"""),
}

IMPORTED_FIRST = re.compile(r"""\bfrom\s*["'](\.[^"']+)["']""")

LATER = ("vendor/bootstrap/bootstrap.rtl.min.css",)
"""Files that only some phones need; each is kept on a phone from the first time it is used."""


@dataclass(frozen=True)
class AppFile:
    """A file by its name in the folder of static files, with its checksum as browsers write it."""

    name: str
    integrity: str


def texts_of_template(environment: Environment, name: str) -> list[str]:
    """A template's source, and that of each template it extends, includes or imports.

    Raises jinja2.TemplateNotFound.
    """
    if environment.loader is None:
        return []
    sources: dict[str, str] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in sources:
            sources[one] = environment.loader.get_source(environment, one)[0]
            found = meta.find_referenced_templates(environment.parse(sources[one]))
            waiting += [referenced for referenced in found if referenced]
    return [sources[one] for one in sorted(sources)]


def files_of_app(templates: Iterable[str], folder: Path) -> list[AppFile]:
    """The files that the page's templates name, and those that these name in turn, by name.

    Raises FileNotFoundError for a name that no file has.
    """
    found: dict[str, AppFile] = {}
    waiting = [name for text in templates for name in NAMED_IN_TEMPLATE.findall(text)]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in LATER:
            found[name] = app_file(name, folder)
            waiting += _named_in(name, folder)
    return [found[name] for name in sorted(found)]


@cache
def imported_by(name: str, folder: Path) -> tuple[str, ...]:
    """What a module imports before it runs, and what is imported by that, by name."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        text = (folder / one).read_text(encoding="utf-8")
        named = (_beside(one, other) for other in IMPORTED_FIRST.findall(text))
        new = [other for other in named if other not in found]
        found.update(new)
        waiting += new
    return tuple(sorted(found))


def app_file(name: str, folder: Path) -> AppFile:
    """A file with its checksum. Raises FileNotFoundError."""
    digest = hashlib.sha256((folder / name).read_bytes()).digest()
    return AppFile(name, "sha256-" + base64.b64encode(digest).decode())


def _named_in(name: str, folder: Path) -> list[str]:
    pattern = NAMED_IN.get(posixpath.splitext(name)[1])
    if pattern is None:
        return []
    text = (folder / name).read_text(encoding="utf-8")
    return [_beside(name, one) for one in pattern.findall(text)]


def _beside(name: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))
