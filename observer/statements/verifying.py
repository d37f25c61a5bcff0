"""Verifying a frozen version: that it is what was frozen, and that its figures come out again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access import audit
from observer.access.models import AuditEntry
from observer.collect.models import Revision
from observer.statements.compose import compose
from observer.statements.drafts import draft_of
from observer.statements.models import StatementVersion
from observer.statements.snapshot import Opened, SnapshotError, open_snapshot
from observer.statements.versions import (
    ALL_REPORTS,
    FREEZE,
    NotPossibleError,
    file_of,
    files_named,
    name_of,
    with_all_reports,
)

_OF_THE_TEXT = {"text": "text", "title": "title", "subtitle": "subtitle", "dated": "date"}
"""What a version has of its statement, and how it is called."""


@dataclass(frozen=True)
class Check:
    """Something about a version that was verified."""

    what: str
    problems: tuple[str, ...] = ()


def verify_version(session: Session, version: StatementVersion, media: Path) -> Iterator[Check]:
    """Verify a version step by step: its files, its figures, the submissions, the log.

    Every figure is counted anew from the snapshot, with what the annex says of it; each submission
    in it is compared with what the database has, and the files with what the log says of them.
    """
    files = {"PDF": version.pdf_sha256, "page": version.html_sha256}
    if version.pdfa_sha256 is not None:
        files["archive copy"] = version.pdfa_sha256
    for what, sha256 in files.items():
        yield Check(f"the {what} is the one that was frozen", _problems_of(media, sha256))
    damaged = _problems_of(media, version.snapshot_sha256)
    yield Check("the snapshot is the one that was taken", damaged)
    if not damaged:
        try:
            with open_snapshot(file_of(media, version.snapshot_sha256)) as opened:
                yield _same_figures(version, opened)
                yield _same_submissions(session, opened)
        except SnapshotError as error:
            yield Check("the snapshot can be counted", (str(error),))
    yield _same_log(session, version)
    yield _logged_files(session, version)


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
    for name, what in _OF_THE_TEXT.items():
        if getattr(opened.statement, name) != getattr(version, name):
            problems.append(f"the {what} is not the one that was frozen")
    counted = with_all_reports(composed)
    for frozen, again in zip(version.figures, counted, strict=False):
        if ALL_REPORTS not in frozen:
            # Versions did not always keep what their annex says.
            del again[ALL_REPORTS]
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


def _logged_files(session: Session, version: StatementVersion) -> Check:
    """Whoever puts another file in a version's place can name it in the version, not in the log."""
    entry = session.scalar(
        select(AuditEntry)
        .where(
            AuditEntry.number > version.audit_number,
            AuditEntry.action == FREEZE,
            AuditEntry.subject == name_of(version),
        )
        .order_by(AuditEntry.number)
        .limit(1)
    )
    what = "the files are those that the audit log names"
    if entry is None:
        return Check(what, ("the log says nothing of this version's freezing",))
    # A version without a copy for the archive offers none; nothing stands in its place.
    named = {file: sha256 for file, sha256 in files_named(version).items() if sha256 is not None}
    problems = (
        f"the log names another {file}"
        for file, sha256 in entry.details.items()
        if named.get(file, sha256) != sha256
    )
    return Check(what, tuple(problems))
