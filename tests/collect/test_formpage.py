"""A form's questions as the phone gets them, to be shown without a network."""

import re

import pytest

from observer.checklists.library import import_builtin
from observer.checklists.operations import import_form
from tests.collect.builders import OPENING, build_collecting
from tests.missions.builders import sign_in, token_headers

URL = "/api/v1/forms/opening/1/page"


@pytest.fixture
def built(session):
    return build_collecting(session)


@pytest.fixture
def headers(client, built):
    return token_headers(client, "observer")


def test_the_questions_come_in_the_language_asked_for_with_the_pages_own_words(client, headers):
    spanish = client.get(f"{URL}?language=es", headers=headers)
    page = spanish.json
    assert (page["code"], page["version"], page["place"]) == ("opening", 1, "station")
    assert page["language"] == "es"
    assert "¿A tiempo?" in page["html"]
    assert "Siguiente" in page["html"]
    doors = page["logic"]["items"][0]
    assert doors["items"][0]["required_message"] == "Responda a esta pregunta."
    assert "On time?" in client.get(f"{URL}?language=en", headers=headers).json["html"]
    again = headers | {"If-None-Match": spanish.headers["ETag"]}
    assert client.get(f"{URL}?language=es", headers=again).status_code == 304


def test_nothing_in_it_is_about_who_asks_or_where_they_are_sent(app, headers, built):
    client = app.test_client()
    sign_in(client, "observer")
    observer = client.get(f"{URL}?language=en")
    assert re.findall(r"1501|csrf|runoff|observer@", observer.text) == []
    other = app.test_client()
    sign_in(other, "coordinator")
    assert other.get(f"{URL}?language=en").data == observer.data


def test_what_is_not_there_is_said(client, headers, session, built):
    draft = OPENING.replace("Minutes late", "Delay").encode()
    import_form(session, built.mission, draft, "opening.md", publish=False)
    session.commit()
    assert client.get("/api/v1/forms/opening/2/page", headers=headers).status_code == 404
    assert client.get(f"{URL}?language=de", headers=headers).status_code == 400
    assert "en, es, fr" in client.get(f"{URL}?language=xx", headers=headers).json["detail"]


def test_only_incidents_can_be_urgent(client, headers, session, built):
    import_builtin(session, built.mission)
    session.commit()
    incident = client.get("/api/v1/forms/incident/1/page?language=en", headers=headers).json
    assert incident["place"] == "any"
    assert "data-urgent" in incident["html"]
    assert "data-urgent" not in client.get(URL, headers=headers).json["html"]
