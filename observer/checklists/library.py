"""The forms of a mission and their versions."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, defer

from observer.checklists.definition import FormDefinition
from observer.checklists.models import Form, FormVersion, Picture
from observer.checklists.operations import import_form
from observer.checklists.xlsform import read_xlsform
from observer.missions.models import Mission

BUILTIN = (
    "opening",
    "voting",
    "counting",
    "tabulation",
    "party_agents",
    "incident",
    "campaign_event",
    "meeting",
    "weekly_report",
)
"""The forms that come with the platform, in the order of an election day."""

MOST_KEPT = 200

_kept: dict[tuple[int, datetime], FormDefinition] = {}


def published_forms(session: Session, mission: Mission) -> list[FormVersion]:
    """The newest published version of each form, the built-in ones first, then by code."""
    newest = (
        select(FormVersion.form_id, func.max(FormVersion.number).label("number"))
        .where(FormVersion.published_at.is_not(None))
        .group_by(FormVersion.form_id)
        .subquery()
    )
    found = session.scalars(
        select(FormVersion)
        .join(FormVersion.form)
        .join(
            newest,
            (newest.c.form_id == FormVersion.form_id) & (newest.c.number == FormVersion.number),
        )
        .where(Form.mission_id == mission.id)
        # Statements ask for their forms with each figure: a definition is read when it is new.
        .options(contains_eager(FormVersion.form), defer(FormVersion.definition))
    ).all()
    order = {code: place for place, code in enumerate(BUILTIN)}
    return sorted(found, key=lambda v: (order.get(v.form.code, len(order)), v.form.code))


def all_versions(session: Session, mission: Mission) -> list[FormVersion]:
    """Every version of every form, by code and number."""
    return list(
        session.scalars(
            select(FormVersion)
            .join(FormVersion.form)
            .where(Form.mission_id == mission.id)
            .options(contains_eager(FormVersion.form))
            .order_by(Form.code, FormVersion.number)
        )
    )


def form_version(session: Session, mission: Mission, code: str, number: int) -> FormVersion | None:
    """One version of a form."""
    return session.scalars(
        select(FormVersion)
        .join(FormVersion.form)
        .where(Form.mission_id == mission.id, Form.code == code, FormVersion.number == number)
        .options(contains_eager(FormVersion.form))
    ).one_or_none()


def newest_version(session: Session, mission: Mission, code: str) -> FormVersion | None:
    """The newest published version of a form."""
    return session.scalars(
        select(FormVersion)
        .join(FormVersion.form)
        .where(
            Form.mission_id == mission.id,
            Form.code == code,
            FormVersion.published_at.is_not(None),
        )
        .order_by(FormVersion.number.desc())
        .limit(1)
        .options(contains_eager(FormVersion.form))
    ).one_or_none()


def picture_named(session: Session, mission: Mission, name: str) -> bytes | None:
    """The bytes of a picture that forms of the mission show."""
    return session.scalar(
        select(Picture.content).where(Picture.mission_id == mission.id, Picture.name == name)
    )


def version_before(session: Session, version: FormVersion) -> FormVersion | None:
    """The last published version before this one of the same form."""
    return session.scalars(
        select(FormVersion)
        .where(
            FormVersion.form_id == version.form_id,
            FormVersion.published_at.is_not(None),
            FormVersion.number < version.number,
        )
        .order_by(FormVersion.number.desc())
        .limit(1)
    ).one_or_none()


def newest_definition(session: Session, mission: Mission, code: str) -> FormDefinition | None:
    """The newest published definition of a form."""
    version = newest_version(session, mission, code)
    return definition_of(version) if version is not None else None


def definition_of(version: FormVersion) -> FormDefinition:
    """The definition of a version, the same object each time: versions never change."""
    # Ids alone are not enough: one process may serve several databases, as the tests do.
    key = (version.id, version.imported_at)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = FormDefinition.from_json(version.definition)
    return _kept[key]


def builtin_definition(code: str) -> FormDefinition:
    """A form that comes with the platform, as its file has it."""
    return read_xlsform(_builtin_file(code), f"{code}.md")


def import_builtin(session: Session, mission: Mission) -> list[FormVersion]:
    """Import and publish the forms that come with the platform."""
    return [
        import_form(session, mission, _builtin_file(code), f"{code}.md", publish=True)
        for code in BUILTIN
    ]


def _builtin_file(code: str) -> bytes:
    return (files("observer.checklists") / "builtin" / f"{code}.md").read_bytes()
