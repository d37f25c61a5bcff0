"""The review queue: what waits, in which order, and who sees what of it."""

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from observer.collect.models import Status, Submission
from observer.database import now
from observer.missions.scope import Scope
from observer.review.models import Flag, Severity
from observer.review.queue import (
    LEVELS,
    QueueFilters,
    count_by_level,
    next_after,
    page,
    position_of,
)
from tests.review.builders import flag, submit

LATE = {"opened_on_time": "no", "delay_minutes": 45, "box_sealed": "yes"}
IMPOSSIBLE = LATE | {"delay_minutes": 900}


def rows(answer):
    return re.findall(r'<h2><a href="/submissions/([0-9a-f-]{36})', answer.text)


def test_what_weighs_most_is_first_and_then_what_waits_longest(session, built, as_):
    plain = submit(session, built, LATE, minutes=0)
    younger = submit(session, built, LATE, minutes=2)
    notice, doubtful, grave = (submit(session, built, LATE, minutes=3) for _ in range(3))
    held = submit(session, built, IMPOSSIBLE, minutes=4)
    urgent = submit(session, built, {"gravity": "minor"}, form="incident", urgent=True, minutes=5)
    verified = submit(session, built, LATE)
    as_("analyst").take(verified, "verify")
    # What the checks themselves make of these submissions is not what this is about.
    session.execute(delete(Flag))
    for submission, severity in ((notice, "notice"), (doubtful, "doubtful"), (grave, "grave")):
        flag(session, submission, severity)
    flag(session, grave, "notice", check="times")
    flag(session, held, "doubtful")
    # Neither what its check finds no more nor what was put aside weighs anything.
    flag(session, plain, "grave", gone_at=now())
    flag(session, younger, "grave", dismissed_at=now())
    answer = as_("analyst").get("/review")
    order = (urgent, grave, held, doubtful, notice, plain, younger)
    assert rows(answer) == [str(one.id) for one in order]
    figures = re.findall(r'<dt>([^<]+)</dt><dd class="figure">(\d+)', answer.text)
    names = ("urgent", "grave", "held", "doubtful", "to know", "nothing found")
    assert figures == [*zip(names, "111112", strict=True)]


def test_the_queue_is_limited_to_what_is_asked_for(session, built, as_):
    first = submit(session, built, LATE, minutes=1)
    second = submit(session, built, {"gravity": "minor"}, form="incident", place=None, minutes=2)
    third = submit(session, built, LATE, place="16-01-1", round_="first", minutes=3)
    flag(session, third, "notice", check="times")
    analyst = as_("analyst")
    fields = {**analyst.hidden(first), "person": str(built.people["analyst"].id)}
    session.rollback()
    assert analyst.client.post(f"/submissions/{first.id}/assign", data=fields).status_code == 302
    for limit, wanted in (
        ({}, (third, first, second)),
        ({"whose": "mine"}, (first,)),
        ({"whose": "nobody"}, (third, second)),
        ({"form": "incident"}, (second,)),
        ({"region": "16"}, (third,)),
        ({"round": "first"}, (third,)),
        ({"severity": "notice"}, (third,)),
        ({"severity": "grave"}, ()),
        ({"check": "times"}, (third,)),
    ):
        assert rows(analyst.get("/review", **limit)) == [str(one.id) for one in wanted], limit
    for wrong in (
        {"whose": "x"},
        {"severity": "x"},
        {"check": "x"},
        {"form": "x"},
        {"region": "x"},
    ):
        assert analyst.get("/review", **wrong).status_code == 404
    assert analyst.get("/review", after="grave_yesterday").status_code == 404


def test_a_coordinator_sees_what_waits_in_their_regions(session, built, as_):
    inside = submit(session, built, LATE, place="1502-01-1")
    outside = submit(session, built, LATE, place="16-01-1")
    for one in (inside, outside):
        flag(session, one, "grave")
    coordinator = as_("coordinator")
    assert rows(coordinator.get("/review")) == [str(inside.id)]
    following = coordinator.get(f"/submissions/{inside.id}/next")
    assert following.location == "/review"
    assert as_("observer").get("/review").status_code == 403
    assert as_("admin").get("/review").status_code == 403


def test_an_empty_queue_says_what_to_do(built, as_):
    answer = as_("analyst").get("/review")
    assert "Nothing waits for a reviewer" in answer.text
    assert 'href="/submissions"' in answer.text


WEIGHED = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from([Status.HELD, Status.RECEIVED, Status.VERIFIED]),
        st.sets(st.sampled_from(list(Severity))),
        st.integers(0, 3),
    ),
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(WEIGHED, st.integers(1, 4))
def test_page_after_page_each_that_waits_comes_once_and_in_order(session, built, weighed, limit):
    for one in page(session, Scope(built.mission), QueueFilters()).waiting:
        one[0].status = Status.REJECTED
    expected = []
    for urgent, status, severities, minutes in weighed:
        submission = submit(session, built, LATE, minutes=minutes)
        submission.urgent, submission.status = urgent, status
        for severity in severities:
            flag(session, submission, severity, subject=severity)
        session.flush()
        if status != Status.VERIFIED:
            expected.append(submission)
    scope, filters = Scope(built.mission), QueueFilters()

    def weight(submission: Submission) -> tuple[object, ...]:
        position = position_of(session, submission)
        return LEVELS.index(position.level), position.received_at, str(submission.id)

    came, after = [], None
    while True:
        found = page(session, scope, filters, after=after, limit=limit)
        came += found.waiting
        after = found.later
        if after is None:
            break
    assert [one.id for one, _level in came] == [one.id for one in sorted(expected, key=weight)]
    assert all(position_of(session, one).level == level for one, level in came)
    counts = count_by_level(session, scope, filters)
    assert sum(counts.values()) == len(came)
    for (one, _), (behind, _) in pairwise(came):
        assert next_after(session, scope, filters, position_of(session, one)).id == behind.id
    session.commit()


@pytest.mark.parametrize("step", ["verify", "reject"])
def test_after_a_step_the_next_of_the_queue_comes_and_the_step_can_be_undone(
    session, built, as_, step
):
    # In two places, as two reports of one place are doubted together.
    places = {1: "1501-01-1", 2: "1502-01-1"}
    first, second = (submit(session, built, LATE, minutes=n, place=places[n]) for n in places)
    submit(session, built, LATE, minutes=3, round_="first")
    analyst = as_("analyst")
    way = {"queue": "sheet", "round": "runoff"}
    data = analyst.hidden(first) | {"reason": "twice the same"}
    answer = analyst.client.post(f"/submissions/{first.id}/{step}", query_string=way, data=data)
    assert answer.location.startswith(f"/submissions/{second.id}?queue=sheet&round=runoff&done=")
    shown = analyst.client.get(answer.location).text
    undo = re.search(r'action="(/submissions/[^"]+/undo\?[^"]+)"', shown)[1].replace("&amp;", "&")
    seen = re.search(r'name="seen" value="(\d+)">\s*<span>', shown)[1]
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    answer = analyst.client.post(undo, data={"csrf_token": token, "seen": seen})
    assert answer.location == f"/submissions/{first.id}?queue=sheet&round=runoff"
    assert session.get(Submission, first.id, populate_existing=True).status == "received"
    session.commit()
    data = analyst.hidden(second) | {"reason": "the last one"}
    answer = analyst.client.post(f"/submissions/{second.id}/{step}", query_string=way, data=data)
    assert answer.location.startswith(f"/review?round=runoff&done={second.id}")
