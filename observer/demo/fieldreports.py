"""The invented reports of long-term observers, as their phones send them: ``fieldreports.yaml``."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from observer.collect.models import Status
from observer.demo.geography import LIMA_OFFSET_HOURS, Centre
from observer.demo.people import DemoPerson
from observer.demo.reports import FORM_VERSION, Report

ROUND = "runoff"
_SENT_AT_HOUR = 20
_NAMES = uuid.UUID("2b0c7a54-3c1e-4a58-9d0f-6a3b1f3f6c11")
_STORIES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("fieldreports.yaml").read_text(encoding="utf-8")
)


def make_field_reports(centres: Sequence[Centre], people: Sequence[DemoPerson]) -> list[Report]:
    """A report for each story, from a polling centre of its region and each from another team.

    They are few, and the same whatever the size and the seed.
    """
    centre_of: dict[str, Centre] = {}
    for centre in centres:
        centre_of.setdefault(centre.region, centre)
    writers = [person for person in people if person.team is not None][2::2]
    return [
        _report(number, story, centre_of[story["region"]], writers[number % len(writers)])
        for number, story in enumerate(_STORIES)
    ]


def _report(number: int, story: dict[str, Any], centre: Centre, person: DemoPerson) -> Report:
    zone = timezone(timedelta(hours=LIMA_OFFSET_HOURS))
    day = story["sent"]
    sent_at = datetime(day.year, day.month, day.day, _SENT_AT_HOUR, number, tzinfo=zone)
    payload = {
        "id": str(uuid.uuid5(_NAMES, str(number))),
        "form": story["form"],
        "form_version": FORM_VERSION,
        "round": ROUND,
        "place": centre.code,
        "started_at": (sent_at - timedelta(minutes=40)).isoformat(),
        "finished_at": (sent_at - timedelta(minutes=2)).isoformat(),
        "sent_at": sent_at.isoformat(),
        "answers": story["answers"],
        "revision": 1,
    }
    reviewed_at = sent_at + timedelta(hours=13)
    return Report(payload, person, sent_at, Status.VERIFIED, "", reviewed_at)
