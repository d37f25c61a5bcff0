"""What was done with a submission, by whom and when, in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from observer.collect.models import Revision, Status
from observer.review.asking import Asked
from observer.review.flags import title
from observer.review.models import Deed, Handling, Verification


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did. ``before`` and ``after`` are None where the status stayed."""

    at: datetime
    person: str
    words: str = ""
    reason: str = ""
    before: Status | None = None
    after: Status | None = None
    revision: int | None = None


def story(
    verifications: Sequence[Verification],
    handlings: Sequence[Handling],
    revisions: Sequence[Revision],
    asked: Sequence[Asked],
) -> list[Entry]:
    """All that was done, oldest first; of the revisions those that have a reason."""
    entries = [
        Entry(
            one.at,
            one.person.name,
            reason=one.reason,
            before=Status(one.before),
            after=Status(one.after),
            revision=one.revision,
        )
        for one in verifications
    ]
    entries += [
        Entry(one.at, one.person.name, words=_in_words(one), reason=one.reason) for one in handlings
    ]
    entries += [
        Entry(
            one.received_at,
            one.person.name,
            words=_("corrected it"),
            reason=one.reason,
            revision=one.number,
        )
        for one in revisions
        if one.reason
    ]
    entries += [
        Entry(
            one.inquiry.answered_at,
            one.inquiry.answered_by.name,
            words=_("answered: %(answer)s", answer=one.inquiry.answer),
        )
        for one in asked
        if one.inquiry.answered_at and one.inquiry.answered_by
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _in_words(handling: Handling) -> str:
    match Deed(handling.deed):
        case Deed.ASSIGNED:
            return _("gave it to %(name)s", name=handling.about)
        case Deed.UNASSIGNED:
            return _("gave it to nobody")
        case Deed.DISMISSED:
            return _("dismissed a flag: %(flag)s", flag=title(handling.about))
        case Deed.RESTORED:
            return _("opened a flag again: %(flag)s", flag=title(handling.about))
        case Deed.ASKED:
            return _("asked: %(question)s", question=handling.about)
        case Deed.WITHDRAWN:
            return _("withdrew the question: %(question)s", question=handling.about)
