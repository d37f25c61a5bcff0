"""No report is ever lost: batteries, networks, servers and tabs at their worst."""

from __future__ import annotations

import hashlib
import random
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from observer.checklists.operations import import_form
from observer.collect.models import Attachment, Revision, Status
from observer.missions.models import Mission, Place
from tests.collect.builders import OPENING, build_collecting, photo
from tests.journeys.bad_network import bad_network
from tests.journeys.killable import KillablePhone
from tests.journeys.phones import (
    PIN,
    at,
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

WORST = ("pass", "cut", "portal", "bad gateway", "no answer", "twice", "slow")


@pytest.fixture
def mission(session):
    build_collecting(session)
    session.close()


@pytest.fixture
def page(phone, mission, first_visit):
    page = phone.new_page()
    page.set_default_timeout(15_000)
    first_visit(page)
    return page


@pytest.fixture
def killable(playwright, tmp_path, live_server, mission):
    phone = KillablePhone(playwright, tmp_path / "phone", live_server)
    yield phone
    phone.kill()


def answers_of(session):
    session.rollback()
    found = [revision.answers for revision in session.scalars(select(Revision))]
    session.commit()
    return found


def open_again(phone, sign_in_as):
    page = at(phone.start(), phone.address)
    # A browser writes a cookie down half a minute after it was set.
    sign_in_as(page, "observer")
    unlock(page)
    return page


def test_a_battery_that_dies_between_keystrokes_costs_at_most_one_of_them(
    killable, session, sign_in_as, first_visit
):
    page = at(killable.start(), killable.address)
    first_visit(page)
    open_form(page)
    fill(page)
    page.get_by_role("button", name="Back").click()
    page.get_by_label("Photo").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(size=(400, 300))}
    )
    expect(page.get_by_alt_text("Photo taken")).to_be_visible()
    written = "The ink"
    for round_ in range(2):
        more = written if round_ == 0 else f" {round_}abc"
        page.get_by_label("Comment").press("End")
        page.get_by_label("Comment").press_sequentially(more, delay=80)
        typed = page.get_by_label("Comment").input_value()
        killable.kill()
        page = open_again(killable, sign_in_as)
        page.get_by_role("link", name="Opening").filter(has_text="Go on").first.click()
        comment = page.get_by_label("Comment")
        expect(comment).to_be_visible()
        assert comment.input_value() in (typed, typed[:-1])
        expect(page.get_by_alt_text("Photo taken")).to_be_visible()
    comment = comment.input_value()
    next_step(page)
    send(page)
    expect(status(page)).to_have_text("Received")
    (answers,) = answers_of(session)
    assert (answers["comment"], answers["delay_minutes"]) == (comment, 45)
    assert session.scalars(select(Attachment)).one().stored_sha256
    session.close()


def test_whatever_a_network_does_all_arrives_once_photo_by_photo(
    phone, mission, session, live_server, first_visit
):
    chance = random.Random(20260607)  # noqa: S311
    is_bad = False

    def weather(method, path):
        if is_bad and path.startswith("/api/v1/submissions") and method == "POST":
            return chance.choice(WORST)
        return "pass"

    with bad_network(live_server, weather) as address:
        page = at(phone.new_page(), address)
        page.set_default_timeout(15_000)
        first_visit(page)
        is_bad = True
        sent = []
        for number in range(4):
            picture = photo(size=(300 + number, 200))
            open_form(page)
            fill(page, comment=f"report {number}")
            page.get_by_role("button", name="Back").click()
            page.get_by_label("Photo").set_input_files(
                {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture}
            )
            expect(page.get_by_alt_text("Photo taken")).to_be_visible()
            next_step(page)
            send(page)
            sent.append(f"report {number}")
            go_home(page)
        for _ in range(60):
            if not page.locator("[data-outbox]").is_visible():
                break
            # By its element: the last report may arrive, and the button go, while it is aimed at.
            page.evaluate("document.querySelector('[data-send]')?.click()")
            page.wait_for_timeout(300)
        expect(page.locator("[data-outbox]")).to_be_hidden()
    assert sorted(answers["comment"] for answers in answers_of(session)) == sent
    attachments = session.scalars(select(Attachment)).all()
    assert len(attachments) == len(sent)
    assert all(attachment.stored_sha256 for attachment in attachments)
    named = {revision.answers["photo"] for revision in session.scalars(select(Revision))}
    assert named == {attachment.sha256 for attachment in attachments}
    assert all(len(sha256) == len(hashlib.sha256().hexdigest()) for sha256 in named)
    session.close()


