"""Two rounds beside each other, and two questions: pages, files, API and commands."""

import csv
import json
import re

import pytest

from observer.collect.models import Status
from observer.missions.models import Region

LIMA = ("1501-01-1", "1501-01-2", "1502-01-1")
COMPARED = {"form": "opening", "question": "on_time"}
CROSSED = {"rows": "opening/on_time", "columns": "opening/sealed"}


@pytest.fixture
def analyst(signed_in):
    return signed_in("analyst")


def words_of(answer):
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def rows_of(answer):
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))


@pytest.fixture
def two_rounds(station):
    """Thirty-two answers in each round in Lima: 8 and 16 late; four in Loreto; others apart."""
    for number in range(32):
        at = {"place": LIMA[number % 3]}
        station.submit({"on_time": "no" if number < 8 else "yes"}, round_=station.built.first, **at)
        station.submit({"on_time": "no" if number % 2 else "yes"}, **at)
    for answer in ("no", "yes"):
        station.submit({"on_time": answer}, place="16-01-1", round_=station.built.first)
        station.submit({"on_time": "no"}, place="16-01-1")
    # Only observed once: in neither figure.
    station.submit({"on_time": "no"}, place="91-01-1")
    station.submit({"on_time": "no"}, place="16-01-2", round_=station.built.first)
    return station


def test_rounds_are_compared_alike_on_page_file_api_and_command(two_rounds, analyst, run):
    page = words_of(analyst.get("/findings/opening/on_time/rounds"))
    assert "4 polling stations with an answer in both rounds" in page
    assert "No problem 9 of 34 (26 %) 18 of 34 (53 %) +26.5 4 " in page
    assert "Lima 8 of 32 (25 %) 16 of 32 (50 %) +25.0 3 " in page
    # Two answers in a round are no base for a share, nor for a difference.
    assert "Loreto 1 of 2 2 of 2 – 1 " in page
    address = "/findings/opening/on_time/rounds.csv"
    rows = {
        (row["region"], row["answer"]): row
        for row in rows_of(analyst.get(address, query_string={"level": 1}))
    }
    assert rows["15", "no"]["difference_points"] == "25.0"
    assert rows["16", "no"]["difference_points"] == ""
    assert [rows["", "yes"][name] for name in ("earlier_k", "earlier_n", "later_k")] == [
        "25",
        "34",
        "16",
    ]
    found = analyst.get("/api/v1/comparison", query_string=COMPARED).json
    command = ("compare", "first", "--form", "opening", "--question", "on_time")
    printed = json.loads(run(*command, "--json").stdout)
    assert [each | {"at": ""} for each in found] == [each | {"at": ""} for each in printed]
    (lima,) = [each for each in found if (each["region"], each["answer"]) == ("15", "no")]
    assert (lima["rounds"], lima["k"], lima["n"]) == (["first", "runoff"], [8, 16], [32, 32])
    table = run(*command).stdout
    assert re.search(r"no +│ the whole +│ 9 of 34 \(26 %\) +│ 18 of 34 \(53 %\) +│ \+26.5 ", table)
    # Asked from the earlier round, the earlier one is still the one that the other is compared to.
    back = COMPARED | {"round": "first", "with": "runoff", "level": 0}
    assert analyst.get("/api/v1/comparison", query_string=back).json[0]["rounds"][0] == "first"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"form": "x", "question": "on_time"}, 404),
        (COMPARED | {"with": "third"}, 404),
        (COMPARED | {"with": "runoff"}, 404),
        (COMPARED | {"answer": "x"}, 404),
        ({"form": "incident", "question": "gravity"}, 404),
        (COMPARED | {"level": "first"}, 400),
    ],
)
def test_what_cannot_be_compared_is_a_problem_document(built, analyst, query, status):
    answer = analyst.get("/api/v1/comparison", query_string=query)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["detail"]


def test_the_comparison_is_offered_where_there_is_something_to_compare(station, session, analyst):
    assert "Compare with another round" in analyst.get("/findings/opening/on_time").text
    assert "Compare with another round" not in analyst.get("/findings/incident/gravity").text
    empty = words_of(analyst.get("/findings/opening/on_time/rounds"))
    assert "No place has an answer to this question in both rounds yet" in empty
    session.delete(station.built.first)
    session.commit()
    assert "Compare with another round" not in analyst.get("/findings/opening/on_time").text
    page = words_of(analyst.get("/findings/opening/on_time/rounds"))
    assert "observer round add" in page
    assert analyst.get("/findings/opening/on_time/rounds.csv").status_code == 404


