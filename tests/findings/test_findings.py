"""What a finding counts, of what, and where."""

from itertools import permutations, product

import pytest

from observer.collect.models import Status
from observer.findings.findings import (
    UnknownNameError,
    coverage,
    findings,
    numbers,
    one_finding,
    problems,
)
from observer.findings.regions import coverage_frame, findings_frame


def k_of_n(found):
    return found.k, found.n


@pytest.fixture
def one(session, scope, built):
    def ask(question, answer, form="opening", **more):
        return one_finding(session, scope, built.runoff, form, question, answer, **more)

    return ask


def test_k_of_n_in_a_region_in_what_it_lies_in_and_in_the_whole(station, one):
    station.submit({"on_time": "no"}, place="1501-01-1")
    station.submit({"on_time": "yes"}, place="1501-01-2", status=Status.VERIFIED)
    station.submit({"on_time": "no"}, place="1502-01-1")
    station.submit({"on_time": "yes"}, place="91-01-1")
    assert k_of_n(one("on_time", "no", region="1501")) == (1, 2)
    assert k_of_n(one("on_time", "no", region="15")) == (2, 3)
    assert k_of_n(one("on_time", "no", region="91")) == (0, 1)
    whole = one("on_time", "no")
    assert k_of_n(whole) == (2, 4)
    assert whole.share == 0.5
    assert (whole.region, whole.level) == (None, 0)
    assert (whole.places_observed, whole.places_total) == (4, 24)
    assert k_of_n(one("on_time", "no", statuses=(Status.VERIFIED,))) == (0, 1)


def test_what_is_not_counted(station, one):
    station.submit({"on_time": "no"})
    station.submit({"on_time": "no"}, status=Status.HELD)
    station.submit({"on_time": "no"}, status=Status.REJECTED)
    station.submit({"on_time": "no"}, round_=station.built.first)
    station.submit({"on_time": "not_observed"}, place="1501-01-2")
    station.submit({"sealed": "no", "on_time": ""}, place="1501-01-3")
    found = one("on_time", "no")
    assert k_of_n(found) == (1, 1)
    assert found.places_observed == 1


def test_nothing_observed_is_no_share(one):
    found = one("on_time", "no")
    assert (found.k, found.n, found.share, found.places_total) == (0, 0, None, 24)


def test_a_place_without_a_region_counts_in_the_whole_only(station, session, scope, one):
    station.submit({"gravity": "minor"}, form="incident", place=None)
    found = one("gravity", "minor", form="incident")
    assert (k_of_n(found), found.places_observed) == ((1, 1), 0)
    by_region = findings(session, scope, station.built.runoff, form="incident", level=1)
    assert sum(each.n for each in by_region) == 0


def test_several_choices_are_mentions_of_submissions(station, one):
    station.submit({"reasons": ["staff", "power"]})
    station.submit({"reasons": ["power"]})
    station.submit({"reasons": []})
    assert k_of_n(one("reasons", "power")) == (2, 2)
    assert k_of_n(one("reasons", "staff")) == (1, 2)


def test_a_repeat_counts_items(station, one):
    items = [{"obstructed": "yes", "agents": 2}, {"obstructed": "no"}, {"obstructed": "yes"}]
    station.submit({"parties": [*items, {"obstructed": "not_observed"}]})
    station.submit({"parties": [{"agents": 1}]})
    assert k_of_n(one("obstructed", "yes")) == (2, 3)
    assert k_of_n(one("agents", None)) == (2, 2)


def test_a_question_without_choices_is_answered_or_not(station, one):
    station.submit({"delay": 0})
    station.submit({"on_time": "yes"}, place="1501-01-2")
    found = one("delay", None)
    assert (k_of_n(found), found.places_observed) == ((1, 2), 2)


def test_an_answer_that_is_no_choice_any_more_is_still_counted(station, session, scope, one):
    station.submit({"on_time": "perhaps"})
    station.submit({"on_time": "no"})
    assert k_of_n(one("on_time", "perhaps")) == (1, 2)


def test_a_form_for_centres_counts_centres(station, one):
    station.submit({"gravity": "minor"}, form="incident", place="1501-01")
    station.submit({"gravity": "minor"}, form="incident", place="1501-01-2")
    station.submit({"gravity": "minor"}, form="incident", place="1502-01-2")
    found = one("gravity", "minor", form="incident")
    assert (found.n, found.places_observed, found.places_total) == (3, 2, 8)


def test_numbers_are_summed_up(station, session, scope):
    for delay, place in ((0, "1501-01-1"), (30, "1502-01-1"), (75, "1502-01-2"), (7, "16-01-1")):
        station.submit({"delay": delay}, place=place)
    station.submit({"parties": [{"agents": 2}, {"agents": 5}]}, place="16-01-2")
    there = numbers(session, scope, station.built.runoff, "opening", "delay", region="15")
    assert (there.n, there.sum, there.mean, there.median) == (3, 105, 35, 30)
    assert (there.minimum, there.maximum) == (0, 75)
    agents = numbers(session, scope, station.built.runoff, "opening", "agents")
    assert (agents.n, agents.sum) == (2, 7)
    nobody = numbers(session, scope, station.built.runoff, "opening", "delay", region="91")
    assert (nobody.n, nobody.mean) == (0, None)
    with pytest.raises(UnknownNameError, match="on_time"):
        numbers(session, scope, station.built.runoff, "opening", "on_time")


