"""Filled forms of OpenRosa clients: XML in, the JSON of a submission out.

What comes of it goes the way of every other submission, so nothing is judged here: answers are
taken as they stand, and those that the form does not know are handed on too.
"""

from __future__ import annotations

import hashlib
import math
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask_babel import gettext as _

from observer.checklists.definition import FILES, LISTED, FormDefinition, Question, Section
from observer.checklists.values import to_number, to_string
from observer.collect import xform
from observer.collect.envelope import UnreadableError

_DIGITS = re.compile(r"[0-9]{1,9}")
_ZONE = re.compile(r"(?:Z|[-+][0-9]{2}:?[0-9]{2})$")
_TEMPLATE = "{http://openrosa.org/javarosa}template"
_OWN = {"meta", xform.GROUP, xform.START, xform.END, xform.POSITION}


@dataclass(frozen=True)
class Instance:
    """A filled form as a client sent it."""

    id: uuid.UUID
    replaces: uuid.UUID | None
    """The instance that was edited to make this one."""
    form: str
    version: int
    """0 where it names none that a form of ours can have."""
    root: Element


def read_instance(content: bytes) -> Instance:
    """Read a filled form. Raises UnreadableError where it is none."""
    try:
        root = fromstring(content)
    except (ParseError, ValueError, LookupError, DefusedXmlException) as error:
        raise UnreadableError(_("This is not XML: %(reason)s", reason=str(error))) from error
    meta = _child(root, "meta")
    id_ = _instance_id(_text(meta, "instanceID") or root.get("instanceID", ""))
    if id_ is None:
        raise UnreadableError(_("The form has no meta/instanceID."))
    form = root.get("id") or _namespace(root)
    if not form:
        raise UnreadableError(_("The form's first element has no id."))
    version = root.get("version", "").strip()
    return Instance(
        id=id_,
        replaces=_instance_id(_text(meta, "deprecatedID")),
        form=form,
        version=int(version) if _DIGITS.fullmatch(version) else 0,
        root=root,
    )


def _instance_id(text: str) -> uuid.UUID | None:
    """The UUID of an instanceID; for one that is another kind of name, always the same UUID."""
    if not text:
        return None
    try:
        return uuid.UUID(text.removeprefix("uuid:"))
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, text)


def file_name(instance: Instance, name: str, person_id: int) -> str:
    """The SHA-256 by which a file of an instance that somebody sends is known.

    Not of its bytes: they may come in a later request than the answer that names the file. Of
    who sends it too, so that nobody's photo takes the place of somebody else's.
    """
    own_name = re.split(r"[\\/]", name)[-1]
    return hashlib.sha256(f"{person_id}/{instance.id}/{own_name}".encode()).hexdigest()


def submission_of(
    instance: Instance,
    definition: FormDefinition | None,
    *,
    submission_id: uuid.UUID,
    revision: int,
    default_round: str,
    person_id: int,
) -> dict[str, Any]:
    """The JSON of the submission that an instance is, as its form's definition reads it.

    Without a definition (of an unknown form or version) every answer is a text. Raises
    UnreadableError for XML nested deeper than any form is.
    """
    where = _child(instance.root, xform.GROUP)
    reading = _Reading(instance, person_id)
    try:
        own = [part for part in instance.root if _name(part) not in _OWN]
        answers = reading.answers(own, definition.children if definition else ())
    except RecursionError as error:
        raise UnreadableError(_("This XML is nested too deeply.")) from error
    payload: dict[str, Any] = {
        "id": str(submission_id),
        "revision": revision,
        "form": instance.form,
        "form_version": instance.version,
        "round": _text(where, xform.ROUND) or default_round,
        "answers": answers,
        "attachments": reading.attachments,
    }
    given = {
        "place": _text(where, xform.PLACE) or _text(where, xform.PLACE_CODE),
        "started_at": _text(instance.root, xform.START),
        "finished_at": _text(instance.root, xform.END),
        "position": _position(_text(instance.root, xform.POSITION)),
    }
    if instance.replaces:
        payload["instance_id"] = str(instance.id)
    return payload | {name: value for name, value in given.items() if value}


@dataclass
class _Reading:
    """Answers read so far, and the files they name."""

    instance: Instance
    person_id: int
    attachments: list[dict[str, str]] = field(default_factory=list)

    def answers(
        self, parts: Iterable[Element], children: Sequence[Question | Section]
    ) -> dict[str, Any]:
        known = {child.name: child for child in children}
        counts = {f"{child.name}_count" for child in children if isinstance(child, Section)}
        answers: dict[str, Any] = {}
        for part in parts:
            name, child = _name(part), known.get(_name(part))
            if _TEMPLATE in part.attrib:
                continue
            if isinstance(child, Question):
                if text := _content(part):
                    _put(answers, name, self._answer(child, text))
            elif child and child.repeated:
                answers.setdefault(name, []).append(self.answers(part, child.children))
            elif child or len(part):
                inner = self.answers(part, child.children if child else ())
                for inner_name, answer in inner.items():
                    _put(answers, inner_name, answer)
            elif name not in counts and _content(part):
                _put(answers, name, _content(part))
        return answers

    def _answer(self, question: Question, text: str) -> Any:
        """An answer as the phone's page would have written it."""
        if question.type in FILES:
            sha256 = file_name(self.instance, text, self.person_id)
            media_type = guess_type(text)[0] or ""
            named = {"question": question.name, "sha256": sha256, "type": media_type}
            self.attachments.append(named | {"name": text})
            return sha256
        if question.type in LISTED and question.type != "select_one":
            return text.split()
        if question.type == "time":
            # Collect writes the phone's zone behind the time; what was read off the wall counts.
            return _ZONE.sub("", text)
        if question.type == "calculate":
            return _as_number(text)
        return text


def _as_number(text: str) -> int | float | str:
    """What a calculation gave: a number where the text is how one is written."""
    number = to_number(text)
    if not math.isfinite(number) or to_string(number) != text:
        return text
    return int(number) if number.is_integer() else number


def _position(text: str) -> dict[str, float] | str:
    """Latitude, longitude, altitude and accuracy; the text itself where it is something else."""
    try:
        lat, lon, _altitude, accuracy = (float(part) for part in text.split())
    except ValueError:
        return text
    if not all(map(math.isfinite, (lat, lon, accuracy))):
        return text
    return {"lat": lat, "lon": lon, "accuracy_m": accuracy}


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _namespace(element: Element) -> str:
    return element.tag.rpartition("}")[0].lstrip("{")


def _child(element: Element | None, name: str) -> Element | None:
    return next((part for part in element or () if _name(part) == name), None)


def _put(answers: dict[str, Any], name: str, answer: Any) -> None:
    """Add an answer; a second one that differs goes beside it and, unknown, holds the report."""
    key, number = name, 1
    while answers.get(key, answer) != answer:
        number += 1
        key = f"{name} ({number})"
    answers[key] = answer


def _content(element: Element | None) -> str:
    return "".join(element.itertext()).strip() if element is not None else ""


def _text(element: Element | None, name: str) -> str:
    return _content(_child(element, name))
