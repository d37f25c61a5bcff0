"""The frame equals the tables, whatever happened and in whatever order it was looked at."""

import uuid
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.collect.models import Revision, Status, Submission
from observer.database import make_engine
from observer.findings import frame
from observer.findings.findings import COUNTED, findings
from observer.missions.models import Place, PlaceKind, Region

PLACES = (None, "1501-01", "1501-01-1", "1501-01-2", "1502-01-1", "16-01-1", "91-01-1")
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "on_time": st.sampled_from(["yes", "no", "not_observed", ""]),
        "reasons": st.lists(st.sampled_from(["staff", "power", "weather"]), unique=True),
        "delay": st.integers(0, 5),
    },
)
PLACE = st.sampled_from(PLACES)
STATUS = st.sampled_from(list(Status))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), ANSWERS, PLACE, STATUS),
        st.tuples(st.just("judge"), st.integers(0, 9), STATUS),
        st.tuples(st.just("revise"), st.integers(0, 9), ANSWERS, PLACE),
        st.tuples(st.just("move"), PLACE.filter(bool), st.sampled_from(["1501", "16"])),
        st.tuples(st.just("look")),
    ),
    max_size=25,
)


@dataclass
class Recount:
    """Findings counted once more, plainly, from the tables."""

    session: Session
    statuses: tuple[Status, ...]

    def __post_init__(self):
        regions = self.session.scalars(select(Region)).all()
        self.above = {
            None: [None],
            **{r.id: [r.code, *([r.parent.code] if r.parent else []), None] for r in regions},
        }
        self.places = {place.id: place for place in self.session.scalars(select(Place))}

    def count(self, round_, question, answer, region):
        k, n, seen = 0, 0, set()
        counted = (
            select(Submission, Revision.answers)
            .join(Revision, Revision.submission_id == Submission.id)
            .where(
                Revision.number == Submission.current_revision,
                Submission.round_id == round_.id,
                Submission.status.in_(self.statuses),
            )
        )
        for submission, answers in self.session.execute(counted):
            given = answers.get(question)
            said = given if isinstance(given, list) else [given]
            said = [each for each in said if each not in ("", None, "not_observed")]
            if answer is not None and not said:
                continue
            if region in self.above[submission.region_id]:
                n += 1
                k += bool(said) if answer is None else answer in said
            place = self.places.get(submission.place_id)
            if place and place.kind == PlaceKind.STATION and region in self.above[place.region_id]:
                seen.add(place.id)
        return k, n, len(seen)


def equals_a_recount(session, scope, round_, statuses):
    recount = Recount(session, statuses)
    found = findings(session, scope, round_, form="opening", statuses=statuses)
    asked = Counter(each.question for each in found)
    assert {"on_time", "reasons", "delay"} <= set(asked)
    for each in found:
        if each.question in ("on_time", "reasons", "delay"):
            counted = (each.k, each.n, each.places_observed)
            plain = recount.count(round_, each.question, each.answer, each.region)
            assert counted == plain, (each, plain)


def take(station, submissions, step):
    name, *given_ = step
    if name == "submit":
        answers, place, status = given_
        submissions.append(station.submit(answers, place=place, status=status))
    elif name == "move":
        place, region = given_
        station.built.places[place].region_id = station.built.regions[region].id
        station.session.commit()
    elif submissions:
        submission = submissions[given_[0] % len(submissions)]
        if name == "judge":
            station.judge(submission, given_[1])
        else:
            station.revise(submission, given_[1], given_[2])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_frame_equals_a_plain_recount_in_any_order_of_events(
    steps, station, session, scope, built
):
    submissions = []
    for step in steps:
        if step[0] == "look":
            findings(session, scope, built.runoff)
        else:
            take(station, submissions, step)
    for statuses in (COUNTED, (Status.HELD, Status.REJECTED)):
        equals_a_recount(session, scope, built.runoff, statuses)
    kept = table(session, built)
    frame.forget(session.get_bind())
    assert kept == table(session, built)


def table(session, built):
    """Everything the frame says of the form's submissions, in an order of its own."""
    answers = frame.answers(session, built.mission, "opening")
    return {
        submission: {name: str(value) for name, value in row.items() if str(value) != "nan"}
        for submission, row in answers.to_dict("index").items()
    }


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

    written = frame._Table.write
    monkeypatch.setattr(frame._Table, "write", break_off)
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


def test_answers_as_a_table(station, session, built):
    submission = station.submit({"on_time": "no", "delay": 12, "reasons": ["staff", "power"]})
    station.submit({"parties": [{"obstructed": "yes"}, {"obstructed": "no"}]})
    answers = frame.answers(session, built.mission, "opening")
    row = answers.loc[submission.id]
    assert (row.status, row.on_time, row.delay) == ("received", "no", 12)
    assert row.reasons == ("staff", "power")
    assert str(row.received_at) == "2026-06-07 17:00:00+00:00"
    assert row.place_id == built.places["1501-01-1"].id
    assert answers.obstructed.dropna().tolist() == [frame.Items(("yes", "no"))]
    assert answers.on_time.count() == 1
    assert isinstance(submission.id, uuid.UUID)
    assert frame.answers(session, built.mission, "nothing").empty
