"""Each version keeps its house style and words; a broken file is told wherever it is used."""

import io
import zipfile

import pytest
from sqlalchemy import select, text, update

from observer.cli import cli
from observer.collect.media import path_of
from observer.statements import speech
from observer.statements.models import Statement, StatementVersion
from observer.statements.recommendationmodels import Recommendation
from observer.statements.snapshot import open_snapshot
from observer.statements.words import Words
from tests.statements.test_housestyle import reports  # noqa: F401
from tests.statements.test_pages import SLUG, as_, fields, statement  # noqa: F401

# What is stored is tested on both engines with the versions; here it is the files.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

TEXT = (
    "Late: {{ quantity('opening', 'on_time', 'no') }}, {{ share('opening', 'on_time', 'no') }}.\n"
)


@pytest.fixture
def run(app):
    return lambda *line: app.test_cli_runner().invoke(cli, ["statement", *line])


@pytest.fixture
def frozen(session, statement, run, reports):  # noqa: F811
    session.execute(update(Statement).values(text=TEXT))
    session.commit()
    done = run("freeze", SLUG)
    assert done.exit_code == 0, done.output


def change(folder, name, before, after):
    path = folder / name
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after), encoding="utf-8")


def told(session):
    """What was said by each version, in their order."""
    found = session.scalars(select(StatementVersion).order_by(StatementVersion.number)).all()
    said = [[figure["text"] for figure in version.figures] for version in found]
    session.rollback()
    return said


def test_a_version_is_verified_by_the_style_and_words_it_had(session, frozen, run, reports):  # noqa: F811
    change(reports, "house-style.yaml", "a_few: 15", "a_few: 26")
    change(reports, "words/en.yaml", '"{share} per cent"', '"{share} percent"')
    change(reports, "words/en.yaml", '"some of the {places}"', '"several of the {places}"')
    done = run("verify", f"{SLUG}/1")
    assert done.exit_code == 0, done.output
    assert "all 2 figures are the same" in done.output
    assert run("freeze", SLUG).exit_code == 0
    assert told(session) == [
        ["some of the observations in polling stations", "25 per cent"],
        ["a few of the observations in polling stations", "25 percent"],
    ]
    change(reports, "words/fr.yaml", "direction: ltr", "direction: up")
    assert run("verify", f"{SLUG}/2").exit_code == 0
    session.execute(text("UPDATE statement_version SET text = text || 'x' WHERE number = 1"))
    session.commit()
    assert run("verify", f"{SLUG}/1").exit_code == 1
    assert run("verify", f"{SLUG}/2").exit_code == 0


def test_a_version_from_before_is_verified_by_the_words_of_today(app, session, frozen, run):
    media = app.extensions["observer.settings"].media
    sha256 = session.scalars(select(StatementVersion.snapshot_sha256)).one()
    session.rollback()
    content = path_of(media, sha256).read_bytes()
    with open_snapshot(content) as opened:
        assert opened.speech == speech.speech_of("en")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as kept, zipfile.ZipFile(out, "w") as older:
        for name in set(kept.namelist()) - {speech.STYLE, speech.WORDS}:
            older.writestr(name, kept.read(name))
    with open_snapshot(out.getvalue()) as opened:
        assert opened.speech is None
    # "None of the 250" was "0 of the 250" before the words had it, and is proven as it was.
    words = speech.files_of("en")
    words[speech.WORDS] = words[speech.WORDS].replace("\ncounts:", "\nclaims_before:")
    for before in (speech.kept_speech("en", words), speech.speech_before("en")):
        assert Words("en", 30, before).base(0, 250, "station") == "0 of the 250 polling stations"


BROKEN = pytest.mark.parametrize(
    ("broken", "says"),
    [
        (("house-style.yaml", "a_few: 15", "a_few: 4"), "reports/house-style.yaml, line 14: "),
        (("words/en.yaml", "direction: ltr", "direction: up"), "reports/words/en.yaml, line 6: "),
        (("words/en.yaml", "  1/5: {alone", "  1/7: {alone"), "there is no “1/5”"),
    ],
)


