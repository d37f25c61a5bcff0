"""What the map's page and its document say of a region, and to whom."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from observer.collect.models import Status
from observer.missions.models import Assignment, Region
from tests.maps.conftest import OPENED_LATE


def drawn(client, **query):
    """What the document tells of each region, by code, of incidents, and of its colours."""
    text = client.get("/map/document", query_string=query).text
    layers = re.findall(r"geo_json_\d+_add\((\{.*\})\);", text)
    features = [feature for layer in layers for feature in json.loads(layer)["features"]]
    legend = re.findall(r'<li><svg[^>]*><rect[^>]* fill="([^"]+)".*?</svg>(.+?)</li>', text)
    return (
        {each["id"]: each["properties"] for each in features if "id" in each},
        [each["properties"]["lines"] for each in features if "id" not in each],
        {meaning: fill for fill, meaning in legend},
    )


def tables(client, **query):
    """The page's tables, by heading: the cells of each region."""
    text = client.get("/map", query_string=query).text
    return {
        heading: [
            [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<t[hd] .*?>(.*?)</t[hd]>", row)]
            for row in rows.split("</tr>")[1:-1]
        ]
        for heading, rows in re.findall(r"<h2>(.*?)</h2>(.*?)</table>", text, re.DOTALL)
    }


def test_a_region_is_told_with_its_base_and_few_and_none_are_told_apart(observed, client_of):
    regions, _, legend = drawn(client_of("analyst"), **OPENED_LATE, level=2)
    reports = "received and verified reports"
    assert {code: each["lines"] for code, each in regions.items()} == {
        "1501": [
            "Lima West",
            "1 of 4 (25 %)",
            "2 of 6 polling stations observed",
            reports,
        ],
        "1502": ["Lima East", "2 of 3", "1 of 6 polling stations observed", reports],
        "16": ["Loreto", "none observed", "0 of 6 polling stations observed", reports],
    }
    assert {code: each["shade"] for code, each in regions.items()} == {
        "1501": 0,
        "1502": "few",
        "16": "none",
    }
    labels = {code: each["label"] for code, each in regions.items()}
    assert labels == {"1501": "25 %", "1502": "2 of 3", "16": ""}
    assert list(legend) == ["25–30 %", "fewer than 4 observations", "none observed"]
    assert len(set(legend.values())) == 3


def test_shares_far_apart_are_in_different_classes(observed, client_of):
    for answer in ("no", "no", "no"):
        observed.submit({"on_time": answer}, place="16-01-1")
        observed.submit({"on_time": answer}, place="1502-01-1")
    observed.submit({"on_time": "no"}, place="16-01-1")
    regions, _, legend = drawn(client_of("analyst"), **OPENED_LATE, level=2)
    assert [each["lines"][1] for each in regions.values()] == [
        "1 of 4 (25 %)",
        "5 of 6 (83 %)",
        "4 of 4 (100 %)",
    ]
    classes = [meaning for meaning in legend if meaning.endswith("%")]
    assert classes == ["20–40 %", "40–60 %", "60–80 %", "80–100 %"]
    assert [each["shade"] for each in regions.values()] == [0, 3, 3]


def test_coverage_counts_places_and_has_no_base_too_small_for_a_class(session, observed, client_of):
    for number in (1, 2, 3):
        observed.built.places[f"1502-02-{number}"].region = observed.built.regions["1501"]
    session.commit()
    regions, _, legend = drawn(client_of("analyst"), level=2)
    assert {code: (each["lines"][1], each["shade"]) for code, each in regions.items()} == {
        "1501": ("2 of 9 polling stations observed (22 %)", 0),
        "1502": ("1 of 3 polling stations observed", 2),
        "16": ("0 of 6 polling stations observed (0 %)", "none"),
    }
    assert "fewer than 4 observations" not in legend


def test_regions_abroad_stand_in_the_table_beside_the_map(observed, client_of):
    analyst = client_of("analyst")
    assert tables(analyst, **OPENED_LATE, level=1) == {
        "Not on the map": [["Américas", "1 of 1", "1 of 6 (17 %)"]],
        "On the map": [
            ["Lima", "3 of 7 (43 %)", "3 of 12 (25 %)"],
            ["Loreto", "none observed", "0 of 6 (0 %)"],
        ],
    }
    assert list(drawn(analyst, **OPENED_LATE, level=1)[0]) == ["15", "16"]


def test_a_region_leads_to_the_map_of_what_lies_in_it(observed, client_of):
    analyst = client_of("analyst")
    top, _, _ = drawn(analyst, **OPENED_LATE, centres=1)
    assert top["16"]["href"] is None
    address = top["15"]["href"]
    assert dict(parse_qsl(urlsplit(address).query)) == {
        **OPENED_LATE,
        "round": "runoff",
        "within": "15",
        "level": "2",
        "centres": "1",
    }
    text = analyst.get(address).text
    assert (
        f'<a href="{address.replace("&", "&amp;")}">Lima</a>'
        in analyst.get("/map", query_string={**OPENED_LATE, "level": 1, "centres": 1}).text
    )
    assert "3 of 7 (43 %)" in text.split('<div class="map-and-table">')[0]
    inside = {**OPENED_LATE, "within": "15", "level": 2}
    assert tables(analyst, **inside) == {
        "On the map": [
            ["Lima West", "1 of 4 (25 %)", "2 of 6 (33 %)"],
            ["Lima East", "2 of 3", "1 of 6 (17 %)"],
        ]
    }
    assert list(drawn(analyst, **inside)[0]) == ["1501", "1502"]
    (up,) = re.findall(r'<li class="breadcrumb-item"><a href="(.*?)">Peru</a>', text)
    assert "within" not in up
    assert "Loreto" in analyst.get(up.replace("&amp;", "&")).text


def test_a_region_that_there_is_not_or_not_for_everyone_is_not_found(observed, client_of):
    for role, code in (("analyst", "x"), ("coordinator", "16")):
        for address in ("/map", "/map/document"):
            answer = client_of(role).get(address, query_string={"within": code, "level": 2})
            assert answer.status_code == 404
            assert f"There is no region “{code}”" in answer.text


def test_the_day_comes_with_the_map(observed, client_of):
    """Everything the browser needs to show an hour, so that it asks for nothing."""
    lima = ZoneInfo("America/Lima")
    for hour, place in ((6.9, "1501-01-1"), (7.2, "1502-02-1"), (26.1, "16-01-1")):
        observed.submit(
            {"on_time": "no"},
            place=place,
            received_at=datetime(2026, 6, 7, tzinfo=lima) + timedelta(hours=hour),
        )
    analyst = client_of("analyst")
    text = analyst.get("/map/document", query_string={**OPENED_LATE, "level": 1, "day": 1}).text
    day = json.loads(re.search(r'id="day">(.*?)</script>', text)[1])
    assert (day["moments"][0], day["moments"][-1]) == ("07:00", "8 Jun 02:30")
    assert len(day["moments"]) == 40
    assert day["regions"] == {
        "15": [12, [[0, 1, 1, 1], [1, 1, 1, 1], [11, 3, 7, 2]]],
        "16": [6, [[39, 1, 1, 1]]],
        "91": [6, [[11, 1, 1, 1]]],
    }
    assert re.search(r'<input type="range" min="0" max="40" value="40"', text)
    assert 'id="day"' not in analyst.get("/map/document?level=1").text


def test_a_day_without_reports_says_so(station, client_of):
    text = client_of("analyst").get("/map/document?level=1&day=1").text
    assert "No report was received on the voting day yet" in text
    assert "maps/day.js" not in text


def test_a_centre_tells_its_stations_and_reports(observed, client_of):
    analyst, coordinator = client_of("analyst"), client_of("coordinator")
    document = analyst.get("/map/document?level=2&centres=1").text
    assert '[-11.9, -76.8, "School 1 of Lima West", "1501-01", 1, 3, 1]' in document
    assert '[-3.8, -73.8, "School 2 of Loreto", "16-02", 0, 3, 0]' in document
    assert "Loreto" not in analyst.get("/map/document?level=2&within=15&centres=1").text
    told = analyst.get("/map/centre?code=1501-01").json
    assert [each["text"] for each in told["stations"]] == [
        "1501-01-1 · 2 reports",
        "1501-01-2 · 0 reports",
        "1501-01-3 · 0 reports",
    ]
    assert "1501-01-1" in analyst.get(told["stations"][0]["href"]).text
    assert told["stations"][1]["href"] is None
    for somebody, code in ((analyst, "x"), (coordinator, "16-01")):
        assert somebody.get("/map/centre", query_string={"code": code}).status_code == 404


def test_only_what_counts_is_counted_and_of_the_round_that_is_asked_for(observed, client_of):
    for status in (Status.HELD, Status.REJECTED):
        observed.submit({"on_time": "no"}, place="16-01-1", status=status)
    observed.submit({"on_time": "no"}, place="16-01-1", round_=observed.built.first)
    analyst = client_of("analyst")
    assert drawn(analyst, **OPENED_LATE)[0]["16"]["lines"][1] == "none observed"
    first, _, _ = drawn(analyst, **OPENED_LATE, round="first")
    assert [each["lines"][1] for each in first.values()] == ["none observed", "1 of 1"]


def test_a_coordinator_s_map_is_of_their_regions(observed, client_of):
    for place in ("1501-01-1", "16-01-1", "91-01-1"):
        observed.submit(
            {"type": ["threat"], "gravity": "serious", "what_happened": f"At {place}"},
            form="incident",
            place=place,
        )
    query = {**OPENED_LATE, "level": 1, "incidents": 1, "centres": 1}
    analyst, coordinator = client_of("analyst"), client_of("coordinator")
    everything = analyst.get("/map/document", query_string=query).text
    for elsewhere in ("Loreto", "At 16-01-1", "School 1 of Loreto", "4 of 8 (50 %)"):
        assert elsewhere in everything
    own = coordinator.get("/map/document", query_string=query).text
    assert "Loreto" not in own
    assert "16-01-1" not in own
    assert "School 1 of Lima West" in own
    assert "At 1501-01-1" in own
    assert "3 of 7 (43 %)" in own
    assert tables(coordinator, **query) == {
        "On the map": [["Lima", "3 of 7 (43 %)", "3 of 12 (25 %)"]]
    }


def test_incidents_are_told_as_text_and_link_to_their_report(observed, client_of):
    submission = observed.submit(
        {"type": ["threat"], "gravity": "critical", "what_happened": "</script><b>They"},
        form="incident",
        status=Status.HELD,
    )
    analyst = client_of("analyst")
    text = analyst.get("/map/document?incidents=1").text
    assert "<b>They" not in text
    assert f"/submissions/{submission.id}" in text
    ((types, gravity, where, summary, status),) = drawn(analyst, incidents=1)[1]
    assert (types, summary, status) == ("Threat", "</script><b>They", "held for review")
    assert gravity.startswith("Critical · 7 Jun")
    assert where == "School 1 of Lima West · 1501-01-1, Lima West"
    assert drawn(analyst)[1] == []


def test_a_map_of_what_is_not_there_is_not_found(station, client_of):
    analyst = client_of("analyst")
    for query in (
        {"form": "x"},
        {"question": "on_time", "answer": "no"},
        {"form": "opening", "question": "x"},
        {"form": "opening", "question": "on_time"},
        {"form": "opening", "question": "on_time", "answer": "x"},
        {"round": "third"},
    ):
        assert analyst.get("/map/document", query_string=query).status_code == 404, query


def test_the_page_shows_the_nearest_to_what_was_asked(station, client_of):
    analyst = client_of("analyst")
    for query, heading in (
        ({}, "Polling stations observed"),
        ({"form": "x", "level": "first"}, "Polling stations observed"),
        ({"form": "opening", "question": "type"}, "Observed with the form “Opening”"),
        ({"form": "opening", "question": "on_time"}, "on_time?: No"),
        ({"form": "opening", "question": "on_time", "answer": "yes"}, "on_time?: Yes"),
    ):
        page = analyst.get("/map", query_string=query)
        assert page.status_code == 200
        assert f"<h1>{heading}</h1>" in page.text
    assert analyst.get("/map?round=third").status_code == 404


def test_maps_are_for_those_who_see_findings(station, client_of):
    for role in ("observer", "admin"):
        somebody = client_of(role)
        for address in ("/map", "/map/document"):
            assert somebody.get(address).status_code == 403


def test_without_a_round_the_page_says_so(session, station, client_of):
    analyst = client_of("analyst")
    session.execute(delete(Assignment))
    for round_ in station.built.rounds.values():
        session.delete(round_)
    session.commit()
    assert "The mission has no round yet" in analyst.get("/map").text
    assert analyst.get("/map/document").status_code == 404


def test_boundaries_that_are_missing_are_said(session, observed, client_of):
    for region in observed.built.regions.values():
        session.get(Region, region.id).geometry = None
    session.commit()
    analyst = client_of("analyst")
    assert "No region here has a boundary" in analyst.get("/map/document").text
    assert list(tables(analyst, **OPENED_LATE)) == ["Not on the map"]


def test_the_document_lets_nothing_in_but_its_own_scripts(observed, client_of):
    analyst = client_of("analyst")
    answers = [analyst.get("/map/document?centres=1") for _ in range(2)]
    nonces = set()
    for answer in answers:
        (policy,) = answer.headers.getlist("Content-Security-Policy")
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        (nonce,) = re.findall(r"'nonce-([\w-]{20,})'", rules["script-src"])
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == f"'self' 'nonce-{nonce}'"
        assert rules["style-src"] == "'self'"
        assert "unsafe" not in policy
        scripts = re.findall(r"<script([^>]*)>", answer.text)
        assert len(scripts) > 2
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        assert not re.search(r'(?:src|href)="(?!/static/|/submissions/|data:)', answer.text)
        nonces.add(nonce)
    assert len(nonces) == 2
