"""A phone whose browser can be killed at any moment, and opened again on what it had kept."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from playwright.sync_api import Page, Playwright

from tests.conftest import CHROMIUM, CHROMIUM_ARGUMENTS

STARTING_S = 30


class KillablePhone:
    """Chromium as a process of its own, on a profile that outlives it."""

    def __init__(self, playwright: Playwright, profile: Path, address: str) -> None:
        self.playwright = playwright
        self.profile = profile
        self.address = address
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Page:
        """Open the browser; gives its page."""
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [
                CHROMIUM,
                *CHROMIUM_ARGUMENTS,
                "--headless",
                "--no-first-run",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        waited_until = time.monotonic() + STARTING_S
        while not port_file.exists() or not port_file.read_text().strip():
            if time.monotonic() > waited_until:
                raise TimeoutError("the browser did not start")
            time.sleep(0.05)
        port = port_file.read_text().split()[0]
        browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        page = browser.contexts[0].pages[0]
        page.set_viewport_size({"width": 390, "height": 844})
        return page

    def kill(self) -> None:
        """As a battery does that is empty: no time to write anything."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
