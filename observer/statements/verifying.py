"""Verifying a frozen version: that it is what was frozen, and that its figures come out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pypdfium2 import PdfiumError
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access import audit
from observer.access.models import AuditEntry
from observer.collect.models import Revision
from observer.statements.attached import (
    COVERAGE,
    TIMES,
    as_attached,
    attached_in,
    rows_observed,
)
from observer.statements.compose import Composed, compose
from observer.statements.drafts import draft_of
from observer.statements.models import StatementVersion
from observer.statements.snapshot import Opened, SnapshotError, open_snapshot
from observer.statements.speech import speech_before
from observer.statements.versions import (
    ALL_REPORTS,
    FREEZE,
    NotPossibleError,
    file_of,
    files_named,
    kept_of,
    name_of,
    with_all_reports,
)

_OF_THE_STATEMENT = {
    "text": "text",
    "title": "title",
    "subtitle": "subtitle",
    "dated": "date",
    "language": "language",
    "theme": "theme",
    "paper": "paper",
}
"""What a version has of its statement, and how it is called."""
_NAMES = {"least_base": "least base for percentages"}
"""How what the log keeps is called, where it has another name there."""
_ANNEX = {COVERAGE: "by region", TIMES: "by the hour or day"}
"""The files with the data of the annex of what was observed, and what they are about."""


@dataclass(frozen=True)
class Check:
    """Something about a version that was verified."""

    what: str
    problems: tuple[str, ...] = ()
    is_checked: bool = True
    """Whether it could be checked; else ``what`` says why it was not."""


def verify_version(session: Session, version: StatementVersion, media: Path) -> Iterator[Check]:
    """Verify a version step by step: its files, its figures, the submissions, the log.

    Every figure is counted anew from the snapshot, with what the annexes say of it and of what was
    observed; each submission in it is compared with what the database has, and the files, language,
    theme, paper and note with what the log says of them. What is not checked is told as well.
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
                composed = _composed_anew(version, opened)
                yield _same_figures(version, opened, composed)
                yield _same_annex(version, composed, media)
                yield _same_submissions(session, opened)
        except SnapshotError as error:
            yield Check("the snapshot can be counted", (str(error),))
    yield _same_log(session, version)
    yield from _same_as_logged(session, version)
    yield Check(
        "how the pages look: they are not laid out anew, their files are those that were frozen",
        is_checked=False,
    )


def _problems_of(media: Path, sha256: str) -> tuple[str, ...]:
    try:
        file_of(media, sha256)
    except NotPossibleError as error:
        return (str(error),)
    return ()


def _composed_anew(version: StatementVersion, opened: Opened) -> Composed:
    draft = replace(
        draft_of(opened.statement),
        title=version.title,
        subtitle=version.subtitle,
        dated=version.dated,
        text=version.text,
    )
    return compose(
        opened.session,
        opened.scope,
        draft,
        printed=True,
        min_base=version.min_base,
        speech=opened.speech or speech_before(opened.statement.language),
    )


def _same_figures(version: StatementVersion, opened: Opened, composed: Composed) -> Check:
    problems = [str(problem) for problem in composed.problems]
    for name, what in _OF_THE_STATEMENT.items():
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


def _same_annex(version: StatementVersion, composed: Composed, media: Path) -> Check:
    """The annex of what was observed, with the data of it that the archive copy has attached."""
    if version.pdfa_sha256 is None:
        return Check(
            "the annex of what was observed: the version has no archive copy that keeps its data",
            is_checked=False,
        )
    problems: list[str] = []
    anew = rows_observed(composed.observed)
    try:
        content = file_of(media, version.pdfa_sha256)
        for name, by in _ANNEX.items():
            frozen = attached_in(content, name)
            if frozen is None:
                problems.append(f"the archive copy has no {name}")
            else:
                problems += _different_rows(by, frozen, as_attached(anew[name]))
    except (NotPossibleError, PdfiumError) as error:
        problems.append(f"the archive copy cannot be read: {error}")
    return Check("the annex of what was observed is the same when counted anew", tuple(problems))


def _different_rows(
    by: str, frozen: Sequence[dict[str, str]], anew: Sequence[dict[str, str]]
) -> Iterator[str]:
    if len(frozen) != len(anew):
        yield f"{by}: {len(frozen)} rows were frozen, {len(anew)} are there"
    for before, after in zip(frozen, anew, strict=False):
        # A later release may say more of each.
        changed = [name for name, value in before.items() if after.get(name) != value]
        if changed:
            row = before.get("name") or before.get("begins") or "in all"
            told = (f"{name} was {before[name]}, is {after.get(name)}" for name in changed)
            yield f"{by}, {row}: {'; '.join(told)}"


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


def _same_as_logged(session: Session, version: StatementVersion) -> Iterator[Check]:
    """Whoever puts something else in a version's place can name it there, not in the log."""
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
        yield Check(what, ("the log says nothing of this version's freezing",))
        return
    # A version without a copy for the archive offers none; nothing stands in its place.
    named = {file: sha256 for file, sha256 in files_named(version).items() if sha256 is not None}
    yield Check(
        what,
        tuple(
            f"the log names another {file}"
            for file, sha256 in named.items()
            if entry.details.get(file, sha256) != sha256
        ),
    )
    kept = kept_of(version)
    logged = {name: value for name, value in kept.items() if name in entry.details}
    if logged:
        yield Check(
            f"the {_listed(logged)} are those that the audit log names",
            tuple(
                f"the log names another {_NAMES.get(name, name)}: “{entry.details[name]}”"
                for name, value in logged.items()
                if entry.details[name] != value
            ),
        )
    if missing := [name for name in kept if name not in logged]:
        yield Check(
            f"the {_listed(missing)}: when this version was frozen the log did not keep them",
            is_checked=False,
        )


def _listed(names: Iterable[str]) -> str:
    *others, last = (_NAMES.get(name, name) for name in names)
    return f"{', '.join(others)} and {last}" if others else last
