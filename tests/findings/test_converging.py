"""The estimate through the day: each step is the estimate from what had come by then."""

import csv
import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from observer.findings.linechart import band_chart
from observer.findings.sampled import estimate_share
from observer.missions.scope import Scope

LIMA = ZoneInfo("America/Lima")
ASKED = {"form": "opening", "question": "on_time", "answer": "no"}


def at(hour, minute=0):
    return datetime(2026, 6, 7, hour, minute, tzinfo=LIMA)


@pytest.fixture
def sampled(session, station):
    """Two stations in each of three strata of eight; their codes by stratum."""
    chosen = {
        "15": ("1501-01-1", "1502-01-1"),
        "16": ("16-01-1", "16-02-1"),
        "91": ("91-01-1", "91-02-1"),
    }
    for code, place in station.built.places.items():
        place.stratum = code[:2]
    for stratum, codes in chosen.items():
        for code in codes:
            station.built.places[code].weight = 6 if stratum == "15" else 3
    session.commit()
    return chosen


def words_of(answer):
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_each_step_is_the_estimate_from_what_had_come(station, session, sampled, signed_in, run):
    scope, built = Scope(station.built.mission), station.built
    analyst = signed_in("analyst")
    asked = ("estimate", "--form", "opening", "--question", "on_time", "--answer", "no")
    first, second = zip(*sampled.values(), strict=True)
    for code in first:
        station.submit({"on_time": "yes"}, place=code, received_at=at(7, 10))
    early = analyst.get("/api/v1/estimates/through", query_string=ASKED).json
    assert [step["reported"] for step in early["steps"]] == [3, 3]
    assert [step["value"] for step in early["steps"]] == [None, None]
    assert "Only one primary unit" in early["steps"][-1]["reason"]
    assert "There is no estimate yet" in words_of(
        analyst.get("/findings/opening/on_time/through", query_string={"answer": "no"})
    )

    for code in second:
        station.submit({"on_time": "no"}, place=code, received_at=at(8, 10))
    by_nine = estimate_share(session, scope, built.runoff, **ASKED)
    # On the full hour is not before it; and a place counts with its last report.
    station.submit({"on_time": "no"}, place=first[0], received_at=at(10))
    station.submit({"on_time": "yes"}, place="1501-02-1", received_at=at(10, 5))
    now = estimate_share(session, scope, built.runoff, **ASKED)
    session.rollback()
    found = analyst.get("/api/v1/estimates/through", query_string=ASKED).json
    steps = {step["until"] and step["until"][11:16]: step for step in found["steps"]}
    assert list(steps) == ["08:00", "09:00", "10:00", "11:00", None]
    for hour, expected in (("09:00", by_nine), ("10:00", by_nine), ("11:00", now), (None, now)):
        its = expected.estimate
        told = [steps[hour][name] for name in ("value", "lower", "upper")]
        assert told == pytest.approx([its.value, its.lower, its.upper])
    assert by_nine.estimate.value != now.estimate.value

    page = words_of(analyst.get("/findings/opening/on_time/through", query_string={"answer": "no"}))
    assert "08:00 3 of 6 no estimate yet" in page
    assert f"09:00 6 of 6 {100 * by_nine.estimate.value:.1f} %" in page
    assert "6 of 6 sampled places have reported" in page
    assert 'class="interval"' in analyst.get("/findings/opening/on_time/through").text
    answer = analyst.get("/findings/opening/on_time/through.csv", query_string={"answer": "no"})
    rows = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))
    assert [row["until"] for row in rows][:2] == ["2026-06-07T13:00:00Z", "2026-06-07T14:00:00Z"]
    assert [row["value"] for row in rows][:1] == [""]
    assert float(rows[1]["value"]) == pytest.approx(by_nine.estimate.value)
    printed = json.loads(run(*asked, "--every", "60", "--json").stdout)
    assert printed | {"at": ""} == found | {"at": ""}
    assert re.search(r"08:00 +│ 3 of 6 +│ – ", run(*asked, "--every", "60").stdout)
    quarters = analyst.get("/api/v1/estimates/through", query_string=ASKED | {"every": 15}).json
    assert quarters["steps"][0]["until"].startswith("2026-06-07T07:15")
    wrong = ASKED | {"every": "7"}
    assert analyst.get("/api/v1/estimates/through", query_string=wrong).status_code == 404


def test_numbers_are_a_sum_or_a_share_of_others(station, sampled, signed_in):
    for code in [code for codes in sampled.values() for code in codes]:
        station.submit({"delay": 10}, place=code, received_at=at(7))
    analyst = signed_in("analyst")
    page = words_of(analyst.get("/findings/opening/delay/through"))
    # Ten minutes each, for a mission of twelve, six and six stations.
    assert "240 from 240 to 240, with 95 % confidence" in page
    assert analyst.get("/findings/opening/comment/through").status_code == 404
    assert analyst.get("/findings/opening/obstructed/through").status_code == 404


def test_without_a_sample_there_is_no_margin_and_how_to_have_one(station, signed_in):
    station.submit({"on_time": "no"})
    analyst = signed_in("analyst")
    assert "The estimate through the day" in analyst.get("/findings/opening/on_time").text
    page = words_of(analyst.get("/findings/opening/on_time/through"))
    assert "There is no margin of error" in page
    assert "an administrator draws the polling stations" in page
    assert analyst.get("/findings/opening/on_time/through.csv").status_code == 404
    assert analyst.get("/api/v1/estimates/through", query_string=ASKED).status_code == 422


def test_an_estimate_is_for_those_who_see_the_whole(station, sampled, signed_in):
    coordinator = signed_in("coordinator")
    assert "The estimate through the day" not in coordinator.get("/findings/opening/on_time").text
    page = words_of(coordinator.get("/findings/opening/on_time/through"))
    assert "of the whole mission, which you do not see" in page
    assert "sampled places" not in page
    assert coordinator.get("/findings/opening/on_time/through.csv").status_code == 403
    assert coordinator.get("/api/v1/estimates/through", query_string=ASKED).status_code == 403


def test_a_band_stays_within_its_axis():
    chart = band_chart(["8", "9", "10"], [None, (52.0, 41.5, 60.1), (50.2, 48.8, 51.4)], "x")
    values = [value for _y, value in chart.up]
    assert values[0] <= 41.5
    assert values[-1] >= 60.1
    points = [point.split(",") for point in chart.band.split()]
    assert len(points) == 4
    heights = [y for y, _value in chart.up]
    assert all(min(heights) <= float(y) <= max(heights) for _x, y in points)
    # Where there is no estimate yet, nothing is drawn.
    assert chart.lines[0].points.count(",") == 2
