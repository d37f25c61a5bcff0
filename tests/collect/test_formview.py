"""The form as a part of the phone's page: what was answered comes back as it was."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect

from observer.checklists.library import BUILTIN, builtin_definition
from observer.checklists.validation import check_answers
from observer.checklists.xlsform import read_xlsform
from observer.collect.formpage import form_page
from tests.checklists.browser import phone
from tests.checklists.test_corpus import CLOCK, FORMS, random_answers, read

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

LOAD = """async () => {
  const { FormView } = await import('/static/collect/formview.js');
  const texts = new Proxy({}, { get: (_, name) => name });
  window.mount = (page, options = {}) => {
    const root = document.createElement('div');
    document.body.replaceChildren(root);
    window.view = new FormView(root, page, { texts, ...options });
    return window.view;
  };
  window.read = (page, answers) => {
    const view = window.mount(page, { answers });
    const found = { state: view.state(), result: view.result(), summary: view.summary() };
    view.destroy();
    found.left = document.body.textContent;
    return found;
  };
}"""


@pytest.fixture
def page(browser, app):
    with phone(browser) as page, app.test_request_context():
        page.set_default_timeout(5_000)
        page.clock.set_fixed_time(CLOCK["now"])
        page.evaluate(LOAD)
        yield page


def read_back(page, shown, answers):
    return page.evaluate("([shown, answers]) => window.read(shown, answers)", [shown, answers])


def mount(page, definition, language="en", **options):
    shown = form_page(definition, 1, language)
    page.evaluate("([shown, options]) => { window.mount(shown, options) }", [shown, options])


def form_of(rows):
    text = "| survey |\n| | type | name | label | relevant | calculation | default | trigger |\n"
    choices = "| choices |\n| | list_name | name | label |\n" + "".join(
        f"| | yn | {name} | {name} |\n" for name in ("yes", "no")
    )
    return read_xlsform((text + rows + choices).encode(), "small.md")


def in_any_order(answers):
    """What was chosen together has no order; that of the page may be another one."""
    return {name: set(a) if name != "order" and isinstance(a, list) and isinstance(a[0], str) else a
            for name, a in answers.items()}  # fmt: skip


@pytest.mark.parametrize("name", [*BUILTIN, *FORMS])
def test_random_answers_come_back_as_they_were(page, name):
    chance = random.Random(name)  # noqa: S311
    definition = builtin_definition(name) if name in BUILTIN else read(name)
    english, french = (form_page(definition, 1, language) for language in ("en", "fr"))
    for _ in range(3):
        answers = random_answers(definition.children, chance)
        first = read_back(page, english, answers)
        again = read_back(page, english, first["state"]["answers"])
        assert again == first
        assert again["left"] == ""
        # Of a stored submission what does not count is not known; what counts is the same.
        stored = read_back(page, english, first["result"]["answers"])
        assert stored["result"] == first["result"]
        translated = read_back(page, french, first["state"]["answers"])
        assert translated["state"] == first["state"]
        if name in (*BUILTIN, "types"):
            checked = check_answers(definition, answers).answers
            assert in_any_order(first["result"]["answers"]) == in_any_order(checked)


COMING_BY_ITSELF = """
| | date | day | Day | | | today() | |
| | text | where | Where | | | here | |
| | calculate | drawn | | | once(random()) | | |
| | integer | people | People | | | | |
| | text | noted | Noted | | concat('p', ${people}) | | ${people} |
| | text | late | Late | ${people} > 3 | | today() | |
"""


def state(page):
    return page.evaluate("window.view.state()")


def test_what_somebody_cleared_stays_so_and_nothing_comes_a_second_time(page):
    form = form_of(COMING_BY_ITSELF)
    mount(page, form, step=1)
    first = state(page)["answers"]
    assert (first["day"], first["where"]) == ("2026-06-07", "here")
    page.get_by_label("Day").fill("")
    page.get_by_label("Where").fill("")
    page.get_by_label("People").fill("2")
    page.get_by_label("Noted").fill("mine")
    left = state(page)["answers"]
    assert left == {"drawn": first["drawn"], "people": 2, "noted": "mine"}
    mount(page, form, answers=left, step=1)
    assert state(page)["answers"] == left
    page.get_by_label("People").fill("4")
    assert state(page)["answers"] == left | {"people": 4, "noted": "p4", "late": "2026-06-07"}


def test_a_moment_keeps_its_seconds_and_its_zone_until_it_is_changed(page):
    form = form_of("| | dateTime | at | At | | | | |\n| | time | hour | Hour | | | | |\n")
    given = {"at": "2026-06-07T07:12:31+05:30", "hour": "07:12:31"}
    mount(page, form, answers=given, step=1)
    expect(page.get_by_label("At")).to_have_value("2026-06-07T07:12")
    assert state(page)["answers"] == given
    page.get_by_label("At").fill("2026-06-07T07:13")
    page.get_by_label("Hour").fill("07:13")
    changed = state(page)["answers"]
    assert (changed["at"][:19], changed["hour"]) == ("2026-06-07T07:13:00", "07:13")


SHA = {name: name * 64 for name in "ab"}
TWO_ROWS = """([page, a, b]) => {
  const blob = new Blob(['x'], { type: 'image/jpeg' });
  const file = { blob, sha256: b, type: 'image/jpeg', name: '' };
  const files = new Map([['seals:1:photo', file]]);
  window.mount(page, { answers: { seals: [{ photo: a }, { photo: b }] }, files });
}"""
RESULT = """() => {
  const { attachments, files } = window.view.result();
  return [attachments.map((one) => one.sha256), files.map((one) => one.sha256)];
}"""


def test_photos_stay_with_their_rows_and_those_that_are_not_here_any_more_are_named(page):
    rows = "| | begin_repeat | seals | Seals | | | | |\n| | image | photo | Photo | | | | |\n"
    shown = form_page(form_of(rows + "| | end_repeat | | | | | | |\n"), 1, "en")
    page.evaluate(TWO_ROWS, [shown, SHA["a"], SHA["b"]])
    assert page.evaluate(RESULT) == [[SHA["a"], SHA["b"]], [SHA["b"]]]
    page.evaluate("window.view.showStep(1)")
    # One is shown as a picture, of the other is said that there is one.
    expect(page.locator(".photo:visible img:visible")).to_have_count(1)
    expect(page.locator(".photo:visible", has_text="photo")).to_have_count(1)
    page.locator("[data-remove-row]").first.click()
    assert page.evaluate(RESULT) == [[SHA["b"]], [SHA["b"]]]
    assert state(page)["answers"] == {"seals": [{"photo": SHA["b"]}]}


def test_place_step_and_urgency_are_kept_with_the_answers(page):
    incident = builtin_definition("incident")
    places = [
        {"code": "15-1", "name": "Mesa 1", "kind": "station", "centre_name": "School"},
        {"code": "15", "name": "School", "kind": "centre", "centre_name": "School"},
    ]
    mount(page, incident, place="15-1", places=places, step=2, urgent=True)
    kept = state(page)
    assert (kept["place"], kept["step"], kept["urgent"]) == ("15-1", 2, True)
    assert kept["progress"] == {"answered": 0, "asked": 16}
    page.evaluate("window.view.showStep(0)")
    page.get_by_label("Place", exact=True).select_option(label="Another place, by its code")
    page.get_by_label("Code of the place").fill("16-7")
    assert state(page)["place"] == "16-7"
    page.get_by_role("button", name="Next").click()
    page.get_by_role("group", name="need to act at once").get_by_text("No").click()
    assert not page.evaluate("window.view.result()")["urgent"]
    page.get_by_role("group", name="need to act at once").get_by_text("Yes").click()
    assert page.evaluate("window.view.result()")["urgent"]
    mount(page, builtin_definition("opening"), place="elsewhere", places=places)
    assert page.get_by_label("Place", exact=True).locator(
        "optgroup option"
    ).all_text_contents() == ["Mesa 1 · 15-1"]
    assert state(page)["place"] == "elsewhere"


def test_it_tells_of_every_change_and_sends_only_from_the_summary(page):
    shown = form_page(form_of("| | text | what | What | | | | |\n"), 1, "en")
    page.evaluate(
        """(page) => {
          window.said = [];
          const onChange = (view) => window.said.push(view.state().answers.what ?? '');
          window.mount(page, { onChange, onSend: () => window.said.push('sent') });
        }""",
        shown,
    )
    assert page.evaluate("window.said") == []
    page.get_by_role("button", name="Next").click()
    page.get_by_label("What").press_sequentially("ab")
    page.get_by_label("What").press("Enter")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send").click()
    assert page.evaluate("window.said") == ["", "a", "ab", "ab", "sent"]


def test_what_was_sent_is_only_looked_at(page):
    mount(page, builtin_definition("opening"), answers={"delay_minutes": 4}, readOnly=True)
    page.evaluate("window.view.showStep(1)")
    assert page.locator(".step:visible :is(input, select, textarea):enabled").count() == 0
    page.get_by_role("button", name="Next").click()