def test_form_changed_and_place_removed_meanwhile_it_arrives_and_is_held(page, phone, session):
    phone.set_offline(True)
    open_form(page)
    fill(page)
    mission = session.scalars(select(Mission)).one()
    newer = OPENING.replace("Minutes late", "Minutes of delay").replace(
        "opening | 1", "opening | 2"
    )
    import_form(session, mission, newer.encode(), "opening.md", publish=True)
    session.scalars(select(Place).where(Place.code == "1501-01-1")).one().code = "1501-01-9"
    session.commit()
    session.close()
    phone.set_offline(False)
    page.get_by_role("button", name="Back").click()
    page.get_by_label("Comment").fill("Still the old form")
    next_step(page)
    send(page)
    expect(status(page)).to_have_text("Received, held for review")
    (submission,) = stored(session)
    assert submission.status == Status.HELD
    (answers,) = answers_of(session)
    assert answers["comment"] == "Still the old form"


def test_one_bad_record_does_not_block_the_others(page, session):
    refused = iter(["413", "413", "413"])

    def route(route):
        body = route.request.post_data or ""
        if "too large" in body and next(refused, None):
            route.fulfill(status=413, content_type="application/problem+json", body="{}")
        else:
            route.continue_()

    page.route("**/api/v1/submissions", route)
    for comment in ("too large", "second", "third"):
        open_form(page)
        fill(page, comment=comment)
        send(page)
        go_home(page)
    expect(page.locator("[data-waiting] > li")).to_have_count(1)
    expect(page.locator("[data-waiting]")).to_contain_text("Needs you")
    expect(page.locator("[data-waiting]")).to_contain_text("save it as a file")
    assert [answers["comment"] for answers in answers_of(session)] == ["second", "third"]


def test_two_tabs_share_one_outbox_and_never_one_draft(page, phone, session):
    open_form(page)
    page.get_by_role("group", name="On time?").get_by_text("No").click()
    expect(page).to_have_url(re.compile("/my/drafts/"))
    other = phone.new_page()
    other.goto("/my")
    other.get_by_role("link", name="Opening").filter(has_text="Go on").first.click()
    expect(other.get_by_text("open in another window")).to_be_visible()
    page.get_by_label("Minutes late").fill("33")
    other.get_by_role("button", name="Go on here").click()
    expect(other.get_by_label("Minutes late")).to_have_value("33")
    expect(page.get_by_text("open in another window")).to_be_visible()
    phone.set_offline(True)
    next_step(other)
    next_step(other)
    send(other)
    phone.set_offline(False)
    expect(status(other)).to_have_text("Received")
    go_home(page)
    expect(page.locator("[data-mine]")).to_contain_text("Received")
    assert len(stored(session)) == 1


def test_a_full_phone_says_so_and_sends_from_memory(killable, session, sign_in_as, first_visit):
    page = at(killable.start(), killable.address)
    first_visit(page)
    killable.kill()
    page = at(killable.start(), killable.address)
    # Before anything is asked of the database, which remembers how much room there was.
    full = {"origin": killable.address, "quotaSize": 1}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", full)
    sign_in_as(page, "observer")
    unlock(page)
    open_form(page)
    fill(page, comment="No room")
    expect(page.locator("[data-unkept]")).to_contain_text("storage is full")
    send(page)
    expect(status(page)).to_have_text("Received")
    (answers,) = answers_of(session)
    assert answers["comment"] == "No room"


def test_an_expired_login_keeps_everything_and_goes_on(page, phone, session, sign_in_as):
    open_form(page)
    fill(page, comment="Before")
    phone.clear_cookies()
    send(page)
    expect(page.locator("[data-reasons]")).to_contain_text("Sign in again")
    page.get_by_role("link", name="Sign in").click()
    sign_in_as(page, "observer")
    pin = page.get_by_label("PIN", exact=True)
    expect(page.get_by_role("heading", name="My places").or_(pin)).to_be_visible()
    if pin.is_visible():
        unlock(page)
    expect(page.locator("[data-mine]")).to_contain_text("Received")
    (answers,) = answers_of(session)
    assert answers["comment"] == "Before"


def test_five_hundred_made_offline_all_arrive_in_order(page, phone, session):
    phone.set_offline(True)
    open_form(page)
    fill(page, comment="0")
    send(page)
    go_home(page)
    page.evaluate(MANY, PIN)
    expect(page.locator("[data-state]")).to_contain_text("Waiting: 500")
    phone.set_offline(False)
    expect(page.locator("[data-outbox]")).to_be_hidden(timeout=120_000)
    comments = [answers["comment"] for answers in answers_of(session)]
    assert comments == [str(number) for number in range(500)]


