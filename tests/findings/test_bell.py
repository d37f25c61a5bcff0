"""The mission room in a browser: it shows what is urgent while it is open, and rings for it."""

import re

import pytest
from playwright.sync_api import expect

from observer.collect.models import Status

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

OFTEN = 'data-every="100"'
EAR = """(() => {
  window.heard = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.heard += 1;
    return start.apply(this, when);
  };
})()"""


@pytest.fixture
def room(live_server, station, browser, sign_in_as):
    """The room's page, which asks often, and whose tones are counted."""
    context = browser.new_context(base_url=live_server, locale="en")
    context.set_default_timeout(10_000)
    context.add_init_script(EAR)
    page = context.new_page()

    def ask_often(route):
        answer = route.fetch()
        text = re.sub(r'data-every="\d+"', OFTEN, answer.text())
        route.fulfill(response=answer, body=text)

    page.route("**/room", ask_often)
    sign_in_as(page, "analyst")
    page.goto("/room")
    yield page
    page.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def report(station, session):
    def write(place="1501-01-1"):
        submission = station.submit({}, form="incident", place=place, urgent=True)
        session.close()
        return submission

    return write


def heard(page):
    return page.evaluate("heard")


def wait_to_hear(page, more_than):
    page.wait_for_function("before => heard > before", arg=more_than)
    return heard(page)


def sound(page):
    return page.get_by_role("switch")


def test_what_is_urgent_appears_in_the_open_room_and_goes_when_it_is_dealt_with(
    room, report, station, session
):
    bar = room.get_by_role("region", name="Urgent")
    expect(room).to_have_title(re.compile("^Mission room"))
    expect(bar).to_be_hidden()
    urgent = report()
    expect(bar).to_contain_text(f"{str(urgent.id)[:8].upper()}")
    expect(bar).to_contain_text("School 1 of Lima West, 1501-01-1, Lima West 7 Jun 12:00")
    expect(room).to_have_title(re.compile(r"^\(1!\) Mission room"))
    # The list that a keyboard stands in stays the same while nothing new came.
    bar.get_by_role("link", name="Incident").focus()
    with room.expect_response("**/api/v1/changes"):
        pass
    expect(bar.get_by_role("link", name="Incident")).to_be_focused()
    room.keyboard.press("Enter")
    expect(room).to_have_url(re.compile(f"/submissions/{urgent.id}$"))
    station.judge(session.merge(urgent), Status.VERIFIED)
    session.close()
    room.goto("/room")
    report(place="16-01-1")
    expect(bar).to_contain_text("Loreto")
    expect(bar).not_to_contain_text("Lima")


def test_it_rings_once_for_each_and_only_where_it_is_wanted(room, report):
    expect(sound(room)).to_have_text("Click to allow sound")
    report()
    expect(room.get_by_role("region", name="Urgent")).to_be_visible()
    assert heard(room) == 0
    sound(room).click()
    expect(sound(room)).to_have_text("Sound is on")
    tones = wait_to_hear(room, 0)
    for _ in range(3):
        with room.expect_response("**/api/v1/changes"):
            pass
    assert heard(room) == tones
    report()
    assert wait_to_hear(room, tones) == 2 * tones
    sound(room).click()
    expect(sound(room)).to_have_text("Sound is off")
    room.reload()
    expect(sound(room)).to_have_text("Sound is off")
    report()
    expect(room).to_have_title(re.compile(r"^\(3!\)"))
    assert heard(room) == 0
    sound(room).click()
    expect(sound(room)).to_have_text("Sound is on")


def test_it_says_so_when_it_cannot_ask(room, report):
    report()
    lost = room.get_by_text("Connection lost since")
    expect(room.get_by_role("region", name="Urgent")).to_be_visible()
    expect(lost).to_be_hidden()
    room.context.set_offline(True)
    expect(lost).to_be_visible()
    expect(room.get_by_role("region", name="Urgent")).to_be_visible()
    room.context.set_offline(False)
    expect(lost).to_be_hidden()
