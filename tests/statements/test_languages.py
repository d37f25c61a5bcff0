"""A statement in several languages: begun alike, kept together, published together."""

import re

import pytest
from sqlalchemy import select

from observer.statements.languages import parts_of, same_call
from observer.statements.models import Statement
from observer.statements.template import calls_in
from tests.missions.builders import sign_in
from tests.statements.builders import begin_statement
from tests.statements.test_pages import fields

TEXT = """\
## Executive summary

Late: {{ share('opening', 'on_time', 'no') }}.

{{ table('opening', 'on_time', 'no', caption='Late openings') }}

## Introduction

Who we are.

## Our own section

Observed: {{ coverage() }}.
"""


@pytest.fixture
def editor(app, session, station):
    begin_statement(station, TEXT)
    session.commit()
    client = app.test_client()
    sign_in(client, "editor")
    return client


def post(client, page, address, **given):
    """Send a form with the hidden fields of its page."""
    return client.post(address, data=given | fields(client.get(page)))


def add_spanish(client):
    page = "/statements/a-statement/languages"
    return post(client, page, page, language="es", title="Una declaración")


def text_of(session, slug):
    session.expire_all()
    text = session.scalars(select(Statement.text).where(Statement.slug == slug)).one()
    session.rollback()
    return text


def save(client, slug, text):
    page = f"/statements/{slug}"
    saved = post(client, page, page, title="T", dated="2026-06-07", text=text)
    assert saved.status_code == 302


def sections(client):
    """Each language's part of each section on the page, as its words."""
    page = client.get("/statements/a-statement/languages").text
    found = re.findall(r'<section class="(?:to-look-at)?" aria-label.*?</section>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in found]


def test_a_language_begins_with_the_same_figures_and_what_differs_later_is_shown(session, editor):
    assert "alone" in editor.get("/statements/a-statement/languages").text
    assert add_spanish(editor).location == "/statements/a-statement-es"
    text = text_of(session, "a-statement-es")
    assert text == TEXT.replace("Executive summary", "Resumen ejecutivo").replace(
        "Introduction", "Introducción"
    )
    again = add_spanish(editor)
    assert again.status_code == 422
    assert all("not translated" in part for part in sections(editor)[1::2])

    text = text.replace("Late:", "Tarde:").replace("Who we are", "Quiénes somos")
    text = text.replace("Late openings", "Aperturas tardías").replace("Our own", "Lo nuestro")
    text = text.replace("Observed: {{ coverage() }}", "Observadas: {{ coverage('opening') }}")
    save(editor, "a-statement-es", text)
    english, spanish, *_rest, own_english, own_spanish = sections(editor)
    assert "25 per cent 10 of 40" in english
    assert "25 por ciento 10 of 40" in spanish
    assert "Other figures" not in spanish
    assert "not translated" not in spanish
    assert "Changed in Español since this text was last saved" in english
    assert "Other figures" not in own_english
    assert "lacking: coverage() only here: coverage(form=&#39;opening&#39;)" in own_spanish

    save(editor, "a-statement", TEXT.replace("Who we are.", "Who we are, and were."))
    save(editor, "a-statement-es", text.partition("## Lo nuestro")[0])
    *_first, _introduction, introduccion, _own, missing = sections(editor)
    assert "Changed in English since" in introduccion
    assert "This section is missing in Español." in missing


def test_the_public_page_leads_to_the_other_languages_that_are_public(editor):
    add_spanish(editor)
    for slug in ("a-statement", "a-statement-es"):
        page = editor.get(f"/published/demo/{slug}")
        assert page.status_code == 404
        versions = f"/statements/{slug}/versions"
        assert post(editor, versions, f"/statements/{slug}/freeze").status_code == 302
        post(editor, f"{versions}/1", f"{versions}/1/publish")
        page = editor.get(f"/published/demo/{slug}").text
        assert "data-line" not in page
        assert ('hreflang="en" href="http://localhost/published/demo/a-statement"' in page) == (
            slug == "a-statement-es"
        )
    english = editor.get("/published/demo/a-statement").text
    assert 'hreflang="es" href="http://localhost/published/demo/a-statement-es"' in english
    assert ">Español</a>" in english


def test_calls_are_the_same_however_they_are_written():
    def share(form, question, answer, region=None, digits=0, *, caption=None):
        """A call."""

    def same(text):
        return same_call(calls_in(text)[0], {"share": share})

    written = same("{{ share('a', 'b', 'c', '15', caption='Words') }}")
    assert written == same(
        "{{ share(question='b', form=\"a\", answer='c', region='15', digits=0) }}"
    )
    assert written != same("{{ share('a', 'b', 'c') }}")
    assert same("{{ gone(1) }}") == "gone(1)"


def test_sections_begin_at_headings_and_not_in_code():
    text = "Before.\n\n## One ##\n\n```\n## Not one\n```\n### Inside\n## Two"
    assert [(part.title, part.first_line) for part in parts_of(text)] == [
        ("", 1),
        ("One", 3),
        ("Two", 9),
    ]
    assert parts_of("\n") == []
