"""What is on a phone is its person's alone: PIN, signing out, a phone that is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from observer.access.models import Phone
from observer.collect.models import Revision
from observer.database import now
from tests.collect.builders import build_collecting
from tests.journeys.phones import PIN, fill, go_home, open_form, send, status, stored, unlock

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

COUNT = """async () => {
  const open = indexedDB.open("observer");
  const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const counts = {};
  for (const name of ["vaults", "records", "files"]) {
    const asked = database.transaction(name).objectStore(name).count();
    counts[name] = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  }
  database.close();
  return counts;
}"""
NOTHING = {"vaults": 0, "records": 0, "files": 0}


@pytest.fixture
def page(phone, session, first_visit):
    build_collecting(session)
    session.close()
    page = phone.new_page()
    page.set_default_timeout(10_000)
    first_visit(page)
    return page


def menu(page, name):
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_signing_out_wipes_after_asking_and_lets_it_be_saved_first(page, phone):
    phone.set_offline(True)
    open_form(page)
    fill(page)
    send(page)
    menu(page, "Sign out")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Waiting to be sent: 1")
    dialog.get_by_role("button", name="Sign out and wipe").click()
    with page.expect_download():
        dialog.get_by_role("button", name="Save as a file first").click()
    expect(dialog).to_be_hidden()
    menu(page, "Sign out")
    dialog.get_by_role("button", name="Sign out and wipe").click()
    phone.set_offline(False)
    dialog.get_by_role("button", name="Sign out and wipe").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.evaluate(COUNT) == NOTHING


LATE = """async (pin) => {
  const { Store, lastVault, wipe } = await import("/static/collect/store.js");
  const { openVault } = await import("/static/collect/vault.js");
  const vault = await lastVault();
  const store = new Store(vault.person, await openVault(vault, pin), { changed() {} });
  await wipe(vault.person);
  await store.put([{ id: "late", kind: "sent", content: { comment: "an answer under way" } }]);
  const blob = new Blob(["a photo under way"]);
  await store.putFile("late", { sha256: "0".repeat(64), type: "image/jpeg", blob });
}"""


def test_what_is_under_way_when_all_is_wiped_is_not_kept_and_other_tabs_are_told(page, phone):
    other = phone.new_page()
    other.goto("/my")
    expect(other.get_by_role("heading", name="My places")).to_be_visible()
    # Not a page of the app, which would go where the other one goes.
    page.goto("/static/collect/store.js")
    page.evaluate(LATE, PIN)
    expect(other.get_by_label("The same once more")).to_be_visible()
    assert page.evaluate(COUNT) == NOTHING


def test_a_lost_phone_wipes_itself_at_its_next_contact_even_while_locked(page, session):
    open_form(page)
    fill(page, comment="Secret")
    menu(page, "Lock")
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    phone = session.scalars(select(Phone)).one()
    phone.ended_at = now()
    session.commit()
    session.close()
    page.reload()
    expect(page.get_by_text("All that was kept on it has been wiped")).to_be_visible()
    assert page.evaluate(COUNT) == NOTHING
    assert session.scalars(select(Phone)).one().wiped_at
    session.close()


def test_a_forgotten_pin_is_replaced_and_what_was_kept_stays(page, phone, session):
    phone.set_offline(True)
    open_form(page)
    fill(page, comment="Kept")
    send(page)
    menu(page, "Lock")
    page.get_by_role("button", name="I have forgotten the PIN").click()
    expect(page.get_by_text("sign in again with your password")).to_be_visible()
    phone.set_offline(False)
    page.get_by_role("button", name="I have forgotten the PIN").click()
    page.get_by_label("PIN:").fill("314159")
    page.get_by_label("The same once more").fill("314159")
    page.get_by_role("button", name="Lock this phone with it").click()
    expect(page.locator("[data-mine]")).to_contain_text("Received")
    assert session.scalars(select(Revision)).one().answers["comment"] == "Kept"
    session.close()
    menu(page, "Lock")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text("This is not the PIN")).to_be_visible()
    unlock(page, "314159")


def test_the_language_is_switched_without_losing_an_answer(page, phone, session):
    open_form(page)
    fill(page, comment="Grüße")
    page.get_by_role("button", name="Menu").click()
    page.get_by_label("Language").select_option("fr")
    expect(page.get_by_role("heading", name="Avant l’envoi")).to_be_visible()
    expect(page.locator(".step:visible")).to_contain_text("Grüße")
    page.get_by_role("button", name="Menu").click()
    page.get_by_label("Langue").select_option("ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".step:visible")).to_contain_text("Grüße")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.set_offline(True)
    page.get_by_role("button", name="القائمة").click()
    page.locator("[data-language]").select_option("es")
    expect(page.get_by_text("هذه اللغة ليست على هذا الهاتف بعد")).to_be_visible()
    page.locator("[data-language]").select_option("en")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    phone.set_offline(False)
    send(page)
    expect(status(page)).to_have_text("Received")
    assert session.scalars(select(Revision)).one().answers["comment"] == "Grüße"
    session.close()


def test_a_visit_begins_and_ends_in_one_tap_and_forms_hang_on_it(page, phone, session):
    phone.set_offline(True)
    centre = page.locator(".centre").first
    centre.get_by_role("button", name="Arrived").click()
    expect(centre).to_contain_text("Here since")
    open_form(page)
    fill(page)
    send(page)
    go_home(page)
    phone.set_offline(False)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    centre.get_by_role("button", name="Leaving now").click()
    expect(centre.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.locator("[data-day]")).to_contain_text("Visited: 1 of 2")
    (submission,) = stored(session)
    visits = page.evaluate("fetch('/api/v1/visits').then((answer) => answer.json())")
    assert [visit["place"] for visit in visits] == ["1501-01"]
    assert visits[0]["position"]["lat"] == pytest.approx(-12.046)
    revision = session.scalars(select(Revision)).one()
    assert str(revision.visit_id) == visits[0]["id"]
    assert revision.submission_id == submission.id
    session.close()
