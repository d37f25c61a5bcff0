"""Signing in: with a password, with a token, and what a stranger can learn from it."""

import json
from datetime import timedelta

from sqlalchemy import select

from observer.access import signin
from observer.access.models import Device, Person
from observer.access.signin import add_device, authenticate, hash_password, person_of_token
from observer.database import now
from tests.missions.builders import PASSWORD, build_mission, sign_in


def a_person(session, **more):
    values = {
        "email": "ana@example.org",
        "name": "Ana",
        "role": "observer",
        "password_hash": hash_password(PASSWORD),
    }
    person = Person(**values | more)
    session.add(person)
    session.commit()
    return person


def test_the_right_password_opens_whatever_the_case_of_the_email(session):
    person = a_person(session)
    assert authenticate(session, " Ana@Example.org ", PASSWORD) == person
    assert authenticate(session, "ana@example.org", PASSWORD + "x") is None
    assert authenticate(session, "nobody@example.org", PASSWORD) is None


def test_a_person_without_password_or_disabled_cannot_sign_in(session):
    a_person(session, email="new@example.org", password_hash="")
    a_person(session, email="gone@example.org", active=False)
    assert authenticate(session, "new@example.org", "") is None
    assert authenticate(session, "gone@example.org", PASSWORD) is None


def test_passwords_and_tokens_are_stored_as_hashes(session):
    person = a_person(session)
    token, _expires_at = add_device(session, person, "a program", days=1)
    device = session.scalars(select(Device)).one()
    assert person.password_hash.startswith("$argon2id$")
    assert token not in (device.token_sha256, device.name)
    assert person_of_token(session, token) == person


def test_a_token_ends_with_its_days_and_with_the_person(session, monkeypatch):
    person = a_person(session)
    token, _expires_at = add_device(session, person, "a program", days=1)
    person.active = False
    assert person_of_token(session, token) is None
    person.active = True
    monkeypatch.setattr(signin, "now", lambda: now() + timedelta(days=1))
    assert person_of_token(session, token) is None


def test_a_program_signs_in_and_is_told_what_it_did_wrong(client, session):
    build_mission(session)
    given = {"email": "observer@example.org", "password": PASSWORD, "name": "curl"}
    signed_in = client.post("/api/v1/devices", json=given)
    assert signed_in.status_code == 201
    assert set(signed_in.json) == {"token", "expires_at"}
    headers = {"Authorization": f"Bearer {signed_in.json['token']}"}
    assert client.get("/api/v1/forms", headers=headers).status_code == 200

    assert client.post("/api/v1/devices", json=given | {"password": "x"}).status_code == 401
    assert client.post("/api/v1/devices", json={"email": "x"}).status_code == 400
    assert client.post("/api/v1/devices", data="no json").status_code == 415
    for body in (
        "[" * 200_000,
        *(json.dumps(given | {field: "a\ud800"}) for field in given),
        *(json.dumps(given | {field: "a\0"}) for field in given),
    ):
        odd = client.post("/api/v1/devices", data=body, content_type="application/json")
        assert odd.status_code == 400


def test_after_signing_in_one_lands_where_one_wanted_but_never_elsewhere(client, session):
    build_mission(session)
    wanted = client.get("/room")
    assert wanted.location == "/sign-in?next=/room"
    assert sign_in(client, "analyst", next="/room").location == "/room"
    for foreign in (
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/\r\nSet-Cookie: a=b",
        "/x\\y",
    ):
        assert sign_in(client, "analyst", next=foreign).location == "/"


def test_a_wrong_password_is_said_without_saying_which_part(client, session):
    build_mission(session)
    for email in ("observer@example.org", "nobody@example.org"):
        answer = sign_in(client, "observer", email=email, password="wrong")
        assert answer.status_code == 401
        assert "do not belong together" in answer.text


def test_a_form_without_its_csrf_token_does_nothing(client, session):
    build_mission(session)
    sign_in(client, "observer")
    assert client.post("/sign-out").status_code == 400
    assert client.get("/my").status_code == 200


def test_a_page_sets_the_cookie_anew_once_a_day(client, session):
    # A page that is slow to load would otherwise bring back what a quicker one has changed.
    build_mission(session)
    sign_in(client, "observer")
    assert "Set-Cookie" in client.get("/my").headers
    assert "Set-Cookie" not in client.get("/my").headers
    with client.session_transaction() as cookie:
        cookie["prolonged_on"] = "2026-01-01"
    assert "Set-Cookie" in client.get("/my").headers
