"""The queue is worked through with the keyboard alone."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from observer.collect.models import Submission
from tests.missions.builders import build_mission
from tests.review.builders import flag, publish_forms, submit

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

LATE = {"opened_on_time": "no", "delay_minutes": 45, "box_sealed": "yes"}


@pytest.fixture
def page(browser, live_server, session, sign_in_as):
    built = build_mission(session)
    publish_forms(session, built)
    places = ("1501-01-1", "1501-01-2", "1502-01-1", "16-01-1")
    page = browser.new_context(base_url=live_server, locale="en").new_page()
    first, *_others = [
        submit(session, built, LATE, place=place, minutes=n) for n, place in enumerate(places)
    ]
    flag(session, first, "grave")
    session.close()
    page.set_default_timeout(10_000)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda said: page.problems.append(said.text) if "Content Security" in said.text else None,
    )
    sign_in_as(page, "analyst")
    page.goto("/review")
    yield page
    assert page.problems == []
    page.context.close()


def press(page, key):
    # Offered once the page listens to keys.
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press(key)


def statuses(page, session):
    query = select(Submission.status).order_by(Submission.received_at)
    found = [str(status) for status in session.scalars(query)]
    session.rollback()
    return found


def test_each_step_has_its_key(page, session):
    dialog = page.locator("dialog[open]")
    chosen = page.locator("[data-row].chosen")
    press(page, "?")
    expect(dialog.get_by_role("heading", name="Keys")).to_be_visible()
    press(page, "v")
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    assert statuses(page, session) == ["received"] * 4
    press(page, "j")
    expect(chosen).to_contain_text("1501-01-1")
    press(page, "d")
    dialog.get_by_label("Reason").fill("they telephoned: v and r are only letters here")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.get_by_text("The flag is dismissed.")).to_be_visible()
    press(page, "a")
    expect(page.get_by_text("It is yours now.")).to_be_visible()
    expect(page.get_by_text("looked after by Analyst Demo")).to_be_visible()
    press(page, "v")
    expect(page.get_by_text("Verified.")).to_be_visible()
    # The one behind it has taken its place, and is not yet what is being decided about.
    expect(chosen).to_contain_text("1501-01-2")
    assert statuses(page, session)[0] == "verified"
    press(page, "u")
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert statuses(page, session) == ["received"] * 4


def test_one_after_the_other_on_their_own_pages(page, session):
    dialog = page.locator("dialog[open]")
    place = page.locator(".sheet-place")
    press(page, "j")
    press(page, "Enter")
    expect(place).to_contain_text("1501-01-1")
    press(page, "n")
    expect(place).to_contain_text("1501-01-2")
    press(page, "r")
    dialog.get_by_label("Reason").fill("twice the same")
    dialog.get_by_role("button", name="Reject").click()
    expect(place).to_contain_text("1502-01-1")
    expect(page.get_by_text("Rejected: it is in no figure any more.")).to_be_visible()
    press(page, "v")
    expect(place).to_contain_text("16-01-1")
    assert statuses(page, session) == ["received", "rejected", "verified", "received"]
    press(page, "n")
    expect(page.get_by_text("That was the last one of the queue.")).to_be_visible()
