"""Two rounds beside each other, and two questions."""

import pytest

from observer.findings.comparison import comparison
from observer.findings.crosstab import cross_table
from observer.findings.findings import UnknownNameError


def test_rounds_are_compared_over_the_places_observed_in_both(station, session, scope, built):
    first = built.first
    station.submit({"on_time": "no"}, place="1501-01-1", round_=first)
    station.submit({"on_time": "no"}, place="1502-01-1", round_=first)
    station.submit({"on_time": "yes"}, place="16-01-1", round_=first)
    station.submit({"on_time": "not_observed"}, place="91-01-1", round_=first)
    station.submit({"on_time": "no"}, place="1501-01-1")
    station.submit({"on_time": "yes"}, place="1501-01-1")
    station.submit({"on_time": "yes"}, place="1502-01-1")
    station.submit({"on_time": "no"}, place="1502-01-2")
    station.submit({"on_time": "no"}, place="91-01-1")

    def compared(answer="no", **more):
        found = comparison(session, scope, first, built.runoff, "opening", "on_time", **more)
        return {
            each.region: (each.k, each.n, each.places, each.difference)
            for each in found
            if each.answer == answer
        }

    assert compared(level=0) == {None: ((2, 1), (2, 3), 2, pytest.approx(-200 / 3))}
    assert compared(region="1501") == {"1501": ((1, 1), (1, 2), 1, -50)}
    assert compared(region="16") == {"16": ((0, 0), (0, 0), 0, None)}
    with pytest.raises(UnknownNameError, match="two different"):
        comparison(session, scope, first, first, "opening", "on_time")


def test_two_questions_of_one_form(station, session, scope, built):
    station.submit({"on_time": "no", "reasons": ["staff", "power"]})
    station.submit({"on_time": "no", "reasons": ["staff"]}, place="16-01-1")
    station.submit({"on_time": "yes", "reasons": ["unforeseen"]})
    station.submit({"on_time": "not_observed", "reasons": ["staff"]})
    station.submit({"on_time": "yes"})

    def crossed(**more):
        return cross_table(
            session, scope, built.runoff, ("opening", "on_time"), ("opening", "reasons"), **more
        )

    table = crossed()
    assert table.row_answers == ["yes", "no"]
    assert table.column_answers == ["staff", "power", "weather", "unforeseen"]
    assert table.counts == [[0, 0, 0, 1], [2, 1, 0, 0]]
    assert (table.row_bases, table.column_bases, table.n) == ([1, 2], [2, 1, 0, 1], 3)
    assert crossed(region="16").counts == [[0, 0, 0], [1, 0, 0]]
    with pytest.raises(UnknownNameError, match="several times"):
        cross_table(session, scope, built.runoff, ("opening", "on_time"), ("opening", "obstructed"))
    with pytest.raises(UnknownNameError, match="no answers"):
        cross_table(session, scope, built.runoff, ("opening", "delay"), ("opening", "sealed"))


def test_two_forms_are_joined_by_their_places(station, session, scope, built):
    closing = station.publish_form("closing", "station")
    station.submit({"on_time": "no"}, place="1501-01-1")
    station.submit({"on_time": "yes"}, place="1501-01-1")
    station.submit({"on_time": "no"}, place="1501-01-2")
    station.submit({"on_time": "no"}, place="16-01-1")
    for place in ("1501-01-1", "1501-01-2"):
        station.submit({"sealed": "no"}, form=closing, place=place)
    table = cross_table(session, scope, built.runoff, ("opening", "on_time"), (closing, "sealed"))
    assert table.of_places
    assert (table.counts, table.n) == ([[0, 1], [0, 2]], 2)
    with pytest.raises(UnknownNameError, match="not filled for places"):
        cross_table(session, scope, built.runoff, ("opening", "on_time"), ("incident", "gravity"))
