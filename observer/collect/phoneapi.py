"""What the application on a phone asks besides: who it is, whether it may go on, its visits."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from observer.access.guard import with_disabled
from observer.access.models import Phone
from observer.access.permissions import PUBLIC, needs
from observer.access.phones import (
    NotOwnPhoneError,
    PhoneEndedError,
    is_ended,
    note_contact,
    register_phone,
)
from observer.collect.envelope import UnreadableError, position_as_sent, read_json
from observer.collect.intake import NotAllowedError
from observer.collect.models import Visit
from observer.collect.uploading import check_size
from observer.collect.visits import own_visits, receive_visit
from observer.database import get_session, now
from observer.language import PHONE_LANGUAGES
from observer.menu import pages_of
from observer.missions.rounds import current_round
from observer.missions.scope import current_membership
from observer.problems import problem
from observer.settings import current_settings

blueprint = Blueprint("phone_api", __name__, url_prefix="/api/v1")

LONGEST_NAME = 200


@blueprint.route("/me")
@needs("submission.create")
@with_disabled
def me() -> Response:
    """Who is signed in, with what the application has to know of the mission and its settings."""
    membership = current_membership()
    mission, settings = membership.mission, current_settings()
    current = current_round(mission)
    answer = jsonify(
        person={
            "id": current_user.id,
            "name": current_user.name,
            "email": current_user.email,
            "language": current_user.language,
        },
        active=current_user.active,
        phone=session.get("phone"),
        mission={"code": mission.code, "name": mission.name, "timezone": mission.timezone},
        rounds=[
            {
                "code": round_.code,
                "name": round_.name,
                "voting_day": round_.voting_day.isoformat(),
                "current": round_ is current,
            }
            for round_ in mission.rounds
        ],
        pages=[
            {"label": str(label), "href": url_for(endpoint)}
            for endpoint, label in pages_of(current_user.role)
            if endpoint != "collect.home"
        ],
        csrf=generate_csrf(),
        now=now().isoformat(),
        photo={
            "longest_edge": settings.photo_longest_edge,
            "most_bytes": settings.photo_most_bytes,
        },
        largest_file=settings.max_attachment_bytes,
        languages=PHONE_LANGUAGES,
    )
    answer.headers["Cache-Control"] = "no-store"
    _note_contact()
    return answer


def _note_contact() -> None:
    if phone_id := session.get("phone"):
        phone = get_session().get_one(Phone, uuid.UUID(phone_id))
        # What has only been read ends here: who writes after it takes a place in line.
        get_session().commit()
        note_contact(phone)
        get_session().commit()


@blueprint.route("/phones", methods=["POST"])
@needs("submission.create")
def add_phone() -> Response | tuple[Response, int]:
    """Make a phone known; it gets the secret for a forgotten PIN, and this sign-in is its own."""
    try:
        given = _read_body()
        phone_id = uuid.UUID(given["id"])
        name = given["name"].strip()[:LONGEST_NAME]
    except (TypeError, KeyError, ValueError, AttributeError):
        name = ""
    if not name or not name.isprintable():
        return problem(400, _('Send {"id": a UUID made by the phone, "name": a text}.'))
    try:
        phone, is_new = register_phone(get_session(), current_user, phone_id, name)
    except PhoneEndedError:
        # It has been told now, which is written down.
        get_session().commit()
        return problem(410, _("The mission room has ended the use of this phone."))
    except NotOwnPhoneError:
        return problem(409, _("This phone's id is somebody else's."))
    note_contact(phone)
    get_session().commit()
    session["phone"] = str(phone.id)
    recovery = base64.b64encode(phone.recovery).decode()
    return jsonify(id=str(phone.id), recovery=recovery), 201 if is_new else 200


@blueprint.route("/phones/<uuid:phone_id>")
@needs(PUBLIC)
def phone(phone_id: uuid.UUID) -> Response | tuple[str, int]:
    """Whether a phone may go on, for itself, signed in or not: nobody else knows its id."""
    ended = is_ended(get_session(), phone_id)
    get_session().commit()
    if ended is None:
        return problem(404, _("There is no such phone here."))
    if ended:
        return problem(410, _("The mission room has ended the use of this phone."))
    return "", 204


@blueprint.route("/visits/<uuid:visit_id>", methods=["PUT"])
@needs("submission.create")
@with_disabled
def put_visit(visit_id: uuid.UUID) -> Response | tuple[Response, int]:
    """Store a visit, or what is known of it since."""
    try:
        told = _read_body()
        visit, is_new = receive_visit(get_session(), current_membership(), visit_id, told)
    except UnreadableError as reason:
        return problem(400, str(reason))
    except NotAllowedError as reason:
        return problem(403, str(reason))
    get_session().commit()
    return jsonify(_visit(visit)), 201 if is_new else 200


@blueprint.route("/visits")
@needs("submission.create")
def visits() -> Response:
    """The person's own visits, in the order of their arrivals."""
    return jsonify([_visit(visit) for visit in own_visits(get_session(), current_membership())])


def _read_body() -> dict[str, Any]:
    content = request.get_data(cache=False)
    check_size(content, current_settings().max_submission_bytes)
    return read_json(content)


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "id": str(visit.id),
        "round": visit.round.code,
        "place": visit.place_code,
        "arrived_at": visit.arrived_at.isoformat(),
        "left_at": visit.left_at.isoformat() if visit.left_at else None,
        "position": position_as_sent(visit.lat, visit.lon, visit.accuracy_m),
        "received_at": visit.received_at.isoformat(),
    }
