"""Versions of a statement: frozen with all they were counted from, published, and proven."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from observer.access import audit
from observer.access.models import AuditEntry, Person
from observer.collect.media import keep, path_of
from observer.collect.models import Revision
from observer.database import now, one_state
from observer.statements.annexes import sources_annex
from observer.statements.compose import Composed, compose, compose_whole, on_screen
from observer.statements.drafts import Draft, draft_of
from observer.statements.models import Statement, StatementVersion
from observer.statements.operations import ChangedMeanwhileError
from observer.statements.pdf import archive_of, pages_of
from observer.statements.snapshot import Opened, SnapshotError, open_snapshot, take_snapshot


class NotPossibleError(ValueError):
    """This cannot be done with the version; the message says why."""


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
    engine: Engine, statement: Statement, *, min_base: int, logo: Path | None = None
) -> Prepared:
    """Count and lay out a statement as the database stands now; nothing is written yet.

    Takes a while, and keeps no writer waiting. Raises StatementError with everything that is
    wrong in the text, ReportFileError for a broken theme, house style or language.
    """
    with engine.connect() as connection:
        snapshot = take_snapshot(one_state(connection), statement)
    with open_snapshot(snapshot) as opened:
        draft = draft_of(opened.statement)
        composed = compose_whole(
            opened.session,
            opened.scope,
            draft,
            printed=True,
            min_base=min_base,
            speech=opened.speech,
        )
        pages = pages_of(opened.scope, draft, composed, logo=logo)
        return Prepared(
            edit=opened.statement.edit,
            draft=draft,
            min_base=min_base,
            figures=figures_of(composed),
            snapshot=snapshot,
            pdf=pages.write(),
            pdfa=archive_of(pages, draft, composed),
            html=f"{on_screen(composed)}{sources_annex(composed, draft.kind)}".encode(),
        )


def freeze(
    session: Session,
    statement: Statement,
    prepared: Prepared,
    *,
    edit: int,
    media: Path,
    by: Person | None = None,
    note: str = "",
) -> StatementVersion:
    """Keep what was prepared as the statement's next version.

    Raises ChangedMeanwhileError where it is not the text that was saved as ``edit``: somebody
    saved a newer one.
    """
    if prepared.edit != edit:
        raise ChangedMeanwhileError(statement)
    numbers = select(func.max(StatementVersion.number)).where(
        StatementVersion.statement_id == statement.id
    )
    draft = prepared.draft
    log_number, log_sha256 = audit.head(session)
    version = StatementVersion(
        statement=statement,
        number=(session.scalar(numbers) or 0) + 1,
        title=draft.title,
        subtitle=draft.subtitle,
        dated=draft.dated,
        language=draft.language,
        theme=draft.theme,
        paper=draft.paper,
        text=draft.text,
        note=note.strip(),
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
    files = {
        "pdf": version.pdf_sha256,
        "archive": version.pdfa_sha256,
        "snapshot": version.snapshot_sha256,
    }
    audit.record(session, "statement.freeze", _name(version), **files)
    return version


def figures_of(composed: Composed) -> list[dict[str, Any]]:
    """Each figure in a text with what it was counted from, as plain JSON, without the moment."""
    return [
        {
            "name": use.name,
            "query": use.query,
            "line": use.line,
            "text": use.text,
            "label": use.label,
            "findings": [
                {name: value for name, value in found.to_json().items() if name != "at"}
                for found in use.findings
            ],
        }
        for use in composed.used
    ]


def publish(
    session: Session, version: StatementVersion, *, embargoed_until: datetime | None = None
) -> None:
    """Show a version to everybody, from now on or from the end of an embargo."""
    version.published_at = version.published_at or now()
    version.embargoed_until, version.withdrawn_at = embargoed_until, None
    session.flush()
    until = embargoed_until.isoformat() if embargoed_until else ""
    audit.record(session, "statement.publish", _name(version), embargoed_until=until)


def withdraw(session: Session, version: StatementVersion) -> None:
    """Show a published version to nobody any more; it stays as it was frozen."""
    if version.published_at is None:
        raise NotPossibleError(_("This version was never published."))
    version.withdrawn_at = now()
    session.flush()
    audit.record(session, "statement.withdraw", _name(version))


def _name(version: StatementVersion) -> str:
    return f"{version.statement.slug}/{version.number}"


def public_versions(session: Session, statement: Statement) -> list[StatementVersion]:
    """The versions that everybody may see now, the newest first."""
    moment = now()
    found = session.scalars(
        select(StatementVersion)
        .where(
            StatementVersion.statement_id == statement.id,
            StatementVersion.published_at.is_not(None),
            StatementVersion.withdrawn_at.is_(None),
        )
        .order_by(StatementVersion.number.desc())
    )
    return [v for v in found if v.embargoed_until is None or v.embargoed_until <= moment]


def file_of(media: Path, sha256: str) -> bytes:
    """A file of a version. Raises NotPossibleError where it is missing or was altered."""
    path = path_of(media, sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotPossibleError(_("A file of this version is missing or was altered."))
    return content


@dataclass(frozen=True)
class Check:
    """Something about a version that was verified."""

    what: str
    problems: tuple[str, ...] = ()


def verify_version(session: Session, version: StatementVersion, media: Path) -> Iterator[Check]:
    """Verify a version step by step: its files, its figures, the log, the submissions.

    Every figure is counted anew from the snapshot; each submission in it is compared with what
    the database has.
    """
    files = {"PDF": version.pdf_sha256, "page": version.html_sha256}
    if version.pdfa_sha256 is not None:
        files["archive copy"] = version.pdfa_sha256
    for what, sha256 in files.items():
        yield Check(f"the {what} is the one that was frozen", _problems_of(media, sha256))
    damaged = _problems_of(media, version.snapshot_sha256)
    yield Check("the snapshot is the one that was taken", damaged)
    if damaged:
        return
    try:
        with open_snapshot(file_of(media, version.snapshot_sha256)) as opened:
            yield _same_figures(version, opened)
            yield _same_submissions(session, opened)
    except SnapshotError as error:
        yield Check("the snapshot can be counted", (str(error),))
    yield _same_log(session, version)


def _problems_of(media: Path, sha256: str) -> tuple[str, ...]:
    try:
        file_of(media, sha256)
    except NotPossibleError as error:
        return (str(error),)
    return ()


def _same_figures(version: StatementVersion, opened: Opened) -> Check:
    draft = replace(
        draft_of(opened.statement),
        title=version.title,
        subtitle=version.subtitle,
        dated=version.dated,
        text=version.text,
    )
    composed = compose(
        opened.session,
        opened.scope,
        draft,
        printed=True,
        min_base=version.min_base,
        speech=opened.speech,
    )
    problems = [str(problem) for problem in composed.problems]
    if opened.statement.text != version.text:
        problems.append("the text is not the one that was frozen")
    counted = figures_of(composed)
    for frozen, again in zip(version.figures, counted, strict=False):
        if frozen != again:
            problems.append(
                f"line {frozen['line']}: {frozen['query']} was “{frozen['text']}”, "
                f"is “{again['text']}” when counted anew"
            )
    if len(version.figures) != len(counted):
        problems.append(f"{len(version.figures)} figures were frozen, {len(counted)} are there")
    return Check(
        f"all {len(version.figures)} figures are the same when counted anew", tuple(problems)
    )


def _same_submissions(session: Session, opened: Opened) -> Check:
    frozen = opened.session.execute(
        select(Revision.submission_id, Revision.number, Revision.content_sha256)
    ).all()
    problems = []
    for start in range(0, len(frozen), 500):
        some = frozen[start : start + 500]
        found = session.execute(
            select(Revision.submission_id, Revision.number, Revision.content_sha256).where(
                Revision.submission_id.in_([row.submission_id for row in some])
            )
        )
        there = {tuple(row) for row in found}
        problems += [
            f"submission {row.submission_id}, revision {row.number}, is not what it was"
            for row in some
            if tuple(row) not in there
        ]
    return Check(f"all {len(frozen)} submissions are still what they were", tuple(problems))


def _same_log(session: Session, version: StatementVersion) -> Check:
    what = f"the audit log goes on from entry {version.audit_number}"
    try:
        audit.verify(session)
    except audit.BrokenChainError as error:
        return Check(what, (str(error),))
    sha256 = audit.NOTHING
    if version.audit_number:
        sha256 = session.scalar(
            select(AuditEntry.sha256).where(AuditEntry.number == version.audit_number)
        )
    if sha256 != version.audit_sha256:
        return Check(what, (f"entry {version.audit_number} is not the one that was noted",))
    return Check(what)
