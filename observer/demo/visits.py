"""The visits of a demonstration: made of the reports, as a team came and left around them."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import case, func, insert, select
from sqlalchemy.orm import Session

from observer.checklists.models import Form
from observer.collect.models import Revision, Submission, Visit
from observer.missions.models import Mission, Place, Round
from observer.review.checks import CLOCK_WRONG_S
from observer.review.incidents import FORM as INCIDENT

BEFORE = timedelta(minutes=6)
AFTER = timedelta(minutes=9)
_AT_A_TIME = 5_000
_NAMES = uuid.UUID("6f2d1c0e-5d0b-4b3c-9d55-0f6b8f1f7a10")


def add_visits(session: Session, mission: Mission) -> None:
    """Add the visits in which the stored reports of a mission were made, and commit.

    Who comes back to a centre for its count has been there twice. Reports that name their visit,
    or were made by a wrong clock, say nothing of when a team came and left.
    """
    centre = func.coalesce(Place.centre_id, Place.id)
    counting = case((Form.code == "counting", 1), else_=0)
    rows = session.execute(
        select(
            Submission.round_id,
            Submission.team_id,
            centre.label("place_id"),
            counting.label("again"),
            func.min(Submission.person_id).label("person_id"),
            func.min(Revision.started_at).label("began"),
            func.max(Revision.finished_at).label("ended"),
        )
        .join(Revision, Revision.submission_id == Submission.id)
        .join(Form, Form.id == Submission.form_id)
        .join(Place, Place.id == Submission.place_id)
        .join(Round, Round.id == Submission.round_id)
        .where(
            Submission.mission_id == mission.id,
            Form.code != INCIDENT,
            Revision.visit_id.is_(None),
            func.abs(Revision.clock_error_s) <= CLOCK_WRONG_S,
        )
        .group_by(Submission.round_id, Submission.team_id, centre, counting)
        .order_by(Submission.round_id, Submission.team_id, centre, counting)
    ).all()
    codes = dict(
        session.execute(
            select(Place.id, Place.code).where(
                Place.mission_id == mission.id, Place.centre_id.is_(None)
            )
        ).all()
    )
    visits = [
        {
            "id": uuid.uuid5(_NAMES, f"{row.round_id}/{row.team_id}/{row.place_id}/{row.again}"),
            "round_id": row.round_id,
            "person_id": row.person_id,
            "team_id": row.team_id,
            "place_id": row.place_id,
            "place_code": codes[row.place_id],
            "arrived_at": row.began - BEFORE,
            "left_at": row.ended + AFTER,
            "sent_at": row.ended + AFTER,
            "clock_error_s": 0.0,
            "received_at": row.ended + AFTER,
            "changed_at": row.ended + AFTER,
        }
        for row in rows
    ]
    for start in range(0, len(visits), _AT_A_TIME):
        session.execute(insert(Visit), visits[start : start + _AT_A_TIME])
    session.commit()
