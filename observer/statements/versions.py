"""Versions of a statement: frozen with all they were counted from, and published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from observer.access import audit
from observer.access.models import Person
from observer.collect.media import keep, path_of
from observer.database import now, one_state
from observer.statements.annexes import of_all_reports
from observer.statements.compose import Composed, compose_whole
from observer.statements.documents import document_of
from observer.statements.drafts import Draft, draft_of
from observer.statements.models import Statement, StatementVersion, VersionState
from observer.statements.operations import ChangedMeanwhileError
from observer.statements.owning import hold
from observer.statements.pdf import archive_of, pages_of
from observer.statements.snapshot import open_snapshot, take_snapshot

FREEZE = "statement.freeze"
"""The action of the log's entry that names the files of a version, and what else it keeps."""
ALL_REPORTS = "all"
"""Under this name a figure keeps what the annex says of all reports."""


class NotPossibleError(ValueError):
    """This cannot be done with the version; the message says why."""


class FrozenMeanwhileError(RuntimeError):
    """The version that was to be frozen is there already: asked for twice, or frozen by another."""

    def __init__(self) -> None:
        super().__init__(_("This version was frozen meanwhile; nothing was frozen twice."))


@dataclass(frozen=True)
class Prepared:
    """All that a version keeps, counted and laid out, before it has a number."""

    edit: int
    draft: Draft
    min_base: int
    figures: list[dict[str, Any]]
    snapshot: bytes
    pdf: bytes
    pdfa: bytes
    html: bytes


def prepare(
    engine: Engine,
    statement: Statement,
    *,
    min_base: int,
    number: int | None = None,
    logo: Path | None = None,
    note: str = "",
) -> Prepared:
    """Count and lay out a statement as the database stands now; nothing is written yet.

    ``number``: which version it was asked to become. ``note`` says what is corrected in it, and is
    printed in every version but the first. Takes a while, and keeps no writer waiting. Raises
    FrozenMeanwhileError where that version is there already, StatementError with everything that
    is wrong in the text, ReportFileError for a broken theme, house style or language.
    """
    with engine.connect() as connection:
        state = one_state(connection)
        following = state.scalars(_next_number(statement)).one()
        if number not in (None, following):
            raise FrozenMeanwhileError
        snapshot = take_snapshot(state, statement)
    with open_snapshot(snapshot) as opened:
        draft = replace(draft_of(opened.statement), version=following, note=note.strip())
        composed = compose_whole(
            opened.session,
            opened.scope,
            draft,
            printed=True,
            min_base=min_base,
            speech=opened.speech,
        )
        document = document_of(opened.scope, draft, composed)
        pages = pages_of(document, logo)
        return Prepared(
            edit=opened.statement.edit,
            draft=draft,
            min_base=min_base,
            figures=with_all_reports(composed),
            snapshot=snapshot,
            pdf=pages.write(),
            pdfa=archive_of(pages, draft, composed),
            html=document.on_screen().encode(),
        )


def _next_number(statement: Statement) -> Select[tuple[int]]:
    newest = func.coalesce(func.max(StatementVersion.number), 0)
    return select(newest + 1).where(StatementVersion.statement_id == statement.id)


def next_number(session: Session, statement: Statement) -> int:
    """The number that the next version of a statement gets."""
    return session.scalars(_next_number(statement)).one()


