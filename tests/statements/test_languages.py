"""A statement in several languages: begun alike, kept together, published together."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from observer.statements.besides import parts_of, same_call
from observer.statements.models import Statement, StatementVersion
from observer.statements.publiclanguages import later_corrections
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

DAY = """\
{# Guidance before all. #}

## Election day

### Opening

{# Say when. #}

Stations opened late.
In the north, {{ share('opening', 'on_time', 'no') }} did.

- There were queues.
- And nobody waited in vain.

### Voting

<!-- How it went. -->
All went well.

## Closing

### Counting

{# Nothing yet. #}

## Map

{{ table('opening', 'on_time', 'no') }}
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


def spanish(text):
    """A text begun from the section on election day, its words translated."""
    for english, other in (
        ("Stations opened late.\nIn the north, ", "Las mesas abrieron tarde. En el norte, "),
        (" did.", "."),
        ("There were queues", "Hubo colas"),
        ("And nobody waited in vain", "Nadie esperó en vano"),
        ("All went well", "Todo marchó bien"),
    ):
        assert english in text
        text = text.replace(english, other)
    return text


def words_of(client, address):
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).text).split())


def pairs(client):
    """What the page says of each section in English and in Spanish."""
    found = sections(client)
    return list(zip(found[::2], found[1::2], strict=True))


