"""What the phone's app weighs, and how soon an observer can give the first answer.

An observer of a small demonstration visits a real server in Chromium. Between the two runs a line
that counts every byte, whether a page or its worker asked, and that can be as slow as a phone's.
What the observer does is named below as a person would name it: change it with the pages.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from observer.database import make_engine, make_sessions
from observer.demo.building import build
from observer.migrating import migrate
from observer.settings import Settings

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Without windows: drawing their frames without a graphics card takes longer than the page does."""
PHONE = {"width": 360, "height": 640}
OBSERVER = "observer@example.org"

HOME = "/my"
PIN = "271828"
CHOOSE_PIN = ("button", "Lock this phone with it")
GIVE_PIN = ("button", "Open")
AT_HOME = ("heading", "My places")
TO_THE_FIRST_QUESTION = (("link", "Fill again: Opening"),)
"""What is tapped from the app's first page on: role and name, the first that has it."""
FIRST_QUESTION = ("group", "Did the polling station open while the team was there?")

SLOWER_CPU = 4
SLOW_3G = (0.4, 50_000)
"""Seconds for a question to reach the server, and bytes a second that come back."""
FAST = (0.0, 100_000_000)
TYPING_A_DIGIT_MS = 150
REACHING_THE_BUTTON_MS = 300
"""Nobody is faster; meanwhile the app fetches what comes after the PIN, and tries it."""
RUNS = 5
QUIET_S = 2.0
"""Nothing more is on its way when the line has been quiet for so long."""
WAIT_MS = 30_000

REQUEST = re.compile(rb"^(GET|POST|PUT|HEAD) (\S+) HTTP/1\.1\r\n")


