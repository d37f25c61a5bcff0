"""The submissions API, and what a phone needs to fill forms without a network."""

from __future__ import annotations

import uuid
from collections.abc import Set
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from observer.access.guard import with_disabled
from observer.access.permissions import SIGNED_IN, may, needs
from observer.checklists.library import definition_of, form_version, published_forms
from observer.checklists.logic import compiled_form
from observer.checklists.models import FormVersion
from observer.collect.envelope import LARGEST_NUMBER, named_files, position_as_sent, read_json
from observer.collect.formpage import form_page
from observer.collect.intake import NotAllowedError, UnreadableError, receipt_code, receive
from observer.collect.media import Arrived, take_in
from observer.collect.models import Revision, Status
from observer.collect.queries import (
    arrived_files,
    assigned_places,
    counted_revisions,
    held_because,
    own_submissions,
)
from observer.collect.uploading import LATER_S, check_size
from observer.database import get_session
from observer.language import PHONE_LANGUAGES
from observer.limits import submission_limit
from observer.missions.models import Place
from observer.missions.scope import current_membership
from observer.missions.search import find_stations
from observer.pictures import UnknownKindError
from observer.problems import problem
from observer.settings import current_settings

blueprint = Blueprint("collect_api", __name__, url_prefix="/api/v1")

MOST_FOUND = 20
"""Places that one search answers with."""


@blueprint.route("/submissions", methods=["POST"])
@needs("submission.create")
@with_disabled
@submission_limit
def receive_submission() -> Response | tuple[Response, int]:
    """Take one submission, alone or with its photos; it is committed before the answer."""
    membership = current_membership()
    # A slow upload must not keep others from writing: SQLite has one writer at a time.
    get_session().commit()
    try:
        content, parts = _read_request()
        payload = read_json(content)
        files = _take_in(parts)
        receipt = receive(get_session(), membership=membership, payload=payload, files=files)
    except UnreadableError as reason:
        return problem(400, str(reason))
    except NotAllowedError as reason:
        return problem(403, str(reason))
    except UnknownKindError as reason:
        return problem(415, str(reason))
    try:
        get_session().commit()
    except DBAPIError:
        current_app.logger.exception("a submission was not committed")
        return _later()
    return jsonify(receipt.to_json()), receipt.status_code


def _later() -> Response:
    answer = problem(503, _("It could not be stored at the moment. Keep it and send it again."))
    answer.headers["Retry-After"] = str(LATER_S)
    return answer


def _read_request() -> tuple[bytes, dict[str, bytes]]:
    """The submission's JSON and its files by the name of their part."""
    parts: dict[str, bytes] = {}
    if request.mimetype == "application/json":
        submission = request.get_data(cache=False)
    elif request.mimetype == "multipart/form-data":
        submission, parts = _read_parts()
    else:
        abort(415, _("Send application/json, or multipart/form-data with a part submission."))
    check_size(submission, current_settings().max_submission_bytes)
    for content in parts.values():
        check_size(content, current_settings().max_attachment_bytes)
    return submission, parts


def _read_parts() -> tuple[bytes, dict[str, bytes]]:
    parts = {name: file.read() for name, file in request.files.items()}
    submission = parts.pop("submission", None)
    text = request.form.get("submission")
    if submission is None and text is not None:
        submission = text.encode()
    if submission is None:
        raise UnreadableError(_("There is no part named submission."))
    unnamed = sorted(request.form.keys() - {"submission", "csrf_token"})
    if unnamed:
        raise UnreadableError(
            _("The part %(name)s has no file name, so it is not a file.", name=unnamed[0][:100])
        )
    return submission, parts


def _take_in(parts: dict[str, bytes]) -> dict[str, Arrived]:
    return {
        name: take_in(current_settings().media, name, content) for name, content in parts.items()
    }


def _with_etag(content: Any) -> Response:
    """JSON that is answered with 304 to whoever has it already."""
    answer = jsonify(content)
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.route("/submissions")
@needs("submission.create")
def submissions() -> Response:
    """The person's own submissions, those that changed last at the end.

    ``since`` is the largest ``change`` a client has seen (then only what changed after it), or an
    ISO moment with its zone (then what was first received at that moment or later).
    """
    session, membership = get_session(), current_membership()
    found = own_submissions(session, membership, **_since(request.args.get("since", "")))
    reasons = held_because(session, found)
    counted = counted_revisions(session, found)
    came = arrived_files(session, found)
    return _with_etag(
        [
            {
                "id": str(submission.id),
                "revision": submission.current_revision,
                "status": submission.status,
                "status_reason": submission.status_reason,
                "errors": reasons[submission.id] if submission.status == Status.HELD else [],
                "form": submission.form.code if submission.form else None,
                "round": submission.round.code,
                "place": submission.place.code if submission.place else None,
                "urgent": submission.urgent,
                "received_at": submission.received_at.isoformat(),
                "change": submission.change,
                "code": receipt_code(submission.id),
            }
            | _content(counted[submission.id], came)
            for submission in found
        ]
    )


