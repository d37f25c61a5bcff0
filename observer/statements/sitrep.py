"""The situation report: on one to three pages what is known of a round at this moment.

It is printed from the same figures as the mission room, and the same text is its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import render_template
from flask_babel import get_locale
from sqlalchemy.orm import Session

from observer.checklists.definition import FormDefinition
from observer.collect.intake import receipt_code
from observer.collect.models import Status
from observer.findings import words
from observer.findings.deployment import deployment
from observer.findings.missing import Missing, what_is_missing
from observer.findings.room import Room, look_into_room
from observer.missions.models import Mission, Region, Round
from observer.missions.scope import Scope
from observer.review.forms import STATUSES
from observer.review.incidents import Incident, count_by_gravity, incidents
from observer.statements.pdf import lay_out
from observer.statements.themes import DEFAULT_THEME
from observer.statements.words import NARROW_SPACE, NO_BREAK_SPACE

MOST_PROBLEMS = 8
MOST_INCIDENTS = 12
MOST_PLACES = 10


@dataclass(frozen=True)
class Situation:
    """What a situation report tells."""

    mission: Mission
    round: Round
    regions: list[str]
    """Names of the regions that it is limited to; empty for the whole mission."""
    room: Room
    missing: Missing
    incidents: list[Incident]
    """The gravest and newest."""
    confirmed: dict[str, int]
    """Verified incidents by gravity."""
    open: dict[str, int]
    """Incidents that no reviewer has verified yet, by gravity."""
    min_base: int
    silent_minutes: int

    @property
    def at(self) -> datetime:
        """The moment of which it tells."""
        return self.room.whole.at

    @property
    def incident_form(self) -> FormDefinition | None:
        """The form whose words name types and gravities."""
        return self.room.incident_form


def situation(
    session: Session, scope: Scope, round_: Round, *, min_base: int, silent_minutes: int
) -> Situation:
    """The situation of a round in the regions in scope."""
    patience = timedelta(minutes=silent_minutes)
    deployed = deployment(session, scope, round_, patience=patience)
    confirmed = {
        status: count_by_gravity(session, scope, round_, statuses=statuses)
        for status, statuses in (
            ("confirmed", (Status.VERIFIED,)),
            ("open", (Status.HELD, Status.RECEIVED)),
        )
    }
    return Situation(
        mission=scope.mission,
        round=round_,
        regions=_limited_to(session, scope),
        room=look_into_room(session, scope, round_, min_base=min_base, most_problems=MOST_PROBLEMS),
        missing=what_is_missing(session, scope, round_, deployed, limit=MOST_PLACES),
        incidents=incidents(session, scope, round_, gravest_first=True, limit=MOST_INCIDENTS),
        **confirmed,
        min_base=min_base,
        silent_minutes=silent_minutes,
    )


def _limited_to(session: Session, scope: Scope) -> list[str]:
    """The uppermost regions that a scope is limited to."""
    if scope.region_ids is None:
        return []
    regions = [session.get_one(Region, region_id) for region_id in scope.region_ids]
    return sorted(one.name for one in regions if one.parent_id not in scope.region_ids)


def sitrep_html(found: Situation, *, linked: bool) -> str:
    """The text of the report as HTML, with links to the submissions behind it or without."""
    return render_template(
        "statements/sitrep_text.html",
        found=found,
        linked=linked,
        words=words,
        status_names=STATUSES,
        receipt_code=receipt_code,
    )


def sitrep_pdf(found: Situation, *, theme: str = DEFAULT_THEME, logo: Path | None = None) -> bytes:
    """The report as PDF/UA, in the language that is spoken at the moment.

    Raises ThemeError for a theme that there is not, or that is broken.
    """
    html = render_template(
        "statements/sitrep_print.html",
        found=found,
        text=sitrep_html(found, linked=False),
        language=str(get_locale()),
    )
    return lay_out(html.replace(NARROW_SPACE, NO_BREAK_SPACE), {}, theme=theme, logo=logo)
