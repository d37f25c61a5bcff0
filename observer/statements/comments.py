"""Comments on a statement's passages: finding the passage again, talking about it, settling it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from observer.access.audit import record
from observer.access.models import Person
from observer.database import now
from observer.statements.models import Statement
from observer.statements.sectionmodels import StatementComment

CONTEXT = 60
"""So many characters around a passage are kept to tell it from others that read the same."""
MOST_COMMENT = 5_000
MOST_QUOTE = 2_000


@dataclass(frozen=True)
class Passage:
    """Where a passage stands in a text, counted as browsers count: in units of UTF-16."""

    start: int
    end: int


@dataclass
class Thread:
    """A comment with its replies."""

    comment: StatementComment
    passage: Passage | None
    """None where the passage is not in the text, or the whole section is meant."""
    replies: list[StatementComment] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to be said."""
        return self.comment.settled_at is not None

    @property
    def is_lost(self) -> bool:
        """Whether the passage it was about is no longer in the text."""
        return bool(self.comment.quote) and self.passage is None


def find_passage(text: str, quote: str, before: str = "", after: str = "") -> Passage | None:
    """Where a passage stands; of several places the one with most of what stood around it."""
    best, best_fit = -1, -1
    place = text.find(quote) if quote else -1
    while place >= 0:
        end = place + len(quote)
        fit = _same_end(text[max(0, place - len(before)) : place], before)
        fit += _same_start(text[end : end + len(after)], after)
        if fit > best_fit:
            best, best_fit = place, fit
        place = text.find(quote, place + 1)
    if best < 0:
        return None
    start = units(text[:best])
    return Passage(start, start + units(quote))


def _same_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _same_end(one: str, other: str) -> int:
    return _same_start(one[::-1], other[::-1])


def units(text: str) -> int:
    """The length of a text as browsers count it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def threads_of(session: Session, statement: Statement, text: str) -> list[Thread]:
    """What was said about a statement, with the places of the passages in this text of it.

    Open ones come first, in the order of their passages.
    """
    found = session.scalars(
        select(StatementComment)
        .where(StatementComment.statement_id == statement.id)
        .options(joinedload(StatementComment.by), joinedload(StatementComment.settled_by))
        .order_by(StatementComment.id)
    ).all()
    threads = {
        one.id: Thread(one, find_passage(text, one.quote, one.before, one.after))
        for one in found
        if one.reply_to_id is None
    }
    for one in found:
        if one.reply_to_id is not None:
            threads[one.reply_to_id].replies.append(one)
    return sorted(threads.values(), key=_order)


def _order(thread: Thread) -> tuple[bool, int, int]:
    start = thread.passage.start if thread.passage else -1
    return thread.is_settled, start, thread.comment.id


def add_comment(
    session: Session,
    statement: Statement,
    text: str,
    *,
    by: Person,
    section_key: str,
    quote: str = "",
    before: str = "",
    after: str = "",
) -> StatementComment:
    """Say something about a passage, or about a whole section."""
    comment = StatementComment(
        statement_id=statement.id,
        section_key=section_key,
        quote=quote,
        before=before[-CONTEXT:],
        after=after[:CONTEXT],
        text=text.strip(),
        by=by,
    )
    session.add(comment)
    session.flush()
    record(session, "statement.comment", statement.slug, comment=comment.id, section=section_key)
    return comment


def reply(
    session: Session, statement: Statement, to: StatementComment, text: str, *, by: Person
) -> StatementComment:
    """Answer a comment; one that was settled is open again."""
    comment = StatementComment(
        statement_id=statement.id,
        section_key=to.section_key,
        text=text.strip(),
        by=by,
        reply_to_id=to.id,
    )
    to.settled_at = to.settled_by = None
    session.add(comment)
    session.flush()
    record(session, "statement.comment", statement.slug, comment=comment.id, reply_to=to.id)
    return comment


def settle(
    session: Session, statement: Statement, comment: StatementComment, *, by: Person
) -> None:
    """Take a comment off the list of what is to be done."""
    comment.settled_at, comment.settled_by = now(), by
    session.flush()
    record(session, "statement.comment.settle", statement.slug, comment=comment.id)


def reopen(session: Session, statement: Statement, comment: StatementComment) -> None:
    """Put a settled comment back on that list."""
    comment.settled_at = comment.settled_by = None
    session.flush()
    record(session, "statement.comment.reopen", statement.slug, comment=comment.id)


def open_among(threads: Sequence[Thread]) -> int:
    """How many of these are not settled."""
    return sum(not thread.is_settled for thread in threads)
