"""What files of rows share that are brought to be kept by a code: sources, recommendations."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, TypeVar

from flask_babel import gettext as _

from observer.missions.sheets import Row, Sheet, shown

T = TypeVar("T")


@dataclass
class Brought:
    """What a file changed, by the codes of its rows."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)

    def note(self, code: str, *, is_new: bool, is_changed: bool) -> None:
        """Take note of what became of a row."""
        (self.added if is_new else self.changed if is_changed else self.same).append(code)

    @property
    def counts(self) -> dict[str, int]:
        """How many were added, changed, and the same already."""
        return {name: len(codes) for name, codes in vars(self).items()}

    @property
    def said(self) -> str:
        """The same as a sentence of a page."""
        return _(
            "Imported: %(added)s added, %(changed)s changed, %(same)s the same as before.",
            **self.counts,
        )

    def __str__(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in self.counts.items())


def check_code(
    sheet: Sheet, row: Row, pattern: re.Pattern[str], what: str, met: dict[str, int]
) -> None:
    """Note a code that is none, or that a row before has; ``met``: the codes so far by line."""
    code = row["code"]
    if not pattern.fullmatch(code):
        sheet.wrong(row.where("code"), f"{shown(code)} is no {what}")
    elif code in met:
        sheet.wrong(row.where("code"), f"{shown(code)} stands in line {met[code]} as well")
    met.setdefault(code, row.line)


def check_lengths(sheet: Sheet, row: Row, longest: Mapping[str, int]) -> None:
    """Note every cell that is longer than its column may be."""
    for column, most in longest.items():
        if len(row[column]) > most:
            sheet.wrong(row.where(column), f"is {len(row[column])} characters long; at most {most}")


def from_upload(upload: Any, importer: Callable[[Path], T]) -> T:
    """Run an importer on a file that was sent with a form; it is told the file's own name."""
    name = PurePath((upload.filename or "").replace("\\", "/")).name or "file.csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        upload.save(path)
        return importer(path)
