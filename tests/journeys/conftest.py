"""A server for the browser to visit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from tests.missions.builders import PASSWORD

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the application, served on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


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


@pytest.fixture
def sign_in_as() -> Callable[[Page, str], None]:
    """Sign in on a page as the small mission's person of a role."""

    def sign_in(page: Page, role: str) -> None:
        page.goto("/sign-in")
        page.get_by_label("Email").fill(f"{role}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)

    return sign_in
