"""The outside of a submission: reading what a phone sent, whatever it is.

Only what has no shape is refused. What has one but says something impossible (a time that is
none, a position beyond the pole) is read as far as it goes, with a sentence on each problem.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

LARGEST_NUMBER = 2**31 - 1
"""The largest integer the database's columns take."""
DEEPEST = 40
LONGEST_NAME = 100
_LONGEST_INTEGER = 300
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
"""A phone whose clock was reset says 1970; no time zone's calendar ends between these."""
_FARTHEST_M = 20_037_508
"""Half the way round the Earth: no accuracy can be worse."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Neither can be stored by PostgreSQL: the character NUL, and halves of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Error = dict[str, str | None]
"""``{"question": name or None, "message": sentence}``: one reason to hold a submission."""


class UnreadableError(ValueError):
    """This is no submission; the message says what is missing."""


def error(message: str, question: str | None = None) -> Error:
    """A reason to hold a submission, about one question or about the whole."""
    return {"question": question, "message": message}


def shown(name: str) -> str:
    """A name as a sentence repeats it, cut where no name of ours is so long."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


@dataclass(frozen=True)
class Position:
    """Where the phone was, in WGS 84."""

    lat: float
    lon: float
    accuracy_m: float | None


@dataclass(frozen=True)
class Named:
    """A file that a submission names as its own."""

    question: str
    sha256: str
    media_type: str


@dataclass
class Envelope:
    """A submission as far as it can be read, and what is wrong with the rest."""

    id: uuid.UUID
    revision: int
    form: str
    form_version: int
    round: str
    answers: dict[str, Any]
    payload: dict[str, Any]
    """What was sent, without the characters that no database takes."""
    place: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    sent_at: datetime | None = None
    position: Position | None = None
    urgent: bool = False
    visit_id: uuid.UUID | None = None
    instance_id: uuid.UUID | None = None
    """By which an OpenRosa client knows this revision, where that is not the submission's id."""
    attachments: list[Named] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)


def read_json(content: bytes | str) -> dict[str, Any]:
    """The JSON object in a request's body or in a line of a file.

    Raises UnreadableError for anything else. Numbers too large for any answer stay text, and
    their questions' checks find them wrong.
    """
    try:
        payload = json.loads(
            content,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_integer,
            object_pairs_hook=_named_once,
        )
    except RecursionError as reason:
        raise UnreadableError(_("This JSON is nested too deeply.")) from reason
    except ValueError as reason:
        raise UnreadableError(_("This is not JSON: %(reason)s", reason=str(reason))) from reason
    if not isinstance(payload, dict):
        raise UnreadableError(_("This is not a JSON object."))
    return payload


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A name that stands twice has two values, and to keep one is to lose the other.
    named = dict(pairs)
    if len(named) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:LONGEST_NAME]!r} stands twice in one object")
    return named


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_INTEGER else text


