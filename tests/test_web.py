"""What every answer carries, and what a person sees when something goes wrong."""

import pytest
from playwright.sync_api import expect

from observer.settings import Settings, SettingsError, load_settings
from observer.web import create_app
from tests.missions.builders import build_mission, sign_in


def test_every_answer_forbids_what_a_page_does_not_need(client):
    headers = client.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_does_not_exist_says_so_to_people_and_to_programs(client):
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "This page does not exist" in page.text
    answer = client.get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 404


@pytest.mark.parametrize("address", ["/sign-in", "/room", "/api/v1/forms"])
def test_a_database_that_does_not_answer_is_a_pause(address):
    nowhere = Settings(database_url="postgresql://localhost:1/nothing")
    client = create_app(nowhere).test_client()
    signed_in = {"Authorization": "Bearer x"}
    answer = client.get(address, headers=signed_in)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("observer", "/my"),
        ("coordinator", "/my"),
        ("analyst", "/room"),
        ("editor", "/room"),
        ("admin", "/mission"),
    ],
)
def test_each_role_starts_on_its_own_page(client, session, role, home):
    build_mission(session)
    sign_in(client, role)
    assert client.get("/").location == home
    assert client.get(home).status_code == 200


def test_pages_speak_the_language_chosen(client, session):
    assert 'lang="en"' in client.get("/sign-in").text
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    chosen = client.post("/language", data={"language": "es", "csrf_token": token, "next": "/"})
    assert chosen.location == "/"
    assert 'lang="es"' in client.get("/sign-in").text


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("size", [(1280, 900), (390, 844)])
def test_the_other_languages_are_chosen_by_keyboard(
    session, browser, live_server, sign_in_as, size
):
    build_mission(session)
    session.close()
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(base_url=live_server, locale="en", viewport=viewport)
    page = context.new_page()
    sign_in_as(page, "analyst")
    page.locator(".navbar-toggler, .site-person .dropdown-toggle").locator("visible=true").focus()
    page.keyboard.press("Enter")
    english, french = (page.get_by_role("button", name=one) for one in ("English", "Français"))
    expect(french).to_be_visible()
    expect(english).to_have_count(0)
    expect(french).to_be_in_viewport(ratio=1)
    french.focus()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_a_request_too_often_waits(settings, engine, session):
    build_mission(session)
    patient = Settings(**vars(settings) | {"signin_rate": "2 per minute"})
    client = create_app(patient, engine).test_client()
    given = {"email": "observer@example.org", "password": "wrong", "name": "curl"}
    answers = [client.post("/api/v1/devices", json=given) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "address",
    ["/submissions?form=%00", "/submissions?place=%00", "/incidents?type=%00", "/statements/%00"],
)
def test_a_character_that_no_database_takes_is_no_failure(client, session, address):
    build_mission(session)
    sign_in(client, "analyst")
    assert client.get(address).status_code in (200, 400, 404)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OBSERVER_MIN_BASE", "many"),
        ("OBSERVER_MIN_BASE", "0"),
        ("OBSERVER_PROXIES", "-1"),
    ],
)
def test_a_bad_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value})


@pytest.mark.parametrize("address", ["nonsense", "mysql://localhost/x"])
def test_a_bad_database_address_is_named(address):
    with pytest.raises(SettingsError, match="OBSERVER_DATABASE_URL"):
        create_app(Settings(database_url=address))
