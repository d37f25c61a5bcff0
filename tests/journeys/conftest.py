"""A phone to visit the application with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser: Browser, live_server: str) -> Iterator[BrowserContext]:
    """A phone that knows where it is."""
    context = browser.new_context(
        base_url=live_server,
        viewport=PHONE,
        has_touch=True,
        locale="en",
        timezone_id="America/Lima",
        permissions=["geolocation"],
        geolocation={"latitude": -12.046, "longitude": -77.043, "accuracy": 12},
    )
    yield context
    context.close()
