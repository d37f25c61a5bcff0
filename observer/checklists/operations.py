"""What changes forms: importing a file as a form's next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.audit import record
from observer.checklists.definition import FormDefinition
from observer.checklists.models import Form, FormVersion, Picture
from observer.checklists.sheets import CellProblem
from observer.checklists.xlsform import Read, read_with_warnings
from observer.database import now
from observer.missions.models import Mission

LONGEST_SOURCE_NAME = 200


class PublishedError(ValueError):
    """A published version never changes and is never thrown away."""


def import_form(
    session: Session, mission: Mission, content: bytes, name: str, *, publish: bool
) -> FormVersion:
    """The version that a file defines: a new one where the form's newest says something else.

    Raises BadFileError where the file is no form that is supported.
    """
    read = read_with_warnings(content, name)
    return import_read(session, mission, read, content, name, publish=publish)


def import_read(
    session: Session, mission: Mission, read: Read, source: bytes, name: str, *, publish: bool
) -> FormVersion:
    """The version that a file defines, as it was read."""
    return import_definition(
        session,
        mission,
        read.definition,
        source,
        name,
        publish=publish,
        warnings=read.warnings,
        pictures=read.pictures,
    )


def import_definition(
    session: Session,
    mission: Mission,
    definition: FormDefinition,
    source: bytes,
    name: str,
    *,
    publish: bool,
    warnings: Sequence[CellProblem] = (),
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> FormVersion:
    """The version that has this definition; ``source`` is the file it was read from.

    ``warnings`` say what of the file the definition is without; ``pictures`` came along with it.
    """
    _keep_pictures(session, mission, pictures)
    form = locked_form(session, mission, definition.code)
    newest = form.versions[-1] if form.versions else None
    if newest is not None and FormDefinition.from_json(newest.definition) == definition:
        version = newest
    else:
        version = FormVersion(
            number=newest.number + 1 if newest else 1,
            definition=definition.to_json(),
            source_name=name[-LONGEST_SOURCE_NAME:],
            source=source,
            warnings=[
                {
                    "sheet": each.sheet,
                    "row": each.row,
                    "column": each.column,
                    "message": each.message,
                }
                for each in warnings
            ],
        )
        form.versions.append(version)
    if publish:
        publish_version(session, version)
    session.flush()
    return version


def _keep_pictures(session: Session, mission: Mission, pictures: Mapping[str, bytes]) -> None:
    kept = set(session.scalars(select(Picture.name).where(Picture.mission_id == mission.id)))
    session.add_all(
        Picture(mission_id=mission.id, name=name, content=content)
        for name, content in pictures.items()
        if name not in kept
    )


def publish_version(session: Session, version: FormVersion) -> None:
    """Give a version to the phones. A published version stays so and never changes."""
    if version.published_at is None:
        version.published_at = now()
        session.flush()
        record(session, "form.publish", version.form.code, version=version.number)


def discard_draft(session: Session, version: FormVersion) -> None:
    """Throw a draft away. Raises PublishedError for a version that phones may have.

    The database refuses (IntegrityError) where a program has sent submissions of the draft.
    """
    if version.published_at is not None:
        raise PublishedError(version.number)
    code, number = version.form.code, version.number
    session.delete(version)
    session.flush()
    record(session, "form.discard", code, version=number)


def locked_form(session: Session, mission: Mission, code: str) -> Form:
    """The form of a code, made where there is none, locked until the commit."""
    found = session.scalars(
        # Locked, so that two imports at once do not take the same number.
        select(Form).where(Form.mission_id == mission.id, Form.code == code).with_for_update()
    ).one_or_none()
    if found is None:
        found = Form(mission_id=mission.id, code=code)
        session.add(found)
        session.flush()
    return found
