"""What the tests do on an observer's phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.collect.models import Submission

PIN = "271828"
STATION = "1501-01-1"

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "locale": "en",
    "timezone_id": "America/Lima",
    "permissions": ["geolocation"],
    "geolocation": {"latitude": -12.046, "longitude": -77.043, "accuracy": 12},
}


def at(page: Page, address: str) -> Page:
    """The page, with addresses without a host meant of this one."""
    go = page.goto
    page.goto = lambda path, **how: go(f"{address}{path}" if path[0] == "/" else path, **how)
    return page


def unlock(page: Page, pin: str = PIN) -> None:
    """Give the PIN that the phone asks for."""
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="My places")).to_be_visible()


def go_home(page: Page) -> None:
    """Back to the list, without loading the page anew."""
    page.locator(".app-home").click()
    expect(page.get_by_role("heading", name="My places")).to_be_visible()


def open_form(page: Page, station: str = STATION, form: str = "opening") -> None:
    """Open a form at a station from the list."""
    page.locator(f'a[href*="/my/forms/{form}"][href*="place={station}&"]').first.click()
    expect(page.locator(".step:visible")).to_be_visible()


def next_step(page: Page) -> None:
    """Go to the next part of the form."""
    page.get_by_role("button", name="Next").click()


def fill(page: Page, minutes: str = "45", comment: str = "") -> None:
    """Fill the form ``opening`` of the small mission, up to its summary."""
    page.get_by_role("group", name="On time?").get_by_text("No").click()
    page.get_by_label("Minutes late").fill(minutes)
    next_step(page)
    page.get_by_role("button", name="Now").click()
    if comment:
        page.get_by_label("Comment").fill(comment)
    next_step(page)


def send(page: Page) -> None:
    """Send it from its summary."""
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Receipt code")).to_be_visible()


def status(page: Page) -> Any:
    """Where the submission on the screen stands."""
    return page.locator("[data-status]")


def stored(session: Session) -> list[Submission]:
    """All submissions on the server, in the order of their arrival."""
    session.rollback()
    found = session.scalars(select(Submission).order_by(Submission.change)).all()
    session.commit()
    return list(found)
