"""OpenRosa: ODK Collect and other clients fetch forms here, and send what was filled in.

An instance becomes the same submission as from the phone's page: ``receive`` is the one way in.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from observer.access.guard import with_passwords
from observer.access.permissions import needs
from observer.checklists.definition import ANY_PLACE, FormDefinition
from observer.checklists.library import (
    definition_of,
    form_version,
    picture_named,
    published_forms,
)
from observer.checklists.question_types import PLACES_FILE
from observer.checklists.serving import send_picture
from observer.collect.envelope import LARGEST_NUMBER
from observer.collect.instance import Instance, file_name, read_instance, submission_of
from observer.collect.intake import (
    NotAllowedError,
    Receipt,
    UnreadableError,
    receipt_code,
    receive,
)
from observer.collect.media import Arrived, take_in
from observer.collect.models import Status
from observer.collect.queries import assigned_places, identity_of
from observer.collect.uploading import LATER_S, check_size
from observer.collect.xform import (
    ASSIGNED,
    ROUNDS,
    NoXFormError,
    lists_of,
    write_assigned,
    write_rounds,
    write_stations,
    write_xform,
)
from observer.database import get_session
from observer.language import ngettext
from observer.limits import seconds_to_wait, submission_limit
from observer.missions.models import Membership
from observer.missions.rounds import current_round
from observer.missions.scope import current_membership
from observer.missions.search import stations_within_reach
from observer.pictures import UnknownKindError
from observer.settings import current_settings

blueprint = Blueprint("openrosa", __name__)

_LISTS = ", ".join(f"'{name}'" for name in (ROUNDS, ASSIGNED, PLACES_FILE))
INSTANCE_PART = "xml_submission_file"
ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<OpenRosaResponse xmlns="http://openrosa.org/http/response">
  <message nature="{nature}">{message}</message>
</OpenRosaResponse>
"""


@blueprint.after_request
def _as_openrosa(response: Response) -> Response:
    response.headers["X-OpenRosa-Version"] = "1.0"
    response.headers["Date"] = http_date()
    return response


@blueprint.route("/formList")
@needs("submission.create")
@with_passwords
def form_list() -> Response:
    """The newest published version of each form; of the one form that ``formID`` names."""
    wanted = request.args.get("formID") or None
    forms = []
    for version in published_forms(get_session(), current_membership().mission):
        if wanted in (None, version.form.code):
            definition = definition_of(version)
            try:
                xform = write_xform(definition, version.number)
            except NoXFormError as reason:
                current_app.logger.warning(
                    "form %s is not given to OpenRosa clients: %s", version.form.code, reason
                )
                continue
            forms.append(
                {
                    "code": version.form.code,
                    "title": definition.title,
                    "version": version.number,
                    "md5": _md5(xform),
                }
            )
    return _xml(render_template("collect/form_list.xml", forms=forms))


@blueprint.route("/xforms/<code>/<int:number>/form.xml")
@needs("submission.create")
@with_passwords
def form(code: str, number: int) -> Response:
    """The XForm of a version."""
    try:
        return _xml(write_xform(_definition(code, number), number))
    except NoXFormError as reason:
        abort(404, _("This form cannot be given as an XForm: %(reason)s", reason=str(reason)))


@blueprint.route("/xforms/<code>/<int:number>/manifest")
@needs("submission.create")
@with_passwords
def manifest(code: str, number: int) -> Response:
    """The lists that the form needs, made for whoever asks."""
    definition, membership = _definition(code, number), current_membership()
    names = lists_of(definition)
    files = [(name, _md5(_list(name, definition, membership))) for name in names]
    pictures = []
    for name in sorted(definition.pictures()):
        content = picture_named(get_session(), membership.mission, name)
        if content is not None:
            pictures.append((name, _md5(content)))
    return _xml(
        render_template(
            "collect/manifest.xml", files=files, pictures=pictures, code=code, number=number
        )
    )


@blueprint.route(
    f"/xforms/<code>/<int:number>/<any('{ROUNDS}', '{ASSIGNED}', '{PLACES_FILE}'):name>"
)
@needs("submission.create")
@with_passwords
def list_(code: str, number: int, name: str) -> Response:
    """One of the lists."""
    written = _list(name, _definition(code, number), current_membership())
    return Response(written, content_type="text/csv; charset=utf-8")


@blueprint.route("/xforms/pictures/<name>")
@needs("submission.create")
@with_passwords
def picture(name: str) -> Response:
    """A picture that is shown with a label."""
    return send_picture(name)


@blueprint.route("/submission", methods=["HEAD", "POST"])
@needs("submission.create")
@with_passwords
@submission_limit
def submission() -> Response:
    """Take one instance, or a part of its files; it is committed before the answer."""
    if request.method == "HEAD":
        headers = {"Location": url_for(".submission", _external=True)}
        longest = current_app.config["MAX_CONTENT_LENGTH"]
        return Response(
            status=204, headers=headers | {"X-OpenRosa-Accept-Content-Length": str(longest)}
        )
    try:
        receipt = _receive(current_membership())
        get_session().commit()
    except UnreadableError as reason:
        return _answer(400, str(reason))
    except NotAllowedError as reason:
        return _answer(403, str(reason))
    except DBAPIError:
        get_session().rollback()
        current_app.logger.exception("an instance was not committed")
        return _later()
    held = receipt.status == Status.HELD
    return _answer(202 if held or receipt.missing else 201, _in_words(receipt, held=held))


