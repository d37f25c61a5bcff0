"""What a browser draws of a map, while every host but ours is out of reach."""

import re
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from observer.cli import cli
from tests.maps.conftest import OPENED_LATE

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

QUERY = {**OPENED_LATE, "level": 2, "incidents": 1, "centres": 1}


class Watched:
    """A page that notes what it complains of and what it asks of other hosts."""

    def __init__(self, context, own):
        self.complaints, self.foreign = [], []
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._said)
        # Refused before it leaves, so that nothing is drawn with another host's help.
        context.route(lambda address: urlsplit(address).netloc != own, self._refuse)

    def _said(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _refuse(self, route):
        self.foreign.append(route.request.url)
        route.abort()


@pytest.fixture
def watch(browser):
    """Opens a page that may reach one host."""
    opened = []

    def open_(own, **options):
        context = browser.new_context(viewport={"width": 1200, "height": 900}, **options)
        context.set_default_timeout(20_000)
        opened.append((context, Watched(context, own)))
        return opened[-1][1]

    yield open_
    for context, watched in opened:
        context.close()
        assert (watched.complaints, watched.foreign) == ([], [])


@pytest.fixture
def incidents(observed, session):
    for place, gravity in (("1501-01-1", "critical"), ("16-02-1", "minor")):
        observed.submit(
            {"type": ["threat"], "gravity": gravity, "what_happened": "<b>They</b> came"},
            form="incident",
            place=place,
        )
    session.close()


# The server first, so that it is there until the page has been closed.
@pytest.fixture
def page(live_server, incidents, watch, sign_in_as):
    page = watch(urlsplit(live_server).netloc, base_url=live_server, locale="en").page
    sign_in_as(page, "analyst")
    return page


def check_drawn(page, map_):
    """The map shows every region in the colour the legend gives it, and the points."""
    regions = map_.locator(".leaflet-overlay-pane path")
    regions.first.wait_for()
    assert regions.count() == 3
    legend = {
        text.strip(): fill
        for text, fill in map_.locator(".legend li:has(rect)").evaluate_all(
            "items => items.map(i => [i.textContent, i.querySelector('rect').getAttribute('fill')])"
        )
    }
    # A pattern that is not there would be drawn as nothing at all.
    assert map_.locator("pattern#few").count() == 1
    assert legend["fewer than 4 observations"] == "url(#few)"
    told = {}
    for region in regions.all():
        box = region.bounding_box()
        assert min(box["width"], box["height"]) > 20
        # Near the corner, where neither a centre nor an incident is.
        region.hover(position={"x": box["width"] - 8, "y": 8})
        tooltip = map_.locator(".leaflet-tooltip")
        expect(tooltip).to_have_count(1)
        told[tooltip.locator("strong").inner_text()] = (
            tooltip.inner_text().split("\n")[1:3],
            region.get_attribute("fill"),
        )
        page.mouse.move(5, 5)
        expect(tooltip).to_have_count(0)
    assert told == {
        "Lima West": (["1 of 4 (25 %)", "2 of 6 polling stations observed"], legend["25–30 %"]),
        "Lima East": (
            ["2 of 3", "1 of 6 polling stations observed"],
            legend["fewer than 4 observations"],
        ),
        "Loreto": (
            ["none observed", "0 of 6 polling stations observed"],
            legend["none observed"],
        ),
    }
    expect(map_.locator(".centres").filter(has_text=re.compile(r"^2$"))).to_have_count(3)
    expect(map_.locator(".leaflet-incidents-pane path")).to_have_count(2)
    expect(map_.locator(".legend")).to_contain_text("Incident: Critical")


def open_popup(map_, marker):
    """Click until the popup is there: a click on a map that still moves meets something else."""
    popup = map_.locator(".leaflet-popup-content")
    # On a page as small as this one it may lie over the marker.
    map_.locator("details.legend[open] > summary").click()
    for _ in range(5):
        marker.click()
        with suppress(PlaywrightTimeoutError):
            popup.wait_for(timeout=3_000)
            break
    return popup


def test_the_page_draws_the_map_with_no_other_host(page):
    page.goto(f"/map?{urlencode(QUERY)}")
    map_ = page.frame_locator("iframe")
    check_drawn(page, map_)
    popup = open_popup(map_, map_.locator(".leaflet-incidents-pane path").last)
    expect(popup).to_contain_text("<b>They</b> came")
    # By key: the map may still be moving the popup into view.
    popup.get_by_role("link", name="Open the report").press("Enter")
    expect(page).to_have_url(re.compile("/submissions/"))


def test_a_region_opens_its_parts_and_the_day_is_slid_through(page, observed, session):
    early = datetime(2026, 6, 7, 7, 10, tzinfo=ZoneInfo("America/Lima"))
    for place in ("1501-01-2", "1501-02-2", "1501-02-3"):
        observed.submit({"on_time": "no"}, place=place, received_at=early)
    session.close()
    page.goto(f"/map?{urlencode(OPENED_LATE | {'level': 1, 'incidents': 1, 'day': 1})}")
    map_ = page.frame_locator("iframe")
    map_.get_by_role("link", name="Lima").press("Enter")
    expect(page).to_have_url(re.compile("within=15.*day=1"))
    expect(page.get_by_role("navigation", name="Regions above")).to_contain_text("Lima")
    west = map_.locator("path[aria-label^='Lima West']")
    cells = page.locator("tr[data-code='1501'] td")
    expect(west).to_have_attribute("aria-label", re.compile("4 of 7 .57 %."))
    expect(cells.first).to_have_text("4 of 7 (57 %)")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    slider = map_.get_by_label("Time of day")
    slider.press("Home")
    expect(map_.get_by_role("status")).to_have_text("Received before 07:30")
    expect(west).to_have_attribute("aria-label", re.compile("3 of 3, 3 of 6"))
    expect(west).to_have_attribute("fill", "url(#few)")
    expect(cells).to_have_text(["3 of 3", "3 of 6 (50 %)"])
    expect(page.get_by_text("Received before 07:30")).to_be_visible()
    expect(map_.locator(".incident:visible")).to_have_count(0)
    slider.press("End")
    expect(cells).to_have_text(["4 of 7 (57 %)", "5 of 6 (83 %)"])
    expect(map_.locator(".incident:visible")).to_have_count(1)
    map_.get_by_role("button", name="Play").click()
    expect(map_.get_by_role("status")).to_have_text("Received before 08:30")
    map_.get_by_role("button", name="Pause").click()
    expect(map_.get_by_role("button", name="Play")).to_be_visible()
    # Whether something came since is asked all the time; of the map itself nothing is.
    assert [address for address in asked if "/map" in address or "/findings" in address] == []


def test_the_choices_follow_each_other(page):
    page.goto("/map")
    expect(page.get_by_label("Question")).to_be_disabled()
    page.get_by_label("Form", exact=True).select_option("Opening")
    page.get_by_label("Question").select_option("sealed?")
    expect(page.get_by_label("Answer")).to_have_value("no")
    page.get_by_label("Form", exact=True).select_option("Incident")
    expect(page.get_by_label("Answer")).to_be_disabled()
    page.get_by_label("Form", exact=True).select_option("Opening")
    page.get_by_label("Question").select_option("sealed?")
    page.get_by_label("Answer").select_option("Yes")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("sealed?: Yes")
    expect(page.frame_locator("iframe").locator(".leaflet-incidents-pane path")).to_have_count(2)


def test_the_file_draws_from_disk_with_no_host_at_all(watch, app, incidents, tmp_path):
    path = tmp_path / "map.html"
    names = [f"--{name}={value}" for name, value in {**OPENED_LATE, "level": 2}.items()]
    done = app.test_cli_runner().invoke(cli, ["map", str(path), *names, "--centres"])
    assert done.exit_code == 0
    watched = watch("", offline=True)
    asked = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.page.goto(path.as_uri())
    check_drawn(watched.page, watched.page)
    assert [address for address in asked if not address.startswith("data:")] == [path.as_uri()]
    watched.page.locator(".leaflet-incidents-pane path").last.click()
    expect(watched.page.locator(".leaflet-popup")).to_have_count(0)
