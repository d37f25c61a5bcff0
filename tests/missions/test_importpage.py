"""Files brought in from a page: the job reads, is heard, is stopped, and says what is wrong."""

import io

import pytest
from sqlalchemy import func, select

from observer.access.audit import newest_entries
from observer.database import make_sessions
from observer.findings.jobrun import run
from observer.missions import importing, jobrun, jobs
from observer.missions.jobmodels import Job, JobState
from observer.missions.models import Place
from tests.missions.builders import sign_in
from tests.missions.conftest import PLACES

NEW = PLACES + "1501-09,centre,1501,New centre,-12,-76.5,,,,\n1501-09-1,station,1501-09,S,,,9,,,\n"


@pytest.fixture
def bring_in(app, built, session, settings, monkeypatch):
    """Send a file through the page and run its job; gives the job as it is then."""
    session.commit()
    engine = app.extensions["observer.engine"]
    monkeypatch.setattr(jobs, "start", lambda *_: None)
    client = app.test_client()
    sign_in(client, "admin")

    def send(text, *, name="places.csv", stop=False):
        token = client.get("/mission/import").text.split('name="csrf_token" value="')[1]
        sent = {"what": "places", "csrf_token": token.split('"')[0]}
        sent["file"] = (io.BytesIO(text.encode()), name)
        answer = client.post("/mission/import", data=sent)
        assert answer.status_code == 302, answer.text
        with make_sessions(engine).begin() as other:
            number = other.scalar(select(func.max(Job.id)))
        if stop:
            stopped = client.post(f"/mission/import/jobs/{number}/stop", data=sent | {"file": ""})
            assert stopped.status_code == 302
        with app.app_context():
            run(engine, settings, number)
        with make_sessions(engine).begin() as other:
            return other.get(Job, number)

    send.client = client
    return send


def codes(session):
    found = set(session.scalars(select(Place.code)))
    session.rollback()
    return found


def test_a_file_is_imported_beside_the_page(bring_in, session, settings):
    job = bring_in(NEW)
    assert (job.state, job.done > 0) == (JobState.DONE, True)
    assert "stations: 1 added" in job.message
    assert "1501-09-1" in codes(session)
    entry = newest_entries(session)[0]
    assert (entry.action, entry.person.role, entry.details["file"]) == (
        "places.import",
        "admin",
        "places.csv",
    )
    session.rollback()
    assert "stations: 1 added" in bring_in.client.get("/mission/import/jobs").text
    assert list(jobs.folder_of(settings, importing.IMPORT).iterdir()) == []


def test_a_wrong_file_and_a_stopped_one_change_nothing(bring_in, session, settings, monkeypatch):
    before = codes(session)
    wrong = bring_in(NEW + "x,centre,nowhere,X,,,,,,\n", name="my places.csv")
    assert wrong.state == JobState.FAILED
    assert "my places.csv: 1 problem, nothing imported" in wrong.message
    assert "line 4, column parent" in wrong.message
    assert bring_in(NEW, stop=True).state == JobState.STOPPED
    monkeypatch.setattr(jobrun, "MOST_AT_ONCE", 0)
    assert bring_in(NEW, stop=True).state == JobState.STOPPED
    assert codes(session) == before
    assert list(jobs.folder_of(settings, importing.IMPORT).iterdir()) == []
    assert bring_in.client.post("/mission/import", data={}).status_code == 400