def test_two_questions_are_crossed_alike_on_page_file_api_and_command(station, analyst, run):
    for number in range(30):
        station.submit(
            {"on_time": "no", "sealed": "no" if number < 12 else "yes"},
            place=LIMA[number % 3],
            status=Status.VERIFIED,
        )
    for _ in range(3):
        station.submit({"on_time": "yes", "sealed": "yes"}, place="16-01-1")
    station.submit({"on_time": "no"}, place="16-01-1")
    page = words_of(analyst.get("/findings/crosstab", query_string=CROSSED))
    assert "33 reports answer both questions" in page
    assert "Yes 3 of 3 0 of 3 3 of 33 (9 %)" in page
    assert "No 18 of 30 (60 %) 12 of 30 (40 %) 30 of 33 (91 %)" in page
    assert "All 21 of 33 (64 %) 12 of 33 (36 %) 33" in page
    cells = {
        (row["row_answer"], row["column_answer"]): row
        for row in rows_of(analyst.get("/findings/crosstab.csv", query_string=CROSSED))
    }
    cell = cells["no", "no"]
    assert [cell[name] for name in ("count", "row_base", "column_base", "n")] == [
        "12",
        "30",
        "12",
        "33",
    ]
    found = analyst.get("/api/v1/crosstab", query_string=CROSSED).json
    printed = json.loads(run("crosstab", "opening/on_time", "sealed", "--json").stdout)
    assert found | {"at": ""} == printed | {"at": ""}
    assert "18 of 30 (60 %)" in run("crosstab", "opening/on_time", "sealed").stdout
    verified = CROSSED | {"status": "verified"}
    assert analyst.get("/api/v1/crosstab", query_string=verified).json["n"] == 30


def test_an_empty_cross_table_says_what_to_do(station, analyst):
    start = words_of(analyst.get("/findings/crosstab", query_string={"rows": "opening/on_time"}))
    assert "Choose a question for the rows and one for the columns" in start
    # Asked several times in a report: not offered, and refused where it is asked for.
    assert "opening/obstructed" not in analyst.get("/findings/crosstab").text
    assert "No report answers both questions here yet" in words_of(
        analyst.get("/findings/crosstab", query_string=CROSSED)
    )
    apart = {"rows": "opening/on_time", "columns": "incident/gravity"}
    assert "not filled for places" in words_of(
        analyst.get("/findings/crosstab", query_string=apart)
    )
    for wrong in (
        {"rows": "opening/on_time", "columns": "opening/x"},
        {"rows": "opening/on_time", "columns": "opening/obstructed"},
        CROSSED | {"region": "99"},
    ):
        assert analyst.get("/api/v1/crosstab", query_string=wrong).status_code == 404
    assert analyst.get("/api/v1/crosstab", query_string={"rows": "on_time"}).status_code == 400


def test_a_coordinator_sees_their_regions_alone(two_rounds, session, signed_in):
    coordinator = signed_in("coordinator")
    page = words_of(coordinator.get("/findings/opening/on_time/rounds"))
    assert "3 polling stations with an answer in both rounds" in page
    assert "Loreto" not in page
    crossed = CROSSED | {"columns": "opening/reasons"}
    assert (
        coordinator.get("/api/v1/crosstab", query_string=crossed | {"region": "16"}).status_code
        == 404
    )
    # A place that moved out of their regions takes its answers of either round with it.
    loreto = session.query(Region).filter_by(code="16").one()
    two_rounds.built.places["1501-01-1"].region = loreto
    two_rounds.built.mission.ground += 1
    session.commit()
    whole = coordinator.get("/api/v1/comparison", query_string=COMPARED | {"level": 0}).json[0]
    lima = coordinator.get("/api/v1/comparison", query_string=COMPARED | {"region": "15"}).json[0]
    assert whole["places"] == lima["places"] == 2
    assert whole["n"] == lima["n"]
