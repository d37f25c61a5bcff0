"""The editor's pages: what they save, what they leave alone, and what they say."""

import re
from html import unescape

import pytest
from sqlalchemy import update

from observer.access.models import Role
from observer.checklists.library import all_versions, definition_of
from observer.checklists.xlsform import read_xlsform
from observer.collect.models import Revision
from tests.collect.builders import build_collecting, payload
from tests.missions.builders import mission_in, sign_in, token_headers


@pytest.fixture
def built(begin, session):
    begin(build_collecting)
    return mission_in(session)


@pytest.fixture
def client(app, built):
    client = app.test_client()
    sign_in(client, Role.ADMIN)
    return client


def fields(page):
    """What the first form of a page would send."""
    found = {}
    form = page.text[page.text.index("<main") :]
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and (" checked" in tag or 'type="radio"' not in tag) and "checkbox" not in tag:
            found.setdefault(name[1], value[1] if value else "")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', form):
        found.setdefault(name, text)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found.setdefault(name, chosen[1] if chosen else "")
    return {name: unescape(text) for name, text in found.items()}


def send(client, page, address, **typed):
    names = {key.replace("__", "-"): value for key, value in typed.items()}
    return client.post(address, data=fields(page) | names, follow_redirects=True)


def save(client, address, **typed):
    return send(client, client.get(address, follow_redirects=True), address, **typed)


def versions(session, built):
    found = all_versions(session, built.mission)
    read = [(v.number, definition_of(v), v.source, v.source_name) for v in found]
    session.rollback()  # ends the read, which would hold up the next write
    return read


LATE = "/forms/opening/1/edit/delay_minutes"


def test_the_first_edit_of_a_published_version_makes_a_draft_and_the_next_ones_change_it(
    client, session, built
):
    published = versions(session, built)
    page = save(client, LATE, label_0="How late, in minutes?")
    assert "Saved in draft 2" in page.text
    page = save(client, "/forms/opening/2/edit/comment", hint_0="In your words")
    assert "Saved in draft 2" in page.text
    first, (number, draft, source, name) = versions(session, built)
    assert [first] == published
    assert (number, name) == (2, "opening.xlsx")
    assert draft.question("delay_minutes").label == {"en": "How late, in minutes?", "es": "Retraso"}
    assert draft.question("comment").hint == {"en": "In your words"}
    assert read_xlsform(source, name) == draft
    assert (
        "changed from “Minutes late” to “How late, in minutes?”"
        in client.get("/forms/opening/2").text
    )


def test_saving_what_is_there_makes_no_draft(client, session, built):
    assert "Nothing was changed" in save(client, LATE).text
    assert len(versions(session, built)) == 1


def test_a_choice_is_added_marked_moved_and_taken_away(client, session, built):
    address = "/forms/opening/1/edit/opened_on_time"
    page = send(client, client.get(address), address, do="more")
    typed = {"choices__2__label_0": "Never opened", "choices__2__problem": "grave"}
    page = send(client, page, address, do="up 2", **typed)
    assert len(versions(session, built)) == 1
    page = send(client, page, address, do="save")
    question = versions(session, built)[-1][1].question("opened_on_time")
    assert [choice.name for choice in question.choices] == ["yes", "never_opened", "no"]
    assert question.problems == {"never_opened": "grave"}
    address = "/forms/opening/2/edit/opened_on_time"
    page = send(client, client.get(address), address, do="drop 2")
    page = send(client, page, address, do="save")
    assert "delay_minutes: relevant still speaks of the choice no" in page.text
    assert len(versions(session, built)[-1][1].question("opened_on_time").choices) == 2


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client, session, built):
    page = save(client, LATE, relevant="${nobody} = 1", label_0="Not lost")
    assert page.status_code == 422
    assert re.search(r'id="relevant-wrong">[^<]*nobody', page.text)
    assert "Not lost" in page.text
    assert "Error:" in page.text
    page = send(client, page, LATE, relevant="${opened_on_time} = 'no'")
    assert versions(session, built)[-1][1].question("delay_minutes").label["en"] == "Not lost"


def test_a_question_without_label_or_choices_is_not_added(client, session, built):
    page = save(client, "/forms/opening/1/add/question")
    assert page.status_code == 422
    assert 'id="label_0-wrong">Write what is asked.' in page.text
    assert 'id="choices-wrong">Add at least one choice.' in page.text
    assert save(client, "/forms/opening/1/add/question", type="text").status_code == 422
    assert len(versions(session, built)) == 1


def test_a_question_is_added_behind_another_with_a_condition_that_was_picked(
    client, session, built
):
    address = "/forms/opening/1/add/question?spot=after:delay_minutes"
    page = save(
        client,
        address,
        type="select_one",
        like="opened_on_time",
        label_0="Was it announced?",
        label_1="¿Se anunció?",
        pick="${opened_on_time} = 'no'",
    )
    assert "Saved in draft 2" in page.text
    draft = versions(session, built)[-1][1]
    question = draft.question("was_it_announced")
    assert [q.name for q in draft.questions()][1:3] == ["delay_minutes", "was_it_announced"]
    assert question.relevant == "${opened_on_time} = 'no'"
    assert question.choices == draft.question("opened_on_time").choices
    address = "/forms/opening/2/edit/was_it_announced"
    save(client, address, also="y", choices__1__label_0="Not at all")
    draft = versions(session, built)[-1][1]
    for name in ("opened_on_time", "was_it_announced"):
        assert draft.question(name).choices[1].label["en"] == "Not at all"