def sections(client):
    """Each language's part of each section on the page, as its words."""
    page = client.get("/statements/a-statement/languages").text
    found = re.findall(r'<section class="(?:to-look-at)?" aria-label.*?</section>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in found]


def test_a_language_is_the_same_kind_of_paper_and_looks_the_same(session, editor):
    look = {"kind": "press_release", "theme": "charter", "paper": "letter"}
    session.execute(update(Statement).values(look))
    session.commit()
    add_spanish(editor)
    found = session.scalars(select(Statement)).all()
    assert len(found) == 2
    assert all({name: getattr(one, name) for name in look} == look for one in found)


def test_a_language_begins_with_the_same_figures_and_what_differs_later_is_shown(session, editor):
    page = editor.get("/statements/a-statement/languages").text
    assert "alone" in page
    assert "In English: A statement" in page
    assert 'value="A statement"' not in page
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


def begin(session, editor, text):
    """Save a text in English and begin it in Spanish; the Spanish text."""
    save(editor, "a-statement", text)
    add_spanish(editor)
    return text_of(session, "a-statement-es")


def test_a_section_is_untranslated_while_its_paragraphs_are_though_its_headings_are(
    session, editor
):
    text = begin(session, editor, DAY)
    assert "### Apertura" in text
    (start, start_es), (day, day_es), (closing, closing_es), (map_, map_es) = pairs(editor)
    assert "The words are not translated yet." in day_es
    assert "Changed in" not in day + closing + map_ + start
    # Nothing to translate: guidance, headings and a map alone.
    for empty in (start_es, closing_es, map_es):
        assert "translated" not in empty
    assert (
        "1 section is to be looked at." in editor.get("/statements/a-statement-es/languages").text
    )

    half = text.replace("Stations opened late.", "Las mesas abrieron tarde.")
    save(editor, "a-statement-es", half)
    day, day_es = pairs(editor)[1]
    assert "3 of 4 paragraphs are not translated yet." in day_es
    assert "Changed in Español since" in day

    # What the original says now is not what the translation was begun with.
    save(editor, "a-statement", DAY.replace("nobody waited", "hardly anybody waited"))
    day_es = pairs(editor)[1][1]
    assert "3 of 4 paragraphs are not translated yet." in day_es
    assert "Changed in English since" in day_es

    # Guidance that an editor takes away is no change.
    save(editor, "a-statement-es", spanish(text))
    save(editor, "a-statement", DAY.replace("{# Say when. #}\n\n", ""))
    save(editor, "a-statement", DAY.replace("{# Say when. #}", ""))
    day_es = pairs(editor)[1][1]
    assert "translated" not in day_es


def test_whoever_freezes_a_translation_sees_what_is_not_translated(session, editor):
    text = begin(session, editor, DAY.replace("Map", "Complaints\n\nNone came.\n\n## Map"))
    freeze = "/statements/a-statement-es/freeze"
    page = words_of(editor, freeze)
    assert "2 sections of the saved text do not say yet what the original says." in page
    assert "Día de la elección : not translated yet" in page
    assert "Complaints : not translated yet" in page
    assert 'href="/statements/a-statement-es/languages"' in editor.get(freeze).text
    assert "2 sections are not translated yet" in words_of(editor, "/statements/a-statement-es")
    for other in ("/statements/a-statement/freeze", "/statements/a-statement"):
        assert "translated yet" not in words_of(editor, other)
        assert "what the original says" not in words_of(editor, other)

    text = spanish(text)
    without = text.replace("## Complaints\n\nNone came.\n\n", "")
    save(editor, "a-statement-es", without.replace("Todo marchó bien", "All went well"))
    page = words_of(editor, freeze)
    assert "Día de la elección : 1 of 4 paragraphs not translated yet" in page
    assert "Complaints : missing" in page
    assert "2 sections are not translated yet" in words_of(editor, "/statements/a-statement-es")

    save(editor, "a-statement-es", text.replace("None came", "No hubo"))
    assert "what the original says" not in words_of(editor, freeze)
    assert "translated yet" not in words_of(editor, "/statements/a-statement-es")
    save(editor, "a-statement", text_of(session, "a-statement").replace("None", "Few"))
    assert "Complaints : the original has changed since" in words_of(editor, freeze)
    assert "the original of 1 section has changed since" in words_of(
        editor, "/statements/a-statement-es"
    )
    assert post(editor, freeze, freeze).status_code == 302
    with editor.session_transaction() as chosen:
        chosen["language"] = "es"
    assert "el original ha cambiado desde entonces" in words_of(editor, freeze)


def test_saving_by_the_script_tells_what_is_still_to_be_translated(session, editor):
    text = begin(session, editor, DAY)
    page = "/statements/a-statement-es"
    given = {"title": "T", "dated": "2026-06-07"} | fields(editor.get(page))
    headers = {"Accept": "application/json"}
    saved = editor.post(page, data=given | {"text": text + "\n"}, headers=headers).json
    assert "1 section is not translated yet" in saved["changed"]
    given["edit"] = saved["edit"]
    saved = editor.post(page, data=given | {"text": spanish(text)}, headers=headers).json
    assert "translated" not in saved["changed"]


def test_the_public_page_leads_to_the_other_languages_that_are_public(editor):
    add_spanish(editor)
    for slug in ("a-statement", "a-statement-es"):
        page = editor.get(f"/published/demo/{slug}")
        assert page.status_code == 404
        versions = f"/statements/{slug}/versions"
        freeze = f"/statements/{slug}/freeze"
        assert post(editor, freeze, freeze).status_code == 302
        post(editor, f"{versions}/1", f"{versions}/1/publish")
        page = editor.get(f"/published/demo/{slug}").text
        assert "data-line" not in page
        assert ('hreflang="en" href="http://localhost/published/demo/a-statement"' in page) == (
            slug == "a-statement-es"
        )
    english = editor.get("/published/demo/a-statement").text
    assert 'hreflang="es" href="http://localhost/published/demo/a-statement-es"' in english
    assert ">Español</a>" in english
    freeze = "/statements/a-statement/freeze"
    corrected = post(editor, freeze, freeze, note="The share in Lima")
    post(editor, corrected.location, f"{corrected.location}/publish")
    spanish = editor.get("/published/demo/a-statement-es").text
    assert "Se publicó una corrección en inglés el" in spanish
    assert '<q lang="en" dir="auto">The share in Lima</q>' in spanish
    assert "correction was published" not in editor.get("/published/demo/a-statement").text
    assert "corrected</span>" in editor.get("/statements").text


def frozen(statement_id, *hours):
    """The public versions of a language, frozen at these hours, the newest first."""
    found = [
        StatementVersion(
            statement_id=statement_id, frozen_at=datetime(2026, 6, 9, hour, tzinfo=UTC)
        )
        for hour in hours
    ]
    return found[::-1]


def test_a_correction_is_later_unless_it_follows_one_of_the_same_language():
    english, spanish = frozen(1, 8, 10), frozen(2, 9)
    assert later_corrections(spanish[0], [english, spanish]) == [english[0]]
    assert later_corrections(english[0], [english, spanish]) == []
    followed = frozen(2, 9, 11)
    for shown in (english[0], followed[0]):
        assert later_corrections(shown, [english, followed]) == []
    ahead = frozen(2, 9, 11, 12)
    assert later_corrections(english[0], [english, ahead]) == [ahead[0]]


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
