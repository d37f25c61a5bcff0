"""The data manager looks at a draft as a phone shows it, and publishes it."""

import pytest
from playwright.sync_api import expect

from observer import ROOT
from observer.checklists.operations import import_form
from tests.collect.builders import OPENING, build_collecting

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")


def test_a_draft_is_tried_on_the_phone_frame_and_published(
    browser, live_server, session, sign_in_as
):
    built = build_collecting(session)
    text = OPENING.replace("Minutes late", "Delay in minutes").replace("Sí", "Sí, claro")
    import_form(session, built.mission, text.encode(), "opening.md", publish=False)
    session.commit()
    session.close()
    context = browser.new_context(
        base_url=live_server, viewport={"width": 1440, "height": 900}, locale="en"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in_as(page, "admin")
    page.goto("/forms/opening/2")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_label("Delay in minutes")).to_be_hidden()
    frame.get_by_role("group", name="On time?").get_by_text("No").click()
    expect(frame.get_by_label("Delay in minutes")).to_be_visible()
    page.evaluate((ROOT / "tests/vendor/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {iframes: false})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text("Publish …").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("status")).to_contain_text("Published")
    context.close()
