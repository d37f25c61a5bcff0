"""Findings over several versions of a form: together where a question is asked alike."""

import re

import pytest

from observer.collect.models import Revision
from observer.findings.findings import numbers, one_finding
from tests.findings.builders import question
from tests.missions.builders import sign_in


@pytest.fixture
def one(session, scope, built):
    def ask(name, answer):
        found = one_finding(session, scope, built.runoff, "opening", name, answer)
        return found.k, found.n

    return ask


@pytest.fixture
def page(app):
    client = app.test_client()
    sign_in(client, "analyst")

    def get(address):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(address).text))

    return get


def test_a_question_that_stays_as_it_was_is_counted_over_all_versions(station, one, page):
    station.submit({"on_time": "no", "delay": 10})
    station.publish_next(
        "opening",
        question("on_time", "select_one", "not_observed", "no", "yes", required="true()"),
        question("delay", "integer", constraint=". > 0"),
    )
    station.submit({"on_time": "yes", "delay": 20}, place="1501-01-2")
    assert one("on_time", "no") == (1, 2)
    assert one("delay", None) == (2, 2)
    shown = page("/findings?form=opening")
    assert "1 report with version 1 · 1 report with version 2" in shown
    assert "counted apart" not in shown


def test_answers_of_another_type_are_counted_apart(station, scope, one, page):
    for place in ("1501-01-1", "1501-01-2"):
        station.submit({"on_time": "no", "delay": 10}, place=place)
    station.publish_next(
        "opening", question("on_time", "text"), question("delay", "select_one", "10", "more")
    )
    station.submit({"on_time": "yes", "delay": "10"}, place="1502-01-1")
    assert one("on_time", None) == (1, 1)
    assert one("delay", "10") == (1, 1)
    for address in ("/findings?form=opening", "/findings/opening/on_time"):
        shown = page(address)
        assert (
            "Version 1 of the form asked it as select_one, not as text: "
            "its 2 answers are counted apart." in shown
        )
        assert "No problem 2 of 2" in shown
    assert "asked it as integer, not as select_one" in page("/findings/opening/delay")
    station.publish_next("opening", question("delay", "integer"))
    assert numbers(station.session, scope, station.built.runoff, "opening", "delay").n == 2


def test_a_choice_that_came_later_is_said_not_to_have_been_offered(station, one, page):
    station.submit({"sealed": "no"})
    station.publish_next("opening", question("sealed", "select_one", "yes", "in_part", "no"))
    station.submit({"sealed": "in_part"}, place="1501-01-2")
    assert one("sealed", "no") == (1, 2)
    for address in ("/findings?form=opening", "/findings/opening/sealed"):
        assert (
            "Version 1 of the form did not offer “In_Part”: its answer is counted all the same."
            in page(address)
        )


def test_answers_out_of_choices_that_are_gone_are_counted_apart(station, one, page):
    station.submit({"sealed": "no"})
    station.publish_next("opening", question("sealed", "select_one", "yes", "in_part"))
    assert one("sealed", "yes") == (0, 0)
    station.submit({"sealed": "in_part"}, place="1501-01-2")
    assert one("sealed", "in_part") == (1, 1)
    assert (
        "Version 1 of the form asked it otherwise, with other choices: "
        "its answer is counted apart." in page("/findings/opening/sealed")
    )


def test_who_was_not_asked_is_not_in_the_base(station, one):
    station.submit({"on_time": "no"})
    station.publish_next("opening", question("weather", "text"))
    station.submit({"weather": "rain"}, place="1501-01-2")
    station.submit({}, place="1502-01-1")
    assert one("weather", None) == (1, 2)


def test_answers_to_an_unknown_version_are_in_no_figure(station, session, one):
    submission = station.submit({"on_time": "no"})
    station.submit({"on_time": "no"}, place="1501-01-2")
    (revision,) = submission.revisions
    assert isinstance(revision, Revision)
    revision.form_version_id = None
    station.judge(submission, submission.status)
    assert one("on_time", "no") == (1, 1)
