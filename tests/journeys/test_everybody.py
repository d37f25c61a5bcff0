"""Every page of the phone's application can be used by everybody: in each light, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from observer import ROOT
from tests.collect.builders import build_collecting
from tests.journeys.phones import fill, go_home, open_form, send

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

AXE = (ROOT / "tests/vendor/axe-core/axe.min.js").read_text()
RULES = "{ rules: { 'target-size': { enabled: true } } }"
# All that another light can change.
COLOURS = "{ runOnly: ['color-contrast', 'link-in-text-block'] }"


@pytest.fixture
def page(phone, session):
    build_collecting(session)
    session.close()
    page = phone.new_page()
    page.set_default_timeout(10_000)
    return page


def check(page, rules=RULES):
    """Nothing that axe finds, nothing too small for a thumb, nothing beyond the edge."""
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {rules})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, a.btn, a.form-row")]
          .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
          .filter((one) => !one.closest(".choice, .skip-link"))
          .map((one) => one.outerHTML)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("look", ["light", "dark", "sun", "ar"])
def test_axe_finds_nothing_on_any_page(page, phone, sign_in_as, first_visit, look):
    rules = COLOURS if look in ("dark", "sun") else RULES
    page.goto("/sign-in")
    if look == "ar":
        page.evaluate("localStorage.setItem('observer.language', 'en')")
    else:
        page.evaluate(f"localStorage.setItem('observer.theme', '{look}')")
    sign_in_as(page, "observer")
    expect(page.get_by_label("PIN:")).to_be_visible()
    check(page, rules)
    first_visit(page)
    check(page, rules)
    menu = page.locator("[data-menu]")
    if look == "ar":
        menu.click()
        page.locator("[data-language]").select_option("ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
    menu.click()
    expect(page.locator("#menu")).to_be_visible()
    check(page, rules)
    menu.click()
    if look == "ar":
        return
    page.get_by_role("button", name="Arrived").first.click()
    expect(page.get_by_text("Here since")).to_be_visible()
    open_form(page)
    fill(page)
    check(page, rules)
    go_home(page)
    expect(page.get_by_role("heading", name="Being filled")).to_be_visible()
    check(page, rules)
    phone.set_offline(True)
    page.get_by_role("link", name="Opening").filter(has_text="Go on").first.click()
    send(page)
    check(page, rules)
    go_home(page)
    expect(page.get_by_role("heading", name="Waiting on this phone")).to_be_visible()
    check(page, rules)
    menu.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    check(page, rules)
    page.get_by_role("button", name="Cancel").click()
    menu.click()
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    check(page, rules)


def test_a_report_is_made_with_the_keyboard_alone(page, first_visit):
    first_visit(page)
    page.locator('a[href*="/my/forms/opening"]').first.focus()
    page.keyboard.press("Enter")
    no = page.get_by_role("radio", name="No")
    no.focus()
    page.keyboard.press("Space")
    page.get_by_label("Minutes late").focus()
    page.keyboard.type("12")
    for name in ("Next", "Next"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Send", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_have_text("Received")
    expect(page.locator("#content")).to_be_focused()
