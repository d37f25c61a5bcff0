"""What the reviewer's pages say."""

import re
from datetime import timedelta

from observer.review import queries
from tests.review.builders import NOON, submit

LATE = {"opened_on_time": "no", "delay_minutes": 45, "box_sealed": "no"}


def rows(page):
    """The ids of the submissions on a page, in order."""
    return re.findall(r'<td class="form"><a href="/submissions/([0-9a-f-]+)"', page.text)


def test_the_list_is_filtered_by_everything_together(session, built, as_):
    wanted = submit(session, built, LATE, place="1501-01-1")
    submit(session, built, LATE, place="16-01-1")
    submit(session, built, LATE, place="1501-01-1", round_="first")
    submit(session, built, {"gravity": "minor"}, form="incident", place="1501-01-1")
    held = submit(session, built, LATE | {"delay_minutes": 900}, place="1501-02-1")
    analyst = as_("analyst")
    filters = {"round": "runoff", "form": "opening", "status": "received", "region": "15"}
    for more in (
        {},
        {"place": "1501-01"},
        {"place": "school 1"},
        {"who": "T01"},
        {"who": "observer"},
    ):
        assert rows(analyst.get("/submissions", **filters, **more)) == [str(wanted.id)], more
    assert rows(analyst.get("/submissions", status="held")) == [str(held.id)]
    for nothing in ({"place": "%"}, {"who": "nobody"}, {"place": "School 2 of Loreto"}):
        page = analyst.get("/submissions", **nothing)
        assert rows(page) == []
        assert "No submission fits these filters." in page.text
    for unknown in ({"region": "99"}, {"round": "third"}, {"form": "x"}, {"after": "x"}):
        assert analyst.get("/submissions", **unknown).status_code == 404


