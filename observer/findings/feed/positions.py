"""Where a page of the feed ends, as the address of the next page says it.

A position names the last row that was given and not how many there were: what arrives, or is taken
out meanwhile, moves no row from one page to another.
"""

from __future__ import annotations

import json
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext as _

from observer.findings.exports.order import Layout
from observer.findings.feed.options import OptionError


@dataclass(frozen=True)
class AfterReport:
    """After so many rows of this submission: it has one, or one for each item of a repeat."""

    received_at: datetime
    id: uuid.UUID
    given: int


@dataclass(frozen=True)
class AfterPlace:
    """After the place with this code."""

    code: str


Position = AfterReport | AfterPlace


def to_text(position: Position) -> str:
    """A position as it stands in an address."""
    match position:
        case AfterReport(received_at, id_, given):
            content = [received_at.isoformat(), str(id_), given]
        case AfterPlace(code):
            content = [code]
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def from_text(text: str, layout: Layout) -> Position:
    """The position that :func:`to_text` gave. Raises OptionError for another text."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        content = json.loads(urlsafe_b64decode(padded))
        return _after_place(*content) if layout is Layout.STATIONS else _after_report(*content)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise OptionError(
            _("This $skiptoken is none of ours: follow @odata.nextLink as it is.")
        ) from error


def _after_place(code: str) -> AfterPlace:
    if not code.isprintable():
        raise ValueError(code)
    return AfterPlace(code)


def _after_report(received_at: str, id_: str, given: int) -> AfterReport:
    moment = datetime.fromisoformat(received_at)
    if moment.tzinfo is None or isinstance(given, bool) or given < 0:
        raise ValueError(received_at)
    # In UTC here already: at the very edge of the calendar a moment has none.
    return AfterReport(moment.astimezone(UTC), uuid.UUID(id_), int(given))