class Line:
    """Carries what a browser and a server say, as slowly as asked, and counts it by address."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self.delay_s, self.bytes_per_s = FAST
        self.received: defaultdict[str, int] = defaultdict(int)
        self.asked: defaultdict[str, int] = defaultdict(int)
        self._last = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._one_at_a_time = asyncio.Lock()
        started = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._connect, "127.0.0.1", 0), self._loop
        )
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.port = started.result().sockets[0].getsockname()[1]

    def count_anew(self) -> None:
        self.received.clear()
        self.asked.clear()

    def wait_until_quiet(self) -> None:
        self._last = time.monotonic()
        while time.monotonic() - self._last < QUIET_S:
            time.sleep(0.1)

    def print_counts(self, what: str) -> None:
        total, asked = sum(self.received.values()), sum(self.asked.values())
        print(f"{what}: {total / 1000:.1f} kB in {asked} answers")
        for address, size in sorted(self.received.items(), key=lambda item: -item[1]):
            print(f"  {size:>8,}  {self.asked[address]} × {address}")

    async def _connect(self, browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter):
        await asyncio.sleep(self.delay_s)
        try:
            server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            to_browser.close()
            return
        address = ["nothing"]
        await asyncio.gather(
            self._carry_questions(browser, to_server, address),
            self._carry_answers(server, to_browser, address),
        )

    async def _carry_questions(self, browser, to_server, address: list[str]) -> None:
        with suppress(ConnectionError):
            while content := await browser.read(65536):
                if found := REQUEST.match(content):
                    address[0] = found[2].decode()
                    self.asked[address[0]] += 1
                self._last = time.monotonic()
                await asyncio.sleep(self.delay_s)
                to_server.write(content)
        to_server.close()

    async def _carry_answers(self, server, to_browser, address: list[str]) -> None:
        with suppress(ConnectionError):
            while content := await server.read(4096):
                self._last = time.monotonic()
                self.received[address[0]] += len(content)
                async with self._one_at_a_time:
                    await asyncio.sleep(len(content) / self.bytes_per_s)
                to_browser.write(content)
        to_browser.close()


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        password = secrets.token_hex()
        settings = Settings(instance=Path(folder))
        _build(settings, password)
        with _serving(settings) as port:
            _measure(playwright, Line(port), Path(folder) / "browser", password)


def _build(settings: Settings, password: str) -> None:
    engine = make_engine(settings.database_url)
    migrate(engine)
    with make_sessions(engine)() as session:
        build(session, size="small", password=password, media=settings.media, bulk=True)
    engine.dispose()


@contextmanager
def _serving(settings: Settings) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [Path(sys.executable).with_name("observer"), "serve", "--port", str(port)],
        env=os.environ
        | {
            "OBSERVER_INSTANCE": str(settings.instance),
            "OBSERVER_SECRET_KEY": secrets.token_hex(32),
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _measure(playwright: Playwright, line: Line, profile: Path, password: str) -> None:
    with _phone(playwright, line, profile) as phone:
        page = phone.new_page()
        _sign_in(page, password)
        line.wait_until_quiet()
        line.print_counts("first visit, sign-in and worker included")
        installed = page.evaluate("navigator.serviceWorker.controller !== null")
        print("the worker has taken over" if installed else "no worker has taken over")
    with _phone(playwright, line, profile) as phone:
        line.count_anew()
        page = _slow_page(phone)
        _open(page)
        _unlock(page)
        _give_first_answer(page)
        line.wait_until_quiet()
        line.print_counts("second visit, up to the first answer")

    print(f"first answer possible, {SLOWER_CPU} × slower processor, slow 3G, {RUNS} runs:")
    line.delay_s, line.bytes_per_s = SLOW_3G
    # A processor that is slowed down belongs to a page; the worker's is as fast as it is.
    _print_times("  nothing kept", [_time_empty(playwright, line, password) for _ in range(RUNS)])
    times = [_time_anew(playwright, line, profile) for _ in range(RUNS)]
    _print_times("  browser started anew, app kept: it asks for the PIN", [one[0] for one in times])
    _print_times("  PIN given: the list is there", [one[1] for one in times])
    _print_times("  app open, a form tapped", [one[2] for one in times])
    _print_times("  all three, without the typing of the PIN", [sum(one) for one in times])


@contextmanager
def _phone(playwright: Playwright, line: Line, profile: Path) -> Iterator[BrowserContext]:
    phone = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-background-networking"],
        base_url=f"http://127.0.0.1:{line.port}",
        viewport=PHONE,
        has_touch=True,
        locale="en",
    )
    phone.set_default_timeout(WAIT_MS)
    yield phone
    phone.close()


def _sign_in(page: Page, password: str) -> None:
    page.goto(HOME)
    page.get_by_label("Email").fill(OBSERVER)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    _choose_pin(page)


def _choose_pin(page: Page) -> None:
    page.get_by_label("PIN:").fill(PIN)
    page.get_by_label("The same once more").fill(PIN)
    _named(page, *CHOOSE_PIN).click()
    _named(page, *AT_HOME).wait_for()


def _slow_page(phone: BrowserContext) -> Page:
    page = phone.new_page()
    phone.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    return page


def _open(page: Page) -> None:
    """Open the app up to the PIN."""
    page.goto(HOME, wait_until="commit")
    # Looking for a button has the page read a script of the driver's own, which nobody else has.
    while not page.evaluate("() => document.activeElement?.id === 'pin'"):
        time.sleep(0.01)


def _unlock(page: Page) -> None:
    page.get_by_label("PIN", exact=True).fill(PIN)
    _named(page, *GIVE_PIN).click()
    _named(page, *AT_HOME).wait_for()


def _give_first_answer(page: Page) -> None:
    for role, name in TO_THE_FIRST_QUESTION:
        _named(page, role, name).click()
    _named(page, *FIRST_QUESTION).wait_for()


def _named(page: Page, role: str, name: str):
    return page.get_by_role(role, name=name).first


def _time_empty(playwright: Playwright, line: Line, password: str) -> float:
    """From the tap on "Sign in"; a script types the PIN, and locking with it is counted."""
    with (
        tempfile.TemporaryDirectory() as profile,
        _phone(playwright, line, Path(profile)) as phone,
    ):
        page = _slow_page(phone)
        page.goto(HOME)
        page.get_by_label("Email").fill(OBSERVER)
        page.get_by_label("Password").fill(password)
        started = time.perf_counter()
        page.get_by_role("button", name="Sign in").click()
        _choose_pin(page)
        _give_first_answer(page)
        return time.perf_counter() - started


def _time_anew(playwright: Playwright, line: Line, profile: Path) -> tuple[float, float, float]:
    """Until the PIN is asked for, from its last digit to the list, and from there on."""
    with _phone(playwright, line, profile) as phone:
        page = _slow_page(phone)
        started = time.perf_counter()
        _open(page)
        opened = time.perf_counter()
        page.get_by_label("PIN", exact=True).press_sequentially(PIN, delay=TYPING_A_DIGIT_MS)
        page.wait_for_timeout(REACHING_THE_BUTTON_MS)
        typed = time.perf_counter()
        _named(page, *GIVE_PIN).click()
        _named(page, *AT_HOME).wait_for()
        unlocked = time.perf_counter()
        _give_first_answer(page)
        return opened - started, unlocked - typed, time.perf_counter() - unlocked


def _print_times(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    median = ordered[len(ordered) // 2]
    print(f"{what}: {median:.2f} s ({ordered[0]:.2f} to {ordered[-1]:.2f})")


if __name__ == "__main__":
    main()
