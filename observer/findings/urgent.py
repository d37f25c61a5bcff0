"""What observers marked as urgent and no reviewer has dealt with yet."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from observer.collect.intake import receipt_code
from observer.collect.models import Status, Submission
from observer.language import format_moment
from observer.missions.scope import Scope
from observer.review.filtering import form_titles
from observer.review.queries import Filters, page

MOST_SHOWN = 20
WAITING = (Status.HELD, Status.RECEIVED)


def urgent(session: Session, scope: Scope) -> dict[str, Any]:
    """How many urgent submissions wait in scope, in whatever round, and the newest of them.

    Their texts are in the reader's language, their moments on the mission's clocks.
    """
    found = page(
        session, scope, Filters(urgent=True, statuses=WAITING), limit=MOST_SHOWN, counted=True
    )
    titles = form_titles(session, scope) if found.submissions else {}
    return {
        "count": found.count,
        "submissions": [
            {
                "id": str(submission.id),
                "revision": submission.current_revision,
                "code": receipt_code(submission.id),
                "title": _title(submission, titles),
                "place": submission.place.code if submission.place else None,
                "where": _where(submission),
                "received_at": submission.received_at.isoformat(),
                "moment": format_moment(submission.received_at, scope.mission.timezone),
                "status": submission.status,
            }
            for submission in found.submissions
        ],
    }


def _title(submission: Submission, titles: dict[str, str]) -> str:
    if submission.form is None:
        return _("unknown form")
    return titles.get(submission.form.code, submission.form.code)


def _where(submission: Submission) -> str:
    """Centre, code and region, such as ``School 1, 1501-01-1, Lima West``."""
    place, region = submission.place, submission.region
    if place is None:
        return _("no place")
    return ", ".join([(place.centre or place).name, place.code, *([region.name] if region else [])])
