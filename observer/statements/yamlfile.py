"""The YAML files in ``reports/``, which a mission changes: read, with each fault at its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from flask_babel import gettext as _

from observer import ROOT

REPORTS = ROOT / "reports"


class ReportFileError(ValueError):
    """A file in ``reports/`` cannot be used; the message names it and, where known, the line."""


def broken(
    path: Path, line: int | None, what: str, kind: type[ReportFileError] = ReportFileError
) -> ReportFileError:
    """The error of a file, at its line where that is known."""
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    where = f"{shown}, " + _("line %(line)s", line=line) if line else str(shown)
    return kind(f"{where}: {what}")


def changed_at(path: Path) -> int:
    """When a file was last changed, in nanoseconds. Raises ReportFileError where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise broken(path, None, _("there is no such file")) from error


class YamlFile:
    """A file of keys and values, and what is wrong with it."""

    def __init__(
        self,
        path: Path,
        kind: type[ReportFileError] = ReportFileError,
        *,
        text: str | None = None,
    ) -> None:
        """Read it, or a ``text`` of it. Raises an error of this ``kind`` where it is no YAML."""
        self.path, self._kind = path, kind
        try:
            self.text = path.read_text(encoding="utf-8") if text is None else text
            found = yaml.safe_load(self.text)
        except (OSError, UnicodeDecodeError) as error:
            raise broken(path, None, _("this cannot be read as text"), kind) from error
        except (ValueError, RecursionError) as error:
            # A date that cannot be, or brackets in brackets in brackets.
            raise broken(path, None, _("this cannot be read as YAML"), kind) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            raise broken(path, mark.line + 1 if mark else None, what, kind) from error
        if not isinstance(found, dict):
            raise broken(path, 1, _("this must be lines such as title: …"), kind)
        self.found: dict[Any, Any] = found

    def fill_from(self, other: YamlFile, within: Sequence[str] = ()) -> None:
        """Take from another file what this one does not have, also ``within`` these keys."""
        own = self.found
        self.found = other.found | own
        for key in within:
            both = other.found.get(key), own.get(key)
            if all(isinstance(one, dict) for one in both):
                self.found[key] = both[0] | both[1]

    def wrong(self, key: str, what: str, *, within: str = "") -> ReportFileError:
        """The error of what a key has, with its line: of the first one ``within`` another key."""
        lines = self.text.split("\n")
        begin = _line_of(within, lines, 1) or 1 if within else 1
        line = _line_of(key, lines, begin) or (begin if within else None)
        return broken(self.path, line, what, self._kind)


def _line_of(key: str, lines: Sequence[str], begin: int) -> int | None:
    named = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*:""")
    return next((n for n, line in enumerate(lines[begin - 1 :], begin) if named.match(line)), None)