def _content(revision: Revision, came: Set[tuple[uuid.UUID, str]]) -> dict[str, Any]:
    """What a phone has to know of a submission's counted revision to show it, and to correct it."""
    version = revision.form_version
    return {
        "form_version": version.number if version else None,
        "answers": revision.answers,
        "started_at": revision.started_at.isoformat() if revision.started_at else None,
        "finished_at": revision.finished_at.isoformat() if revision.finished_at else None,
        "position": position_as_sent(revision.lat, revision.lon, revision.accuracy_m),
        "corrected_by": revision.person.name if _is_correction(revision) else None,
        "visit": str(revision.visit_id) if revision.visit_id else None,
        "attachments": [
            {
                "question": named.question,
                "sha256": named.sha256,
                "type": named.media_type,
                "arrived": (revision.submission_id, named.sha256) in came,
            }
            for named in named_files(revision.payload)
        ],
    }


def _is_correction(revision: Revision) -> bool:
    """Whether somebody of the mission room made it out of what the observer sent."""
    return revision.person_id != revision.submission.person_id


def _since(text: str) -> dict[str, Any]:
    if not text:
        return {}
    if text.isdecimal():
        return {"after_change": min(int(text[:20]), LARGEST_NUMBER)}
    try:
        # In an address a plus sign means a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        moment = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        abort(400, _("since is the number of a change, or a moment such as 2026-06-07T06:00:00Z."))
    return {"since": moment}


@blueprint.route("/forms")
@needs(SIGNED_IN)
def forms() -> Response:
    """The newest published version of each form."""
    found = published_forms(get_session(), current_membership().mission)
    listed = []
    for version in found:
        definition = definition_of(version)
        own = {"form": version.form.code, "version": version.number}
        listed.append(
            {
                "code": version.form.code,
                "version": version.number,
                "title": definition.title,
                "languages": definition.languages,
                "place": definition.place,
                "links": {
                    "definition": url_for("collect_api.form", **own),
                    "page": url_for("collect.home", page=f"forms/{version.form.code}"),
                },
            }
        )
    return _with_etag(listed)


@blueprint.route("/forms/<form>/<int:version>")
@needs(SIGNED_IN)
def form(form: str, version: int) -> Response:
    """One version of a form: its definition, and its expressions ready to be evaluated.

    ``language`` chooses the language of the messages; the page's own by default.
    """
    definition = definition_of(_published(form, version))
    language = request.args.get("language") or str(get_locale())
    return _with_etag(
        {
            "code": form,
            "version": version,
            "definition": definition.to_json(),
            "logic": compiled_form(definition, language),
        }
    )


@blueprint.route("/places")
@needs(SIGNED_IN)
def places() -> Response:
    """The places the person is sent to, by round.

    With ``search``: the first of the mission's polling stations, of the person's regions where
    they have any, in whose code or name its words stand.
    """
    session, membership = get_session(), current_membership()
    if text := request.args.get("search", "").strip():
        found = find_stations(session, membership, text, MOST_FOUND)
        return _with_etag([_place(station) for station in found])
    if not may(membership.person.role, "submission.create"):
        return _with_etag([])
    return _with_etag(
        [
            {"round": round_.code} | _place(place)
            for round_ in membership.mission.rounds
            for place in assigned_places(session, membership, round_)
        ]
    )


def _place(place: Place) -> dict[str, Any]:
    centre = place.centre or place
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind,
        "centre": centre.code,
        "centre_name": centre.name,
        "lat": centre.lat,
        "lon": centre.lon,
    }


@blueprint.route("/forms/<form>/<int:version>/page")
@needs(SIGNED_IN)
def form_as_page(form: str, version: int) -> Response:
    """One version of a form as a phone shows it: its questions as HTML, with its logic.

    ``language`` is one of the pages' languages; the page's own by default.
    """
    language = request.args.get("language") or str(get_locale())
    if language not in PHONE_LANGUAGES:
        known = ", ".join(PHONE_LANGUAGES)
        abort(400, _("The languages are: %(languages)s.", languages=known))
    return _with_etag(form_page(definition_of(_published(form, version)), version, language))


def _published(form: str, version: int) -> FormVersion:
    found = None
    if version <= LARGEST_NUMBER:
        found = form_version(get_session(), current_membership().mission, form, version)
    if found is None or found.published_at is None:
        abort(404, _("There is no such version of a form here."))
    return found
