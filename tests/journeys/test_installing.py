"""The app on a phone: kept at the first visit, there without a network, renewed when it may be."""

import shutil
import threading
from pathlib import Path

import pytest
from flask import Response
from playwright.sync_api import expect
from werkzeug.serving import make_server

from observer.checklists.operations import import_read
from observer.missions.models import Mission
from tests.checklists.test_pictures import BESIDE, SEALS, read
from tests.collect.builders import build_collecting
from tests.conftest import CHROMIUM_ARGUMENTS, WHOLE_CHROMIUM
from tests.journeys.phones import PHONE, open_form, unlock

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

INSTALL = """async () => {
    const { register } = await import("/static/collect/installing.js");
    const registration = await register({ onUpdate: () => {} });
    for (;;) {
        const { installing, waiting, active } = registration;
        if (active?.state === "activated") return "activated";
        if (!installing && !waiting && !active) return "redundant";
        await new Promise((changed) => setTimeout(changed, 20));
    }
}"""
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) found.push(url);
    }
    return found.map((url) => new URL(url).pathname);
}"""


def until(page, condition):
    """Wait in the page, whose policy lets Playwright's own waiting evaluate nothing."""
    page.evaluate(
        f"async () => {{ while (!({condition})) await new Promise((on) => setTimeout(on, 20)); }}"
    )


