"""Figures cut by the hour, the team, the status, and by what places are."""

from datetime import timedelta

import pytest

from observer.collect.models import Revision, Status
from observer.findings.findings import UnknownNameError, findings
from tests.findings.builders import NOON


@pytest.fixture
def cut(session, scope, built):
    def by(name, answer="no", **more):
        found = findings(
            session,
            scope,
            built.runoff,
            form="opening",
            question="on_time",
            answer=answer,
            by=name,
            **{"level": 0} | more,
        )
        session.rollback()
        return {each.value: (each.k, each.n, each.places_observed) for each in found}, found

    return by


def give(session, places, **traits):
    for place in places:
        for name, value in traits.items():
            setattr(place, name, value)
    session.commit()


def test_by_what_places_are(station, session, built, cut):
    places = built.places
    give(session, [places["1501-01"]], attributes={"area": "urban"}, stratum="coast")
    give(session, [places["1501-01-2"]], attributes={"area": "rural"})
    give(session, [places["1502-01"]], attributes={"area": "rural"})
    station.submit({"on_time": "no"}, place="1501-01-1")
    station.submit({"on_time": "yes"}, place="1501-01-1")
    station.submit({"on_time": "no"}, place="1501-01-2")
    station.submit({"on_time": "no"}, place="1502-01-1")
    station.submit({"on_time": "yes"}, place="16-01-1")
    counted, found = cut("attr:area")
    assert counted == {"rural": (2, 2, 2), "urban": (1, 2, 1), "": (0, 1, 1)}
    assert [each.places_total for each in found] == [4, 2, 18]
    assert found[0].to_json()["by"] == "attr:area"
    counted, found = cut("attr:area", level=None, region="15")
    assert counted == {"rural": (2, 2, 2), "urban": (1, 2, 1), "": (0, 0, 0)}
    assert [each.places_total for each in found] == [4, 2, 6]
    assert cut("stratum")[0] == {"coast": (2, 3, 2), "": (1, 2, 2)}
    give(session, [places["16-01-1"]], attributes={"area": "urban"})
    assert cut("attr:area")[0]["urban"] == (1, 3, 2)


def test_by_the_hour_on_the_mission_s_clocks(station, session, cut):
    for hour, clock_error in ((-5, 0), (-4, 3600), (-3, None)):
        submission = station.submit({"on_time": "no"})
        revision = session.query(Revision).filter_by(submission_id=submission.id).one()
        if clock_error is not None:
            revision.finished_at = NOON + timedelta(hours=hour)
            revision.clock_error_s = clock_error
        session.commit()
        station.judge(submission, Status.VERIFIED)
    # Noon is 17:00 UTC, which is 12 in Lima; a phone an hour ahead says 8 for 7 o'clock.
    assert cut("hour")[0] == {"07": (2, 2, 1), "12": (1, 1, 1)}


def test_by_team_and_by_status(station, session, built, cut):
    station.submit({"on_time": "no"}, status=Status.VERIFIED)
    other = station.submit({"on_time": "no"})
    other.team_id = None
    station.judge(other, Status.RECEIVED)
    assert cut("team")[0] == {"T01": (1, 1, 1), "": (1, 1, 1)}
    assert cut("status")[0] == {"received": (1, 1, 1), "verified": (1, 1, 1)}


def test_a_cut_that_there_is_not(cut):
    with pytest.raises(UnknownNameError, match=r"attr:colour.*hour, team, status, stratum"):
        cut("attr:colour")
