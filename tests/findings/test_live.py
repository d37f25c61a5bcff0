"""An open page in a browser: what arrives is on it soon, and its reader is left in peace."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from observer.collect.models import Status
from tests.missions.builders import token_headers

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def page(live_server, station, session, browser, sign_in_as):
    """Somebody's page, which asks often."""
    session.close()
    context = browser.new_context(base_url=live_server, locale="en", viewport=LAPTOP)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.route(
        re.compile("/(room|submissions|incidents)[^/]*$"),
        lambda route: often(route, route.fetch()),
    )
    sign_in_as(page, "analyst")
    yield page
    page.unroute_all(behavior="ignoreErrors")
    context.close()


LAPTOP = {"width": 1440, "height": 900}


def often(route, answer):
    text = re.sub(r'data-(every|pause)="\d+"', r'data-\1="100"', answer.text())
    route.fulfill(response=answer, body=text)


@pytest.fixture
def send(client, built, session):
    """Sends a report of an incident, as a phone does."""
    headers = token_headers(client, "observer")
    session.close()

    def send(**answers):
        report = {
            "id": str(uuid.uuid4()),
            "form": "incident",
            "form_version": 1,
            "round": "runoff",
            "place": "1501-01-1",
            "finished_at": "2026-06-07T10:00:00-05:00",
            "sent_at": "2026-06-07T10:00:00-05:00",
            "answers": answers,
            "revision": 1,
        }
        answer = client.post("/api/v1/submissions", json=report, headers=headers)
        assert answer.status_code in (201, 202)
        return report["id"]

    return send


def test_what_is_sent_is_on_the_open_room_without_loading_it_again(page, send):
    page.goto("/room")
    page.evaluate("window.same = true")
    incidents = page.get_by_role("region", name="Incidents")
    expect(incidents).to_contain_text("No incident was reported")
    incidents.get_by_role("link", name="Incidents").focus()
    sent = send(type=["violence"], gravity="critical", what_happened="A fight.")
    expect(incidents).to_contain_text("A fight.")
    expect(page.get_by_role("region", name="Latest submissions")).to_contain_text(sent[:8].upper())
    expect(page.locator("#live-news")).to_have_text(
        "New incident: Violence, School 1 of Lima West · 1501-01-1, Lima West"
    )
    expect(incidents.get_by_role("link", name="Incidents", exact=True)).to_be_focused()
    assert page.evaluate("same")


def test_nothing_is_fetched_while_nothing_changed(page, send):
    page.goto("/room")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(3):
        with page.expect_response("**/api/v1/changes") as answer:
            pass
        assert answer.value.status == 304
    assert not [url for url in asked if "/room" in url]


def test_the_room_fits_one_screen(page, station, session):
    for number in range(12):
        station.submit({"on_time": "no", "sealed": "no"}, place=f"150{number % 2 + 1}-01-1")
        station.submit({"type": ["threat"], "what_happened": "word " * 60}, form="incident")
    session.close()
    for address, width, height in (("/room", 1440, 900), ("/room?wall=1", 1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        assert page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        ) == [width, height]
    expect(page.get_by_role("link", name="Findings")).to_be_hidden()


def test_it_says_since_when_it_does_not_know(page, send):
    page.goto("/room")
    lost = page.get_by_text("Connection lost since")
    page.context.set_offline(True)
    expect(lost).to_be_visible()
    page.context.set_offline(False)
    expect(lost).to_be_hidden()
    send(type=["threat"], what_happened="Words.")
    expect(page.get_by_role("region", name="Incidents")).to_contain_text("Words.")
    page.context.clear_cookies()
    expect(page.get_by_text("You are signed out")).to_be_visible()


def test_a_list_is_not_changed_under_its_reader(page, station, session):
    shown = station.submit({"sealed": "no"})
    session.close()
    page.goto("/submissions?form=opening")
    expect(page.get_by_role("row")).to_have_count(2)
    station.judge(session.merge(shown), Status.VERIFIED)
    session.close()
    expect(page.get_by_role("cell", name="verified")).to_be_visible()
    for place in ("16-01-1", "91-01-1"):
        station.submit({"sealed": "yes"}, place=place)
        station.submit({"type": ["threat"]}, form="incident")
    session.close()
    offer = page.get_by_role("button", name="2 new: show")
    expect(offer).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    offer.click()
    expect(page.get_by_role("row")).to_have_count(4)
    expect(offer).to_be_hidden()


def test_numbers_and_their_links_stay_right(page, station, session):
    first = station.submit({"sealed": "no"})
    session.close()
    page.goto("/room")
    problems = page.get_by_role("region", name="Key findings")
    expect(problems).to_contain_text("1 of 1")
    station.submit({"sealed": "yes"}, place="16-01-1")
    session.close()
    expect(problems).to_contain_text("1 of 2")
    station.judge(session.merge(first), Status.REJECTED)
    session.close()
    expect(problems).to_contain_text("None was reported.")