@pytest.fixture
def server(app):
    """The application on a free port: what it is asked, what another answers in its place."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.impostors, server.asked = {}, []
    application = app.wsgi_app

    def answer(environ, start_response):
        server.asked.append(environ["PATH_INFO"])
        impostor = server.impostors.get(environ["PATH_INFO"])
        return (impostor or application)(environ, start_response)

    app.wsgi_app = answer
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()


@pytest.fixture
def live_server(server):
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture
def page(phone, session):
    build_collecting(session)
    session.close()
    page = phone.new_page()
    page.set_default_timeout(10_000)
    page.problems = []
    page.on(
        "console",
        lambda said: page.problems.append(said.text) if "Content Security" in said.text else None,
    )
    yield page
    assert page.problems == []


def test_after_one_visit_the_app_opens_without_a_network(page, phone, server, first_visit):
    first_visit(page)
    assert page.evaluate(INSTALL) == "activated"
    kept = page.evaluate(KEPT)
    assert "/my" in kept
    assert "/static/collect/home.js" in kept
    assert "/static/collect/store.js" in kept, "what a module imports is kept with it"
    assert "/static/vendor/bootstrap/bootstrap.min.css" in kept
    assert not any(path.startswith("/static/findings/") for path in kept)
    assert page.evaluate("fetch('/api/v1/forms').then((answer) => answer.ok)")
    assert server.asked[-1] == "/api/v1/forms"
    devtools = phone.new_cdp_session(page)
    devtools.send("ServiceWorker.enable")
    devtools.send("ServiceWorker.stopAllWorkers")
    server.asked.clear()
    page.goto("/my")
    assert "/my" not in server.asked, "the app is there and is not loaded again"
    phone.set_offline(True)
    page.goto("/my")
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    phone.set_offline(False)
    server.shutdown()
    server.asked.clear()
    page.close()
    page = phone.new_page()
    for address in ("/my", "/my/forms/opening", "/my?round=first"):
        page.goto(address)
        expect(page.get_by_label("PIN", exact=True)).to_be_visible()
        modules = page.evaluate("import('/static/collect/home.js').then(() => 'loaded')")
        assert modules == "loaded"
    assert "/my" not in server.asked


LOGIN = "<!doctype html><title>Free Wi-Fi</title><h1>Welcome</h1>"


@pytest.mark.parametrize(
    ("path", "impostor"),
    [
        ("/my", Response(LOGIN)),
        ("/static/collect/store.js", Response(LOGIN)),
        ("/static/collect/store.js", Response("alert(1)", content_type="text/javascript")),
        ("/static/collect/phone.css", Response("Bad gateway", 502)),
    ],
    ids=["page", "page for a script", "other script", "bad gateway"],
)
def test_nothing_but_the_app_itself_is_kept(page, server, sign_in_as, path, impostor):
    server.impostors[path] = impostor
    sign_in_as(page, "observer")
    assert page.evaluate(INSTALL) == "redundant"
    assert path not in page.evaluate(KEPT)
    server.impostors.clear()
    assert page.evaluate(INSTALL) == "activated"
    assert path in page.evaluate(KEPT)


def test_the_sign_in_page_is_not_kept_as_the_app(page, sign_in_as):
    page.goto("/sign-in")
    assert page.evaluate(INSTALL) == "redundant"
    assert "/my" not in page.evaluate(KEPT)
    sign_in_as(page, "observer")
    assert page.evaluate(INSTALL) == "activated"


def test_a_newer_version_waits_until_it_is_let_in_and_disturbs_no_form(
    page, app, server, tmp_path, first_visit
):
    first_visit(page)
    until(page, "navigator.serviceWorker.controller")
    open_form(page)
    page.get_by_role("group", name="On time?").get_by_text("No").click()
    page.get_by_label("Minutes late").fill("33")
    newer = tmp_path / "static"
    shutil.copytree(Path(app.static_folder), newer)
    with (newer / "collect/phone.css").open("a") as sheet:
        sheet.write(".newer { color: red }")
    app.static_folder = str(newer)
    style = "fetch('/static/collect/phone.css').then((answer) => answer.text())"
    page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.update())")
    expect(page.get_by_text("There is a new version of these pages")).to_be_visible()
    assert ".newer" not in page.evaluate(style)
    expect(page.get_by_label("Minutes late")).to_have_value("33")
    server.asked.clear()
    with page.expect_event("load"):
        page.get_by_role("button", name="Use it now").click()
    expect(page.get_by_label("Minutes late")).to_have_value("33")
    assert ".newer" in page.evaluate(style)
    assert "/api/v1/forms/opening/1/page" in server.asked, "forms are drawn as this release does"
    assert page.evaluate(KEPT).count("/static/collect/phone.css") == 1


def test_a_page_loaded_anew_asks_for_no_pin_but_a_locked_phone_does(page, first_visit):
    first_visit(page)
    until(page, "navigator.serviceWorker.controller")
    page.reload()
    expect(page.get_by_role("heading", name="My places")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    page.reload()
    page.get_by_label("PIN", exact=True).fill("000000")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_text("This is not the PIN")).to_be_visible()
    unlock(page)


def test_pictures_of_labels_are_there_without_a_network(page, phone, session, first_visit):
    mission = session.query(Mission).one()
    import_read(session, mission, read(BESIDE), SEALS.encode(), "seals.md", publish=True)
    session.commit()
    first_visit(page)
    until(page, "navigator.serviceWorker.controller")
    phone.new_cdp_session(page).send("Network.clearBrowserCache")
    phone.set_offline(True)
    page.goto("/my/forms/seals")
    expect(page.locator(".step:visible")).to_be_visible()
    pictures = page.locator('img[src^="/forms/pictures/"]').all()
    shown = "(one) => { one.loading = 'eager'; return one.decode().then(() => one.naturalWidth) }"
    assert [picture.evaluate(shown) for picture in pictures] == [40, 40]


def test_what_only_some_phones_need_is_kept_from_its_first_use_on(page, phone, sign_in_as):
    sheet = "/static/vendor/bootstrap/bootstrap.rtl.min.css"
    look = """(sheet) => new Promise((done) => {
        const link = document.createElement("link");
        Object.assign(link, { rel: "stylesheet", href: sheet });
        link.onload = () => done("styled");
        link.onerror = () => done("plain");
        document.head.append(link);
    })"""
    sign_in_as(page, "observer")
    page.evaluate(INSTALL)
    assert sheet not in page.evaluate(KEPT)
    assert page.evaluate(look, sheet) == "styled"
    phone.set_offline(True)
    page.goto("/my")
    assert page.evaluate(look, sheet) == "styled"


def test_background_sync_tells_the_open_page_to_send(page, phone, live_server, sign_in_as):
    sign_in_as(page, "observer")
    page.evaluate(INSTALL)
    page.evaluate("""async () => {
        const { askForSync, onSend } = await import("/static/collect/installing.js");
        window.told = 0;
        onSend(() => window.told++);
        await askForSync();
    }""")
    devtools = phone.new_cdp_session(page)
    found = {}
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda update: found.update({one["scopeURL"]: one for one in update["registrations"]}),
    )
    devtools.send("ServiceWorker.enable")
    until(page, "navigator.serviceWorker.controller")
    registration = found[f"{live_server}/my"]
    devtools.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": live_server,
            "registrationId": registration["registrationId"],
            "tag": "outbox",
            "lastChance": False,
        },
    )
    until(page, "told > 0")


def test_a_browser_finds_the_app_installable(playwright, server, session, sign_in_as):
    build_collecting(session)
    session.close()
    browser = playwright.chromium.launch(
        executable_path=WHOLE_CHROMIUM, args=CHROMIUM_ARGUMENTS, headless=True
    )
    phone = browser.new_context(base_url=f"http://127.0.0.1:{server.port}", **PHONE)
    page = phone.new_page()
    sign_in_as(page, "observer")
    page.evaluate(INSTALL)
    devtools = phone.new_cdp_session(page)
    found = devtools.send("Page.getAppManifest")
    assert found["url"].endswith("/my/manifest.webmanifest")
    assert found["errors"] == []
    problems = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    browser.close()
    # The tests' browser keeps nothing after it is closed, and that is all it finds wrong.
    assert [problem["errorId"] for problem in problems] == ["in-incognito"]
