"""Import of people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from observer.access.models import Person, Role
from observer.access.signin import normalise_email
from observer.language import LANGUAGES
from observer.missions import cells
from observer.missions.codes import email_mistake
from observer.missions.models import Membership, Mission, Region
from observer.missions.operations import team_of_code
from observer.missions.reports import Counts, ImportReport, Track, untracked
from observer.missions.sheets import Row, Sheet, at, read_sheet, shown

COLUMNS = ("name", "email", "phone", "role", "team", "regions", "language")
_PHONE = re.compile(r"\+?[0-9 ()./-]{3,39}")
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class _PersonRow:
    line: int
    email: str
    name: str
    phone: str
    role: str
    team: str
    regions: tuple[str, ...]
    language: str


def import_people(
    session: Session, mission: Mission, path: Path, *, track: Track = untracked
) -> ImportReport:
    """Import a file of people, known by their email; those it does not have stay as they are.

    New people have no password. Raises BadFileError with everything that is wrong; then nothing
    was changed.
    """
    sheet = read_sheet(path, COLUMNS)
    regions = {
        region.code: region
        for region in session.scalars(select(Region).where(Region.mission_id == mission.id))
    }
    rows = _read(sheet, mission, regions, track)
    people = _known_people(session, [row.email for row in rows])
    elsewhere = _with_role_elsewhere(session, mission)
    for row in rows:
        known = people.get(row.email)
        if known and row.role and known.role != row.role and known.id in elsewhere:
            sheet.wrong(
                at(row.line, "role"),
                f"{shown(row.email)} is {known.role} in another mission too, and a person has "
                f"one role; write {known.role} or use another email",
            )
    sheet.refuse_if_wrong()

    report = ImportReport(path.name)
    counts = report.counts["people"] = Counts()
    members = {
        member.person_id: member
        for member in session.scalars(
            select(Membership)
            .where(Membership.mission_id == mission.id)
            .options(selectinload(Membership.regions), selectinload(Membership.team))
        )
    }
    codes = dict.fromkeys(row.team for row in rows if row.team)
    teams = {code: team_of_code(session, mission, code) for code in codes}
    for row in track(rows, "Writing"):
        person = people.get(row.email)
        if person is None:
            person = Person(email=row.email)
            session.add(person)
        elif person.role != row.role:
            report.notes.append(f"{at(row.line)}: {row.email} was {person.role}, is {row.role}")
        member = members.get(person.id) if person.id else None
        is_new = member is None
        if member is None:
            member = Membership(mission=mission, person=person)
            session.add(member)
        person.name, person.phone = row.name, row.phone
        person.role, person.language = Role(row.role), row.language
        member.team = teams.get(row.team)
        wanted = [regions[code] for code in row.regions]
        if {region.code for region in member.regions} != set(row.regions):
            member.regions = wanted
        if is_new:
            counts.added += 1
        elif session.is_modified(person) or session.is_modified(member):
            counts.changed += 1
        else:
            counts.unchanged += 1
    session.flush()
    return report


def _read(
    sheet: Sheet, mission: Mission, regions: Mapping[str, Region], track: Track
) -> list[_PersonRow]:
    rows: list[_PersonRow] = []
    lines: dict[str, int] = {}
    for row in track(sheet.rows, "Reading"):
        email = _email(sheet, row)
        if email and lines.setdefault(email, row.line) != row.line:
            sheet.wrong(row.where("email"), f"{shown(email)} is on line {lines[email]} already")
        role = cells.choice(sheet, row, "role", tuple(Role))
        phone = row["phone"]
        if phone and not _PHONE.fullmatch(phone):
            sheet.wrong(row.where("phone"), f"is {shown(phone)}; write one such as +51 1 615 8000")
        rows.append(
            _PersonRow(
                line=row.line,
                email=email,
                name=cells.text(sheet, row, "name", 200, required=True),
                phone=phone,
                role=role,
                team=cells.code(sheet, row, "team", required=False),
                regions=_regions(sheet, row, role, regions),
                language=cells.choice(sheet, row, "language", tuple(LANGUAGES))
                if row["language"]
                else mission.language,
            )
        )
    return rows


def _email(sheet: Sheet, row: Row) -> str:
    email = normalise_email(row["email"])
    mistake = email_mistake(email) if email else "is empty"
    if mistake:
        given = f"{shown(email)} is no email address: {mistake}" if email else mistake
        sheet.wrong(row.where("email"), given)
        return ""
    return email


def _regions(sheet: Sheet, row: Row, role: str, regions: Mapping[str, Region]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(code for code in re.split(r"[;\s]+", row["regions"]) if code))
    for code in codes:
        if code not in regions:
            sheet.wrong(
                row.where("regions"),
                f"there is no region {shown(code)} in the mission; separate codes by spaces",
            )
    if role == Role.COORDINATOR and not codes:
        sheet.wrong(
            row.where("regions"), "is empty; a coordinator needs regions to be responsible for"
        )
    return codes


def _known_people(session: Session, emails: Sequence[str]) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for start in range(0, len(emails), _AT_A_TIME):
        some = emails[start : start + _AT_A_TIME]
        found = session.scalars(select(Person).where(Person.email.in_(some)))
        people |= {person.email: person for person in found}
    return people


def _with_role_elsewhere(session: Session, mission: Mission) -> set[int]:
    return set(
        session.scalars(select(Membership.person_id).where(Membership.mission_id != mission.id))
    )
