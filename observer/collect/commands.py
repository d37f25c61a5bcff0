"""Commands: taking in submissions, and visits, that come as a file."""

from __future__ import annotations

import base64
import binascii
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.access.models import Person
from observer.access.signin import normalise_email
from observer.collect.envelope import read_json
from observer.collect.intake import NotAllowedError, UnreadableError, receive
from observer.collect.media import Arrived, take_in
from observer.collect.visits import import_visit
from observer.database import get_session
from observer.missions.models import Membership
from observer.missions.scope import membership_of
from observer.pictures import UnknownKindError
from observer.settings import current_settings

SUBMISSIONS, VISITS = "submissions", "visits"
OUTCOMES = {201: "stored", 200: "stored before", 202: "stored and held"}
NOT_TAKEN = "not taken"


@click.group()
def submission() -> None:
    """Take in submissions, or export them."""


@submission.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "sender", default="", help="Email of who sent the lines that name nobody.")
@with_appcontext
def import_(file: Path, sender: str) -> None:
    """Take in submissions from a file that a phone saved, or that another program wrote.

    Each line of FILE is one submission as the API takes it, with "email", the person who sent it,
    and where there are photos "files", their bytes in base64 by SHA-256; or a visit: {"visit":
    {"id", "round", "place", "arrived_at", "left_at", "position"}, "email"}. What was stored before
    is not stored again. A line that cannot be taken is named and does not keep back the others.

    \b
    Example:
      observer submission import observer-waiting.ndjson
      observer submission import lines.ndjson --as observer@example.org
    """
    session = get_session()
    media = current_settings().media
    members: dict[str, Membership] = {}
    counted = {SUBMISSIONS: Counter[str](), VISITS: Counter[str]()}
    said = []
    for number, line in _lines(file):
        kind, outcome, why = _take_line(session, members, media, line, sender)
        counted[kind][outcome] += 1
        if why:
            said.append(f"line {number}: {outcome}: {why}")
    session.commit()
    for sentence in said:
        click.echo(sentence)
    click.echo(f"{file.name}: {_summary(counted)}")
    if any(outcomes[NOT_TAKEN] for outcomes in counted.values()) or not any(counted.values()):
        sys.exit(1)


def _summary(counted: dict[str, Counter[str]]) -> str:
    told = {
        kind: ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        for kind, outcomes in counted.items()
    }
    if told[VISITS]:
        return "; ".join(f"{kind}: {outcomes or 'none'}" for kind, outcomes in told.items())
    return told[SUBMISSIONS] or "no submission"


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not empty, with their numbers; a bar where there are many."""
    with (
        file.open("rb") as opened,
        click.progressbar(
            length=file.stat().st_size,
            label=file.name,
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar,
    ):
        for number, line in enumerate(opened, start=1):
            if line.strip():
                yield number, line
            bar.update(len(line))


def _take_line(
    session: Session, members: dict[str, Membership], media: Path, line: bytes, sender: str
) -> tuple[str, str, str]:
    """What the line is, what became of it, and why it did not become what it was meant to."""
    kind = SUBMISSIONS
    try:
        payload = read_json(line)
        # A submission, too, has a visit: the id of the one on which it was filled.
        if isinstance(payload.get("visit"), dict) and "answers" not in payload:
            kind = VISITS
        membership = _member(session, members, payload.pop("email", None) or sender)
        if kind == SUBMISSIONS:
            return kind, *_take_submission(session, membership, media, payload)
        is_new = import_visit(session, membership, payload["visit"])
    except (UnreadableError, NotAllowedError, UnknownKindError) as reason:
        return kind, NOT_TAKEN, str(reason)
    return kind, OUTCOMES[201 if is_new else 200], ""


def _take_submission(
    session: Session, membership: Membership, media: Path, payload: dict[str, Any]
) -> tuple[str, str]:
    """What became of a submission, and where it is held why."""
    files = _take_files(media, payload.pop("files", {}))
    receipt = receive(session, membership=membership, payload=payload, files=files)
    outcome = OUTCOMES[receipt.status_code]
    if receipt.status_code != 202:
        return outcome, ""
    return outcome, " ".join(str(error["message"]) for error in receipt.errors)


def _take_files(media: Path, files: object) -> dict[str, Arrived]:
    if not isinstance(files, dict):
        raise UnreadableError("files must be an object: base64 by SHA-256.")
    try:
        return {
            sha256: take_in(media, sha256, base64.b64decode(content, validate=True))
            for sha256, content in files.items()
        }
    except (binascii.Error, TypeError, ValueError) as reason:
        if isinstance(reason, UnknownKindError):
            raise
        raise UnreadableError("files must be an object: base64 by SHA-256.") from reason


def _member(session: Session, members: dict[str, Membership], email: object) -> Membership:
    if not isinstance(email, str) or not email:
        raise UnreadableError('It names nobody: add "email", or --as EMAIL for the whole file.')
    email = normalise_email(email)
    if not email.isprintable():
        raise UnreadableError(f"{email!r} is no email.")
    if email not in members:
        person = session.scalar(select(Person).where(Person.email == email))
        membership = membership_of(session, person) if person else None
        if membership is None:
            raise NotAllowedError(f"{email} is no member of a mission here.")
        members[email] = membership
    return members[email]
