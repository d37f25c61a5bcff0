"""Import of assignments: which team is to observe which place in which round."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from observer.missions.models import Assignment, Mission, Place, Round, Team
from observer.missions.reports import Counts, ImportReport, Track, untracked
from observer.missions.sheets import Sheet, read_sheet, shown

COLUMNS = ("round", "team", "place")
_AT_A_TIME = 5_000
_WHAT_HELPS = {
    "round": "add it with observer round add",
    "team": "teams come with the file of people",
    "place": "import it with observer place import",
}


def import_assignments(
    session: Session, mission: Mission, path: Path, *, track: Track = untracked
) -> ImportReport:
    """Import a file of assignments; those of the mission that it does not have stay.

    Raises BadFileError with everything that is wrong; then nothing was changed.
    """
    sheet = read_sheet(path, COLUMNS)
    keys = _read(sheet, _ids_by_code(session, mission), track)
    sheet.refuse_if_wrong()
    existing = {
        tuple(row)
        for row in session.execute(
            select(Assignment.round_id, Assignment.team_id, Assignment.place_id)
            .join(Round, Assignment.round_id == Round.id)
            .where(Round.mission_id == mission.id)
        )
    }
    new = [
        {"round_id": round_id, "team_id": team_id, "place_id": place_id}
        for round_id, team_id, place_id in keys
        if (round_id, team_id, place_id) not in existing
    ]
    starts = range(0, len(new), _AT_A_TIME)
    for start in track(starts, "Writing"):
        session.execute(insert(Assignment), new[start : start + _AT_A_TIME])
    report = ImportReport(path.name)
    report.counts["assignments"] = Counts(added=len(new), unchanged=len(keys) - len(new))
    return report


def _ids_by_code(session: Session, mission: Mission) -> dict[str, dict[str, int]]:
    return {
        column: dict(
            session.execute(
                select(table.code, table.id).where(table.mission_id == mission.id)
            ).all()
        )
        for column, table in (("round", Round), ("team", Team), ("place", Place))
    }


def _read(
    sheet: Sheet, ids: dict[str, dict[str, int]], track: Track
) -> dict[tuple[int, int, int], int]:
    """The assignments by their keys, each with the line it is on."""
    lines: dict[tuple[int, int, int], int] = {}
    for row in track(sheet.rows, "Reading"):
        for column in COLUMNS:
            if row[column] not in ids[column]:
                said = f"there is no {column} {shown(row[column])} in the mission"
                sheet.wrong(
                    row.where(column),
                    f"{said}; {_WHAT_HELPS[column]}" if row[column] else "is empty",
                )
        if all(row[column] in ids[column] for column in COLUMNS):
            key = (ids["round"][row["round"]], ids["team"][row["team"]], ids["place"][row["place"]])
            if lines.setdefault(key, row.line) != row.line:
                sheet.wrong(row.where(), f"is the same as line {lines[key]}")
    return lines
