"""Edits of drafts in the database: saving one, undoing the last, seeing what others did.

A published version never changes: its first edit makes the next version. A draft is edited in
place, unless submissions of it were received: they keep the version they were filled with.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from observer.access.models import Person
from observer.checklists.definition import FormDefinition, Texts
from observer.checklists.editing import checked
from observer.checklists.models import DraftEdit, Form, FormVersion
from observer.checklists.operations import LONGEST_SOURCE_NAME, locked_form
from observer.checklists.tree import walk
from observer.database import Base, now
from observer.missions.models import Mission

ADDED, CHANGED, MOVED, REMOVED = ACTIONS = ("added", "changed", "moved", "removed")
MOST_EDITS = 50
"""Edits of a draft that are kept to be undone."""

Edit = Callable[[FormDefinition], FormDefinition]


class ChangedMeanwhileError(RuntimeError):
    """The form is not any more what the person saw who edits it."""


def stamp_of(definition: FormDefinition) -> str:
    """A mark that tells one content of a form from every other."""
    return sha256(json.dumps(definition.to_json(), sort_keys=True).encode()).hexdigest()


def latest_version(session: Session, mission: Mission, code: str) -> FormVersion | None:
    """The version of a form that is edited: the newest one, draft or published."""
    return session.scalars(
        select(FormVersion)
        .join(FormVersion.form)
        .where(Form.mission_id == mission.id, Form.code == code)
        .order_by(FormVersion.number.desc())
        .limit(1)
        .options(joinedload(FormVersion.form))
    ).one_or_none()


def save_edit(
    session: Session,
    mission: Mission,
    code: str,
    edit: Edit,
    *,
    stamp: str,
    action: str,
    name: str,
    by: Person,
) -> FormVersion:
    """Make an edit of a form's latest version; gives the draft that has it.

    Raises ChangedMeanwhileError where the form is not what ``stamp`` was made of, and EditError
    where nothing usable comes of the edit. Nothing is changed then.
    """
    latest = _locked(session, mission, code)
    before = FormDefinition.from_json(latest.definition)
    if stamp_of(before) != stamp:
        raise ChangedMeanwhileError(latest.number)
    after = checked(edit(before))
    if after.definition == before:
        return latest
    done = DraftEdit(
        action=action,
        name=name,
        label=_label_in(after.definition, name) or _label_in(before, name),
        person_id=by.id,
        before_sha256=stamp,
        before=latest.definition,
        before_source_name=latest.source_name,
        before_source=latest.source,
    )
    if latest.published_at is not None or _is_filled(session, latest):
        latest = FormVersion(form_id=latest.form_id, number=latest.number + 1)
        session.add(latest)
    latest.definition = after.definition.to_json()
    latest.source_name = f"{after.definition.code}.xlsx"[-LONGEST_SOURCE_NAME:]
    latest.source = after.source
    latest.imported_at = now()
    latest.edits.append(done)
    del latest.edits[:-MOST_EDITS]
    session.flush()
    return latest


def undo_edit(session: Session, mission: Mission, code: str, *, stamp: str) -> DraftEdit | None:
    """Take back the last edit of a draft; gives it, or None where there is none to undo.

    Raises ChangedMeanwhileError where the form is not what ``stamp`` was made of.
    """
    latest = _locked(session, mission, code)
    if stamp_of(FormDefinition.from_json(latest.definition)) != stamp:
        raise ChangedMeanwhileError(latest.number)
    if latest.published_at is not None or not latest.edits or _is_filled(session, latest):
        return None
    last = latest.edits[-1]
    latest.definition = last.before
    latest.source_name, latest.source = last.before_source_name, last.before_source
    latest.imported_at = now()
    latest.edits.remove(last)
    session.flush()
    return last


def edits_since(version: FormVersion, stamp: str) -> list[DraftEdit]:
    """What was done to a draft since it was what ``stamp`` was made of, as far as is known."""
    marks = [edit.before_sha256 for edit in version.edits]
    return version.edits[marks.index(stamp) :] if stamp in marks else []


def _locked(session: Session, mission: Mission, code: str) -> FormVersion:
    """The latest version of a form, which nobody else changes until the commit."""
    form = locked_form(session, mission, code)
    return session.scalars(
        select(FormVersion)
        .where(FormVersion.form_id == form.id)
        .order_by(FormVersion.number.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _is_filled(session: Session, version: FormVersion) -> bool:
    """Whether rows of other rooms name this version, as the submissions of it do."""
    own = FormVersion.__table__.c.id
    return any(
        session.scalar(select(exists().where(key.parent == version.id)))
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column is own and table is not DraftEdit.__table__
    )


def _label_in(definition: FormDefinition, name: str) -> Texts:
    labels = {found.part.name: found.part.label for found in walk(definition)}
    return labels.get(name, {}) if name else definition.title