@BROKEN
@pytest.mark.usefixtures("statement")
def test_a_broken_file_is_told_on_pages(session, as_, reports, broken, says):  # noqa: F811
    session.execute(update(Statement).values(text=TEXT))
    session.commit()
    editor = as_("editor")
    token = fields(editor.get(f"/statements/{SLUG}"))
    change(reports, *broken)
    for address in (f"/statements/{SLUG}", f"/statements/{SLUG}.pdf", f"/statements/{SLUG}.docx"):
        page = editor.get(address)
        assert page.status_code == 500
        assert says in page.text
        assert "Something went wrong here" in page.text
    shown = editor.post(f"/statements/{SLUG}/preview", data=token | {"text": TEXT}).json
    assert says in shown["checks"]
    assert (shown["preview"], shown["problems"]) == ("", 1)
    frozen = editor.post(f"/statements/{SLUG}/freeze", data=token | {"number": "1"})
    assert says in frozen.text
    assert session.scalars(select(StatementVersion)).all() == []
    session.rollback()
    saved = editor.post(
        f"/statements/{SLUG}",
        data={"title": "A statement", "dated": "2026-06-07", "text": "Not lost.\n"} | token,
    )
    assert saved.status_code == 302
    session.expire_all()
    assert session.scalars(select(Statement.text)).one() == "Not lost.\n"


@BROKEN
@pytest.mark.usefixtures("statement")
def test_a_broken_file_is_told_by_commands(run, reports, tmp_path, broken, says):  # noqa: F811
    change(reports, *broken)
    pdf, word = str(tmp_path / "out.pdf"), str(tmp_path / "out.docx")
    for command in (("render", SLUG, pdf), ("freeze", SLUG), ("export", SLUG, word)):
        done = run(*command)
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)
        assert says in done.output


@pytest.mark.usefixtures("statement")
def test_recommendations_are_written_in_a_language_that_was_added(session, as_, reports):  # noqa: F811
    words = (reports / "words" / "es.yaml").read_text(encoding="utf-8")
    added = words.replace("name: Español", "name: Català").replace("locale: es", "locale: ca")
    (reports / "words" / "ca.yaml").write_text(added, encoding="utf-8")
    editor = as_("editor")
    page = editor.get("/statements/recommendations/new")
    assert "Català" in page.text
    given = {"code": "R1", "kind": "new", "text_ca": "Obrir a temps.", "text_en": "Open on time."}
    answer = editor.post("/statements/recommendations/new", data=given | fields(page))
    assert answer.status_code == 302
    texts = session.scalars(select(Recommendation.texts)).one()
    assert texts == {"ca": "Obrir a temps.", "en": "Open on time."}
    assert "Obrir a temps." in editor.get("/statements/recommendations/R1").text


@pytest.mark.parametrize("tag", ["en-GB", "es-ES", "fr-FR", "ar-EG", "ca-ES"])
@pytest.mark.usefixtures("statement")
def test_a_word_file_names_the_language_of_its_text(session, as_, reports, tag):  # noqa: F811
    language = tag[:2]
    words = (reports / "words" / "es.yaml").read_text(encoding="utf-8")
    added = words.replace("locale: es", "locale: ca")
    (reports / "words" / "ca.yaml").write_text(added, encoding="utf-8")
    session.execute(update(Statement).values(text=TEXT, language=language))
    session.commit()
    content = as_("editor").get(f"/statements/{SLUG}.docx").data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("word/styles.xml").decode()
    assert f'w:lang w:val="{tag}"' in styles
    assert (f'w:bidi="{tag}"' in styles) == (language == "ar")


@pytest.mark.usefixtures("statement")
def test_a_statement_is_begun_in_a_language_without_outlines(session, as_, reports):  # noqa: F811
    words = (reports / "words" / "es.yaml").read_text(encoding="utf-8")
    added = words.replace("name: Español", "name: Català").replace("locale: es", "locale: ca")
    (reports / "words" / "ca.yaml").write_text(added, encoding="utf-8")
    session.execute(update(Statement).values(text=TEXT))
    session.commit()
    editor = as_("editor")
    page = f"/statements/{SLUG}/languages"
    given = {"language": "ca", "title": "Declaració"} | fields(editor.get(page))
    assert editor.post(page, data=given).status_code == 302
    shown = editor.get(page)
    assert "algunas de las observaciones en mesas" in shown.text
