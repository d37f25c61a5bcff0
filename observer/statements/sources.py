"""The sources of a mission: other bodies' figures, kept one by one or brought in a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.audit import record
from observer.findings.exports.plain import rows_as_text, unguarded
from observer.missions.models import Mission
from observer.missions.operations import hold_mission
from observer.missions.sheets import Row, Sheet, read_sheet, shown
from observer.statements.bringing import Brought, check_code, check_lengths
from observer.statements.citing import Text, who_cites
from observer.statements.models import Source
from observer.statements.notes import is_link, on_one_line

COLUMNS = ("code", "body", "title", "figure", "published_on", "url", "accessed_on")
LONGEST = {"body": 200, "title": 300, "figure": 100, "url": 500}
DAYS = ("published_on", "accessed_on")
CODE = re.compile(r"(?!(?:new|import)$)[a-z0-9-]{1,64}")
"""Two addresses beside those of the sources are taken."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class SourceInUseError(RuntimeError):
    """A source cannot be deleted: texts that are being written cite it. ``texts`` are these."""

    def __init__(self, code: str, texts: Sequence[Text]) -> None:
        self.texts = texts
        titles = ", ".join(f"“{text.title}”" for text in texts)
        super().__init__(
            _(
                "%(titles)s cites this source. Take source('%(code)s') out of the text first.",
                titles=titles,
                code=code,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is told of a source."""

    body: str
    title: str
    figure: str
    published_on: date | None = None
    url: str = ""
    accessed_on: date | None = None


def sources_of(session: Session, mission: Mission) -> Sequence[Source]:
    """The mission's sources by their codes."""
    return session.scalars(
        select(Source).where(Source.mission_id == mission.id).order_by(Source.code)
    ).all()


def find_source(session: Session, mission: Mission, code: str) -> Source | None:
    """The source with this code."""
    return session.scalar(
        select(Source).where(Source.mission_id == mission.id, Source.code == code)
    )


def put_source(session: Session, mission: Mission, code: str, told: Told) -> Source:
    """Add a source, or change the one with this code."""
    source = find_source(session, mission, code)
    if source is None:
        source = Source(mission_id=mission.id, code=code)
        session.add(source)
    for name, value in vars(told).items():
        setattr(source, name, _trimmed(value))
    session.flush()
    record(session, "source.save", code, figure=source.figure)
    return source


def delete_source(session: Session, mission: Mission, source: Source) -> None:
    """Delete a source; frozen versions that cite it have it in their snapshots.

    Raises SourceInUseError while the text of a statement cites it.
    """
    code = source.code
    citing = who_cites(session, mission, [code])[code].statements
    if citing:
        raise SourceInUseError(code, citing)
    session.delete(source)
    session.flush()
    record(session, "source.delete", code)


def import_sources(session: Session, mission: Mission, path: Path) -> Brought:
    """Import a CSV file of sources, known by their codes; others stay as they are.

    Raises BadFileError with everything that is wrong; nothing is changed then.
    """
    sheet = read_sheet(path, COLUMNS)
    met: dict[str, int] = {}
    rows = [
        (row["code"], _read(sheet, row, met))
        for row in (replace(row, cells=list(map(unguarded, row.cells))) for row in sheet.rows)
    ]
    sheet.refuse_if_wrong()
    hold_mission(session, mission)
    there = {source.code: source for source in sources_of(session, mission)}
    brought = Brought()
    for code, told in rows:
        source = there.get(code) or Source(mission_id=mission.id, code=code)
        changed = [
            name for name, value in vars(told).items() if _alike(getattr(source, name)) != value
        ]
        # What is the same keeps its no-break spaces, which a spreadsheet may lose.
        for name in changed:
            setattr(source, name, getattr(told, name))
        brought.note(code, is_new=code not in there, is_changed=bool(changed))
        session.add(source)
    session.flush()
    record(session, "sources.import", path.name, **brought.counts)
    return brought


def sources_as_csv(session: Session, mission: Mission) -> str:
    """The mission's sources as CSV, to be opened in a spreadsheet and imported again."""
    rows = (
        [str(getattr(source, name) or "") for name in COLUMNS]
        for source in sources_of(session, mission)
    )
    return rows_as_text(COLUMNS, rows)


def _trimmed(value: Any) -> Any:
    return on_one_line(value) if isinstance(value, str) else value


def _alike(value: Any) -> Any:
    """A value as it comes back from a file."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _read(sheet: Sheet, row: Row, met: dict[str, int]) -> Told:
    check_code(
        sheet,
        row,
        CODE,
        "code of a source such as turnout-2026: small letters, digits and -, 64 at the most; "
        "new and import are taken",
        met,
    )
    for column in ("body", "title", "figure"):
        if not row[column]:
            sheet.wrong(row.where(column), "is empty")
    check_lengths(sheet, row, LONGEST)
    if row["url"] and not is_link(row["url"]):
        sheet.wrong(row.where("url"), f"{shown(row['url'])} is no link such as https://example.org")
    days = {column: _day(sheet, row, column) for column in DAYS}
    return Told(body=row["body"], title=row["title"], figure=row["figure"], url=row["url"], **days)


def _day(sheet: Sheet, row: Row, column: str) -> date | None:
    cell = row[column]
    try:
        day = date.fromisoformat(cell) if _DAY.fullmatch(cell) else None
    except ValueError:
        day = None
    if cell and day is None:
        sheet.wrong(row.where(column), f"{shown(cell)} is no day such as 2026-06-09")
    return day
