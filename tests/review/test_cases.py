"""Cases: what the mission makes of incidents, on their pages and for programs."""

from __future__ import annotations

import csv
import io
import re

import pytest

from observer.collect.models import Status, Submission
from observer.missions.scope import Scope
from observer.review.cases import cases, one_case
from observer.review.incidents import count_by_gravity
from observer.review.operations import reject
from tests.missions.builders import token_headers
from tests.review.builders import submit


@pytest.fixture
def report(session, built):
    """Receives a report of an incident, with violence at a station unless said otherwise."""

    def told(gravity="serious", *, type_="violence", what="Somebody shouted", **more):
        answers = {"type": [type_], "gravity": gravity, "what_happened": what}
        answers |= more.pop("answers", {})
        return submit(session, built, answers, form="incident", **more)

    return told


@pytest.fixture
def case_of(session, built):
    """The case of a report as the whole mission sees it now."""

    def read(report):
        session.commit()
        found = one_case(session, Scope(built.mission), report.id)
        session.commit()
        return found

    return read


class Desk:
    """Somebody at the page of a case; fields that are not given are as the page has them."""

    def __init__(self, reviewer):
        self.client = reviewer.client

    def page(self, report):
        return self.client.get(f"/incidents/{report.id}").text

    def take(self, report, step, /, *, follow=False, **fields):
        page = self.page(report)
        hidden = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}
        form = re.search(rf'action="/incidents/{report.id}/{step}".*?</form>', page, re.DOTALL)
        if form:
            hidden |= dict(
                re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
            )
        address = f"/incidents/{report.id}/{step}"
        answer = self.client.post(address, data=hidden | fields, follow_redirects=follow)
        return answer.text if follow else answer.status_code

    def judge(self, report, **fields):
        """Save the judgement with these fields changed and the others as they are."""
        now = {"title": "", "gravity": "", "type": "", "responsible": "0", "reason": ""}
        return self.take(report, "judge", **now | fields)


@pytest.fixture
def desk(as_):
    return lambda role="analyst": Desk(as_(role))


def test_a_case_goes_its_way_and_each_step_is_in_its_timeline(report, case_of, desk, built):
    told = report("critical")
    analyst = desk()
    person = built.people["analyst"]
    assert analyst.take(told, "move", state="checking") == 302
    assert analyst.judge(told, title="A man  was pushed", responsible=str(person.id)) == 302
    refused = analyst.judge(told, gravity="minor", title="A man was pushed")
    assert refused == 409
    assert case_of(told).gravity == "critical"
    given = {"gravity": "minor", "title": "A man was pushed", "reason": "Nobody was hurt"}
    assert analyst.judge(told, **given, responsible=str(person.id)) == 302
    assert analyst.take(told, "note", note="The police\nconfirm it.") == 302
    assert analyst.take(told, "move", state="not_confirmed") == 409
    assert analyst.take(told, "move", state="confirmed") == 302
    case = case_of(told)
    assert (case.state, case.gravity, case.title) == ("confirmed", "minor", "A man was pushed")
    assert case.responsible.name == "Analyst Demo"
    page = analyst.page(told)
    timeline = page[page.index('id="timeline"') :]
    for words in (
        "Report arrived",
        "Now being checked",
        "Summary: A man was pushed",
        "Responsible: Analyst Demo",
        "Gravity: Minor",
        "Nobody was hurt",
        "The police\nconfirm it.",
        "Now confirmed",
    ):
        assert words in timeline
        timeline = timeline[timeline.index(words) :]


def test_closing_keeps_what_was_found_and_ones_own_last_step_can_be_undone(report, case_of, desk):
    told = report()
    analyst, editor = desk(), desk("editor")
    analyst.take(told, "move", state="confirmed")
    analyst.take(told, "move", state="closed")
    assert case_of(told).is_confirmed
    assert "Undo my last step" not in editor.page(told)
    assert editor.take(told, "undo", seen="2") == 409
    assert analyst.take(told, "undo") == 302
    assert case_of(told).state == "confirmed"
    analyst.take(told, "move", state="not_confirmed", reason="It was elsewhere")
    assert not case_of(told).is_confirmed
    assert case_of(told).version == 4


def test_nobody_decides_about_what_they_have_not_seen(report, case_of, desk):
    told, other = report(), report()
    analyst, editor = desk(), desk("editor")
    editor.take(told, "move", state="checking")
    for step, fields in (("move", {"state": "closed"}), ("link", {"code": str(other.id)})):
        late = analyst.take(told, step, **fields, seen="0", follow=True)
        assert "Somebody else changed this incident meanwhile" in late
    assert case_of(told).state == "checking"
    # A report that was linked elsewhere meanwhile is no case of its own any more.
    editor.take(other, "link", code=str(told.id))
    assert analyst.take(other, "move", state="closed", seen="0") == 409
    assert case_of(told) is None