def content_sha256(payload: dict[str, Any], person_id: int) -> str:
    """The hash that tells a submission sent once more from another one under its id.

    All that was sent but the moment of sending counts, and who sent it: the same words from
    somebody else are no repetition. How the id is spelled does not count, nor whether what is
    understood without being said was said.
    """
    content = {"revision": 1, "attachments": []} | payload
    content |= {"id": str(_read_id(payload.get("id")))}
    if content.get("urgent") is False:
        del content["urgent"]
    content = {n: v for n, v in content.items() if n != "sent_at" and v is not None}
    canonical = json.dumps([person_id, content], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_envelope(given: dict[str, Any]) -> Envelope:
    """Read a submission. Raises UnreadableError where id, form, round or answers have no shape."""
    replaced: list[str] = []
    payload = _storable(given, replaced)
    envelope = Envelope(
        id=_read_id(payload.get("id")),
        revision=_read_revision(payload.get("revision", 1)),
        form=required(payload, "form", str, _("the code of the form, a text")),
        form_version=required(payload, "form_version", int, _("the form's version, an integer")),
        round=required(payload, "round", str, _("the code of the round, a text")),
        answers=required(payload, "answers", dict, _("an object of answers by question name")),
        payload=payload,
    )
    if replaced:
        envelope.errors.append(
            error(_("It held characters that cannot be stored; � stands in their place."))
        )
    _read_place(envelope)
    for name in ("started_at", "finished_at", "sent_at"):
        _read_moment(envelope, name)
    _read_position(envelope)
    _read_attachments(envelope)
    if payload.get("instance_id") is not None:
        _read_instance_id(envelope)
    _read_urgency(envelope)
    _read_visit(envelope)
    return envelope


def _storable(value: Any, replaced: list[str], depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise UnreadableError(_("This JSON is nested too deeply."))
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            replaced.append(value)
        return _UNSTORABLE.sub("�", value)
    if isinstance(value, list):
        return [_storable(item, replaced, depth + 1) for item in value]
    if isinstance(value, dict):
        return {
            _storable(name, replaced, depth): _storable(item, replaced, depth + 1)
            for name, item in value.items()
        }
    return value


def _read_id(value: Any) -> uuid.UUID:
    try:
        if isinstance(value, str):
            return uuid.UUID(value)
    except ValueError:
        pass
    raise UnreadableError(_("id must be a UUID, made when the form was first opened."))


def _read_revision(value: Any) -> int:
    if type(value) is int and 1 <= value <= LARGEST_NUMBER:
        return value
    raise UnreadableError(_("revision must be an integer of 1 or more."))


def required(payload: dict[str, Any], name: str, kind: type, what: str) -> Any:
    """What stands there under a name. Raises UnreadableError where that is not of its kind."""
    value = payload.get(name)
    if type(value) is not kind:
        raise UnreadableError(_("%(name)s is missing: send %(what)s.", name=name, what=what))
    return value


def _read_place(envelope: Envelope) -> None:
    place = envelope.payload.get("place")
    if isinstance(place, str):
        envelope.place = place.strip() or None
    elif place is not None:
        envelope.errors.append(error(_("The place is not the code of a place.")))


def _read_instance_id(envelope: Envelope) -> None:
    try:
        envelope.instance_id = _read_id(envelope.payload["instance_id"])
    except UnreadableError:
        envelope.errors.append(error(_("instance_id is not a UUID.")))


def _read_urgency(envelope: Envelope) -> None:
    urgent = envelope.payload.get("urgent", False)
    if urgent is True:
        envelope.urgent = True
    elif urgent is not False and urgent is not None:
        envelope.errors.append(error(_("urgent is neither true nor false.")))


def _read_visit(envelope: Envelope) -> None:
    if envelope.payload.get("visit") is None:
        return
    try:
        envelope.visit_id = _read_id(envelope.payload["visit"])
    except UnreadableError:
        envelope.errors.append(error(_("visit is not the UUID of a visit.")))


def _read_moment(envelope: Envelope, name: str) -> None:
    value = envelope.payload.get(name)
    if value is None:
        return
    try:
        setattr(envelope, name, moment_of(value))
    except ValueError:
        message = _("%(name)s is not a time with its zone (2026-06-07T06:12:03-05:00).", name=name)
        envelope.errors.append(error(message))


def moment_of(value: Any) -> datetime:
    """The moment that a phone wrote as ISO 8601 with its zone. Raises ValueError for all else."""
    try:
        return _utc(datetime.fromisoformat(value))
    except (TypeError, OverflowError) as reason:
        raise ValueError(value) from reason


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    moment = moment.astimezone(UTC)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"{moment} cannot be")
    return moment


def _read_position(envelope: Envelope) -> None:
    value = envelope.payload.get("position")
    if value is None:
        return
    try:
        envelope.position = position_of(value)
    except ValueError:
        message = _("The position is not a latitude, a longitude and an accuracy in metres.")
        envelope.errors.append(error(message))


def position_of(value: Any) -> Position:
    """The position that a phone wrote. Raises ValueError for what is none on Earth."""
    try:
        accuracy = value.get("accuracy_m")
        return Position(
            _within(value["lat"], lambda lat: abs(lat) <= 90),
            _within(value["lon"], lambda lon: abs(lon) <= 180),
            None
            if accuracy is None
            else _within(accuracy, lambda metres: 0 <= metres <= _FARTHEST_M),
        )
    except (AttributeError, KeyError, TypeError, OverflowError) as reason:
        raise ValueError(value) from reason


def position_as_sent(
    lat: float | None, lon: float | None, accuracy_m: float | None
) -> dict[str, float | None] | None:
    """A position that was stored, as a phone writes it; None where there is none."""
    return None if lat is None else {"lat": lat, "lon": lon, "accuracy_m": accuracy_m}


def _within(value: Any, is_possible: Callable[[float], bool]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    number = float(value)
    if not math.isfinite(number) or not is_possible(number):
        raise ValueError(value)
    return number


def _read_attachments(envelope: Envelope) -> None:
    for named in map(_named, _attachment_items(envelope.payload)):
        if named is None:
            envelope.errors.append(error(_("An attachment is named without its SHA-256.")))
        else:
            envelope.attachments.append(named)


def named_files(payload: dict[str, Any]) -> list[Named]:
    """The files that a submission, as it was sent, names as its own."""
    return [named for named in map(_named, _attachment_items(payload)) if named is not None]


def _attachment_items(payload: dict[str, Any]) -> list[Any]:
    given = payload.get("attachments")
    return given if isinstance(given, list) else [] if given is None else [given]


def _named(item: Any) -> Named | None:
    if not isinstance(item, dict):
        return None
    sha256 = str(item.get("sha256", "")).lower()
    question = item.get("question", "")
    media_type = item.get("type", "")
    if not _SHA256.fullmatch(sha256) or not isinstance(question, str):
        return None
    media_type = media_type if isinstance(media_type, str) else ""
    return Named(question[:LONGEST_NAME], sha256, media_type[:LONGEST_NAME])
