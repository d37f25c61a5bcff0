"""The YAML files in ``reports/``, which a mission changes: read, with each fault at its line."""

from __future__ import annotations

import re
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


class YamlFile:
    """A file of keys and values, and what is wrong with it."""

    def __init__(self, path: Path, kind: type[ReportFileError] = ReportFileError) -> None:
        """Read it. Raises an error of this ``kind`` where it is no such file."""
        self.path, self._kind = path, kind
        try:
            self.text = path.read_text(encoding="utf-8")
            found = yaml.safe_load(self.text)
        except (OSError, UnicodeDecodeError) as error:
            raise broken(path, None, _("this cannot be read as text"), kind) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            raise broken(path, mark.line + 1 if mark else None, what, kind) from error
        if not isinstance(found, dict):
            raise broken(path, 1, _("this must be lines such as title: …"), kind)
        self.found: dict[Any, Any] = found

    def wrong(self, key: str, what: str, *, under: str = "") -> ReportFileError:
        """The error of what a key has, with its line: that of the first key of this name.

        ``under`` names the key that it stands under, where others may have it too.
        """
        after = self._line_of(under) or 0
        return broken(self.path, self._line_of(key, after), what, self._kind)

    def _line_of(self, key: str, after: int = 0) -> int | None:
        begins = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*:""")
        lines = enumerate(self.text.split("\n"), 1)
        return next((n for n, line in lines if n > after and begins.match(line)), None)
