"""The panel beside the editor: figures found by words, evidence to cite, a preview that follows."""

from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from observer.checklists.library import builtin_definition, import_builtin
from observer.collect.models import Status
from observer.missions.scope import Scope
from observer.review.casemodels import State
from observer.review.caseoperations import judge, move
from observer.statements.compose import COUNTED
from observer.statements.evidence import EvidenceFilters, evidence
from observer.statements.facts import Facts
from observer.statements.ranking import candidates
from observer.statements.words import Words
from tests.findings.builders import add_form
from tests.missions.builders import build_mission, sign_in
from tests.statements.builders import begin_statement

TEXT = """\
## Opening

Late: {{ share('opening', 'on_time', 'no') }}.

{{ table('opening', 'on_time', 'no') }}

Again: {{ share('opening', 'on_time', 'no') }}.
"""
WEEKLY = {
    "week_ending": "2026-05-30",
    "area_text": "Maynas",
    "topics": ["women", "finance"],
    "by_topic": [
        {"topic": "women", "text": "Threats against a candidate.", "quote_allowed": "yes"},
        {"topic": "finance", "text": "No accounts were published.", "quote_allowed": "no"},
    ],
}


@pytest.fixture
def statement(session, station):
    made = begin_statement(station, TEXT)
    form, version = add_form(session, station.built, builtin_definition("weekly_report"))
    station.forms["weekly_report"], station.versions[form.id] = form, version
    session.commit()
    return made


@pytest.fixture
def reported(station, statement):
    """A weekly report, and three incidents: confirmed, only verified, only received."""
    weekly = station.submit(WEEKLY, form="weekly_report", place="16-01", status=Status.VERIFIED)

    def incident(words, status, place="1501-01-1"):
        told = {"type": ["threat"], "gravity": "serious", "what_happened": words}
        return station.submit(told, form="incident", place=place, status=status)

    incident("Nobody looked at this.", Status.RECEIVED)
    verified = incident("Doors were blocked.", Status.VERIFIED)
    confirmed = incident("Agents were sent away.", Status.VERIFIED)
    analyst = station.built.people["analyst"]
    judge(station.session, confirmed, analyst, judged={"title": "Agents were kept out."})
    move(station.session, confirmed, State.CHECKING, analyst)
    move(station.session, confirmed, State.CONFIRMED, analyst)
    station.session.commit()
    return weekly, verified, confirmed


def offered(client, query):
    """The calls that a search offers, in their order, and the whole answer."""
    page = unescape(client.get("/statements/a-statement/figures", query_string={"q": query}).text)
    calls = [part.partition(" }}")[0] for part in page.split('data-insert="{{ ')[1:]]
    return calls, " ".join(page.split())


def test_a_figure_is_found_by_words_of_any_language_with_its_value_and_base(app, statement):
    client = app.test_client()
    sign_in(client, "analyst")
    late = "share('opening', 'on_time', 'no', region='16')"
    calls, page = offered(client, "opening time no Loreto")
    assert calls[0] == late
    assert "two of ten" in page
    assert "2 of 10 · 1 of 6 places observed" in page
    assert offered(client, "APERTURÁ loret time no")[0][0] == late
    assert offered(client, "map opening on time no")[0][0] == "map('opening', 'on_time', 'no')"
    assert offered(client, "mean delay Lima East")[0][0] == (
        "number('opening', 'delay', what='mean', region='1502')"
    )
    assert offered(client, "how many incidents critical")[0][0] == (
        "incident_count(gravity='critical')"
    )
    calls, page = offered(client, "electoral authority")
    assert calls == ["source('turnout')"]
    assert "72 %" in page
    assert "Electoral Authority, Turnout, 8 June 2026" in page
    assert "The day on which it was read is missing." in page
    # By its title as well, and by its short name.
    for query in ("turnout", "authority turnout 72"):
        assert offered(client, query)[0][0] == "source('turnout')"
    assert offered(client, "list of sources")[0][0] == "sources()"
    assert offered(client, "opneing")[0]
    calls, page = offered(client, "xyzzy")
    assert calls == []
    assert "Nothing found for “xyzzy”" in page


RANKED_FIRST = {
    "opening delay": "number('opening', 'delay_minutes')",
    "opening delay Loreto": "number('opening', 'delay_minutes', region='16')",
    "mediana demora apertura": "number('opening', 'delay_minutes')",
    "opening late map": "map('opening', 'opened_on_time', 'no')",
    "opening late chart": "chart('opening', 'delay_reasons')",
    "demora apertura Loreto": "share('opening', 'opened_on_time', 'no', region='16')",
    "overall assessment chart": "chart('opening', 'overall')",
    "cuadro valoración general": "table('opening', 'overall', level=0)",
}