def test_coverage_counts_each_place_once_whatever_the_form(station, session, scope):
    station.submit({}, place="1501-01-1")
    station.submit({}, place="1501-01-1")
    station.submit({}, place="1501-01-1", form="incident")
    station.submit({}, place="1502-01-1", form="incident")
    station.submit({}, place="16-01", form="incident")
    runoff = station.built.runoff
    of_all = {c.region: (c.observed, c.total) for c in coverage(session, scope, runoff)}
    assert of_all == {
        None: (2, 24),
        "15": (2, 12),
        "1501": (1, 6),
        "1502": (1, 6),
        "16": (0, 6),
        "91": (0, 6),
    }
    incidents = coverage(session, scope, runoff, form="incident", level=1)
    assert [(c.name, c.observed, c.total) for c in incidents] == [
        ("Lima", 2, 4),
        ("Loreto", 1, 2),
        ("Américas", 0, 2),
    ]
    assert [c.abroad for c in incidents] == [False, False, True]


def test_a_coordinator_sees_their_regions_and_a_whole_of_them_only(station, session, coordinator):
    station.submit({"on_time": "no"}, place="1501-01-1")
    station.submit({"on_time": "no"}, place="16-01-1")
    runoff = station.built.runoff
    found = findings(session, coordinator, runoff, form="opening", question="on_time", answer="no")
    assert {each.region: k_of_n(each) for each in found} == {
        None: (1, 1),
        "15": (1, 1),
        "1501": (1, 1),
        "1502": (0, 0),
    }
    assert found[0].places_total == 12
    with pytest.raises(UnknownNameError, match="16"):
        findings(session, coordinator, runoff, region="16")
    assert coverage(session, coordinator, runoff, level=0)[0].total == 12


def test_region_and_level_choose(session, scope, built):
    def regions(**more):
        found = coverage(session, scope, built.runoff, **more)
        return [each.region for each in found]

    assert regions(region="15") == ["15"]
    assert regions(level=2) == ["1501", "1502"]
    assert regions(region="15", level=2) == ["1501", "1502"]
    assert regions(level=0) == [None]


@pytest.mark.parametrize(
    ("asked", "there_is"),
    [
        ({"form": "closing"}, "opening, incident"),
        ({"question": "on_tiem"}, "on_time"),
        ({"form": "opening", "question": "sealed", "answer": "maybe"}, "yes, no"),
        ({"region": "99"}, "1501"),
    ],
)
def test_unknown_names_are_answered_with_what_there_is(session, scope, built, asked, there_is):
    with pytest.raises(UnknownNameError, match=there_is):
        findings(session, scope, built.runoff, **asked)


def test_one_finding_of_choices_needs_an_answer(one):
    with pytest.raises(UnknownNameError, match="yes, no"):
        one("sealed", None)


def test_problems_are_the_answers_marked_as_such(station, session, scope):
    station.submit({"on_time": "no", "sealed": "yes", "reasons": ["power"]})
    station.submit({"type": ["violence", "threat"]}, form="incident")
    found = problems(session, scope, station.built.runoff)
    assert [(each.question, each.answer, each.k) for each in found] == [
        ("on_time", "no", 1),
        ("sealed", "no", 0),
        ("type", "violence", 1),
    ]


def test_frames_carry_the_boundaries(station, session, scope):
    station.submit({"on_time": "no"}, place="1501-01-1")
    frame = findings_frame(session, scope, station.built.runoff, "opening", "on_time", "no", 1)
    lima, abroad = frame.set_index("code").loc["15"], frame.set_index("code").loc["91"]
    assert (lima.k, lima.n, lima.places_observed, lima["name"]) == (1, 1, 1, "Lima")
    assert lima.geometry.bounds == (-77, -13, -75, -11)
    assert abroad.abroad
    assert abroad.geometry is None
    covered = coverage_frame(session, scope, station.built.runoff, 1)
    assert covered.crs == "EPSG:4326"
    assert covered.set_index("code").observed["15"] == 1


def test_a_place_that_moves_is_observed_where_it_lies(station, session, scope, built):
    station.submit({}, place="1501-01-1")
    coverage(session, scope, built.runoff)
    built.places["1501-01-1"].region_id = built.regions["16"].id
    session.commit()
    covered = {c.region: (c.observed, c.total) for c in coverage(session, scope, built.runoff)}
    assert (covered["1501"], covered["16"]) == ((0, 5), (1, 7))


def test_places_that_move_are_noticed_even_where_their_numbers_add_up(
    station, session, scope, built
):
    def totals():
        found = coverage(session, scope, built.runoff)
        session.rollback()
        return {each.region: each.total for each in found}

    places = [place for place in built.places.values() if place.centre_id]
    leaves = [built.regions[code] for code in ("1501", "1502", "16", "91")]
    one, other, here, there = next(
        (one, other, here, there)
        for one, other in permutations(places, 2)
        for here, there in product(leaves, leaves)
        if one.id * (here.id - one.region_id) + other.id * (there.id - other.region_id) == 0
        and one.region_id != here.id
    )
    before = totals()
    one.region_id, other.region_id = here.id, there.id
    session.commit()
    assert totals() != before
