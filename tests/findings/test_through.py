"""What a figure was at each half hour is what a recount of the reports until then gives."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from observer.collect.models import Status
from observer.findings.findings import COUNTED, UnknownNameError, coverage, findings
from observer.findings.through import growth
from observer.missions.scope import Scope

LIMA = ZoneInfo("America/Lima")
PLACES = ("1501-01-1", "1501-01-2", "1502-01-1", "16-02-3", "91-01-1")
REGIONS = {None: "", "15": "15", "1501": "1501", "1502": "1502", "16": "16", "91": "91"}
"""The beginning of the codes of the places that lie in each."""


@pytest.fixture
def reports(station):
    """When, where and what, of reports from the day before to two days after."""
    day = datetime(2026, 6, 7, tzinfo=LIMA)
    hours = [-3, 6, 6.5, 6.99, 7, 9.2, 12, 12, 13.5, 18.75, 23.9, 26, 50]
    made = []
    # Lengths without a common divisor, so that everything comes together with everything.
    for number in range(52):
        at = day + timedelta(hours=hours[number % len(hours)])
        place = PLACES[number % len(PLACES)]
        answer = ("yes", "no", "not_observed", None)[number % 4]
        status = (*COUNTED, Status.HELD)[number % 3]
        station.submit({"on_time": answer}, place=place, received_at=at, status=status)
        if status is not Status.HELD:
            made.append((at, place, answer))
    return made


def recounted(reports, code, until=None):
    inside = [
        each
        for each in reports
        if each[1].startswith(REGIONS[code]) and (until is None or each[0] < until)
    ]
    answered = [(place, answer) for _at, place, answer in inside if answer in ("yes", "no")]
    return (
        sum(answer == "no" for _place, answer in answered),
        len(answered),
        len({place for place, _answer in answered}),
        len({place for _at, place, _answer in inside}),
    )


def test_every_half_hour_is_a_recount_and_the_last_step_is_the_figure(station, session, reports):
    scope, runoff = Scope(station.built.mission), station.built.runoff
    grown = growth(session, scope, runoff, form="opening", question="on_time", answer="no")
    covered = growth(session, scope, runoff, form="opening")
    local = [f"{moment:%d %H:%M}" for moment in grown.moments]
    assert (local[0], local[-1]) == ("07 06:30", "08 02:30")
    assert len(local) == 41
    assert grown.moments == covered.moments
    now = {
        each.region: (each.k, each.n, each.places_observed)
        for each in findings(
            session, scope, runoff, form="opening", question="on_time", answer="no"
        )
    }
    observed_now = {each.region: each.observed for each in coverage(session, scope, runoff)}
    for code in REGIONS:
        steps, places = grown.steps_of(code), covered.steps_of(code)
        for number, until in enumerate([*grown.moments, None]):
            last = [each for each in steps if each.step <= number][-1:]
            figure = [(each.k, each.n, each.observed) for each in last] or [(0, 0, 0)]
            assert figure == [recounted(reports, code, until)[:3]]
            seen = [each.observed for each in places if each.step <= number][-1:] or [0]
            assert seen == [recounted(reports, code, until)[3]]
        assert now[code] == (steps[-1].k, steps[-1].n, steps[-1].observed)
        assert observed_now[code] == places[-1].observed


def test_without_reports_there_is_no_step(station, session):
    scope, runoff = Scope(station.built.mission), station.built.runoff
    assert growth(session, scope, runoff).moments == ()
    station.submit({"on_time": "no"}, received_at=datetime(2026, 6, 7, 8, 29, 59, tzinfo=LIMA))
    grown = growth(session, scope, runoff)
    assert grown.moments == (datetime(2026, 6, 7, 8, 30, tzinfo=LIMA),)
    assert [each.observed for each in grown.steps_of("15")] == [1]
    with pytest.raises(UnknownNameError, match="There is no question"):
        growth(session, scope, runoff, form="opening", question="x", answer="no")


def test_there_is_no_step_of_a_time_to_come(station, session):
    runoff = station.built.runoff
    at = datetime.now(LIMA)
    runoff.voting_day = at.date()
    station.submit({"on_time": "no"}, received_at=at)
    grown = growth(session, Scope(station.built.mission), runoff)
    assert grown.moments == ()
    assert [each.step for each in grown.steps_of(None)] == [0]