def test_linked_reports_are_one_case_and_can_be_separated_again(report, case_of, desk):
    first = report("minor")
    second = report("critical", minutes=5, place="1501-01-2")
    third = report("serious", minutes=9, place="1501-02-1", type_="vote_buying")
    analyst = desk()
    assert analyst.take(second, "note", note="kept with the report") == 302
    assert analyst.take(second, "link", code=str(third.id)) == 302
    assert analyst.take(first, "link", code=second.id.hex[:8]) == 302
    case = case_of(first)
    assert [r.submission for r in case.reports] == [first.id, second.id, third.id]
    assert (case.gravity, case.types) == ("critical", ("violence", "vote_buying"))
    assert case_of(second) is None
    moved = analyst.client.get(f"/incidents/{second.id}")
    assert moved.headers["Location"] == f"/incidents/{first.id}"
    assert "kept with the report" in analyst.page(first)
    assert analyst.take(first, "link", code=str(third.id)) == 409
    assert analyst.take(first, "undo") == 302
    assert len(case_of(first).reports) == 1
    assert [r.submission for r in case_of(second).reports] == [second.id, third.id]
    assert analyst.take(second, "unlink", report=str(third.id)) == 302
    assert case_of(third).types == ("vote_buying",)
    assert "Unlinked the report" in analyst.page(second)
    assert analyst.take(second, "unlink", report=str(second.id), seen="99") == 409


def test_a_link_needs_a_report_of_this_round_that_there_is(report, desk):
    told = report()
    elsewhere = report(round_="first")
    analyst = desk()
    for code in ("0000dead", str(elsewhere.id), "not a code", ""):
        assert analyst.take(told, "link", code=code) in (400, 409)
    page = analyst.take(told, "link", code="0000dead", follow=True)
    assert "There is no report of an incident with the code 0000dead" in page


def test_alike_are_reports_of_the_type_near_in_time_and_place(report, desk):
    told = report(answers={"occurred_at": "2026-06-07T10:00:00-05:00"})
    at_centre = report(place="1501-01-3", answers={"occurred_at": "2026-06-07T12:50:00-05:00"})
    near = report(
        place=None,
        position={"lat": -11.9, "lon": -76.79, "accuracy_m": 5},
        answers={"occurred_at": "2026-06-07T09:00:00-05:00"},
    )
    report(place="1501-02-1", answers={"occurred_at": "2026-06-07T10:00:00-05:00"})
    report(type_="vote_buying", answers={"occurred_at": "2026-06-07T10:00:00-05:00"})
    report(answers={"occurred_at": "2026-06-07T13:01:00-05:00"})
    page = desk().page(told)
    offered = re.findall(r'name="code" value="([^"]+)"', page)
    assert offered == [str(near.id), str(at_centre.id)]
    assert "at the same centre" in page
    assert "1,088 m away" in page


def test_a_coordinator_sees_and_decides_only_what_lies_in_their_regions(
    report, case_of, desk, session, built
):
    inside = report(place="1501-01-1")
    outside = report(place="16-01-1", what="Behind the mountains")
    nowhere = report(place=None)
    coordinator, analyst = desk("coordinator"), desk()
    board = coordinator.client.get("/incidents").text
    assert [str(one.id) in board for one in (inside, outside, nowhere)] == [True, False, False]
    for hidden in (outside, nowhere):
        assert coordinator.client.get(f"/incidents/{hidden.id}").status_code == 404
    assert coordinator.take(inside, "link", code=str(outside.id)) == 409
    assert coordinator.take(inside, "move", state="checking") == 302
    refused = coordinator.judge(outside)
    assert refused == 404
    analyst.take(outside, "link", code=str(inside.id))
    page = coordinator.page(outside)
    assert "Behind the mountains" not in page
    assert outside.id.hex[:8].upper() not in page
    assert "outside your regions" in page
    assert coordinator.take(outside, "move", state="closed", seen="1") == 409
    assert coordinator.take(outside, "note", note="I know the place") == 302
    assert "I know the place" in analyst.page(outside)
    assert coordinator.client.get("/incidents.csv").status_code == 403


