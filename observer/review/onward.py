"""Where a reviewer goes after a step: the address of each page says from where they work.

``queue=list`` in it stands for the page of the queue, ``queue=sheet`` for one submission after
the other; the queue's filters stand beside it, so that every step keeps to them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import abort, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from observer.access.models import Person
from observer.collect.models import Submission
from observer.missions.scope import Scope
from observer.review.filtering import UnknownNameError
from observer.review.queue import Position, QueueFilters, next_after, position_of
from observer.review.queuefilters import FILTERS, queue_filters

LIST, SHEET = "list", "sheet"
GOES_ON = frozenset({"verify", "reject", "ask"})
"""After these there is nothing more to do with the submission for now."""


@dataclass(frozen=True)
class Way:
    """How a reviewer works through the queue; ``mode`` is empty for who does not."""

    mode: str
    given: dict[str, str]
    """The queue's filters as they stand in the address."""
    filters: QueueFilters
    position: Position | None

    def arguments(self, mode: str | None = None) -> dict[str, str]:
        """What every address of this way has in it."""
        mode = self.mode if mode is None else mode
        return {"queue": mode, **self.given} if mode else {}


def way_of(
    session: Session,
    scope: Scope,
    given: MultiDict[str, str],
    reader: Person,
    submission: Submission | None = None,
) -> Way:
    """The way that an address names, with the submission's position before anything is done.

    404 for filters that name nothing.
    """
    mode = given.get("queue", "")
    named = {name: given[name] for name in FILTERS if given.get(name)}
    try:
        filters = queue_filters(session, scope, given, reader)
    except UnknownNameError as error:
        abort(404, str(error))
    in_queue = mode in (LIST, SHEET) and submission is not None
    position = position_of(session, submission) if in_queue else None
    return Way(mode if mode in (LIST, SHEET) else "", named, filters, position)


def address_after(
    session: Session, scope: Scope, way: Way, step: str, submission_id: uuid.UUID
) -> str:
    """Where to go after a step: back to the queue, on to the next one, or to the same page."""
    if way.mode == LIST:
        return url_for("review_queue.queue", **way.given, done=submission_id)
    if way.mode == SHEET and step in GOES_ON and way.position is not None:
        following = next_after(session, scope, way.filters, way.position)
        if following is None:
            return url_for("review_queue.queue", **way.given, done=submission_id)
        return url_for(
            "review.submission",
            submission_id=following.id,
            **way.arguments(),
            done=submission_id,
        )
    return url_for("review.submission", submission_id=submission_id, **way.arguments())
