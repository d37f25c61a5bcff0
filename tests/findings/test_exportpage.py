"""The page of exports: at once where it is little, by a process of its own where it is much."""

import io
import os
import signal
import time
import zipfile
from datetime import timedelta

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.cli import cli
from observer.database import make_sessions, now
from observer.findings import exportviews
from observer.findings.exports.order import Order
from observer.findings.jobrun import run
from observer.findings.jobs import ask_for_export, folder_of
from observer.missions import jobs
from observer.missions.jobmodels import Job, JobState
from tests.missions.builders import sign_in

ASKED = {
    "layout": "submissions",
    "format": "csv",
    "labels": "",
    "region": "",
    "statuses": ["received", "verified"],
}


@pytest.fixture
def filled(station):
    for place in ("1501-01-1", "1502-01-1", "16-01-1"):
        station.submit({"on_time": "no", "comment": "=1+1"}, place=place)
    return station


@pytest.fixture
def analyst(app, filled):
    client = app.test_client()
    sign_in(client, "analyst")
    return client


@pytest.fixture
def send(analyst):
    """Sends the form of the page as the analyst."""

    def send(**more):
        page = analyst.get("/exports").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return analyst.post("/exports", data=ASKED | {"csrf_token": token} | more)

    return send


@pytest.fixture
def do(app, engine, settings):
    """Does a job; gives what became of it."""

    def run_job(job):
        with app.app_context():
            return run(engine, settings, job.id)

    return run_job


@pytest.fixture
def folder(settings):
    return folder_of(settings)


@pytest.fixture
def asked(filled, session):
    """A job that waits, and a function that reads it again."""
    built = filled.built
    order, person = Order(forms=("opening",)), built.people["analyst"]
    job = ask_for_export(session, built.mission, person, order, "demo.csv.zip")
    session.commit()
    return job


@pytest.fixture
def reread(engine):
    """Reads the newest job as it is now, and lets go of the database."""

    def read():
        with Session(engine, expire_on_commit=False) as session:
            return session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()

    return read


def test_a_small_export_is_downloaded_at_once(send):
    answer = send()
    assert "attachment; filename=demo-submissions-" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        frame = pd.read_csv(archive.open("opening.csv"))
        assert "opening-dictionary.csv" in archive.namelist()
    assert len(frame) == 3
    workbook = openpyxl.load_workbook(io.BytesIO(send(format="xlsx", labels="es").data))
    assert "¿on_time?" in [cell.value for cell in workbook["opening"][1]]


def test_what_is_wrong_is_said_at_its_field(send):
    answer = send(statuses=[])
    assert answer.status_code == 422
    assert "Choose at least one status." in answer.text
    assert send(forms=["x"]).status_code == 422


def test_the_number_of_rows_is_said_before(analyst):
    for more, said in (
        ({}, "3 rows"),
        ({"layout": "stations"}, "3 places"),
        ({"layout": "repeats"}, "the items of 3 reports"),
        ({"region": "15"}, "2 rows"),
        ({"statuses": ["held"]}, "0 rows"),
    ):
        assert analyst.get("/exports/count", query_string=ASKED | more).json["text"] == said


@pytest.mark.parametrize("role", ["coordinator", "observer", "admin"])
def test_nobody_else_exports(app, filled, role):
    client = app.test_client()
    sign_in(client, role)
    assert client.get("/exports").status_code == 403


def test_a_large_export_is_made_by_a_process_of_its_own(send, analyst, reread, monkeypatch):
    monkeypatch.setattr(exportviews, "AT_ONCE", 2)
    assert send().headers["Location"] == "/exports#jobs"
    deadline = time.monotonic() + 90
    while reread().state in ("waiting", "running") and time.monotonic() < deadline:
        time.sleep(0.2)
    done = reread()
    assert (done.state, done.message, done.done) == (JobState.DONE, "", 3)
    answer = analyst.get(f"/exports/jobs/{done.id}/file")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(pd.read_csv(archive.open("opening.csv"))) == 3
    assert "Download" in analyst.get("/exports/jobs").text


def test_a_job_is_nobody_elses(app, asked, do, folder):
    do(asked)
    other = app.test_client()
    sign_in(other, "editor")
    assert other.get(f"/exports/jobs/{asked.id}/file").status_code == 404
    assert "demo.csv.zip" not in other.get("/exports/jobs").text


def test_a_job_that_is_stopped_leaves_nothing(asked, engine, do, reread, folder):
    with make_sessions(engine).begin() as other:
        jobs.ask_to_stop(other.get(Job, asked.id))
    assert do(asked) == JobState.STOPPED
    assert not folder.exists() or list(folder.iterdir()) == []
    assert reread().result == ""


def test_a_process_that_is_ended_leaves_nothing(asked, do, monkeypatch, folder):
    def end(*_arguments, **_options):
        (folder / "half").mkdir(parents=True)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    monkeypatch.setattr("observer.findings.exports.writing.tables_of", end)
    assert do(asked) == JobState.FAILED
    assert [each.name for each in folder.iterdir()] == ["half"]


def test_who_may_not_export_any_more_gets_nothing(asked, engine, do, reread, folder):
    with make_sessions(engine).begin() as other:
        other.get(Job, asked.id).person.role = "observer"
    assert do(asked) == JobState.FAILED
    assert "may not export" in reread().message


def test_a_job_whose_process_died_has_failed_and_old_results_go(asked, analyst, engine, do, folder):
    with make_sessions(engine).begin() as other:
        other.get(Job, asked.id).heartbeat_at = now() - timedelta(minutes=5)
    page = analyst.get("/exports").text
    assert "Its process ended unexpectedly. Start it again." in page
    with make_sessions(engine).begin() as other:
        other.get(Job, asked.id).state = JobState.WAITING
        other.get(Job, asked.id).heartbeat_at = now()
    do(asked)
    assert len(list(folder.iterdir())) == 1
    with make_sessions(engine).begin() as other:
        other.get(Job, asked.id).finished_at = now() - timedelta(days=8)
    assert "not kept any more" in analyst.get("/exports").text
    assert list(folder.iterdir()) == []
    assert analyst.get(f"/exports/jobs/{asked.id}/file").status_code == 404


def test_somebody_has_few_jobs_under_way(asked, session, filled):
    built = filled.built
    for _again in range(jobs.MOST_UNDER_WAY - 1):
        ask_for_export(session, built.mission, built.people["analyst"], Order(), "x.csv.zip")
    with pytest.raises(jobs.TooManyJobsError, match="3 under way"):
        ask_for_export(session, built.mission, built.people["analyst"], Order(), "x.csv.zip")


def test_the_command_says_which_job_there_is_not(app, filled):
    done = app.test_cli_runner().invoke(cli, ["job", "run", "77"])
    assert (done.exit_code, done.stderr) == (1, "Error: There is no job 77 that waits.\n")
