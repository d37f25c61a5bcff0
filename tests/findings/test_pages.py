"""What analysts read and programs get of the findings: pages, API and command say the same."""

import json
import re

import pytest
from sqlalchemy import delete

from observer.cli import cli
from observer.collect.models import Status
from observer.missions.models import Assignment
from tests.missions.builders import build_mission, sign_in, token_headers

EVERYWHERE = ["1501-01-1", "1501-01-2", "1502-01-1", "16-01-1", "91-01-1"]


@pytest.fixture
def read(app):
    """Signs somebody of a role in; gives a function that gets a page's text without its tags."""

    def as_(role):
        client = app.test_client()
        sign_in(client, role)

        def get(address, expected=200, **query):
            answer = client.get(address, query_string=query)
            assert answer.status_code == expected
            return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))

        return get

    return as_


@pytest.fixture
def command(app):
    def run(*arguments):
        return app.test_cli_runner().invoke(cli, ["findings", *arguments])

    return run


def test_api_and_command_give_the_same(station, client, command):
    station.submit({"on_time": "no", "delay": 20})
    station.submit({"on_time": "yes"}, place="16-01-1", status=Status.VERIFIED)
    headers = token_headers(client, "analyst")
    for query, options in (
        ({}, ()),
        ({"form": "opening", "level": 1}, ("--form", "opening", "--level", "1")),
        (
            {"question": "on_time", "answer": "no", "region": "15", "level": 2},
            ("--question", "on_time", "--answer", "no", "--region", "15", "--level", "2"),
        ),
        ({"status": ["verified"], "round": "runoff"}, ("--status", "verified")),
        ({"by": "hour", "level": 0}, ("--by", "hour", "--level", "0")),
    ):
        answer = client.get("/api/v1/findings", query_string=query, headers=headers)
        printed = json.loads(command("--json", *options).stdout)
        assert len(printed) > 0
        assert [one | {"at": ""} for one in answer.json] == [one | {"at": ""} for one in printed]


def test_a_finding_says_what_it_was_counted_from(station, client):
    station.submit({"on_time": "no"})
    station.submit({"on_time": "yes"}, place="1502-01-1")
    query = {"form": "opening", "question": "on_time", "answer": "no", "level": 0}
    headers = token_headers(client, "analyst")
    (found,) = client.get("/api/v1/findings", query_string=query, headers=headers).json
    assert found.pop("at")
    assert found == {
        "form": "opening",
        "question": "on_time",
        "answer": "no",
        "region": None,
        "level": 0,
        "k": 1,
        "n": 2,
        "share": 0.5,
        "places_observed": 2,
        "places_total": 24,
        "statuses": ["received", "verified"],
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"form": "x"}, 404),
        ({"question": "x"}, 404),
        ({"form": "opening", "question": "on_time", "answer": "x"}, 404),
        ({"region": "99"}, 404),
        ({"round": "third"}, 404),
        ({"status": "lost"}, 404),
        ({"level": "first"}, 400),
        ({"level": "-1"}, 400),
    ],
)
def test_what_is_not_there_is_a_problem_document(built, client, query, status):
    headers = token_headers(client, "analyst")
    answer = client.get("/api/v1/findings", query_string=query, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--form", "x"),
        ("--question", "x"),
        ("--region", "99"),
        ("--round", "third"),
        ("--mission", "x"),
    ],
)
def test_the_command_names_what_is_not_there(built, command, wrong):
    done = command(*wrong)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert wrong[1] in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_table_is_of_the_whole_unless_regions_are_asked_for(station, command):
    for place in EVERYWHERE:
        station.submit({"on_time": "no"}, place=place)
    whole = command("--question", "on_time", "--answer", "no").stdout
    assert re.findall(r"│ (\w[\w ]*?) +│ +(\d of \d)", whole) == [("the whole", "5 of 5")]
    regions = command("--question", "on_time", "--answer", "no", "--level", "1").stdout
    assert re.findall(r"│ (\d+) +│ +(\d of \d)", regions) == [
        ("15", "3 of 3"),
        ("16", "1 of 1"),
        ("91", "1 of 1"),
    ]