def test_what_is_asked_for_stands_first(session):
    built = build_mission(session)
    import_builtin(session, built.mission)
    facts = Facts(session, Scope(built.mission), built.runoff, "en", COUNTED)
    found = {query: candidates(facts, query)[0].call.written for query in RANKED_FIRST}
    assert found == RANKED_FIRST


def test_before_anything_is_typed_kinds_and_the_figures_in_use_are_shown(app, statement):
    client = app.test_client()
    sign_in(client, "editor")
    calls, page = offered(client, "")
    assert calls == [
        "share('opening', 'on_time', 'no')",
        "table('opening', 'on_time', 'no')",
    ]
    assert "25 per cent" in page
    assert "10 of 40" in page
    assert 'data-search="map "' in page


def test_evidence_is_confirmed_incidents_first_and_never_names_who_told(app, reported):
    weekly, verified, confirmed = (one.id.hex[:8].upper() for one in reported)
    client = app.test_client()
    sign_in(client, "editor")
    page = client.get("/statements/a-statement/evidence").text
    assert page.index(confirmed) < page.index(verified) < page.index(weekly)
    assert "Agents were kept out." in page
    assert "Nobody looked at this." not in page
    assert "Not to be quoted." in page
    assert f"Report {weekly} of the mission’s observers: Weekly report, 30 May 2026." in page
    assert "Observer Demo" not in page
    on_women = client.get("/statements/a-statement/evidence?topic=women").text
    assert "Threats against a candidate." in on_women
    assert "No accounts" not in on_women
    assert confirmed not in on_women
    in_lima = client.get("/statements/a-statement/evidence?region=15&text=door").text
    assert (verified in in_lima, weekly in in_lima, confirmed in in_lima) == (True, False, False)
    assert "Nothing found" in client.get("/statements/a-statement/evidence?text=xyzzy").text


def test_evidence_from_elsewhere_is_not_the_reader_s_business(session, station, reported):
    built = station.built
    loreto = Scope(built.mission, frozenset({built.regions["16"].id}))
    found = evidence(session, loreto, built.runoff, EvidenceFilters(), Words("es", 30))
    assert [one.kind for one in found] == ["weekly_report"]
    assert found[0].citation.endswith("Informe semanal, 30 de mayo de 2026.")
    assert not evidence(session, loreto, built.first, EvidenceFilters(), Words("en", 30))


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_what_is_chosen_stands_at_the_cursor_and_the_preview_follows(
    session, reported, browser, live_server, sign_in_as
):
    session.close()
    context = browser.new_context(base_url=live_server, locale="en", reduced_motion="reduce")
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in_as(page, "editor")
    page.goto("/statements/a-statement")
    text, preview = page.get_by_label("Text, in Markdown"), page.locator("#preview")
    lines = "\n\n".join(f"Paragraph {number}." for number in range(1, 60))
    text.fill(f"{lines}\n\nEnd: ")
    expect(preview.locator(".at-cursor")).to_have_text("End:")
    expect(preview.locator(".at-cursor")).to_be_in_viewport()

    page.keyboard.press("Control+k")
    page.keyboard.type("opening time no")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("25 per cent")
    page.keyboard.press("Enter")
    expect(text).to_have_value(f"{lines}\n\nEnd: {{{{ share('opening', 'on_time', 'no') }}}}")
    expect(preview.locator(".at-cursor")).to_have_text("End: 25 per cent")
    page.keyboard.press("Control+z")
    expect(text).to_have_value(f"{lines}\n\nEnd: ")

    page.get_by_role("tab", name="Evidence").click()
    page.get_by_role("button", name="Cite").first.click()
    expect(text).to_have_value(
        f"{lines}\n\nEnd: [^1]\n\n[^1]: Report {reported[2].id.hex[:8].upper()} of the mission’s "
        "observers: Incident, 7 June 2026.\n"
    )
    page.keyboard.press("Escape")
    expect(page.locator("#insert")).to_be_hidden()

    # Somebody reads elsewhere in the preview: typing on does not take it away from them.
    preview.hover()
    page.mouse.wheel(0, -10_000)
    expect(preview.get_by_text("Paragraph 1.", exact=True)).to_be_in_viewport()
    text.press_sequentially("!")
    expect(preview.locator(".at-cursor")).to_contain_text("!")
    expect(preview.get_by_text("Paragraph 1.", exact=True)).to_be_in_viewport()
    preview.get_by_text("Paragraph 2.", exact=True).click()
    assert text.evaluate(
        "text => text.value.slice(text.selectionStart, text.selectionEnd + 12)"
    ) == ("Paragraph 2.")
    assert problems == []
    context.close()


