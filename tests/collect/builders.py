"""The small mission with one small form, and submissions to send to it."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from observer.checklists.operations import import_form
from tests.missions.builders import BuiltMission, build_mission

OPENING = """
| survey | | | | | | | |
| | type | name | label::en | label::es | relevant | constraint | required |
| | begin_group | doors | Opening | Apertura | | | |
| | select_one yes_no | opened_on_time | On time? | ¿A tiempo? | | | yes |
| | integer | delay_minutes | Minutes late | Retraso | ${opened_on_time}='no' | . <= 720 | |
| | end_group | | | | | | |
| | begin_group | rest | The rest | Lo demás | | | |
| | time | opening_time | Opening time | Hora de apertura | | | |
| | text | comment | Comment | Comentario | | | |
| | image | photo | Photo | Foto | | | |
| | end_group | | | | | | |
| choices | | | | |
| | list_name | name | label::en | label::es |
| | yes_no | yes | Yes | Sí |
| | yes_no | no | No | No |
| settings | | | |
| | form_title | form_id | version |
| | Opening | opening | 1 |
"""


def build_collecting(session: Session) -> BuiltMission:
    """The mission with version 1 of the form ``opening``, for stations, published."""
    built = build_mission(session)
    import_form(session, built.mission, OPENING.encode(), "opening.md", publish=True)
    session.commit()
    return built


def payload(**more: Any) -> dict[str, Any]:
    """A submission that nothing is wrong with; give None to leave a key out."""
    values = {
        "id": str(uuid.uuid4()),
        "form": "opening",
        "form_version": 1,
        "round": "runoff",
        "place": "1501-01-1",
        "started_at": "2026-06-07T06:12:03-05:00",
        "finished_at": "2026-06-07T07:31:40-05:00",
        "sent_at": "2026-06-07T09:02:11-05:00",
        "position": {"lat": -12.046, "lon": -77.043, "accuracy_m": 12},
        "answers": {"opened_on_time": "no", "delay_minutes": 45},
        "revision": 1,
        "attachments": [],
    }
    return {name: value for name, value in (values | more).items() if value is not None}


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: Any) -> bytes:
    """A small picture: its left half red, its right half blue."""
    picture = Image.new("RGB", size, "blue")
    picture.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    written = BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()
