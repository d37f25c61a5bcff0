"""The form under a thumb: nothing jumps, everything can be reached, read and spoken."""

from __future__ import annotations

import mimetypes

import pytest
from playwright.sync_api import expect

from observer import ROOT
from observer.checklists.library import BUILTIN, builtin_definition
from observer.checklists.xlsform import read_xlsform
from observer.collect.formpage import form_page

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

ADDRESS = "http://phone.test/"
SHEETS = ("vendor/bootstrap/bootstrap.min.css", "observer.css", "collect/phone.css")
PAGE = """<!doctype html><html lang="en" dir="{direction}" data-theme="{theme}">
<head><title>Form</title><meta name="viewport" content="width=device-width">{sheets}</head>
<body><main class="phone container-sm"><h1>Form</h1><div id="root"></div></main></body></html>"""
MOUNT = """async ([page, options]) => {
  const { FormView } = await import('/static/collect/formview.js');
  const texts = new Proxy({}, { get: (_, name) => name });
  window.view = new FormView(document.getElementById('root'), page, { texts, ...options });
  return window.view.steps.all.length;
}"""
AXE = "axe.run({ rules: { 'target-size': { enabled: true } } })"
SMALL = """() => [...document.querySelectorAll('button, a, select, textarea, .choice, input')]
  .filter((control) => !control.matches('.choice input'))
  .filter((control) => control.checkVisibility())
  .filter((control) => {
    const { width, height } = control.getBoundingClientRect();
    return Math.min(width, height) < 44;
  })
  .map((control) => control.outerHTML)"""


@pytest.fixture
def page(browser, app):
    page = browser.new_page(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    page.set_default_timeout(5_000)
    with app.test_request_context():
        yield page
    page.close()


def mount(page, definition, *, theme="light", direction="ltr", **options):
    """Show a form on a page with the phone's styles; gives how many steps it has."""
    sheets = "".join(f'<link rel="stylesheet" href="/static/{name}">' for name in SHEETS)
    html = PAGE.format(theme=theme, direction=direction, sheets=sheets)

    def serve(route):
        path = route.request.url.removeprefix(ADDRESS)
        if not path.startswith("static/"):
            route.fulfill(body=html, content_type="text/html")
        else:
            kind = mimetypes.guess_type(path)[0]
            route.fulfill(body=(ROOT / path).read_bytes(), content_type=kind)

    page.unroute("**/*")
    page.route("**/*", serve)
    page.goto(ADDRESS)
    return page.evaluate(MOUNT, [form_page(definition, 1, "es"), options])


LOOKS = [("light", "ltr"), ("dark", "ltr"), ("sun", "ltr"), ("dark", "rtl")]


@pytest.mark.parametrize("look", range(len(LOOKS)))
def test_each_step_of_each_form_is_for_everybody(page, look):
    theme, direction = LOOKS[look]
    # One form in every look, of the others each in one: what differs is the styles.
    for code in {"incident", *BUILTIN[look :: len(LOOKS)]}:
        answers = {"delay_minutes": -1, "people_hurt": -1, "received": -1, "parties": [{}]}
        steps = mount(
            page, builtin_definition(code), theme=theme, direction=direction, answers=answers
        )
        page.evaluate((ROOT / "tests/vendor/axe-core/axe.min.js").read_text())
        for step in range(steps):
            page.evaluate("(step) => { window.view.showStep(step) }", step)
            found = page.evaluate(AXE)["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], (code, step)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert page.evaluate(SMALL) == []


SHIFTING = """
| survey |
| | type | name | label | relevant |
| | begin_group | all | All | |
| | select_one yn | above | Above | ${here} = 'yes' |
| | select_one yn | before | Before | |
| | select_one yn | here | Here | |
| | select_one yn | below | Below | ${here} = 'no' |
| | text | last | Last | ${here} = 'no' |
| | end_group | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
"""


def test_the_tapped_control_stays_where_it_is_when_questions_come_and_go(page):
    mount(page, read_xlsform(SHIFTING.encode(), "shifting.md"), step=1)
    here = page.locator('[data-field="here"]')
    for at in (0, 10_000):
        # From the bottom, the page becomes too short; from the top, there is nothing above it.
        for answer in ("No", "Yes", "No"):
            page.evaluate("(at) => window.scrollTo({ top: at, behavior: 'instant' })", at)
            choice = here.get_by_text(answer, exact=True)
            choice.scroll_into_view_if_needed()
            before = choice.bounding_box()["y"]
            choice.click()
            shown = page.locator(f'[data-field="{"above" if answer == "Yes" else "below"}"]')
            expect(shown).to_be_visible()
            assert choice.bounding_box()["y"] == pytest.approx(before, abs=1)


def test_the_bar_at_the_bottom_covers_nothing_that_is_gone_to(page):
    steps = mount(page, builtin_definition("opening"))
    bar = page.locator(".step-buttons")
    for step in range(1, steps - 1):
        page.evaluate("(step) => { window.view.showStep(step) }", step)
        heading = page.locator(".step:visible > h2")
        expect(heading).to_be_focused()
        assert heading.bounding_box()["y"] >= 0
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = page.locator(":focus")
            if not focused.count() or not page.locator(".step :focus").count():
                break
            box = focused.bounding_box()
            # Of a high one, the line that is written.
            assert box["y"] + min(box["height"], 48) <= bar.bounding_box()["y"] + 1


def test_the_summary_leads_to_each_answer_and_back(page):
    steps = mount(
        page, builtin_definition("opening"), answers={"comment": "All well"}, place="1501"
    )
    page.evaluate("(step) => { window.view.showStep(step) }", steps - 1)
    row = page.locator(".summary-row", has_text="All well")
    row.get_by_role("button").click()
    expect(page.locator("textarea:focus")).to_have_value("All well")
    page.locator("[data-to-summary]").click()
    expect(row).to_be_visible()
    page.locator("[data-problems] a").first.click()
    expect(page.locator(".step:visible input:focus")).to_have_count(1)
