"""Whatever reviewers do: who is flagged as a duplicate is so in return, and checks settle."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from observer.collect.media import Arrived
from observer.collect.models import Attachment, Revision, Status, Submission
from observer.review.checkcases import NEAREST
from observer.review.checking import check_round
from observer.review.flags import is_open
from observer.review.handling import dismiss
from observer.review.models import Flag, Verification
from observer.review.operations import reject, reopen
from tests.review.builders import submit

PLACES = ("1501-01-1", "1502-01-1")
PHOTO = "a" * 64

moves = st.lists(
    st.one_of(
        st.tuples(st.just("report"), st.sampled_from(PLACES), st.integers(0, 1), st.booleans()),
        st.tuples(st.just("report"), st.just(PLACES[0]), st.just(0), st.booleans()),
        st.tuples(st.sampled_from(["reject", "reopen", "dismiss"]), st.integers(0, 9)),
    ),
    min_size=3,
    max_size=10,
)
slowly = hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def make(session, built, app):
    """Makes moves, one after the other, in a mission without submissions."""

    def make_moves(made):
        for table in (Flag, Verification, Attachment, Revision, Submission):
            session.execute(delete(table))
        session.commit()
        for minutes, (name, *what) in enumerate(made):
            if name == "report":
                _report(session, built, minutes, what)
            else:
                _review(session, built, name, *what)

    return make_moves


def _report(session, built, minutes, what):
    place, delay, with_photo = what
    named = [{"question": "photo", "sha256": PHOTO, "type": "image/jpeg"}] if with_photo else []
    submit(
        session,
        built,
        {"opened_on_time": "no", "delay_minutes": delay},
        place=place,
        minutes=minutes,
        attachments=named,
        files={PHOTO: Arrived("b" * 64, "image/jpeg")} if with_photo else {},
    )


def _review(session, built, name, number):
    analyst = built.people["analyst"]
    if name == "dismiss":
        rows = session.scalars(select(Flag).where(is_open()).order_by(Flag.id)).all()
        if rows:
            dismiss(session, rows[number % len(rows)], analyst, "seen")
    else:
        before = Status.RECEIVED if name == "reject" else Status.REJECTED
        step = reject if name == "reject" else reopen
        found = session.scalars(
            select(Submission).where(Submission.status == before).order_by(Submission.received_at)
        ).all()
        if found:
            step(session, found[number % len(found)], analyst, "a reason")
    session.commit()


def found_pairs(session, check):
    """Who is flagged by a check because of whom, dismissed or not."""
    rows = session.execute(
        select(Flag.submission_id, Flag.subject).where(Flag.check == check, Flag.gone_at.is_(None))
    )
    return {(str(row.submission_id), row.subject) for row in rows}


def expected_pairs(groups):
    """Each with those that came next before and after it, in groups that came in order."""
    return {
        (str(one), str(other))
        for group in groups
        for rank, one in enumerate(group)
        for other in group[max(0, rank - NEAREST) : rank + NEAREST + 1]
        if one != other
    }


def contents(session):
    return [tuple(row) for row in session.execute(select(*Flag.__table__.c).order_by(Flag.id))]


@slowly
@given(made=moves)
def test_those_that_are_not_rejected_point_at_each_other(session, make, made):
    make(made)
    counted = session.scalars(
        select(Submission)
        .where(Submission.status != Status.REJECTED)
        .order_by(Submission.received_at, Submission.id)
    ).all()
    with_photo = set(session.scalars(select(Attachment.submission_id)))
    places = {each.place_id for each in counted}
    by_place = [[each.id for each in counted if each.place_id == place] for place in places]
    photos = [each.id for each in counted if each.id in with_photo]
    duplicates, shared = expected_pairs(by_place), expected_pairs([photos])
    assert found_pairs(session, "duplicate") == duplicates
    assert found_pairs(session, "photo_twice") == shared
    assert duplicates == {(other, one) for one, other in duplicates}
    session.rollback()


@slowly
@given(made=moves)
def test_checking_the_round_finds_what_is_known_and_leaves_what_was_dismissed(
    session, built, make, made
):
    make(made)
    known = contents(session)
    check_round(session, built.mission)
    assert contents(session) == known
    check_round(session, built.mission, built.runoff)
    assert contents(session) == known
    session.rollback()


def test_who_rejects_one_of_two_closes_both_and_who_reopens_it_opens_both(session, built, as_):
    one, other = (submit(session, built, {"delay_minutes": 4}, minutes=n) for n in (0, 3))
    analyst = as_("analyst")
    both = expected_pairs([[one.id, other.id]])
    for step, left in (("reject", set()), ("reopen", both), ("reject", set()), ("undo", both)):
        assert analyst.take(other, step, "sent twice") == 302
        assert found_pairs(session, "duplicate") == left, step
        check_round(session, built.mission)
        assert found_pairs(session, "duplicate") == left, step
        session.rollback()


def test_one_question_wrong_in_two_rows_is_two_flags(session, built, app):
    rows = [{"agents": "many"}, {"agents": "few"}]
    held = submit(session, built, {"parties": rows})
    assert held.status == Status.HELD
    flags = session.scalars(select(Flag).where(Flag.submission_id == held.id)).all()
    assert [flag.check for flag in flags] == ["held", "held"]
    check_round(session, built.mission)
    assert len(contents(session)) == 2