def freeze(
    session: Session,
    statement: Statement,
    prepared: Prepared,
    *,
    edit: int,
    media: Path,
    by: Person | None = None,
) -> StatementVersion:
    """Keep what was prepared as the statement's next version.

    Raises FrozenMeanwhileError where the version that it was prepared as is there already, and
    ChangedMeanwhileError where it is not the text that was saved as ``edit``.
    """
    draft = prepared.draft
    # Of two who freeze at once the second one sees that there is a newer version.
    hold(session, statement)
    if next_number(session, statement) != draft.version:
        raise FrozenMeanwhileError
    if prepared.edit != edit:
        raise ChangedMeanwhileError(statement)
    log_number, log_sha256 = audit.head(session)
    version = StatementVersion(
        statement=statement,
        number=draft.version,
        title=draft.title,
        subtitle=draft.subtitle,
        dated=draft.dated,
        language=draft.language,
        theme=draft.theme,
        paper=draft.paper,
        text=draft.text,
        note=draft.note,
        min_base=prepared.min_base,
        figures=prepared.figures,
        snapshot_sha256=keep(media, prepared.snapshot),
        pdf_sha256=keep(media, prepared.pdf),
        pdfa_sha256=keep(media, prepared.pdfa),
        html_sha256=keep(media, prepared.html),
        audit_number=log_number,
        audit_sha256=log_sha256,
        frozen_by=by,
    )
    session.add(version)
    session.flush()
    audit.record(session, FREEZE, name_of(version), **files_named(version), **kept_of(version))
    return version


def files_named(version: StatementVersion) -> dict[str, str | None]:
    """The SHA-256 of the files of a version, under the names they have in the log."""
    return {
        "pdf": version.pdf_sha256,
        "archive": version.pdfa_sha256,
        "snapshot": version.snapshot_sha256,
        "page": version.html_sha256,
    }


def kept_of(version: StatementVersion) -> dict[str, str | int]:
    """What else a version keeps beside its text, under the names that it has in the log."""
    return {
        "language": version.language,
        "theme": version.theme,
        "paper": version.paper,
        "least_base": version.min_base,
        "note": version.note,
    }


def figures_of(composed: Composed) -> list[dict[str, Any]]:
    """Each figure in a text with what it was counted from, as plain JSON, without the moment."""
    return [
        {
            "name": use.name,
            "query": use.query,
            "line": use.line,
            "text": use.text,
            "label": use.label,
            "findings": [_without_moment(found) for found in use.findings],
        }
        for use in composed.used
    ]


def with_all_reports(composed: Composed) -> list[dict[str, Any]]:
    """The figures of a text, each with its row of the annex, where it has one."""
    figures = zip(figures_of(composed), of_all_reports(composed), strict=True)
    return [figure | {ALL_REPORTS: found and _without_moment(found)} for figure, found in figures]


def _without_moment(found: Any) -> dict[str, Any]:
    return {name: value for name, value in found.to_json().items() if name != "at"}


def publish(
    session: Session, version: StatementVersion, *, embargoed_until: datetime | None = None
) -> None:
    """Show a version to everybody, from now on or from the end of an embargo."""
    # What was withdrawn or under embargo is shown from now on, and not since the first time.
    moment = now()
    if version.state(moment) is not VersionState.PUBLISHED:
        version.published_at = moment
    version.embargoed_until, version.withdrawn_at = embargoed_until, None
    session.flush()
    until = embargoed_until.isoformat() if embargoed_until else ""
    audit.record(session, "statement.publish", name_of(version), embargoed_until=until)


def withdraw(session: Session, version: StatementVersion) -> None:
    """Show a published version to nobody any more; it stays as it was frozen."""
    if version.published_at is None:
        raise NotPossibleError(_("This version was never published."))
    version.withdrawn_at = now()
    session.flush()
    audit.record(session, "statement.withdraw", name_of(version))


def name_of(version: StatementVersion) -> str:
    """How commands and the log call a version: ``preliminary-statement/1``."""
    return f"{version.statement.slug}/{version.number}"


def public_versions(session: Session, statement: Statement) -> list[StatementVersion]:
    """The versions that everybody may see now, the newest first."""
    moment = now()
    found = session.scalars(
        select(StatementVersion)
        .where(StatementVersion.statement_id == statement.id)
        .order_by(StatementVersion.number.desc())
    )
    return [version for version in found if version.state(moment) is VersionState.PUBLISHED]


def file_of(media: Path, sha256: str) -> bytes:
    """A file of a version. Raises NotPossibleError where it is missing or was altered."""
    path = path_of(media, sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotPossibleError(_("A file of this version is missing or was altered."))
    return content
