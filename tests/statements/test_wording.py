"""Shares in words stand in a text with their base, are printed, found, taken to Word, frozen."""

import io

import docx
import pytest
from docx.oxml.ns import qn
from sqlalchemy import update

from observer.statements import wordfile
from observer.statements.models import Statement
from tests.missions.builders import sign_in
from tests.statements.test_figures import line
from tests.statements.test_insert import offered
from tests.statements.test_languages import fields
from tests.statements.test_pages import SLUG, as_, saved_text, statement  # noqa: F401
from tests.statements.test_word import replace, word_of

# What is counted is tested on both engines with the findings; here it is told in words.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

LATE = "'opening', 'on_time', 'no'"


@pytest.mark.parametrize(
    ("call", "language", "told"),
    [
        (f"quantity({LATE})", "en", "some of the observations in polling stations"),
        (f"quantity({LATE}, '16')", "en", "two of the ten observations in polling stations"),
        ("quantity('opening', 'sealed', 'no')", "en", "none observed"),
        (f"share({LATE}, words=true)", "en", "some"),
        (f"share({LATE}, '16', words=true)", "en", "two of ten"),
        (f"one_in({LATE})", "en", "one in four"),
        (f"one_in({LATE}, statuses=['received', 'verified'])", "en", "one in four"),
        (f"one_in({LATE}, '16', places=true)", "en", "two of the ten observations in polling"),
        (f"quantity({LATE})", "es", "algunas de las observaciones en mesas"),
        (f"one_in({LATE}, places=true)", "es", "una de cada cuatro observaciones en mesas"),
        ("one_in('opening', 'on_time', ['no', 'yes'])", "es", "el 100 por ciento"),
        (f"quantity({LATE})", "fr", "certaines des observations en bureau de vote"),
        (f"one_in({LATE})", "fr", "un quart"),
    ],
)
def test_a_share_is_told_in_words(station, printed, call, language, told):
    assert line(printed, call, language=language).startswith(told)


def test_the_annex_says_what_the_words_stand_for(station, printed):
    page = " ".join(printed(f"It was {{{{ quantity({LATE}) }}}}.\n").split())
    annex = page[page.index("Annex: the words of this statement") :]
    assert "from 30 observations on" in annex
    assert "Table A3. What the words stand for" in annex
    assert "a few from 5 to less than 15 per cent" in annex
    assert "no further from it than 2 percentage points: one in ten, one in five," in annex
    assert "halves upwards" in annex
    figures = page[page.index("Annex: figures and their base") :]
    assert "some of the observations in polling stations 10 of 40 4 of 24 11 of 41" in figures


def test_the_annex_is_in_the_contents_and_in_the_language(station, printed):
    text = f"## Uno\n\n{{{{ one_in({LATE}) }}}}\n\n" + "Palabras y más palabras. " * 400
    page = " ".join(printed(text, language="es").split())
    assert page.count("Anexo: las palabras de esta declaración") == 2
    assert "la mayoría desde el 65 hasta menos del 90 por ciento" in page
    charter = " ".join(printed(text, "--theme", "charter", language="es").split())
    assert charter.count("Anexo: las palabras de esta declaración") == 2


@pytest.mark.parametrize(
    "call",
    [
        f"share({LATE})",
        f"quantity({LATE}, '16')",
        f"one_in({LATE}, '16')",
        "one_in('opening', 'on_time', ['no', 'yes'])",
    ],
)
def test_without_such_words_there_is_no_such_annex(station, printed, call):
    assert "the words of this statement" not in printed(f"It was {{{{ {call} }}}}.\n")


def test_a_share_in_words_is_found_and_shown_with_its_base(app, session, statement):  # noqa: F811
    client = app.test_client()
    sign_in(client, "editor")
    given = "share('opening', 'on_time', 'no')"
    calls, page = offered(client, "opening time no")
    assert f"quantity({LATE})" in calls
    assert given in calls
    assert "some of the observations in polling stations" in page
    calls, page = offered(client, "opening time no fraction")
    assert calls[0] == f"one_in({LATE}, places=True)"
    assert "one in four of the observations" in page
    assert offered(client, "palabras opening time no Loreto")[0][0] == (
        f"quantity({LATE}, region='16')"
    )


def test_words_stay_live_in_a_word_file(session, statement, as_):  # noqa: F811
    text = (
        f"## Openings\n\nLate in {{{{ quantity({LATE}) }}}}, {{{{ one_in({LATE}) }}}}, "
        f"{{{{ share({LATE}, words=true) }}}}.\n"
    )
    session.execute(update(Statement).values(text=text))
    session.commit()
    editor = as_("editor")
    content = word_of(editor)
    body = docx.Document(io.BytesIO(content)).element.body
    shown = [wordfile.shown_in(control) for control in body.iter(qn("w:sdt"))]
    assert shown == ["some of the observations in polling stations", "one in four", "some"]
    assert "everything was taken as it was" in replace(editor, content).text
    assert saved_text(session).strip() == text.strip()


def test_a_version_shows_which_word_was_another_one(app, session, statement):  # noqa: F811
    client = app.test_client()
    sign_in(client, "editor")
    for call in (f"quantity({LATE})", f"share({LATE}, words=true)"):
        session.execute(update(Statement).values(text=f"Late: {{{{ {call} }}}}.\n"))
        session.commit()
        data = fields(client.get(f"/statements/{SLUG}/freeze"))
        assert client.post(f"/statements/{SLUG}/freeze", data=data).status_code == 302
    page = client.get(f"/statements/{SLUG}/versions/2").text
    assert "some of the observations in polling stations (10/40)" in page
    assert "some (10/40)" in page
