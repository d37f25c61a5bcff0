"""An observer fills forms made for other tools: what depends on answers follows them at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from observer.checklists.operations import import_definition, import_form
from observer.collect.models import Attachment, Revision, Submission
from tests.checklists.test_corpus import FORMS, read
from tests.collect.builders import build_collecting
from tests.collect.test_places import SENT_ON
from tests.journeys.phones import go_home, open_form, status

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def page(phone, session, first_visit):
    built = build_collecting(session)
    for name, content in FORMS.items():
        import_definition(session, built.mission, read(name), content, name, publish=True)
    import_form(session, built.mission, SENT_ON.encode(), "sent_on.md", publish=True)
    session.commit()
    session.close()
    page = phone.new_page()
    page.set_default_timeout(10_000)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    first_visit(page)
    yield page
    assert problems == []


def start(page, code):
    go_home(page)
    open_form(page, form=code)


def next_step(page):
    page.get_by_role("button", name="Next").click()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def send(page, session):
    while page.get_by_role("button", name="Next").is_visible():
        next_step(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(status(page)).to_contain_text("Received")
    session.rollback()
    revision = session.scalars(select(Revision)).one()
    submission = session.scalars(select(Submission)).one()
    return revision.answers, submission.status


def test_choices_follow_the_answers_before_them(page, session):
    start(page, "cascade")
    page.get_by_role("group", name="Region").get_by_text("North").click()
    district = page.get_by_label("District in North")
    district.select_option(label="North one")
    villages = page.get_by_role("group", name="Villages")
    expect(villages.get_by_text("A", exact=True)).to_be_visible()
    expect(villages.get_by_text("C", exact=True)).to_be_hidden()
    villages.get_by_text("A", exact=True).click()
    # What is no longer offered is no longer the answer, and what hangs on it goes too.
    page.get_by_role("group", name="Region").get_by_text("South").click()
    expect(page.get_by_label("District in South")).to_have_value("")
    expect(villages).to_be_hidden()
    page.get_by_label("District in South").select_option(label="South one")
    assert send(page, session) == ({"region": "s", "district": "s1"}, "received")


def test_rows_are_as_many_as_counted_and_labels_say_the_answers(page, session):
    start(page, "counted")
    page.get_by_label("Children").fill("2")
    next_step(page)
    page.get_by_label("Name of 1").fill("Ana")
    page.get_by_label("Name of 2").fill("Ben")
    page.get_by_label("How old is Ana?").fill("4")
    page.get_by_label("How old is Ben?").fill("7")
    page.get_by_role("button", name="Add one more").click()
    page.get_by_label("School of Ben").fill("Central")
    answers, status = send(page, session)
    assert status == "received"
    assert answers["child"] == [
        {"name": "Ana", "child_number": 1, "age": 4},
        {"name": "Ben", "child_number": 2, "age": 7, "school": [{"school_name": "Central"}]},
    ]
    assert (answers["total"], len(answers["fixed"])) == (13, 2)


def test_values_come_by_themselves(page, session):
    start(page, "defaults")
    expect(page.get_by_label("Doubled")).to_have_value("8")
    expect(page.get_by_label("Changed at")).to_have_value("")
    page.get_by_label("People").fill("6")
    expect(page.get_by_label("Changed at")).not_to_have_value("")
    page.get_by_label("Day").fill("2026-06-07")
    answers, status = send(page, session)
    assert status == "received"
    assert answers.pop("changed_at")
    assert answers == {
        "day": "2026-06-07", "where": "here", "people": 6, "doubled": 12, "noted": "p6",
        "fixed": "as it is", "shown": 2, "sure": "yes", "both": ["yes", "no"],
    }  # fmt: skip


def test_ranks_ranges_recordings_and_ways(page, session):
    start(page, "types")
    page.get_by_role("group", name="Rating").get_by_text("4").click()
    order = page.get_by_role("group", name="Order")
    order.get_by_text("C", exact=True).click()
    expect(page.get_by_text("Put all of them in order.")).to_be_visible()
    for name in ("A", "B"):
        order.get_by_text(name, exact=True).click()
    expect(page.get_by_text("Put all of them in order.")).to_be_hidden()
    page.get_by_label("Grade").fill("105")
    expect(page.get_by_text("Write a number in 0 – 100.")).to_be_visible()
    page.get_by_label("Grade").fill("95")
    sound = {"name": "a.ogg", "mimeType": "audio/ogg", "buffer": b"OggS\0\2sound"}
    page.get_by_label("Sound").set_input_files(sound)
    expect(page.get_by_text("a.ogg")).to_be_visible()
    paper = {"name": "a.exe", "mimeType": "application/x-dosexec", "buffer": b"MZ"}
    page.get_by_label("Paper").set_input_files(paper)
    expect(page.get_by_text("of no kind that can be sent")).to_be_visible()
    page.get_by_label("Paper").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    way = page.locator('[data-field="way"]')
    for _ in range(3):
        way.get_by_role("button", name="Add this position").click()
    way.get_by_role("button", name="Take the last away").click()
    expect(way.get_by_text("Positions: 2")).to_be_visible()
    page.get_by_role("group", name="Read").get_by_text("Yes, done").click()
    answers, status = send(page, session)
    assert status == "received"
    assert (answers["rating"], answers["order"]) == (4, ["c", "a", "b"])
    assert answers["way"].count(";") == 1
    stored = session.scalars(select(Attachment)).all()
    assert {(each.question, each.media_type) for each in stored if each.stored_sha256} == {
        ("sound", "audio/ogg"), ("paper", "application/pdf"),
    }  # fmt: skip


def test_stations_are_looked_up_while_their_name_is_written(page, session):
    start(page, "sent_on")
    sent_to = page.get_by_label("Where were voters sent?")
    sent_to.press_sequentially("loreto 16-02")
    offered = page.locator("datalist option")
    expect(offered).to_have_count(3)
    assert offered.first.get_attribute("value") == "16-02-1"
    sent_to.fill("16-02-1")
    expect(page.get_by_text("Station 1 · School 2 of Loreto", exact=True)).to_be_visible()
    next_step(page)
    page.get_by_role("button", name="Add one more").click()
    page.context.set_offline(True)
    page.get_by_label("And where else?").press_sequentially("91-01-1")
    page.context.set_offline(False)
    answers = {"sent_to": "16-02-1", "others": [{"also": "91-01-1"}]}
    assert send(page, session) == (answers, "received")


def test_answers_are_looked_up_in_lists_and_said_in_messages(page, session):
    start(page, "lookups")
    page.get_by_role("group", name="District").get_by_text("North").click()
    school = page.get_by_label("School", exact=True)
    expect(school.locator("option:not([disabled])")).to_have_text(
        ["", "School of Ancón", "School of Huaral"]
    )
    school.select_option(label="School of Ancón")
    seen = page.get_by_label("Pupils seen in School of Ancón")
    link = page.get_by_role("link", name="the list")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    seen.fill("300")
    expect(page.get_by_text("There are 120 in School of Ancón")).to_be_visible()
    seen.fill("118")
    page.get_by_label("Code of another").fill("999")
    expect(page.get_by_text("No school has this code, in North or elsewhere")).to_be_visible()
    page.get_by_label("Code of another").fill("201")
    expect(page.get_by_text("120 pupils in School of Barranco")).to_be_visible()
    next_step(page)
    page.get_by_role("button", name="Add one more").click()
    page.get_by_role("button", name="Add one more").click()
    page.get_by_label("Seen in School of Huaral").fill("All")
    answers, status = send(page, session)
    assert status == "received"
    assert answers == {
        "district": "north", "school": "101", "code": "201", "pupils": "120", "seen_pupils": 118,
        "other": "School of Barranco ", "head": "Ms Quispe", "largest": 120,
        "visits": [
            {"number": 1, "visited": "School of Ancón"},
            {"number": 2, "visited": "School of Huaral", "seen": "All"},
        ],
    }  # fmt: skip