def _receive(membership: Membership) -> Receipt:
    # A slow upload must not keep others from writing: SQLite has one writer at a time.
    get_session().commit()
    content, files = _read_request()
    instance = read_instance(content)
    arrived: dict[str, Arrived] = {}
    for name, file in files:
        key = file_name(instance, name, membership.person_id)
        # A second file of the same name is kept too, for the reviewer.
        arrived[hashlib.sha256(file).hexdigest() if key in arrived else key] = _take_in(file)
    return receive(
        get_session(),
        membership=membership,
        payload=_payload(instance, membership) | _sent_at(),
        files=arrived,
    )


def _read_request() -> tuple[bytes, list[tuple[str, bytes]]]:
    """The instance's XML, and its files with their names."""
    if request.mimetype != "multipart/form-data":
        abort(415, _("Send multipart/form-data with a part xml_submission_file."))
    files = [
        (file.filename or name, file.read())
        for name, file in request.files.items(multi=True)
        if name != INSTANCE_PART
    ]
    if INSTANCE_PART in request.files:
        content = request.files[INSTANCE_PART].read()
    elif INSTANCE_PART in request.form:
        content = request.form[INSTANCE_PART].encode()
    else:
        raise UnreadableError(_("There is no part named xml_submission_file."))
    check_size(content, current_settings().max_submission_bytes)
    return content, files


def _take_in(content: bytes) -> Arrived:
    """The file as it is kept; one that cannot be kept holds its report and never refuses it."""
    settings = current_settings()
    if len(content) > settings.max_attachment_bytes:
        return Arrived()
    try:
        return take_in(settings.media, hashlib.sha256(content).hexdigest(), content)
    except UnknownKindError:
        return Arrived()


def _payload(instance: Instance, membership: Membership) -> dict[str, Any]:
    session, mission = get_session(), membership.mission
    version = form_version(session, mission, instance.form, instance.version)
    submission_id, revision = identity_of(session, membership, instance.id, instance.replaces)
    meant = current_round(mission)
    return submission_of(
        instance,
        definition_of(version) if version else None,
        submission_id=submission_id,
        revision=revision,
        default_round=meant.code if meant else "",
        person_id=membership.person_id,
    )


def _sent_at() -> dict[str, str]:
    """When it was sent by the client's clock, which OpenRosa has it say."""
    sent_at: datetime | None = request.date
    try:
        moment = sent_at.astimezone(UTC) if sent_at else None
    except OverflowError:
        moment = None
    # A clock that is decades off tells nothing, and is no fault of the report.
    return {"sent_at": moment.isoformat()} if moment and 2000 <= moment.year <= 2100 else {}


def _in_words(receipt: Receipt, *, held: bool) -> str:
    code = receipt_code(receipt.submission.id)
    if held:
        reasons = " ".join(str(error["message"]) for error in receipt.errors)
        return _(
            "Received, and held for review. Code %(code)s. %(reasons)s", code=code, reasons=reasons
        )
    if missing := len(receipt.missing):
        return ngettext(
            "Received. Code %(code)s. One file is still to come.",
            "Received. Code %(code)s. %(num)s files are still to come.",
            missing,
            code=code,
        )
    return _("Received. Code %(code)s.", code=code)


def _definition(code: str, number: int) -> FormDefinition:
    found = None
    if number <= LARGEST_NUMBER:
        found = form_version(get_session(), current_membership().mission, code, number)
    if found is None or found.published_at is None:
        abort(404, _("There is no such version of a form here."))
    return definition_of(found)


def _list(name: str, definition: FormDefinition, membership: Membership) -> str:
    mission, meant = membership.mission, current_round(membership.mission)
    rounds = sorted(mission.rounds, key=lambda round_: round_ is not meant)
    if name == ROUNDS:
        return write_rounds(rounds)
    if name == PLACES_FILE:
        return write_stations(stations_within_reach(get_session(), membership))
    return write_assigned(
        (round_, place)
        for round_ in rounds
        for place in assigned_places(get_session(), membership, round_)
        if definition.place in (ANY_PLACE, place.kind)
    )


def _md5(content: str | bytes) -> str:
    given = content.encode() if isinstance(content, str) else content
    return hashlib.md5(given, usedforsecurity=False).hexdigest()


def _xml(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/xml; charset=utf-8")


def _answer(status: int, message: str) -> Response:
    nature = "submit_success" if status < 300 else "error"
    # Not a template: its frame would ask who is signed in, of a database that may not answer.
    return _xml(ANSWER.format(nature=nature, message=escape(message)), status)


def _later() -> Response:
    answer = _answer(503, "It could not be stored at the moment. Keep it and send it again.")
    answer.headers["Retry-After"] = str(LATER_S)
    return answer


@blueprint.errorhandler(HTTPException)
def on_http_error(error: HTTPException) -> Response:
    """Errors as OpenRosa clients read them; a redirect would break them."""
    answer = _answer(error.code or 500, error.description or "")
    if error.code == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Observer", charset="UTF-8"'
    if error.code == 429:
        answer.headers["Retry-After"] = str(seconds_to_wait())
    return answer


@blueprint.errorhandler(OperationalError)
def on_database_error(error: OperationalError) -> Response:
    """The database does not answer."""
    current_app.logger.error("database: %s", error)
    return _later()
