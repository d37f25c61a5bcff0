"""What is urgent: said to whom it concerns until it is dealt with."""

import pytest

from observer.collect.models import Status
from tests.missions.builders import sign_in


@pytest.fixture
def ask(app):
    """Asks what is urgent, as somebody of a role."""

    def as_(role, **headers):
        client = app.test_client()
        sign_in(client, role)
        return client.get("/api/v1/urgent", headers=headers)

    return as_


@pytest.fixture
def report(station):
    """Writes an urgent report of an incident; gives its id."""

    def write(place="1501-01-1", status=Status.RECEIVED, **more):
        return str(
            station.submit({}, form="incident", place=place, status=status, urgent=True, **more).id
        )

    return write


def ids(answer):
    return [one["id"] for one in answer.json["submissions"]]


def test_what_waits_is_said_with_its_place_and_code(station, report, ask):
    urgent = report()
    station.submit({"sealed": "no"})
    answer = ask("analyst").json
    assert answer["count"] == 1
    (one,) = answer["submissions"]
    assert one | {"received_at": ""} == {
        "id": urgent,
        "revision": 1,
        "code": urgent[:8].upper(),
        "title": "Incident",
        "place": "1501-01-1",
        "where": "School 1 of Lima West, 1501-01-1, Lima West",
        "received_at": "",
        "moment": "7 Jun 12:00",
        "status": "received",
        "link": f"/submissions/{urgent}",
    }


def test_it_is_said_of_every_round_until_it_is_verified_or_rejected(built, report, ask):
    waiting = [report(round_=built.first), report(status=Status.HELD), report(place=None)]
    report(status=Status.VERIFIED)
    report(status=Status.REJECTED)
    assert sorted(ids(ask("analyst"))) == sorted(waiting)


def test_a_coordinator_is_told_of_their_own_regions(report, ask):
    own = report()
    for place in ("16-01-1", None):
        report(place=place)
    assert ids(ask("coordinator")) == [own]
    assert ask("analyst").json["count"] == 3
    assert ask("observer").status_code == 403


def test_whoever_asks_again_is_not_told_the_same(report, ask):
    report()
    etag = ask("analyst").headers["ETag"]
    again = ask("analyst", **{"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    report()
    assert ask("analyst", **{"If-None-Match": etag}).status_code == 200
