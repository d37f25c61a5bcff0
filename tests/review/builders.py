"""Two small forms, and submissions of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy.orm import Session

from observer.checklists.definition import Choice, FormDefinition, Question, Section
from observer.checklists.models import Form, FormVersion
from observer.collect.intake import receive
from observer.collect.media import Arrived
from observer.collect.models import Submission
from observer.review.models import Flag
from tests.missions.builders import BuiltMission, build_mission

NOON = datetime(2026, 6, 7, 17, 0, tzinfo=UTC)
"""Twelve o'clock in Lima on the day of the run-off."""


def _choices(*names: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(name=name, label={"en": name.replace("_", " ").capitalize(), "es": f"{name} (es)"})
        for name in names
    )


OPENING = FormDefinition(
    code="opening",
    title={"en": "Opening", "es": "Apertura"},
    languages=("en", "es"),
    children=(
        Section(
            name="times",
            label={"en": "Times", "es": "Horas"},
            children=(
                Question(
                    name="opened_on_time",
                    type="select_one",
                    label={"en": "Did it open on time?", "es": "¿Abrió a tiempo?"},
                    choices=_choices("yes", "no"),
                    problems={"no": "minor"},
                ),
                Question(
                    name="delay_minutes",
                    type="integer",
                    label={"en": "How late, in minutes?", "es": "¿Cuántos minutos tarde?"},
                    constraint=". <= 720",
                    constraint_message={"en": "At most 720."},
                ),
            ),
        ),
        Section(
            name="box",
            label={"en": "Ballot box", "es": "Ánfora"},
            children=(
                Question(
                    name="box_sealed",
                    type="select_one",
                    label={"en": "Was the box sealed?", "es": "¿Estaba sellada?"},
                    choices=_choices("yes", "no"),
                    problems={"no": "grave"},
                ),
                Question(name="photo", type="image", label={"en": "Photo", "es": "Foto"}),
            ),
        ),
        Section(
            name="parties",
            label={"en": "Party", "es": "Partido"},
            repeated=True,
            children=(Question(name="agents", type="integer", label={"en": "Agents"}),),
        ),
    ),
)

INCIDENT = FormDefinition(
    code="incident",
    title={"en": "Incident", "es": "Incidente"},
    languages=("en", "es"),
    place="any",
    children=(
        Question(
            name="type",
            type="select_multiple",
            label={"en": "Type"},
            choices=_choices("violence", "vote_buying", "late_opening"),
        ),
        Question(
            name="gravity",
            type="select_one",
            label={"en": "Gravity"},
            choices=_choices("minor", "serious", "critical"),
        ),
        Question(name="occurred_at", type="dateTime", label={"en": "When"}),
        Question(name="where_text", type="text", label={"en": "Where"}),
        Question(name="what_happened", type="text", label={"en": "What happened"}),
    ),
)


def publish_forms(session: Session, built: BuiltMission) -> None:
    """Give the mission the two forms, published."""
    for definition in (OPENING, INCIDENT):
        form = Form(mission_id=built.mission.id, code=definition.code)
        version = FormVersion(
            form=form,
            number=1,
            definition=definition.to_json(),
            source_name="",
            source=b"",
            published_at=NOON,
        )
        session.add(version)
    session.commit()


def build_reviewed(session: Session) -> None:
    """Build the mission with the two forms."""
    publish_forms(session, build_mission(session))


def submit(
    session: Session,
    built: BuiltMission,
    answers: dict[str, object],
    *,
    form: str = "opening",
    place: str | None = "1501-01-1",
    round_: str = "runoff",
    minutes: int = 0,
    files: Mapping[str, Arrived] = MappingProxyType({}),
    **more: object,
) -> Submission:
    """Receive a submission of the mission's observer, some minutes after noon."""
    payload = {
        "id": str(uuid.uuid4()),
        "form": form,
        "form_version": 1,
        "round": round_,
        "place": place,
        "revision": 1,
        "answers": answers,
    }
    receipt = receive(
        session,
        membership=built.memberships["observer"],
        payload=payload | more,
        files=files,
        received_at=NOON + timedelta(minutes=minutes),
    )
    session.commit()
    return receipt.submission


def flag(
    session: Session,
    submission: Submission,
    severity: str,
    check: str = "far",
    **more: object,
) -> Flag:
    """Give a submission a flag, as a check would."""
    found = Flag(
        submission_id=submission.id,
        check=check,
        severity=severity,
        details=more.pop("details", {"metres": 900}),
        revision=submission.current_revision,
        **more,
    )
    session.add(found)
    session.commit()
    return found
