"""A phone to visit the application with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.phones import PHONE, PIN


@pytest.fixture
def phone(browser: Browser, live_server: str) -> Iterator[BrowserContext]:
    """A phone that knows where it is."""
    context = browser.new_context(base_url=live_server, **PHONE)
    yield context
    context.close()


@pytest.fixture
def first_visit(sign_in_as: Callable[[Page, str], None]) -> Callable[..., None]:
    """Sign in on a phone, lock it with a PIN, and wait until it has everything."""

    def visit(page: Page, role: str = "observer") -> None:
        sign_in_as(page, role)
        page.get_by_label("PIN:").fill(PIN)
        page.get_by_label("The same once more").fill(PIN)
        page.get_by_role("button", name="Lock this phone with it").click()
        expect(page.get_by_text("Everything is on this phone")).to_be_visible()

    return visit
