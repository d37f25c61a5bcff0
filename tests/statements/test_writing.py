"""Several people write one statement: merging, owners and states of sections, comments."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from observer import ROOT
from observer.access.models import AuditEntry, Person
from observer.collect.models import Status
from observer.statements.models import Statement, StatementEdit
from observer.statements.sectionmodels import StatementComment, StatementSection
from tests.statements.test_pages import SLUG, as_, fields, save, saved_text, statement  # noqa: F401

TEXT = """## Summary

In short.

## Openings

Late: {{ share('opening', 'on_time', 'no') }}, as was seen.[^1]

## Outlook

Ahead.

[^1]: A note.
"""
JSON = {"Accept": "application/json"}


@pytest.fixture
def written(session, statement):  # noqa: F811
    session.execute(update(Statement).values(text=TEXT))
    session.execute(update(StatementEdit).values(text=TEXT))
    session.commit()
    return statement


def person(session, role):
    found = session.scalars(select(Person.id).where(Person.role == role)).first()
    session.rollback()
    return found


def put(client, key, **more):
    token = fields(client.get(f"/statements/{SLUG}"))
    given = {"key": key, "owner": "", "state": "draft"} | token | more
    return client.post(f"/statements/{SLUG}/sections", data=given, headers=JSON)


def preview(client, text=TEXT):
    token = fields(client.get(f"/statements/{SLUG}"))
    return client.post(f"/statements/{SLUG}/preview", data={"text": text} | token).json


def test_two_write_in_different_sections_and_nothing_is_lost(session, written, as_):  # noqa: F811
    first, second = as_("editor"), as_("editor")
    before = second.get(f"/statements/{SLUG}")
    save(first, first.get(f"/statements/{SLUG}"), TEXT.replace("In short.", "Their summary."))
    mine = TEXT.replace("Ahead.", "My outlook.").replace("A note.", "My note.")
    assert save(second, before, mine, title="Another title").status_code == 302
    assert saved_text(session) == mine.replace("In short.", "Their summary.")
    assert session.scalars(select(Statement.title)).one() == "Another title"


def test_what_both_changed_is_settled_section_by_section(session, written, as_):  # noqa: F811
    first, second = as_("editor"), as_("editor")
    before = second.get(f"/statements/{SLUG}")
    theirs = TEXT.replace("In short.", "Their summary.").replace("Ahead.", "Their outlook.")
    save(first, first.get(f"/statements/{SLUG}"), theirs, title="Their title")
    mine = TEXT.replace("In short.", "My summary.")
    refused = save(second, before, mine, title="My title")
    assert refused.status_code == 409
    assert saved_text(session) == theirs
    page = refused.text
    assert "<ins>Their</ins>" in page
    assert page.count('name="settled:') == 1
    assert "theirs is “Their title”, yours is “My title”" in page
    box = re.search(r'<textarea[^>]*name="settled:summary"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert box[1].strip() == "## Summary\n\nMy summary."
    against = re.search(r'name="against"[^>]*value="(\d+)"', page)[1]
    unsettled = save(second, refused, mine, against=against, title="Our title")
    assert unsettled.status_code == 409
    settled = {"settled:summary": "## Summary\r\n\r\nOur summary.", "against": against}
    done = save(second, refused, mine, title="Our title", **settled)
    assert done.status_code == 302
    assert saved_text(session) == theirs.replace("Their summary.", "Our summary.")
    assert session.scalars(select(Statement.title)).one() == "Our title"


def test_the_script_is_answered_with_what_came_of_saving(session, written, as_):  # noqa: F811
    editor = as_("editor")
    page = editor.get(f"/statements/{SLUG}")
    given = {"title": "A statement", "dated": "2026-06-07"} | fields(page)
    mine = TEXT.replace("Ahead.", "Mine.")
    answer = editor.post(f"/statements/{SLUG}", data=given | {"text": mine}, headers=JSON)
    assert (answer.status_code, answer.json["edit"], answer.json["text"]) == (200, 2, mine)
    # Typed on from what was sent while something else came of it.
    more = {"edit": "2", "base": TEXT, "text": TEXT.replace("In short.", "More.")}
    answer = editor.post(f"/statements/{SLUG}", data=given | more, headers=JSON)
    assert answer.json["text"] == mine.replace("In short.", "More.")
    clash = {"text": TEXT.replace("In short.", "Else.")}
    answer = editor.post(f"/statements/{SLUG}", data=given | clash, headers=JSON)
    assert (answer.status_code, answer.json["edit"], answer.json["against"]) == (409, 1, 3)
    assert "settled:summary" in answer.json["conflict"]
    answer = editor.post(f"/statements/{SLUG}", data=given | {"title": ""}, headers=JSON)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["title"])
    seen = editor.post(f"/statements/{SLUG}/preview", data=given | {"text": TEXT}).json
    assert "Editor Demo saved at" in seen["newer"]


def test_an_agreed_section_that_is_changed_or_renamed(session, written, as_):  # noqa: F811
    editor = as_("editor")
    owner = person(session, "analyst")
    for key in ("summary", "openings", "outlook"):
        assert put(editor, key, state="agreed", owner=owner).json == {"said": "Saved."}
    text = TEXT.replace("## Outlook", "## What lies ahead").replace("A note.", "Another note.")
    save(editor, editor.get(f"/statements/{SLUG}"), text)
    rows = {row.key: row for row in session.scalars(select(StatementSection))}
    states = {key: (row.state, row.owner_id) for key, row in rows.items()}
    session.rollback()
    assert states == {
        "summary": ("agreed", owner),
        "openings": ("review", owner),  # The note that it marks reads otherwise.
        "what-lies-ahead": ("review", owner),
    }
    outline = preview(editor, text)["outline"]
    assert "Editor Demo changed it" in outline
    gone = preview(editor, text.replace("## Summary\n\nIn short.\n\n", ""))["outline"]
    assert "No longer in the text" in gone
    page = editor.get(f"/statements/{SLUG}/freeze").text
    assert "2 sections of the saved text are not agreed." in page
    actions = set(session.scalars(select(AuditEntry.action)))
    assert "statement.section" in actions


def test_an_earlier_text_that_is_restored_is_saved_like_any_other(
    session,
    written,
    as_,  # noqa: F811
):
    editor = as_("editor")
    save(editor, editor.get(f"/statements/{SLUG}"), TEXT.replace("In short.", "Longer."))
    put(editor, "summary", state="agreed")
    seen = fields(editor.get(f"/statements/{SLUG}/history?edit=1"))
    save(editor, editor.get(f"/statements/{SLUG}"), TEXT.replace("In short.", "Longest."))
    restore = f"/statements/{SLUG}/history/1/restore"
    page = editor.post(restore, data=seen, follow_redirects=True)
    assert "Somebody has saved a newer text meanwhile" in page.text
    seen = fields(editor.get(f"/statements/{SLUG}/history?edit=1"))
    assert editor.post(restore, data=seen).status_code == 302
    assert saved_text(session) == TEXT
    assert session.scalars(select(StatementSection.state)).one() == "review"


def test_only_what_was_seen_is_agreed(session, written, as_):  # noqa: F811
    first, second = as_("editor"), as_("editor")
    save(first, first.get(f"/statements/{SLUG}"), TEXT.replace("In short.", "Other."))
    assert put(second, "summary", state="agreed", edit="1").status_code == 409
    assert put(second, "outlook", state="agreed", edit="1").status_code == 200
    assert put(second, "nothing").status_code == 409
    assert put(second, "outlook", owner="99999").status_code == 422
    assert put(as_("analyst"), "outlook").status_code == 403
    assert session.scalars(select(StatementSection.key)).all() == ["outlook"]


def test_an_agreed_figure_that_moves_is_told(session, station, written, as_):  # noqa: F811
    editor = as_("editor")
    put(editor, "openings", state="agreed")
    assert "Moved since" not in preview(editor)["checks"]
    for _number in range(10):
        station.submit({"on_time": "no"}, status=Status.VERIFIED)
    session.commit()
    seen = preview(editor)
    assert "from 25 per cent (10/40) to 40 per cent (20/50)" in seen["checks"]
    assert "1 figure moved" in seen["outline"]
    put(editor, "openings", state="agreed", again="y")
    assert "Moved since" not in preview(editor)["checks"]


def test_a_passage_is_talked_about_and_settled(session, written, as_):  # noqa: F811
    analyst, editor = as_("analyst"), as_("editor")
    token = fields(analyst.get(f"/statements/{SLUG}"))
    comments = f"/statements/{SLUG}/comments"
    about = {"section": "outlook", "quote": "Ahead.", "before": "## Outlook\n\n", "after": "\n\n["}
    analyst.post(comments, data=token | about | {"text": "What <b>lies</b> there?"})
    number = session.scalars(select(StatementComment.id)).one()
    session.rollback()
    again = fields(editor.get(f"/statements/{SLUG}"))
    assert (
        editor.post(comments, data=again | {"reply_to": number, "text": "Soon."}).status_code == 302
    )
    start = TEXT.index("Ahead.")
    outline = preview(editor)["outline"]
    assert f'data-start="{start}" data-end="{start + 6}"' in outline
    assert "What &lt;b&gt;lies" in outline
    assert "Soon." in outline
    moved = preview(editor, "𝕏 Ahead.\n\n" + TEXT)["outline"]
    # Browsers count the first letter twice; the other “Ahead.” has other words around it.
    assert f'data-start="{start + 11}"' in moved
    assert "no longer in the text" in preview(editor, TEXT.replace("Ahead.", "Gone."))["outline"]
    assert editor.post(f"{comments}/{number}/settle", data=again).status_code == 302
    assert "1 settled comment" in preview(editor)["outline"]
    assert editor.post(f"{comments}/{number}/reopen", data=again).status_code == 302
    assert "1 comment<" in preview(editor)["outline"]
    assert editor.post(comments, data=again | {"text": ""}, headers=JSON).status_code == 422
    assert editor.post(f"{comments}/{number + 1}/settle", data=again).status_code == 404
    assert as_("observer").post(comments, data=token).status_code == 403


@pytest.fixture
def desks(session, written, browser, live_server, sign_in_as):
    """Two browsers with the statement open in both."""
    session.close()
    contexts = [browser.new_context(base_url=live_server, locale="en") for _ in range(2)]
    pages, problems = [context.new_page() for context in contexts], []
    for page in pages:
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in_as(page, "editor")
        page.goto(f"/statements/{SLUG}")
    yield pages
    for context in contexts:
        context.close()
    assert problems == []


def box_of(page):
    return page.get_by_label("Text, in Markdown")


def write(page, old, new):
    box_of(page).fill(box_of(page).input_value().replace(old, new))


def select_words(page, words):
    find = "(box, words) => [box.value.indexOf(words), words.length]"
    start, length = box_of(page).evaluate(find, words)
    put = "(box, [start, end]) => box.setSelectionRange(start, end)"
    box_of(page).evaluate(put, [start, start + length])


def selected(page):
    return box_of(page).evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_two_browsers_write_one_statement(desks):
    first, second = desks
    write(first, "In short.", "Their summary,\nlonger.")
    first.get_by_role("button", name="Save").click()
    expect(first.locator("#editor-state")).to_have_text("Saved.")
    write(second, "Ahead.", "My outlook.")
    expect(second.locator("#newer")).to_contain_text("saved at")
    select_words(second, "outlook")
    box_of(second).press("Control+s")
    both = re.compile("Their summary,\nlonger.*My outlook", re.DOTALL)
    expect(box_of(second)).to_have_value(both)
    assert selected(second) == "outlook"

    write(first, "Ahead.", "Their outlook.")
    box_of(first).press("Control+s")
    conflict = first.locator("#conflict")
    expect(conflict).to_contain_text("has changed the same")
    conflict.get_by_role("button", name="Take theirs").click()
    settled = conflict.get_by_label("What it is to be")
    expect(settled).to_have_value("## Outlook\n\nMy outlook.")
    settled.fill("## Outlook\n\nOur outlook.")
    conflict.get_by_role("button", name="Save it so").click()
    expect(box_of(first)).to_have_value(re.compile("Our outlook"))
    expect(conflict).to_be_empty()

    # What was not saved is offered again, and goes on from where it began.
    write(second, "Their summary", "My summary")
    second.goto(f"/statements/{SLUG}")
    expect(box_of(second)).to_have_value(re.compile("Their summary.*Our outlook", re.DOTALL))
    second.get_by_role("button", name="Take up").click()
    expect(box_of(second)).to_have_value(re.compile("My summary.*My outlook", re.DOTALL))
    box_of(second).press("Control+s")
    expect(box_of(second)).to_have_value(re.compile("My summary.*Our outlook", re.DOTALL))
    assert second.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_a_comment_leads_back_to_what_was_selected(desks):
    page, _other = desks
    outline = page.locator("#outline")
    select_words(page, "Ahead")
    box_of(page).press("Control+Alt+m")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What is to be said").fill("Says who?")
    dialog.get_by_role("button", name="Comment").click()
    select_words(page, "Summary")
    outline.get_by_role("link", name="Ahead").click()
    assert selected(page) == "Ahead"

    # What is agreed is what is in the box: it is saved first.
    write(page, "Ahead.", "Ahead, and more.")
    section = outline.locator("[data-key=outlook]")
    section.get_by_label("State").select_option("agreed")
    section.get_by_role("button", name="Set", exact=True).click()
    expect(section.locator("summary .state").first).to_have_text("agreed")
    expect(page.locator("#editor-state")).to_have_text("Saved.")
    page.evaluate((ROOT / "tests/vendor/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {iframes: false})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="Sections").click()
    expect(section).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
