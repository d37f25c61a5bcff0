"""Drawing a sample, and estimating from it: commands and API."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer.findings.drawn import drawn_places
from observer.findings.estimates import DesignError
from observer.findings.sampling import Candidate, allocate, draw
from observer.missions.models import PlaceKind
from tests.missions.builders import sign_in


@pytest.fixture
def sampled(station, session, run, tmp_path):
    """Twelve of the 24 stations, and their codes."""
    done = run("sample", "draw", tmp_path / "s.csv", "--size", 12, "--seed", "one", "--apply")
    assert done.exit_code == 0, done.output
    with (tmp_path / "s.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    session.expire_all()
    return [row["code"] for row in rows if row["weight"]]


def test_a_sample_is_the_same_wherever_it_is_drawn(station, session, run, tmp_path):
    session.rollback()
    for name in ("a.csv", "b.csv"):
        run("sample", "draw", tmp_path / name, "--size", 12, "--seed", "one")
    other = run("sample", "draw", tmp_path / "c.csv", "--size", 12, "--seed", "two")
    assert "Drew 12 of 24 stations in 3 strata, seed two" in other.output
    first, again, another = ((tmp_path / name).read_text() for name in ("a.csv", "b.csv", "c.csv"))
    assert first == again != another
    rows = list(csv.DictReader(first.splitlines()))
    assert {row["stratum"] for row in rows} == {"15", "16", "91"}
    assert sum(float(row["weight"] or 0) for row in rows) == pytest.approx(24)
    too_many = run("sample", "draw", tmp_path / "d.csv", "--size", 25)
    assert (too_many.exit_code, "more than all" in too_many.output) == (1, True)


strata = st.dictionaries(st.text("abcd", min_size=1, max_size=3), st.integers(1, 400), min_size=1)


@given(strata, st.data())
def test_strata_have_their_share_and_at_least_two(sizes, data):
    least = sum(min(2, count) for count in sizes.values())
    size = data.draw(st.integers(least, sum(sizes.values())))
    given_ = allocate(sizes, size)
    assert sum(given_.values()) == size
    for name, count in sizes.items():
        assert min(2, count) <= given_[name] <= count
    if size < least:
        with pytest.raises(DesignError):
            allocate(sizes, size - 1)


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=60, unique=True), st.randoms())
def test_the_order_of_the_list_does_not_matter(numbers, random):
    places = [Candidate(number, f"{number:05}", "", "a") for number in numbers]
    chosen = draw(places, 3, "seed", replacements=1)
    random.shuffle(places)
    assert draw(places, 3, "seed", replacements=1) == chosen
    assert [each.weight is None for each in chosen] == [False, False, False, True]


def test_an_estimate_says_its_margin_and_what_is_missing(app, station, session, sampled, run):
    for number, code in enumerate(sampled[:-1]):
        station.submit({"on_time": "no" if number % 4 == 0 else "yes"}, place=code)
    # Neither a place that was not drawn nor an earlier report of the same place counts.
    other = next(
        code for code in station.built.places if code not in sampled and code.count("-") == 2
    )
    station.submit({"on_time": "no"}, place=other)
    session.rollback()
    asked = ("--form", "opening", "--question", "on_time", "--answer", "no")
    said = run("estimate", *asked).output
    assert "11 of 12 sampled places have reported" in said
    assert "their weights are raised by" in said
    found = json.loads(run("estimate", *asked, "--json").output)
    assert 0 < found["lower"] < found["value"] < found["upper"] < 1
    assert found["interval"] == "Korn-Graubard"
    client = app.test_client()
    sign_in(client, "analyst")
    query = {"form": "opening", "question": "on_time", "answer": "no"}
    page = client.get("/findings/opening/on_time").text
    assert "11 of 12 sampled places have reported" in page
    answer = client.get("/api/v1/estimates", query_string=query).json
    assert answer | {"at": ""} == found | {"at": ""}
    assert client.get("/api/v1/estimates", query_string=query | {"form": "x"}).status_code == 404


def test_without_a_sample_there_is_no_margin(app, station, session, run):
    station.submit({"on_time": "no"})
    session.rollback()
    done = run("estimate", "--form", "opening", "--question", "on_time", "--answer", "no")
    assert done.exit_code == 1
    assert "describe the places observed and no others" in done.output
    client = app.test_client()
    sign_in(client, "analyst")
    query = {"form": "opening", "question": "on_time", "answer": "no"}
    assert client.get("/api/v1/estimates", query_string=query).status_code == 422


def test_a_station_out_of_reach_is_replaced(station, session, sampled, run):
    stratum = station.built.places[sampled[0]].stratum
    reserve = next(
        code
        for code, place in station.built.places.items()
        if place.stratum == stratum and code not in sampled
    )
    weight = station.built.places[sampled[0]].weight
    session.rollback()
    done = run("sample", "replace", sampled[0], reserve, "--reason", "flood")
    assert done.exit_code == 0, done.output
    session.expire_all()
    assert station.built.places[reserve].weight == weight
    assert station.built.places[sampled[0]].weight is None
    session.rollback()
    again = run("sample", "replace", sampled[0], reserve, "--reason", "flood")
    assert (again.exit_code, "is not in the sample" in again.output) == (1, True)


def test_stations_that_share_a_centre_are_corrected_at_their_own_sampling_fraction(
    station, session, sampled
):
    """Not at that of the centres they happen to lie in: it is larger, and the margin too small."""
    drawn = drawn_places(session, station.built.mission, PlaceKind.STATION)
    assert drawn.clustered
    there_are = {"15": 12, "16": 6, "91": 6}
    for stratum, count in there_are.items():
        here = drawn.strata == stratum
        fraction = len(set(drawn.units[here])) / drawn.population[stratum]
        assert fraction == pytest.approx(here.sum() / count)
