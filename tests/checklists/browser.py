"""Chromium with the module logic.js loaded, for tests that ask the phone's side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Route

from observer import ROOT

ADDRESS = "http://phone.test/"
LOAD = "import('/static/checklists/logic.js').then((module) => { window.logic = module; })"
SETTLE = """([form, answers, clock]) => {
  const settled = new window.logic.FormLogic(form).settle(answers, clock);
  return {
    relevant: [...settled.relevant],
    required: [...settled.required],
    invalid: settled.invalid,
    calculated: Object.fromEntries(settled.calculated),
    answers: settled.answers,
  };
}"""


@contextmanager
def phone(browser: Browser) -> Iterator[Page]:
    """A page that has the module as ``window.logic``."""
    page = browser.new_page()
    page.route("**/*", _serve)
    page.goto(ADDRESS)
    page.evaluate(LOAD)
    yield page
    page.close()


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if path.startswith("static/"):
        route.fulfill(body=(ROOT / path).read_bytes(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>phone</title>", content_type="text/html")
