"""Every figure leads to the submissions behind it: as many as it counts, and those very ones."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observer.collect.models import Status
from observer.findings.answered import submissions_answering
from observer.findings.findings import COUNTED, findings
from observer.missions.scope import Scope
from tests.findings.builders import question
from tests.missions.builders import sign_in

PLACES = ("1501-01-1", "1502-01-1", "16-01-1", "91-01-1", None)


@pytest.fixture
def listed(app):
    """Gives the places in the list of submissions that somebody of a role asks for."""

    def as_(role, expected=200, **query):
        client = app.test_client()
        sign_in(client, role)
        answer = client.get("/submissions", query_string=query)
        assert answer.status_code == expected
        if expected != 200:
            return answer.text
        return sorted(re.findall(r'<td class="place">.*?<span class="base">(.*?)<', answer.text))

    return as_


answers = st.fixed_dictionaries(
    {},
    optional={
        "on_time": st.sampled_from(["yes", "no", "not_observed"]),
        "sealed": st.sampled_from(["yes", "no"]),
        "reasons": st.lists(st.sampled_from(["staff", "power", "weather"]), unique=True),
        "delay": st.integers(0, 90),
    },
)
reports = st.lists(
    st.tuples(answers, st.sampled_from(PLACES), st.sampled_from(list(Status))), max_size=6
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reports=reports)
def test_there_are_as_many_as_the_finding_counts(station, session, coordinator, reports):
    for said, place, status in reports:
        station.submit(said, place=place, status=status)
    for scope in (Scope(station.built.mission), coordinator):
        for finding in findings(session, scope, station.built.runoff, form="opening", level=0):
            if finding.question in ("obstructed", "agents"):
                continue
            found = submissions_answering(
                session,
                scope,
                station.built.runoff,
                "opening",
                finding.question,
                answer=finding.answer,
                statuses=COUNTED,
            )
            assert len(found) == len(set(found)) == finding.k
    session.rollback()


def test_the_list_is_of_an_answer_in_a_region_with_a_status(station, listed):
    station.submit({"on_time": "no"})
    station.submit({"on_time": "no"}, place="1502-01-1", status=Status.VERIFIED)
    station.submit({"on_time": "no"}, place="16-01-1", status=Status.REJECTED)
    station.submit({"on_time": "yes"}, place="91-01-1")
    late = {"form": "opening", "question": "on_time", "answer": "no"}
    assert listed("analyst", **late) == ["1501-01-1", "1502-01-1", "16-01-1"]
    assert listed("analyst", **late, status="counted") == ["1501-01-1", "1502-01-1"]
    assert listed("analyst", **late, region="1502") == ["1502-01-1"]
    assert listed("analyst", **late, round="first") == []
    assert listed("coordinator", **late) == ["1501-01-1", "1502-01-1"]
    assert len(listed("analyst", form="opening", question="on_time")) == 4


def test_one_problem_is_enough_whatever_version_asked(station, listed):
    station.submit({"sealed": "no", "on_time": "no"})
    station.submit({"on_time": "no"}, place="1502-01-1")
    station.submit({"sealed": "yes"}, place="16-01-1")
    station.publish_next("opening", question("sealed", "text"))
    station.submit({"sealed": "no"}, place="91-01-1")
    assert listed("analyst", problem="grave") == []
    station.publish_next(
        "opening", question("sealed", "select_one", "yes", "no", problems={"no": "grave"})
    )
    assert listed("analyst", problem="grave") == ["1501-01-1"]


def test_more_than_a_statement_has_room_for(station, listed):
    for _ in range(210):
        station.submit({"on_time": "no"})
    late = {"form": "opening", "question": "on_time", "answer": "no", "status": "counted"}
    assert len(listed("analyst", **late)) == 50
    assert listed("analyst", **late, region="16") == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"form": "opening", "question": "nothing"}, "There is no question “nothing”"),
        ({"question": "on_time", "answer": "no"}, "name all of them"),
        ({"form": "opening", "answer": "no"}, "name all of them"),
        ({"problem": "odd"}, "There is no gravity “odd”; there is grave, minor."),
    ],
)
def test_what_is_not_there_is_named(station, listed, query, said):
    assert said in listed("analyst", 404, **query)
