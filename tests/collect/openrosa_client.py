"""A small OpenRosa client: it fetches forms as ODK Collect does, fills them and sends them."""

from __future__ import annotations

import uuid
from base64 import b64encode
from copy import deepcopy
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.missions.builders import PASSWORD

NAMES = {
    "list": "http://openrosa.org/xforms/xformsList",
    "manifest": "http://openrosa.org/xforms/xformsManifest",
    "xf": "http://www.w3.org/2002/xforms",
    "h": "http://www.w3.org/1999/xhtml",
    "answer": "http://openrosa.org/http/response",
}


class OpenRosaClient:
    """Somebody with a password, who has no cookie and follows no redirect."""

    def __init__(self, client: FlaskClient, email: str = "observer@example.org") -> None:
        self._client = client
        given = b64encode(f"{email}:{PASSWORD}".encode()).decode()
        self.headers = {"Authorization": f"Basic {given}", "X-OpenRosa-Version": "1.0"}

    def open(self, address: str, method: str = "GET", **more: Any) -> TestResponse:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response = self._client.open(path, method=method, headers=self.headers, **more)
        assert response.headers["X-OpenRosa-Version"] == "1.0"
        assert "Set-Cookie" not in response.headers
        return response

    def xml(self, address: str) -> Element:
        response = self.open(address)
        assert response.status_code == 200, response.text
        return fromstring(response.data)

    def forms(self) -> dict[str, dict[str, str]]:
        """What the list of forms says of each, by its formID."""
        listed = self.xml("/formList").findall("list:xform", NAMES)
        told = [{part.tag.rpartition("}")[2]: part.text or "" for part in form} for form in listed]
        return {form["formID"]: form for form in told}

    def empty(self, form: str) -> Element:
        """The instance that a new form begins with."""
        xform = self.xml(self.forms()[form]["downloadUrl"])
        instance = deepcopy(xform.find("h:head/xf:model/xf:instance", NAMES)[0])
        _without_templates(instance)
        return instance

    def send(self, instance: Element, files: dict[str, bytes] | None = None) -> TestResponse:
        """Send an instance with the files that come along."""
        parts: dict[str, Any] = {
            "xml_submission_file": (
                BytesIO(ElementTree.tostring(instance)),
                "instance.xml",
                "text/xml",
            )
        }
        parts |= {name: (BytesIO(content), name) for name, content in (files or {}).items()}
        return self.open("/submission", "POST", data=parts, content_type="multipart/form-data")


def told(response: TestResponse) -> str:
    """The sentence that a client shows."""
    return fromstring(response.data).findtext("answer:message", "", NAMES)


def fill(
    instance: Element,
    answers: dict[str, Any],
    *,
    place: str = "1501-01-1",
    instance_id: uuid.UUID | None = None,
    replaces: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write answers into an instance; gives its id."""
    _fill(instance, answers)
    _leaf(instance, "observer_round").text = "runoff"
    _leaf(instance, "observer_place").text = place
    _leaf(instance, "observer_start").text = "2026-06-07T06:12:03.000-05:00"
    _leaf(instance, "observer_end").text = "2026-06-07T07:31:40.000-05:00"
    _leaf(instance, "observer_position").text = "-12.046 -77.043 154.0 12.0"
    instance_id = instance_id or uuid.uuid4()
    _leaf(instance, "instanceID").text = f"uuid:{instance_id}"
    if replaces:
        meta = next(part for part in instance.iter() if _name(part) == "meta")
        SubElement(meta, "deprecatedID").text = f"uuid:{replaces}"
    return instance_id


def _without_templates(element: Element) -> None:
    for part in [*element]:
        if "{http://openrosa.org/javarosa}template" in part.attrib:
            element.remove(part)
        else:
            _without_templates(part)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _leaf(instance: Element, name: str) -> Element:
    return next(part for part in instance.iter() if _name(part) == name)


def _fill(element: Element, answers: dict[str, Any]) -> None:
    for place, part in [*enumerate(element)][::-1]:
        answer = answers.get(_name(part))
        if len(part) and not isinstance(answer, list):
            _fill(part, answers)
        elif len(part):
            element.remove(part)
            for row in answer[::-1]:
                filled = deepcopy(part)
                _fill(filled, row)
                element.insert(place, filled)
        elif answer is not None:
            part.text = _text(answer)


def _text(answer: Any) -> str:
    if isinstance(answer, list):
        return " ".join(answer)
    if isinstance(answer, dict):
        return f"{answer['lat']} {answer['lon']} 0 {answer['accuracy_m']}"
    return str(answer)
