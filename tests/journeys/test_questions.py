"""A reviewer asks, the observer answers without a network, and the reviewer reads it."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from observer.review.models import Inquiry
from tests.collect.builders import build_collecting
from tests.journeys.phones import fill, go_home, open_form, send, status, stored

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")


def test_a_question_is_asked_answered_offline_and_read(
    phone, browser, session, first_visit, sign_in_as
):
    build_collecting(session)
    session.close()
    page = phone.new_page()
    page.set_default_timeout(10_000)
    first_visit(page)
    open_form(page)
    fill(page)
    send(page)
    expect(status(page)).to_have_text("Received")
    (submission,) = stored(session)
    session.close()

    address = page.evaluate("location.origin")
    with browser.new_context(base_url=address, locale="en") as room:
        desk = room.new_page()
        desk.set_default_timeout(10_000)
        sign_in_as(desk, "analyst")
        desk.goto("/review")
        desk.keyboard.press("j")
        desk.keyboard.press("q")
        desk.get_by_role("dialog").get_by_label("Question to the observer").fill("Really 45?")
        desk.get_by_role("dialog").get_by_role("button", name="Ask").click()
        expect(desk.get_by_text("Asked, no answer yet: Really 45?")).to_be_visible()

        page.reload()
        go_home(page)
        asked = page.locator("[data-questions]")
        expect(asked).to_contain_text("Really 45?")
        phone.set_offline(True)
        asked.get_by_role("link", name="Really 45?").click()
        page.get_by_label("Your answer").fill("Yes, we looked at the clock.")
        page.get_by_role("button", name="Answer it", exact=True).click()
        expect(page.locator("[data-inquiries]")).to_contain_text("Waiting to be sent")
        go_home(page)
        expect(asked).to_be_hidden()
        assert session.scalars(select(Inquiry)).one().answer == ""
        session.close()
        phone.set_offline(False)
        page.goto(f"/my/submissions/{submission.id}")
        expect(page.locator("[data-inquiries]")).to_contain_text("Your answer was received")

        desk.reload()
        expect(desk.get_by_text("Answered: Yes, we looked at the clock.")).to_be_visible()
        desk.keyboard.press("j")
        desk.keyboard.press("Enter")
        expect(desk.get_by_role("heading", name="Questions to the observer")).to_be_visible()
        expect(desk.locator(".answered")).to_have_text("Yes, we looked at the clock.")
