"""What the frame keeps of the tables, and who sees which of it."""

import threading
import uuid

import pandas as pd
import pytest
from sqlalchemy import select

from observer.collect.models import Revision, Status, Submission
from observer.database import make_engine
from observer.findings import frame
from observer.findings.table import Items


def test_another_process_s_changes_are_seen(station, session, built, engine):
    here = frame.mission_answers(session, built.mission)
    elsewhere = make_engine(engine.url.render_as_string(hide_password=False))
    there = frame.MissionAnswers(elsewhere, built.mission.id)
    submission = station.submit({"on_time": "no"})
    for answers in (here, there):
        assert alive(answers.look()) == [submission.id]
    station.submit({"on_time": "no"}, form="incident")
    station.judge(submission, Status.REJECTED)
    for answers in (here, there):
        (form,) = (rows for rows in answers.look().values() if submission.id in rows.ids)
        (row,) = (row for row in range(len(form.ids)) if form.alive[row])
        assert frame.STATUSES[form.fixed["status"][row]] == Status.REJECTED
    elsewhere.dispose()


def alive(forms):
    return [
        submission
        for rows in forms.values()
        for submission, counts in zip(rows.ids, rows.alive, strict=False)
        if counts
    ]


def test_what_is_rolled_back_was_never_there(station, session, built):
    station.submit({"on_time": "no"})
    answers = frame.mission_answers(session, built.mission)
    answers.look()
    submission = session.scalars(select(Submission)).one()
    submission.status = Status.VERIFIED
    submission.change += 1
    session.flush()
    before = answers.look()
    session.rollback()
    station.judge(session.get_one(Submission, submission.id), Status.REJECTED)
    after = answers.look()
    assert [statuses(forms) for forms in (before, after)] == [[Status.RECEIVED], [Status.REJECTED]]


def statuses(forms):
    (rows,) = forms.values()
    return [
        frame.STATUSES[status]
        for status, counts in zip(rows.fixed["status"], rows.alive, strict=True)
        if counts
    ]


def test_what_a_reader_holds_stays_as_it_was(station, session, built):
    submissions = [station.submit({"on_time": "no"}) for _ in range(3)]
    answers = frame.mission_answers(session, built.mission)
    (held,) = answers.look().values()
    for submission in submissions:
        for status in (Status.VERIFIED, Status.REJECTED, Status.VERIFIED):
            station.judge(submission, status)
            answers.look()
    assert held.alive.tolist() == [True] * 3
    assert {frame.STATUSES[status] for status in held.fixed["status"]} == {Status.RECEIVED}
    assert list(held.ids)[:3] == [submission.id for submission in submissions]


def test_an_interrupted_look_leaves_nothing_behind(station, session, built, monkeypatch):
    submission = station.submit({"on_time": "no"})
    answers = frame.mission_answers(session, built.mission)

    def break_off(self, rows):
        written(self, rows)
        raise ConnectionError

    written = frame.Table.write
    monkeypatch.setattr(frame.Table, "write", break_off)
    with pytest.raises(ConnectionError):
        answers.look()
    monkeypatch.undo()
    assert alive(answers.look()) == [submission.id]


def test_a_database_put_back_to_an_earlier_state_is_read_afresh(station, session, built):
    first = station.submit({"on_time": "no"})
    second = station.submit({"on_time": "no"})
    answers = frame.mission_answers(session, built.mission)
    assert len(alive(answers.look())) == 2
    session.delete(session.scalars(select(Revision).filter_by(submission_id=second.id)).one())
    session.delete(second)
    built.mission.changes = first.change
    session.commit()
    assert alive(answers.look()) == [first.id]


def test_the_next_process_begins_with_what_was_kept(station, session, built, tmp_path, monkeypatch):
    given = {"on_time": "no", "delay": 12, "reasons": ["staff", "power"], "comment": "“é”"}
    station.submit(given)
    late = station.submit({"parties": [{"obstructed": "yes", "agents": 2}, {"obstructed": "no"}]})
    engine = session.get_bind()
    monkeypatch.setattr(frame, "MANY", 2)
    frame.keep_in(engine, tmp_path)

    def begun():
        frame.forget(engine)
        read = frame.answers(session, built.mission, "opening")
        for thread in threading.enumerate():
            if thread.name == frame.KEEPER:
                thread.join()
        return read

    first = begun()
    # What does not count as a change is not read again.
    revision = session.scalars(select(Revision).filter_by(submission_id=late.id)).one()
    revision.answers = {}
    session.commit()
    station.submit({"on_time": "yes"}, place="1502-01-1")
    second = begun()
    pd.testing.assert_frame_equal(second.iloc[:2][first.columns], first, check_categorical=False)
    assert len(second) == 3
    # A database in which something of it is no more is read anew, and so is a damaged file.
    session.delete(revision)
    session.delete(late)
    session.commit()
    assert "obstructed" not in begun() and len(begun()) == 2
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(file.read_bytes()[:-100])
    assert len(begun()) == 2


def test_answers_as_a_table(station, session, built):
    submission = station.submit({"on_time": "no", "delay": 12, "reasons": ["staff", "power"]})
    station.submit({"parties": [{"obstructed": "yes"}, {"obstructed": "no"}]})
    answers = frame.answers(session, built.mission, "opening")
    row = answers.loc[submission.id]
    assert (row.status, row.on_time, row.delay) == ("received", "no", 12)
    assert row.reasons == ("staff", "power")
    assert str(row.received_at) == "2026-06-07 17:00:00+00:00"
    assert row.place_id == built.places["1501-01-1"].id
    assert answers.obstructed.dropna().tolist() == [Items(("yes", "no"))]
    assert answers.on_time.count() == 1
    assert isinstance(submission.id, uuid.UUID)
    assert frame.answers(session, built.mission, "nothing").empty
