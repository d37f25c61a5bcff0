"""What flags say, in the reader's language."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import format_decimal, format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import Session, joinedload

from observer.collect.models import Submission
from observer.language import in_language, ngettext
from observer.review.models import Flag, Severity

SEVERITIES = {
    Severity.GRAVE: _l("grave"),
    Severity.DOUBTFUL: _l("doubtful"),
    Severity.NOTICE: _l("to know"),
}
"""The gravest first, as the queue has them."""
RANK = case({name: rank for rank, name in enumerate(SEVERITIES)}, value=Flag.severity)
TITLES = {
    "held": _l("Held on arrival"),
    "rule": _l("Answers that contradict each other"),
    "turnout": _l("More votes than voters"),
    "before_arrival": _l("Opened before the team came"),
    "too_quick": _l("Filled too quickly"),
    "far": _l("Far from the polling centre"),
    "clock": _l("Wrong clock"),
    "times": _l("Times that cannot be"),
    "duplicate": _l("Reported twice"),
    "photo_twice": _l("Photo used twice"),
    "photo_alike": _l("Photos that look alike"),
    "outlier": _l("Out of the ordinary"),
    "alike": _l("Always the same answers"),
}
"""The checks by name, as a reader knows them."""


def title(check: str) -> str:
    """What a check is called."""
    return str(TITLES.get(check, check))


def is_open() -> ColumnElement[bool]:
    """Whether a flag still asks for somebody's look."""
    return and_(Flag.gone_at.is_(None), Flag.dismissed_at.is_(None))


def open_flags(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Flag]]:
    """The open flags of each submission, the gravest first."""
    found: dict[uuid.UUID, list[Flag]] = defaultdict(list)
    query = select(Flag).where(Flag.submission_id.in_(list(ids)), is_open())
    for flag in session.scalars(query.order_by(RANK, Flag.found_at, Flag.id)):
        found[flag.submission_id].append(flag)
    return found


def flags_of(session: Session, submission: Submission) -> Sequence[Flag]:
    """A submission's flags that were not found gone: the open ones first, the gravest of them."""
    query = select(Flag).where(Flag.submission_id == submission.id, Flag.gone_at.is_(None))
    order = (Flag.dismissed_at.is_not(None), RANK, Flag.found_at, Flag.id)
    return session.scalars(query.order_by(*order).options(joinedload(Flag.dismissed_by))).all()


def sentence(flag: Flag) -> str:
    """What is the matter, in one sentence."""
    say = _SENTENCES.get(flag.check)
    return say(flag.details) if say else title(flag.check)


def _held(details: dict[str, Any]) -> str:
    if details["label"]:
        return f"{in_language(details['label'])}: {details['message']}"
    return str(details["message"])


def _rule(details: dict[str, Any]) -> str:
    return in_language(details["sentence"])


def _turnout(details: dict[str, Any]) -> str:
    return _(
        "%(votes)s voted, and %(voters)s voters are registered: turnout %(percent)s %%.",
        votes=format_decimal(details["votes"]),
        voters=format_decimal(details["voters"]),
        percent=format_decimal(details["percent"]),
    )


def _before_arrival(details: dict[str, Any]) -> str:
    return _(
        "It is said to have seen the opening at %(opened)s, and came at %(arrived)s.",
        opened=details["opened"],
        arrived=details["arrived"],
    )


def _too_quick(details: dict[str, Any]) -> str:
    return ngettext(
        "%(num)s answer in %(time)s.",
        "%(num)s answers in %(time)s.",
        details["answers"],
        time=_span(details["seconds"]),
    )


def _far(details: dict[str, Any]) -> str:
    metres = details["metres"]
    if metres < 1_000:
        return _("Filled %(distance)s m from the polling centre.", distance=format_decimal(metres))
    kilometres = format_decimal(round(metres / 1_000, 1))
    return _("Filled %(distance)s km from the polling centre.", distance=kilometres)


def _clock(details: dict[str, Any]) -> str:
    span = _span(abs(details["seconds"]))
    if details["seconds"] > 0:
        return _("The phone's clock was %(time)s ahead.", time=span)
    return _("The phone's clock was %(time)s behind.", time=span)


def _duplicate(details: dict[str, Any]) -> str:
    differing = details["differing"]
    if differing == 0:
        if details["same_team"]:
            return _("The same team has sent the same answers for this place before or after.")
        return _("Another team has sent the very same answers for this place.")
    if details["same_team"]:
        return ngettext(
            "The same team has reported from this place twice; %(num)s answer differs.",
            "The same team has reported from this place twice; %(num)s answers differ.",
            differing,
        )
    return ngettext(
        "Another team has reported from this place too; %(num)s answer differs.",
        "Another team has reported from this place too; %(num)s answers differ.",
        differing,
    )


def _outlier(details: dict[str, Any]) -> str:
    values = {
        "question": in_language(details["label"]),
        "value": format_decimal(details["value"]),
        "usual": format_decimal(details["usual"]),
        "others": format_decimal(details["others"]),
    }
    if details["everywhere"]:
        return _(
            "%(question)s: %(value)s. Everywhere %(usual)s is usual, among %(others)s others.",
            **values,
        )
    return _(
        "%(question)s: %(value)s. In its region %(usual)s is usual, among %(others)s others.",
        **values,
    )


def _alike(details: dict[str, Any]) -> str:
    return _(
        "The team gave the same numbers and times in %(places)s places.",
        places=format_decimal(details["places"]),
    )


def _span(seconds: float) -> str:
    return format_timedelta(timedelta(seconds=seconds), granularity="second", threshold=1.2)


_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "held": _held,
    "rule": _rule,
    "turnout": _turnout,
    "before_arrival": _before_arrival,
    "too_quick": _too_quick,
    "far": _far,
    "clock": _clock,
    "times": lambda details: _("It was finished before it was begun."),
    "duplicate": _duplicate,
    "photo_twice": lambda details: _("Another submission has the same photo."),
    "photo_alike": lambda details: _("Another submission has a photo that looks the same."),
    "outlier": _outlier,
    "alike": _alike,
}
