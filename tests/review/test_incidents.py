"""Incidents as the mission room, the map and their own page get them."""

import re

from observer.missions.scope import Scope, scope_of
from observer.review.incidents import incidents
from observer.review.operations import reject
from tests.review.builders import submit


def report(session, built, gravity, *, place=None, minutes=0, **more):
    answers = {"type": ["violence"], "gravity": gravity, "what_happened": f"{gravity} thing"}
    return submit(session, built, answers | more, form="incident", place=place, minutes=minutes)


def test_incidents_are_the_newest_first_with_place_and_position(session, built):
    at_place = report(
        session, built, "serious", place="1501-01-1", occurred_at="2026-06-07T09:15:00.000-05:00"
    )
    elsewhere = report(session, built, "minor", minutes=5, where_text="on the road")
    found = incidents(session, Scope(built.mission), built.runoff)
    assert [incident.submission for incident in found] == [elsewhere.id, at_place.id]
    newest, oldest = found
    assert (newest.place, newest.region, newest.lat) == ("on the road", "", None)
    assert oldest.place == "School 1 of Lima West · 1501-01-1"
    assert oldest.region == "Lima West"
    assert oldest.types == ("violence",)
    assert oldest.occurred_at.isoformat() == "2026-06-07T09:15:00-05:00"
    centre = built.places["1501-01"]
    assert (oldest.lat, oldest.lon) == (centre.lat, centre.lon)


def test_rejected_ones_other_forms_rounds_and_regions_are_left_out(session, built):
    scope = scope_of(session, built.memberships["coordinator"])
    inside = report(session, built, "minor", place="1502-01")
    report(session, built, "minor", place="16-01")
    report(session, built, "minor")
    rejected = report(session, built, "minor", place="1501-01")
    reject(session, rejected, built.people["analyst"], "nothing happened")
    submit(session, built, {"opened_on_time": "no"})
    found = incidents(session, scope, built.runoff)
    assert [incident.submission for incident in found] == [inside.id]
    assert incidents(session, scope, built.first) == []


def test_only_the_counted_content_tells(session, built):
    submission = report(session, built, "minor")
    report_again = {"type": ["vote_buying"], "gravity": "critical", "what_happened": "more"}
    submit(session, built, report_again, form="incident", place=None, id=str(submission.id))
    assert [i.gravity for i in incidents(session, Scope(built.mission), built.runoff)] == ["minor"]
    submit(
        session,
        built,
        report_again,
        form="incident",
        place=None,
        id=str(submission.id),
        revision=2,
    )
    found = incidents(session, Scope(built.mission), built.runoff)
    assert [(i.gravity, i.types) for i in found] == [("critical", ("vote_buying",))]


def test_the_board_has_each_report_at_once_the_gravest_first(session, built, as_):
    for minutes, gravity in enumerate(("minor", "critical", "serious", "critical")):
        report(session, built, gravity, minutes=minutes)
    submit(session, built, {"type": ["late_opening"]}, form="incident", place=None)
    analyst = as_("analyst")

    def gravities(**filters):
        page = analyst.get("/incidents", round="runoff", **filters).text
        assert page.count('<li class="card-incident') == page.count('name="seen" value="0"')
        return re.findall(r'class="gravity-chip[^>]+>([^<]+)<', page)

    gravest_first = ["Critical", "Critical", "Serious", "Minor", "gravity not given"]
    assert gravities() == gravest_first
    assert gravities(view="list") == gravest_first
    assert gravities(gravity="serious") == ["Serious"]
    assert gravities(type="late_opening") == ["gravity not given"]
    assert gravities(type="late") == []
    assert gravities(q="SERIOUS THING") == ["Serious"]
    assert gravities(state="confirmed") == []
    assert "No incident was reported" in analyst.get("/incidents", round="first").text
    assert analyst.get("/incidents", state="solved").status_code == 404