def test_the_room_shows_what_arrived_at_the_next_request(station, read):
    room = read("analyst")
    before = room("/room")
    assert "0 of 24 polling stations observed" in before
    assert before.count("None was reported.") == 2
    station.submit({"sealed": "no"})
    station.submit({"sealed": "yes"}, place="16-01-1")
    station.submit({"type": ["violence"], "gravity": "critical"}, form="incident")
    station.submit({"sealed": "no"}, status=Status.HELD, place="91-01-1")
    after = room("/room")
    assert "2 of 24 polling stations observed" in after
    assert "sealed?: No 1 of 2" in after
    assert "1 Critical" in after
    assert "1 submission is held and waits for a reviewer" in after
    assert re.search(r"Opening held [0-9A-F]{8} School 1 of Américas 91-01-1, Américas", after)


def test_a_coordinator_s_room_is_of_their_regions(station, read):
    for place in EVERYWHERE:
        station.submit({"sealed": "no"}, place=place)
    room = read("coordinator")("/room")
    assert "3 of 12 polling stations observed" in room
    assert "sealed?: No 3 of 3" in room
    assert "Loreto" not in room
    assert "Américas" not in room


def test_a_form_s_findings_question_by_question(station, read):
    for minutes in range(29):
        station.submit({"on_time": "no", "delay": minutes, "reasons": ["staff"]})
    analyst = read("analyst")
    page = analyst("/findings", form="opening")
    assert "29 answers" in page
    assert "No problem 29 of 29 " in page
    station.submit({"on_time": "yes"}, place="16-01-1", status=Status.VERIFIED)
    page = analyst("/findings", form="opening")
    assert "30 answers" in page
    assert "No problem 29 of 30 (97 %)" in page
    assert "median 14, mean 14, from 0 to 28, sum 406" in page
    assert "Yes 1 of 1" in analyst("/findings", form="opening", status="verified")
    loreto = analyst("/findings", form="opening", region="16")
    assert "1 of 6 polling stations observed" in loreto
    assert "1 answer" in loreto
    assert "none observed" in analyst("/findings", form="opening", round="first")
    for unknown in ({"form": "x"}, {"region": "x"}, {"status": "x"}, {"round": "x"}):
        analyst("/findings", 404, **{"form": "opening", **unknown})


def test_a_question_by_region_at_any_level(station, read):
    for place in EVERYWHERE:
        station.submit({"on_time": "no", "delay": 30}, place=place)
    analyst = read("analyst")
    page = analyst("/findings/opening/on_time")
    assert "Whole mission 0 of 5 5 of 5 5 of 24" in page
    assert "Lima 0 of 3 3 of 3 3 of 12" in page
    assert "Américas abroad 0 of 1 1 of 1 1 of 6" in page
    assert "Lima East 0 of 1 1 of 1 1 of 6" in analyst("/findings/opening/on_time", level=2)
    assert "Loreto median 30, mean 30, from 30 to 30, sum 30" in analyst("/findings/opening/delay")
    analyst("/findings/opening/remark", 404)
    analyst("/findings/opening/nothing", 404)
    analyst("/findings/nothing/on_time", 404)


def test_without_a_form_or_a_round_the_pages_say_what_to_do(session, read):
    built = build_mission(session)
    analyst = read("analyst")
    assert "observer form import" in analyst("/findings")
    session.execute(delete(Assignment))
    for round_ in built.rounds.values():
        session.delete(round_)
    session.commit()
    assert "observer round add" in analyst("/room")
    assert "observer round add" in analyst("/findings")


def test_a_question_by_the_hour_on_its_page(station, read):
    station.submit({"on_time": "no"})
    page = read("analyst")
    shown = page("/findings/opening/on_time", by="hour")
    assert "12:00–12:59 0 of 1 1 of 1 1 of 24" in shown
    assert "Time of day" in shown
    assert "There is no cut" in page("/findings/opening/on_time", by="nothing", expected=404)
