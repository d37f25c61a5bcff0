"""An observer with a phone: fills a form and sends it, with a network and without."""

import json
import uuid
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from observer.checklists.operations import import_form
from observer.collect.models import Attachment, Revision, Status
from observer.missions.models import Mission
from tests.collect.builders import OPENING, build_collecting, photo
from tests.journeys.phones import (
    PIN,
    fill,
    go_home,
    next_step,
    open_form,
    send,
    status,
    stored,
    unlock,
)

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def page(phone, session, first_visit):
    build_collecting(session)
    session.close()
    page = phone.new_page()
    page.set_default_timeout(10_000)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda said: page.problems.append(said.text) if "Content Security" in said.text else None,
    )
    first_visit(page)
    yield page
    assert page.problems == []


def a_photo(**more):
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(**more)}


def test_a_form_is_filled_with_its_conditions_and_received(page, session):
    open_form(page)
    late = page.get_by_label("Minutes late")
    expect(late).to_be_hidden()
    page.get_by_role("group", name="On time?").get_by_text("No").click()
    late.fill("9000")
    expect(page.locator(".problem:visible")).to_have_count(1)
    next_step(page)
    page.get_by_label("Photo").set_input_files(a_photo(size=(3000, 1500)))
    expect(page.get_by_alt_text("Photo taken")).to_be_visible()
    next_step(page)
    page.locator(".problems").get_by_role("link", name="Minutes late").click()
    expect(late).to_be_focused()
    late.fill("45")
    next_step(page)
    next_step(page)
    expect(page.get_by_text("Everything that is needed has been answered")).to_be_visible()
    send(page)
    expect(status(page)).to_have_text("Received")
    (submission,) = stored(session)
    code = submission.id.hex[:8].upper()
    expect(page.locator("[data-code]")).to_contain_text(code)
    revision = session.scalars(select(Revision)).one()
    assert revision.answers["delay_minutes"] == 45
    assert revision.lat == pytest.approx(-12.046)
    attachment = session.scalars(select(Attachment)).one()
    assert attachment.stored_sha256
    assert revision.answers["photo"] == attachment.sha256
    session.close()
    expect(page.get_by_text("1 of 1 received")).to_be_visible()
    expect(page.locator("[data-answers]")).to_contain_text("45")
    go_home(page)
    expect(page.locator("[data-mine]")).to_contain_text(code)
    expect(page.locator(".centre").first).to_contain_text("Received")


def test_what_is_drawn_once_stays_while_a_form_is_filled(page, session):
    drawing = OPENING.replace("| required |", "| required | calculation |").replace(
        "| | time | opening_time",
        "| | calculate | drawn | | | | | | once(random()) |\n| | time | opening_time",
    )
    mission = session.scalars(select(Mission)).one()
    import_form(session, mission, drawing.encode(), "opening.md", publish=True)
    session.commit()
    page.reload()
    expect(page.get_by_role("heading", name="My places")).to_be_visible()
    expect(page.get_by_text("As the mission had it at")).to_be_visible()
    open_form(page)
    drawn = json.loads(page.locator("[name=drawn]").input_value())
    fill(page)
    send(page)
    expect(status(page)).to_have_text("Received")
    assert 0 <= drawn < 1
    assert session.scalars(select(Revision)).one().answers["drawn"] == drawn
    session.close()


def test_without_a_network_it_waits_and_is_sent_once(page, phone, session):
    phone.set_offline(True)
    open_form(page)
    fill(page)
    send(page)
    expect(page.get_by_text("No network. It is kept here")).to_be_visible()
    go_home(page)
    with page.expect_download() as saved:
        page.locator("[data-outbox]").get_by_role("button", name="Save as a file").click()
    line = json.loads(saved.value.path().read_text())
    assert (line["email"], line["place"]) == ("observer@example.org", "1501-01-1")
    assert stored(session) == []
    phone.set_offline(False)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert [str(submission.id) for submission in stored(session)] == [line["id"]]