def test_only_who_may_see_an_incident_can_be_made_responsible_for_it(report, desk, built):
    told = report(place="16-01-1")
    coordinator = built.people["coordinator"].id
    analyst = desk()
    assert analyst.judge(told, responsible=str(coordinator)) == 409
    assert analyst.judge(told, responsible=str(built.people["admin"].id)) == 400
    assert analyst.judge(report(place="1501-01-1"), responsible=str(coordinator)) == 302


def test_rejected_reports_leave_and_a_confirmed_case_offers_to_verify_the_others(
    report, case_of, desk, session, built
):
    first, second = report(), report(minutes=3)
    analyst = desk()
    analyst.take(first, "link", code=str(second.id))
    assert "Verify them" not in analyst.page(first)
    analyst.take(first, "move", state="confirmed")
    assert "2 reports of it are not verified yet" in analyst.page(first)
    reject(session, session.get(Submission, first.id), built.people["analyst"], "a mistake")
    session.commit()
    assert [r.submission for r in case_of(first).reports] == [second.id]
    assert analyst.take(first, "verify", seen="0") == 409
    assert analyst.take(first, "verify") == 302
    session.expire_all()
    assert session.get(Submission, second.id).status == Status.VERIFIED
    session.commit()
    assert "not verified yet" not in analyst.page(first)


def test_a_move_on_the_board_leads_back_to_it_with_its_filters(report, desk):
    report("critical")
    analyst = desk()
    board = analyst.client.get("/incidents?gravity=critical&round=runoff").text
    address = re.search(r'action="(/incidents/[^"]+/move[^"]*)"', board)[1].replace("&amp;", "&")
    token = re.search(r'name="csrf_token" value="([^"]+)"', board)[1]
    fields = {"csrf_token": token, "seen": "0", "state": "not_confirmed"}
    assert "Give a reason" in analyst.client.post(address, data=fields).text
    moved = analyst.client.post(address, data=fields | {"state": "checking"})
    assert moved.headers["Location"] == "/incidents?round=runoff&gravity=critical"
    assert "The incident is now being checked" in analyst.client.get(moved.headers["Location"]).text
    assert 'aria-labelledby="column-checking"' in board
    assert analyst.client.post(address, data={"seen": "1", "state": "new"}).status_code == 400


def test_programs_get_the_board_as_json_and_spreadsheets_as_harmless_csv(report, desk, client):
    told = report("critical", what='=HYPERLINK("http://x")')
    report("minor", place="1501-01-2")
    analyst = desk()
    analyst.take(told, "move", state="confirmed")
    headers = token_headers(client, "analyst")
    (found,) = client.get("/api/v1/incidents?state=confirmed&round=runoff", headers=headers).json
    assert (found["id"], found["gravity"], found["place"]) == (
        str(told.id),
        "critical",
        "1501-01-1",
    )
    assert [one["status"] for one in found["reports"]] == ["received"]
    everything = client.get("/api/v1/incidents?gravity=", headers=headers)
    assert len(everything.json) == 2
    again = {**headers, "If-None-Match": everything.headers["ETag"]}
    assert client.get("/api/v1/incidents?gravity=", headers=again).status_code == 304
    unknown = client.get("/api/v1/incidents?state=solved", headers=headers)
    assert unknown.status_code == 404
    assert "there is new, checking, confirmed" in unknown.json["detail"]
    answer = analyst.client.get("/incidents.csv?round=runoff&gravity=critical")
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row["summary"] == '\'=HYPERLINK("http://x")'
    assert (row["state"], row["receipt_codes"]) == ("confirmed", told.id.hex[:8].upper())
    assert float(row["lat"]) < 0


def test_counts_by_gravity_follow_the_missions_judgement(report, desk, session, built):
    told = report("critical")
    report("critical", place="1501-01-2")
    desk().judge(told, gravity="minor", reason="A quarrel")
    session.commit()
    scope = Scope(built.mission)
    assert count_by_gravity(session, scope, built.runoff) == {"critical": 1, "minor": 1}
    assert [c.gravity for c in cases(session, scope, built.runoff)] == ["critical", "minor"]


def test_the_map_shows_what_the_filters_let_through(report, desk):
    told = report("critical")
    report("minor", place="16-01-1", what="Far away")
    analyst = desk()
    document = analyst.client.get("/map/incidents?round=runoff&gravity=critical").text
    assert f"/incidents/{told.id}" in document
    assert "Far away" not in document
    assert analyst.client.get(f"/map/incidents?round=runoff&case={told.id}").status_code == 200
    assert desk("coordinator").client.get("/map/incidents").text.count("Far away") == 0