@pytest.fixture
def writing(session, statement, browser, live_server, sign_in_as):
    """A page with the editor and an empty text."""
    session.close()
    context = browser.new_context(base_url=live_server, locale="en", reduced_motion="reduce")
    page = context.new_page()
    sign_in_as(page, "editor")
    page.goto("/statements/a-statement")
    page.get_by_label("Text, in Markdown").fill("")
    yield page
    context.close()


def hold_searches(page: Page) -> Callable[[str], Route]:
    """From now on no search is answered before the test says so; gives that of a query."""
    held: dict[str, Route] = {}

    def hold(route: Route) -> None:
        held[parse_qs(urlsplit(route.request.url).query).get("q", [""])[0]] = route

    def of_query(query: str) -> Route:
        for _each in range(1000):
            if query in held:
                break
            page.wait_for_timeout(10)
        return held.pop(query)

    page.route("**/figures?*", hold)
    return of_query


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_nothing_of_an_earlier_search_is_inserted_while_the_next_is_on_its_way(writing):
    text, found = writing.get_by_label("Text, in Markdown"), writing.locator("#insert-found")
    chosen = writing.locator("[role=option][aria-selected=true]")
    writing.keyboard.press("Control+k")
    writing.keyboard.type("mean delay")
    expect(chosen).to_contain_text("what='mean') }}")
    hold = hold_searches(writing)
    writing.keyboard.type(" Lima East")
    expect(found).to_have_attribute("aria-busy", "true")
    expect(chosen).to_have_count(0)
    expect(writing.locator("#insert-search[aria-activedescendant]")).to_have_count(0)
    writing.keyboard.press("ArrowDown")
    writing.locator("[role=option]").first.dispatch_event("click")
    expect(chosen).to_have_count(0)
    expect(text).to_have_value("")

    # Enter waits for the answer to what was typed last.
    writing.keyboard.press("Enter")
    expect(writing.locator(".insert-state")).to_contain_text("Searching")
    expect(text).to_have_value("")
    hold("mean delay Lima East").continue_()
    expect(text).to_have_value("{{ number('opening', 'delay', what='mean', region='1502') }}")
    expect(found).not_to_have_attribute("aria-busy", "true")

    # Reopened, the panel does not begin with what was looked for before.
    writing.keyboard.press("Escape")
    writing.keyboard.press("Control+k")
    expect(writing.locator("#insert-search")).to_have_value("")
    expect(found).to_have_attribute("aria-busy", "true")
    hold("").continue_()
    expect(found).to_contain_text("What kind of figure?")
    expect(chosen).to_have_count(0)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_a_late_answer_is_dropped_and_enter_counts_for_its_own_query_alone(writing):
    text, found = writing.get_by_label("Text, in Markdown"), writing.locator("#insert-found")
    hold = hold_searches(writing)
    writing.keyboard.press("Control+k")
    hold("").continue_()
    writing.keyboard.type("mean delay")
    writing.keyboard.press("Enter")
    earlier = hold("mean delay")
    writing.keyboard.type(" Lima")
    earlier.continue_()
    later = hold("mean delay Lima")
    expect(found).to_have_attribute("aria-busy", "true")
    later.continue_()
    expect(found).to_contain_text("region='15') }}")
    expect(text).to_have_value("")

    # Whoever leaves the search or closes the panel wants nothing inserted any more.
    writing.keyboard.press("Escape")
    for leave in (text.click, lambda: writing.keyboard.press("Escape")):
        writing.keyboard.press("Control+k")
        writing.keyboard.type("turnout")
        writing.keyboard.press("Enter")
        turnout = hold("turnout")
        leave()
        turnout.continue_()
        expect(text).to_be_focused()
    writing.keyboard.press("Control+k")
    hold("")
    writing.keyboard.type("list of sources")
    hold("list of sources").continue_()
    expect(found).to_contain_text("{{ sources() }}")
    expect(text).to_have_value("")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_a_search_that_fails_says_so_and_enter_asks_again(writing):
    text, state = writing.get_by_label("Text, in Markdown"), writing.locator(".insert-state")
    writing.keyboard.press("Control+k")
    writing.keyboard.type("mean delay")
    expect(writing.locator("[role=option][aria-selected=true]")).to_have_count(1)
    writing.route("**/figures?*", lambda route: route.abort())
    writing.keyboard.type(" Lima")
    writing.keyboard.press("Enter")
    expect(state).to_contain_text("No answer from the server")
    expect(writing.locator("[role=option]")).to_have_count(0)
    writing.unroute("**/figures?*")
    expect(text).to_have_value("")
    writing.keyboard.press("Enter")
    expect(text).to_have_value("{{ number('opening', 'delay', what='mean', region='15') }}")