def test_what_a_network_says_instead_of_the_mission_is_not_believed(page, session):
    answers = iter(
        [
            {"status": 200, "content_type": "text/html", "body": "<h1>Sign in to the hotel</h1>"},
            {"status": 502, "content_type": "text/html", "body": "Bad gateway"},
            {"status": 401, "content_type": "application/problem+json", "body": "{}"},
            {"status": 200, "json": {"id": str(uuid.uuid4()), "missing": []}},
            {"status": 429, "content_type": "application/problem+json", "body": "{}"},
        ]
    )

    def swallow(route):
        answer = next(answers, None)
        if answer:
            route.fulfill(**answer)
        else:
            route.continue_()

    page.route("**/api/v1/submissions", swallow)
    open_form(page)
    fill(page)
    send(page)
    go_home(page)
    for sentence in (
        "may ask to sign in",
        "had a fault",
        "signed out",
        "may ask to sign in",
        "busy",
    ):
        expect(page.locator("[data-outbox]")).to_contain_text(sentence)
        page.get_by_role("button", name="Send now").click()
    expect(page.locator("[data-mine]")).to_contain_text("Received")
    assert len(stored(session)) == 1


def test_the_server_gone_after_storing_is_asked_again_and_stores_once(page, session):
    cut = iter([True])

    def cut_off(route):
        if next(cut, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/submissions", cut_off)
    open_form(page)
    fill(page)
    send(page)
    expect(page.locator("[data-reasons]")).to_contain_text("No network")
    go_home(page)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("[data-outbox]")).to_be_hidden()
    expect(page.locator("[data-mine]")).to_contain_text("Received")
    assert len(stored(session)) == 1


def test_what_is_wrong_can_be_sent_and_the_reason_is_shown(page, session):
    open_form(page)
    fill(page, minutes="9000")
    send(page)
    expect(status(page)).to_have_text("Received, held for review")
    expect(page.locator("[data-reasons] li")).to_have_count(1)
    assert stored(session)[0].status == Status.HELD


def test_another_person_on_the_phone_sees_nothing_and_what_waits_is_kept(
    page, phone, session, sign_in_as, first_visit
):
    page.route("**/api/v1/submissions", lambda route: route.abort())
    open_form(page)
    fill(page, comment="The ink ran out")
    send(page)
    expect(page.locator("[data-reasons]")).to_contain_text("No network")
    page.unroute("**/api/v1/submissions")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out and keep them locked").click()
    expect(page.get_by_label("Password")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert "opening" not in kept
    assert "ink" not in kept
    first_visit(page, "coordinator")
    expect(page.locator("[data-outbox]")).to_be_hidden()
    expect(page.locator("[data-mine]")).to_contain_text("Nothing sent yet")
    sign_in_as(page, "observer")
    unlock(page)
    expect(page.locator("[data-mine]")).to_contain_text("Received")
    assert [submission.person.role for submission in stored(session)] == ["observer"]


KEPT = """async () => {
  const open = indexedDB.open("observer");
  const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const texts = [];
  for (const name of ["records", "files", "outbox"]) {
    const all = database.transaction(name).objectStore(name).getAll();
    await new Promise((done) => (all.onsuccess = done));
    for (const record of all.result) {
      const decoder = new TextDecoder("latin1");
      const plain = JSON.stringify(record, (key, value) =>
        value instanceof ArrayBuffer ? decoder.decode(value) : value);
      texts.push(plain);
    }
  }
  database.close();
  return texts.join("\\n");
}"""


def test_no_request_leaves_the_origin(page, live_server):
    foreign = []
    own = urlsplit(live_server).netloc
    page.on(
        "request",
        lambda request: (
            foreign.append(request.url) if urlsplit(request.url).netloc not in (own, "") else None
        ),
    )
    open_form(page)
    next_step(page)
    assert foreign == []
    assert PIN not in page.content()


def test_a_photo_that_is_still_being_made_smaller_is_sent_along(page, session):
    open_form(page)
    next_step(page)
    page.evaluate(
        """() => {
          const toBlob = HTMLCanvasElement.prototype.toBlob;
          HTMLCanvasElement.prototype.toBlob = function (...its) {
            setTimeout(() => toBlob.apply(this, its), 1500);
          };
        }"""
    )
    page.get_by_label("Photo").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(size=(300, 150))}
    )
    next_step(page)
    send(page)
    expect(status(page)).to_contain_text("Received")
    attachment = session.scalars(select(Attachment)).one()
    assert attachment.stored_sha256
    session.close()
