"""The data manager edits a form on the page, and the observer's phone has it."""

import re

import pytest
from playwright.sync_api import expect

from observer import ROOT
from observer.checklists.library import all_versions
from tests.collect.builders import build_collecting
from tests.journeys.phones import open_form

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

DESK = {"width": 1280, "height": 900}


def source_of_first(session, built):
    found = all_versions(session, built.mission)[0].source
    session.rollback()
    return found


def check_page(page):
    page.evaluate((ROOT / "tests/vendor/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {iframes: false})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size(DESK)


def save(page):
    page.get_by_role("button", name="Save").last.click()


def change_label_and_add_choice(page):
    page.get_by_role("link", name="On time?", exact=True).click()
    page.get_by_label("Label (English)").first.fill("Did voting begin on time?")
    page.get_by_role("button", name="Add a choice").click()
    added = page.get_by_role("group", name="Choice 3")
    added.get_by_label("Label (English)").fill("It never began")
    added.get_by_label("Label (Español)").fill("Nunca empezó")
    added.get_by_label("As an answer it is").select_option("grave problem")
    check_page(page)
    save(page)
    expect(page.get_by_role("status")).to_have_text("Saved in draft 2.")
    group = page.frame_locator("iframe").get_by_role("group", name="Did voting begin on time?")
    expect(group.get_by_text("It never began")).to_be_visible()
    expect(page.get_by_role("link", name="Did voting begin on time?", exact=True)).to_be_focused()


def add_question_with_condition(page):
    page.get_by_role("link", name="Add a question behind: Minutes late").click()
    page.get_by_label("Label (English)").first.fill("Why did it never begin?")
    page.get_by_label("Type").select_option("Text")
    expect(page.get_by_role("button", name="Add a choice")).to_be_hidden()
    condition = page.get_by_label("Asked only if")
    condition.fill("${opend_on_time} = 'no'")
    save(page)
    expect(condition).to_have_accessible_description(re.compile("Did you mean opened_on_time"))
    expect(page.get_by_label("Label (English)").first).to_have_value("Why did it never begin?")
    check_page(page)
    condition.fill("")
    page.get_by_label("Put in a condition").select_option("It never began")
    page.get_by_role("button", name="Put in").click()
    expect(condition).to_have_value("${opened_on_time} = 'it_never_began'")
    save(page)
    expect(page.get_by_role("link", name="Why did it never begin?", exact=True)).to_be_focused()


def move_with_the_keyboard_and_undo(page):
    up = page.get_by_role("button", name="Move up: Why did it never begin?")
    up.press("Enter")
    page.wait_for_url("**by=up**")
    expect(up).to_be_focused()
    page.get_by_role("button", name="Undo: “Why did it never begin?” moved").click()
    # A frame that loads meanwhile may bring the message before this one back.
    expect(page.get_by_role("status").filter(has_text="Undone")).to_be_visible()


@pytest.fixture
def page(browser, live_server):
    context = browser.new_context(base_url=live_server, viewport=DESK, locale="en")
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def test_a_form_is_edited_tried_published_and_filled(page, phone, session, sign_in_as, first_visit):
    built = build_collecting(session)
    before = source_of_first(session, built)
    sign_in_as(page, "admin")
    page.goto("/forms")
    page.get_by_role("link", name="Edit").click()
    check_page(page)
    change_label_and_add_choice(page)
    add_question_with_condition(page)
    move_with_the_keyboard_and_undo(page)
    page.get_by_role("link", name="See changes, publish").click()
    expect(page.get_by_text("Choice added: “It never began”.")).to_be_visible()
    page.get_by_text("Publish …").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("status")).to_contain_text("Published")
    assert source_of_first(session, built) == before

    field = phone.new_page()
    first_visit(field)
    open_form(field)
    asked = field.get_by_label("Why did it never begin?")
    expect(asked).to_be_hidden()
    field.get_by_role("group", name="Did voting begin on time?").get_by_text("It never").click()
    expect(asked).to_be_visible()
