"""Changing recommendations, and bringing many of them in a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer.access.audit import record
from observer.missions.models import Mission
from observer.missions.operations import hold_mission
from observer.missions.sheets import Row, Sheet, read_sheet, shown
from observer.statements.bringing import Brought, check_code, check_lengths
from observer.statements.phrases import language_names
from observer.statements.recommendationmodels import EARLIER, KINDS, NEW, STATUSES, Recommendation

COLUMNS = ("code", "kind", "text", "addressee", "basis", "priority", "origin", "status", "note")
TEXT_IN = "text_"
CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9.-]{0,19}")
LONGEST = {"addressee": 200, "basis": 500, "origin": 200}
_FLAGS = {"yes": True, "1": True, "true": True, "": False, "no": False, "0": False, "false": False}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What is said of a recommendation."""

    kind: str = NEW
    texts: dict[str, str]
    addressee: str = ""
    basis: str = ""
    is_priority: bool = False
    origin: str = ""
    status: str = ""
    note: str = ""


def recommendations_of(session: Session, mission: Mission) -> Sequence[Recommendation]:
    """The mission's recommendations in their order."""
    return session.scalars(
        select(Recommendation)
        .where(Recommendation.mission_id == mission.id)
        .order_by(Recommendation.position, Recommendation.code)
    ).all()


def find_recommendation(session: Session, mission: Mission, code: str) -> Recommendation | None:
    """The recommendation with this code."""
    return session.scalar(
        select(Recommendation).where(
            Recommendation.mission_id == mission.id, Recommendation.code == code
        )
    )


def put_recommendation(
    session: Session, mission: Mission, code: str, wording: Wording
) -> Recommendation:
    """Add a recommendation at the end, or change the one with this code."""
    found = _put(session, mission, code, wording)
    record(session, "recommendation.save", code)
    return found


def _put(session: Session, mission: Mission, code: str, wording: Wording) -> Recommendation:
    found = find_recommendation(session, mission, code)
    if found is None:
        last = session.scalar(
            select(func.max(Recommendation.position)).where(Recommendation.mission_id == mission.id)
        )
        found = Recommendation(mission_id=mission.id, code=code, position=(last or 0) + 1)
        session.add(found)
    for name, value in vars(wording).items():
        setattr(found, name, value)
    session.flush()
    return found


def delete_recommendation(session: Session, recommendation: Recommendation) -> None:
    """Delete a recommendation; texts that call it say so from then on."""
    code = recommendation.code
    session.delete(recommendation)
    session.flush()
    record(session, "recommendation.delete", code)


def move_recommendation(
    session: Session, mission: Mission, recommendation: Recommendation, *, up: bool
) -> None:
    """Let a recommendation change places with the one before or after it among its kind."""
    found = recommendations_of(session, mission)
    for position, one in enumerate(found, 1):
        one.position = position
    alike = [one for one in found if one.kind == recommendation.kind]
    place = alike.index(recommendation) + (-1 if up else 1)
    if 0 <= place < len(alike):
        other = alike[place]
        other.position, recommendation.position = recommendation.position, other.position
    session.flush()
    record(session, "recommendation.move", recommendation.code, up=up)


def import_recommendations(
    session: Session, mission: Mission, path: Path, *, language: str | None = None
) -> Brought:
    """Import a CSV file of recommendations, known by their code; others stay as they are.

    The column ``text`` is in the language that is given, else the mission's; more languages have
    columns of their own such as ``text_fr``. Raises BadFileError with everything that is wrong;
    nothing is changed then.
    """
    sheet = read_sheet(path, COLUMNS, further=TEXT_IN)
    main = language or mission.language
    main = main if main in language_names() else "en"
    met: dict[str, int] = {}
    wordings = [(row["code"], _read(sheet, row, main, met)) for row in sheet.rows]
    sheet.refuse_if_wrong()
    hold_mission(session, mission)
    brought = Brought()
    for code, wording in wordings:
        found = find_recommendation(session, mission, code)
        is_changed = any(
            getattr(found, name, None) != value for name, value in vars(wording).items()
        )
        brought.note(code, is_new=found is None, is_changed=is_changed)
        _put(session, mission, code, wording)
    record(session, "recommendations.import", path.name, **brought.counts)
    return brought


def _read(sheet: Sheet, row: Row, language: str, met: dict[str, int]) -> Wording:
    kind, status = row["kind"] or NEW, row["status"]
    check_code(sheet, row, CODE, "number such as R3: letters and digits, 20 at the most", met)
    if kind not in KINDS:
        sheet.wrong(row.where("kind"), f"{shown(kind)} is none of {', '.join(KINDS)}")
    if status and status not in STATUSES:
        sheet.wrong(row.where("status"), f"{shown(status)} is none of {', '.join(STATUSES)}")
    elif status and kind == NEW:
        sheet.wrong(row.where("status"), f"only earlier ones have a status; write kind {EARLIER}")
    if row["priority"].lower() not in _FLAGS:
        sheet.wrong(row.where("priority"), f"{shown(row['priority'])} is neither yes nor no")
    check_lengths(sheet, row, LONGEST)
    texts = {language: row["text"]}
    for column in row.columns_with(TEXT_IN):
        other = column.removeprefix(TEXT_IN)
        if other not in language_names():
            there_is = ", ".join(TEXT_IN + one for one in language_names())
            sheet.wrong("line 1", f"the column {column} is not known; there is {there_is}")
        elif row[column]:
            texts[other] = row[column]
    texts = {name: text for name, text in texts.items() if text}
    if not texts:
        sheet.wrong(row.where("text"), "is empty; write what is recommended")
    return Wording(
        kind=kind,
        texts=texts,
        addressee=row["addressee"],
        basis=row["basis"],
        is_priority=_FLAGS.get(row["priority"].lower(), False),
        origin=row["origin"],
        status=status,
        note=row["note"],
    )


def label_of_status(status: str) -> str:
    """What became of an earlier recommendation, in the page's language."""
    return {
        "implemented": _("implemented"),
        "partly": _("partly implemented"),
        "not": _("not implemented"),
        "no_longer_applicable": _("no longer applicable"),
        "too_early": _("too early to say"),
    }.get(status, _("not looked at yet"))
