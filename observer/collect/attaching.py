"""Which photos a submission has, and which are still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.collect.envelope import Named
from observer.collect.media import Arrived
from observer.collect.models import Attachment, Revision


def attach(
    session: Session,
    revision: Revision,
    named: Sequence[Named],
    files: Mapping[str, Arrived],
    received_at: datetime,
) -> list[str]:
    """Note the files the submission names and those that came; gives those still to come.

    Files may come with the submission or later, with the same submission once more.
    """
    known = {
        (attachment.question, attachment.sha256): attachment
        for attachment in session.scalars(
            select(Attachment).where(Attachment.submission_id == revision.submission_id)
        )
    }
    wanted = {(file.question, file.sha256): file.media_type for file in named}
    named_hashes = {file.sha256 for file in named}
    wanted |= {
        ("", sha256): arrived.media_type
        for sha256, arrived in files.items()
        if sha256 not in named_hashes and arrived.stored_sha256
    }
    missing: list[str] = []
    others: dict[str, Arrived] = {}
    for key, media_type in wanted.items():
        attachment = known.get(key)
        if attachment is None:
            attachment = Attachment(
                submission_id=revision.submission_id,
                question=key[0],
                sha256=key[1],
                media_type=media_type,
            )
            session.add(attachment)
        arrived = files.get(key[1])
        if attachment.stored_sha256 is None and arrived and arrived.stored_sha256:
            attachment.stored_sha256 = arrived.stored_sha256
            attachment.media_type = arrived.media_type
            attachment.received_at = received_at
            attachment.perceptual_hash = arrived.perceptual_hash
        elif arrived and arrived.stored_sha256 not in (None, attachment.stored_sha256):
            # Other bytes under the name of a file that is there: kept beside it.
            others[arrived.stored_sha256] = arrived
        if attachment.stored_sha256 is None and not (arrived and arrived.intact):
            missing.append(attachment.sha256)
    session.add_all(
        Attachment(
            submission_id=revision.submission_id,
            question="",
            sha256=sha256,
            stored_sha256=sha256,
            media_type=arrived.media_type,
            received_at=received_at,
        )
        for sha256, arrived in others.items()
        if ("", sha256) not in known
    )
    session.flush()
    return list(dict.fromkeys(missing))