def test_a_question_for_a_station_needs_no_choices(client, session, built):
    address = "/forms/opening/1/add/question"
    page = save(client, address, type="station", label_0="Where to?", label_1="¿Adónde?")
    assert "Saved in draft 2" in page.text
    page = save(client, "/forms/opening/2/edit/where_to", label_0="Which station?")
    assert "One of the mission's polling stations · <code>where_to</code>" in page.text
    question = versions(session, built)[-1][1].question("where_to")
    assert (question.type, question.from_places) == ("select_one", True)
    assert question.label["en"] == "Which station?"


def test_a_language_is_added_and_written_in(client, session, built):
    page = save(client, "/forms/opening/1/settings", new_language="qu", title_1="Apertura")
    assert "Write the title in that language." in page.text
    page = send(client, page, "/forms/opening/1/settings", new_title="Kichariy")
    assert "Saved in draft 2" in page.text
    save(client, "/forms/opening/2/edit/comment", label_2="Rimay")
    draft = versions(session, built)[-1][1]
    assert draft.languages == ("en", "es", "qu")
    assert draft.title == {"en": "Opening", "es": "Apertura", "qu": "Kichariy"}
    assert draft.question("comment").label == {"en": "Comment", "es": "Comentario", "qu": "Rimay"}


def test_edits_are_undone_one_by_one_down_to_the_file_that_was_imported(client, session, built):
    original = versions(session, built)[0]
    save(client, LATE, label_0="First")
    page = save(client, "/forms/opening/2/edit/delay_minutes", label_0="Second")
    assert "Undo: “Second” changed" in page.text
    page = send(client, page, "/forms/opening/2/undo")
    assert "Undone: “Second” changed" in page.text
    assert "Undo: “First” changed" in page.text
    page = send(client, page, "/forms/opening/2/undo")
    assert versions(session, built)[1][1:] == original[1:]
    assert "There is nothing to undo" in send(client, page, "/forms/opening/2/undo").text


def test_two_people_do_not_overwrite_each_other(client, session, built):
    mine = client.get(LATE)
    save(client, "/forms/opening/1/edit/comment", label_0="Remarks")
    page = send(client, mine, LATE, label_0="How late?")
    assert page.status_code == 409
    assert "“Remarks” changed" in page.text
    assert "How late?" in page.text
    page = send(client, page, LATE)
    draft = versions(session, built)[-1][1]
    assert draft.question("delay_minutes").label["en"] == "How late?"
    assert draft.question("comment").label["en"] == "Remarks"
    # Nor are questions moved, or a draft published, that are not as they were seen.
    seen = client.get("/forms/opening/2")
    outline = client.get("/forms/opening/2/edit")
    save(client, "/forms/opening/2/edit/comment", label_0="Anything else?")
    page = send(client, outline, "/forms/opening/2/edit/comment/move", to="up")
    assert "changed meanwhile" in page.text
    assert "changed meanwhile" in send(client, seen, "/forms/opening/2/publish").text
    page = send(client, client.get("/forms/opening/2"), "/forms/opening/2/publish")
    assert "Published" in page.text


def test_what_was_typed_for_a_question_that_was_removed_meanwhile_can_be_added_again(
    client, session, built
):
    mine = client.get(LATE)
    page = client.get(LATE)
    send(client, page, f"{LATE}/remove")
    page = send(client, mine, LATE, label_0="How late?")
    assert page.status_code == 409
    assert "removed meanwhile" in page.text
    page = send(client, page, "/forms/opening/2/add/question")
    assert "Saved in draft 2" in page.text
    assert versions(session, built)[-1][1].question("delay_minutes").label["en"] == "How late?"


def test_a_used_question_stays_and_the_page_says_who_uses_it(client, session, built):
    address = "/forms/opening/1/edit/opened_on_time"
    page = send(client, client.get(address), f"{address}/remove")
    assert "It is used by delay_minutes (relevant)" in page.text
    assert len(versions(session, built)) == 1


def test_a_draft_that_was_filled_is_left_as_it_is(client, app, session, built):
    save(client, LATE, label_0="First")
    headers = token_headers(app.test_client(), "observer")
    app.test_client().post("/api/v1/submissions", json=payload(), headers=headers)
    draft = all_versions(session, built.mission)[-1]
    session.execute(update(Revision).values(form_version_id=draft.id))
    session.commit()
    save(client, "/forms/opening/2/edit/delay_minutes", label_0="Second")
    found = versions(session, built)
    assert [number for number, *_ in found] == [1, 2, 3]
    labels = [form.question("delay_minutes").label["en"] for _, form, *_ in found]
    assert labels == ["Minutes late", "First", "Second"]


def test_an_older_version_leads_to_the_newest(client, built):
    save(client, LATE, label_0="First")
    page = client.get("/forms/opening/1/edit", follow_redirects=True)
    assert page.request.path == "/forms/opening/2/edit"
    page = client.get("/forms/opening/1/add/question?spot=after:comment")
    assert page.location == "/forms/opening/2/add/question?spot=after:comment"
    assert client.get("/forms/opening/9/edit").status_code == 404
    assert client.get("/forms/opening/2/edit/nothing").status_code == 404


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EDITOR])
def test_others_are_offered_no_edits(app, built, role):
    client = app.test_client()
    sign_in(client, role)
    assert "/edit" not in client.get("/forms/opening/1").text + client.get("/forms").text