MANY = """async (pin) => {
  const { Store, lastVault } = await import("/static/collect/store.js");
  const { openVault } = await import("/static/collect/vault.js");
  const vault = await lastVault();
  const store = new Store(vault.person, await openVault(vault, pin), { changed() {} });
  const [first] = await store.all("waiting");
  const others = Array.from({ length: 499 }, (_, index) => {
    const payload = { ...first.content.payload, id: crypto.randomUUID() };
    payload.answers = { ...payload.answers, comment: String(index + 1) };
    return { id: `${payload.id}:1`, kind: "waiting", content: { payload, reason: "" } };
  });
  await store.put(others);
}"""


def test_a_record_that_the_server_stumbles_over_goes_behind_the_others(page, session):
    def stumble(route):
        if "stumble" in (route.request.post_data or ""):
            route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")
        else:
            route.continue_()

    page.route("**/api/v1/submissions", stumble)
    for comment in ("stumble", "second", "third"):
        open_form(page)
        fill(page, comment=comment)
        send(page)
        go_home(page)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("[data-waiting] > li")).to_have_count(1)
    assert [answers["comment"] for answers in answers_of(session)] == ["second", "third"]


def test_the_place_can_be_changed_before_and_after_sending_and_answers_stay(page, session):
    open_form(page)
    fill(page, comment="Kept")
    page.get_by_role("button", name="Change: Place").click()
    page.get_by_label("Place", exact=True).select_option("1501-01-2")
    page.get_by_role("button", name="Summary").click()
    send(page)
    expect(status(page)).to_have_text("Received")
    page.get_by_role("link", name="Correct it").click()
    expect(page.locator(".step:visible")).to_contain_text("Kept")
    page.get_by_role("button", name="Change: Place").click()
    page.get_by_label("Place", exact=True).select_option("1502-01-1")
    page.get_by_role("button", name="Summary").click()
    send(page)
    expect(status(page)).to_have_text("Received")
    expect(page.locator("[data-facts]")).to_contain_text("1502-01-1")
    (submission,) = stored(session)
    assert submission.current_revision == 2
    revisions = session.scalars(select(Revision).order_by(Revision.number)).all()
    assert [revision.payload["place"] for revision in revisions] == ["1501-01-2", "1502-01-1"]
    assert [revision.answers["comment"] for revision in revisions] == ["Kept", "Kept"]
    session.close()


OVERTAKEN = """async (pin) => {
  const { Store, lastVault } = await import("/static/collect/store.js");
  const { openVault } = await import("/static/collect/vault.js");
  const { DraftKeeper, newDraft } = await import("/static/collect/drafts.js");
  const vault = await lastVault();
  const store = new Store(vault.person, await openVault(vault, pin), { changed() {} });
  const form = { code: "opening", version: 1 };
  const keeper = new DraftKeeper(store, newDraft({ form, round: "runoff" }));
  const answers = { comment: "Done" };
  const state = { place: "", answers, step: -1, urgent: false, progress: null, files: [] };
  await keeper.change(state);
  // The next thing that is sealed takes long: the draft, as it is kept once more.
  const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
  let goOn;
  const held = new Promise((resolve) => { goOn = resolve; });
  crypto.subtle.encrypt = async (...given) => {
    crypto.subtle.encrypt = encrypt;
    await held;
    return encrypt(...given);
  };
  const settling = keeper.settle();
  const result = { place: "", answers, position: null, attachments: [] };
  const finishing = keeper.finish(result, state);
  setTimeout(goOn, 500);
  await Promise.all([settling, finishing]);
  return (await store.get(keeper.id)).kind;
}"""


def test_what_is_sent_is_not_overtaken_by_the_draft_of_it(page):
    page.goto("/static/collect/store.js")
    assert page.evaluate(OVERTAKEN, PIN) == "waiting"


LATE = """const soon = window.setTimeout;
window.setTimeout = (act, ms, ...given) => soon(act, ms === 400 ? 2000 : ms, ...given);"""


def test_what_is_sent_is_not_overtaken_by_the_page_left_before(page, phone):
    # As on a slow phone: what was to be written once nobody types comes much later.
    page.evaluate(LATE)
    open_form(page)
    fill(page)
    go_home(page)
    phone.set_offline(True)
    page.get_by_role("link", name="Opening").filter(has_text="Go on").first.click()
    send(page)
    go_home(page)
    expect(page.get_by_role("heading", name="Waiting on this phone")).to_be_visible()
    page.wait_for_timeout(2500)
    page.reload()
    expect(page.get_by_role("heading", name="Waiting on this phone")).to_be_visible()
    expect(page.get_by_role("heading", name="Being filled")).to_be_hidden()
