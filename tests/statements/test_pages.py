"""The editor's pages: who may write, that no text is lost, and a preview that follows."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from observer.statements.models import Statement
from tests.findings.builders import question
from tests.missions.builders import sign_in
from tests.statements.builders import begin_statement

SLUG = "a-statement"


@pytest.fixture
def statement(session, station):
    made = begin_statement(station, "Late: {{ share('opening', 'on_time', 'no') }}.\n")
    session.commit()
    return made


@pytest.fixture
def as_(app, statement):
    def sign(role):
        client = app.test_client()
        sign_in(client, role)
        return client

    return sign


def fields(page):
    """The hidden fields of the editor."""
    hidden = re.findall(
        r'<input[^>]*name="(csrf_token|edit|number)"[^>]*value="([^"]+)"', page.text
    )
    return dict(reversed(hidden))


def saved_text(session):
    session.expire_all()
    text = session.scalars(select(Statement.text)).one()
    # On SQLite whoever has read, too, holds the one place of a writer.
    session.rollback()
    return text


def save(client, page, text, **more):
    given = {"title": "A statement", "dated": "2026-06-07", "text": text} | fields(page) | more
    return client.post(f"/statements/{SLUG}", data=given)


def test_the_page_shows_text_preview_and_figures_with_their_base(as_):
    page = as_("editor").get(f"/statements/{SLUG}")
    assert "25 per cent" in page.text
    assert "10 of 40" in page.text
    assert "on_time" in page.text


def test_the_editor_is_told_of_answers_that_a_figure_leaves_out(as_, station):
    editor = as_("editor")
    assert "Without" not in editor.get(f"/statements/{SLUG}").text
    station.publish_next("opening", question("on_time", "select_one", "no", "partly"))
    page = editor.get(f"/statements/{SLUG}").text
    told = "Without 40 answers given with version 1 of the form, which asked it otherwise."
    assert told in page


def test_a_spanish_page_speaks_spanish_of_an_english_statement(as_):
    editor = as_("editor")
    editor.post("/language", data={"language": "es"} | fields(editor.get("/statements")))
    page = editor.get(f"/statements/{SLUG}")
    assert "Contado ahora mismo a partir de informes verificados." in page.text
    assert '<td lang="en"><a href="#statement-text" data-line="1"' in page.text
    assert "25 per cent" in page.text


def test_what_an_editor_saves_is_there_and_is_printed(session, as_):
    editor = as_("editor")
    page = editor.get(f"/statements/{SLUG}")
    assert save(editor, page, "New words.\r\nSecond line.").status_code == 302
    assert saved_text(session) == "New words.\nSecond line."
    waiting = editor.get(f"/statements/{SLUG}/print?theme=charter").text
    assert f'content="0; url=/statements/{SLUG}.pdf?theme=charter"' in waiting
    printed = editor.get(f"/statements/{SLUG}.pdf")
    assert printed.content_type == "application/pdf"
    assert printed.data.startswith(b"%PDF")


def test_a_text_with_mistakes_is_saved_and_they_are_listed(session, as_):
    editor = as_("editor")
    page = editor.get(f"/statements/{SLUG}")
    save(editor, page, "Fine.\n\n{{ share('x', 'y', 'z') }}")
    assert "share" in saved_text(session)
    page = editor.get(f"/statements/{SLUG}")
    assert 'data-line="3"' in page.text
    refused = editor.get(f"/statements/{SLUG}.pdf", follow_redirects=True)
    assert "There is no PDF before every problem in the text is solved." in refused.text


def test_an_analyst_reads_and_does_not_write(session, as_):
    analyst = as_("analyst")
    page = analyst.get(f"/statements/{SLUG}")
    assert page.status_code == 200
    assert save(analyst, page, "Mine.").status_code == 403
    assert analyst.get("/statements/new").status_code == 403
    assert "Mine." not in saved_text(session)
    assert as_("observer").get("/statements").status_code == 403


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session")
def test_what_the_database_refuses_is_told_and_the_pages_go_on(as_):
    editor = as_("editor")
    given = {"title": "No\0thing", "dated": "2026-06-09", "round": "runoff", "kind": "statement"}
    look = {"language": "en", "theme": "mission", "paper": "a4"}
    refused = editor.post(
        "/statements/new", data=given | look | fields(editor.get("/statements/new"))
    )
    assert (refused.status_code, "no database takes" in refused.text) == (400, True)


def test_a_new_statement_begins_with_the_outline_in_its_language(session, as_):
    editor = as_("editor")
    page = editor.get("/statements/new")
    given = {"title": "Declaración", "dated": "2026-06-09", "round": "runoff", "language": "es"}
    answer = editor.post("/statements/new", data=given | fields(page))
    assert answer.location == "/statements/declaracion"
    text = session.scalars(select(Statement.text).where(Statement.slug == "declaracion")).one()
    assert "## Resumen ejecutivo" in text


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_the_preview_follows_the_typing(session, statement, browser, live_server, sign_in_as):
    session.close()
    context = browser.new_context(base_url=live_server, locale="en")
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in_as(page, "editor")
    page.goto(f"/statements/{SLUG}")
    text = page.get_by_label("Text, in Markdown")
    text.fill("## A head\n\nIt was {{ count('opening', 'on_time', 'no') }}.[^1]\n\n[^1]: Why.")
    preview = page.locator("#preview")
    expect(preview.get_by_role("heading", name="A head")).to_be_visible()
    expect(preview).to_contain_text("It was 10.")
    text.fill("Wrong: {{ nothing() }}")
    expect(page.locator("#checks")).to_contain_text("Line 1")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("tab", name="Figures 1")).to_be_visible()
    text.fill("<script>document.title = 'run'</script><img src=x onerror='document.title = 1'>")
    expect(preview).to_contain_text("<script>")
    expect(page.get_by_role("tab", name="Figures", exact=True)).to_be_visible()
    expect(page).to_have_title("A statement · Observer")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert problems == []
    context.close()