def test_older_pages_follow_without_gap_or_repetition(session, built, as_, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setitem(queries.page.__kwdefaults__, "limit", 2)
    # Three of them arrived in the same instant.
    sent = [submit(session, built, LATE, minutes=minutes) for minutes in (3, 2, 2, 2, 1)]
    analyst = as_("analyst")
    page = analyst.get("/submissions", round="runoff")
    assert "5 submissions" in page.text
    seen = rows(page)
    while older := re.search(r'rel="next" href="([^"]+)"', page.text):
        page = analyst.client.get(older[1].replace("&amp;", "&"))
        assert "round=runoff" in older[1]
        seen += rows(page)
    assert sorted(seen) == sorted(str(submission.id) for submission in sent)
    assert (seen[0], seen[-1]) == (str(sent[0].id), str(sent[-1].id))


def test_a_count_over_everything_stops_counting(session, built, as_, monkeypatch):
    for name in ("observer.review.queries.COUNT_UP_TO", "observer.review.views.COUNT_UP_TO"):
        monkeypatch.setattr(name, 2)
    for _ in range(3):
        submit(session, built, LATE)
    assert "more than 2 submissions" in as_("analyst").get("/submissions").text


def test_answers_are_shown_in_the_readers_words_with_their_problems(session, built, as_):
    submission = submit(session, built, LATE | {"parties": [{"agents": 2}, {"agents": 3}]})
    analyst = as_("analyst")
    page = analyst.get(f"/submissions/{submission.id}").text
    assert "Did it open on time?" in page
    assert re.search(r'problem-minor">\s*<dt>Did it open on time\?', page)
    assert re.search(r'problem-grave">\s*<dt>Was the box sealed\?', page)
    assert "<h2>Party 2</h2>" in page
    with analyst.client.session_transaction() as cookie:
        cookie["language"] = "es"
    assert "¿Abrió a tiempo?" in analyst.get(f"/submissions/{submission.id}").text


def test_how_it_came_is_said_in_the_missions_time_and_in_metres(session, built, as_):
    submission = submit(
        session,
        built,
        LATE,
        finished_at="2026-06-07T11:30:00-05:00",
        sent_at="2026-06-07T17:10:00+00:00",
        position={"lat": -11.9, "lon": -76.79, "accuracy_m": 12},
    )
    page = as_("analyst").get(f"/submissions/{submission.id}").text
    assert "Jun 11:30" in page
    assert "10 minutes ahead" in page
    assert "1,088 m from the centre" in page


def test_why_it_is_held_is_said_by_the_questions_label(session, built, as_):
    submission = submit(session, built, LATE | {"delay_minutes": 900})
    page = as_("analyst").get(f"/submissions/{submission.id}").text
    assert re.search(r"<strong>How late, in minutes\?</strong>: At most 720", page)


def test_two_contents_of_one_revision_stand_side_by_side(session, built, as_):
    submission = submit(session, built, LATE)
    submit(session, built, LATE | {"delay_minutes": 20}, id=str(submission.id))
    page = as_("analyst").get(f"/submissions/{submission.id}").text
    assert "Another content of revision 1" in page
    differing = re.findall(r'<th scope="row">(.+?)</th><td>(.+?)</td><td>(.+?)</td>', page)
    assert differing == [("How late, in minutes?", "45", "20")]


def test_answers_to_an_unknown_form_are_shown_as_they_came(session, built, as_):
    submission = submit(session, built, {"was_it": "raining"}, form="weather")
    page = as_("analyst").get(f"/submissions/{submission.id}").text
    assert "was_it" in page
    assert "raining" in page


def test_what_an_observer_writes_is_text_and_nothing_else(session, built, as_):
    attack = "<script>alert(1)</script>"
    submission = submit(session, built, {"what_happened": attack}, form="incident")
    analyst = as_("analyst")
    for address in (f"/submissions/{submission.id}", "/incidents"):
        page = analyst.get(address, round="runoff").text
        assert attack not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_pages_open_whatever_was_sent(session, built, as_):
    odd = (None, -1, 1e20, True, "<b>", "2026-13-45", [], ["x", 1, None], [[]], {"lat": "x"})
    questions = ("type", "gravity", "occurred_at", "what_happened", "where_text")
    questions += ("opened_on_time", "delay_minutes", "box_sealed", "parties", "photo")
    submissions = [
        submit(session, built, dict.fromkeys(questions, value), form=form, form_version=version)
        for value in odd
        for form in ("opening", "incident")
        for version in (1, 7)
    ]
    analyst = as_("analyst")
    for submission in submissions:
        assert analyst.get(f"/submissions/{submission.id}").status_code == 200
    for address in ("/submissions", "/incidents"):
        assert analyst.get(address, round="runoff").status_code == 200


def test_a_report_is_found_by_the_code_its_observer_reads_out(session, built, as_):
    wanted = submit(session, built, LATE, id="8f3a20c1-0000-4000-8000-000000000001")
    submit(session, built, LATE, id="8f3a20c2-0000-4000-8000-000000000001")
    analyst = as_("analyst")
    for code in ("8F3A20C1", "8f3a 20c1 ", "8f3a20c1-0000", str(wanted.id)):
        page = analyst.get("/submissions", code=code)
        assert rows(page) == [str(wanted.id)], code
        assert "<code>8F3A20C1</code>" in page.text
    assert len(rows(analyst.get("/submissions", code="8F3A"))) == 2
    for nothing in ("8F3A20C3", "_f3a20c1", "observer", "8" * 33):
        assert rows(analyst.get("/submissions", code=nothing)) == [], nothing
    assert "<code>8F3A20C1</code>" in analyst.get(f"/submissions/{wanted.id}").text


def test_urgent_reports_are_marked_and_can_be_listed_alone(session, built, as_):
    calm = submit(session, built, LATE)
    urgent = submit(session, built, {"gravity": "critical"}, form="incident", urgent=True)
    analyst = as_("analyst")
    mark = '<span class="status urgent">urgent</span>'
    assert analyst.get("/submissions").text.count(mark) == 1
    assert rows(analyst.get("/submissions", urgent="yes")) == [str(urgent.id)]
    assert mark in analyst.get(f"/submissions/{urgent.id}").text
    assert mark not in analyst.get(f"/submissions/{calm.id}").text
    assert mark in analyst.get("/incidents", round="runoff").text


def test_a_phone_whose_clock_is_days_wrong_is_named_and_stands_where_it_arrived(
    session, built, as_
):
    def sent(days, minutes):
        moment = (NOON + timedelta(minutes=minutes, days=days)).isoformat()
        times = dict.fromkeys(("started_at", "finished_at", "sent_at"), moment)
        return submit(session, built, LATE, minutes=minutes, **times)

    arrived = [sent(days, minutes) for minutes, days in enumerate((4, 0, -4, -400))]
    words = ("4 days ahead", "right", "4 days behind", "1 year behind")
    analyst = as_("analyst")
    assert rows(analyst.get("/submissions")) == [str(one.id) for one in reversed(arrived)]
    for submission, said in zip(arrived, words, strict=True):
        page = analyst.get(f"/submissions/{submission.id}").text
        assert re.search(rf"Phone's clock</dt><dd>{said}", page), said
