"""Numbers of tables in the order of the text, captions of typed tables, the list of sources."""

import io
import re
import subprocess

import docx
import page
import pikepdf
import pytest
from docx.document import Document
from sqlalchemy import select, update

from observer.missions.scope import Scope
from observer.statements.captions import caption_text
from observer.statements.compose import compose
from observer.statements.drafts import draft_of
from observer.statements.markdown import render_markdown
from observer.statements.models import Source, Statement
from observer.statements.sentout import as_markdown, as_word
from observer.statements.wordin import read_word
from tests.statements.conftest import in_words
from tests.statements.test_pages import SLUG, as_, statement  # noqa: F401
from tests.statements.test_pdf import elements
from tests.statements.test_versions import run  # noqa: F401

on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
# What is counted is tested on both engines with the findings; here it is printed.

TABLE = "| Body | Members |\n|---|---:|\n| Jury | 5 |\n"
TEXT = (
    "{{ table('opening', 'on_time', 'no') }}\n\n"
    f"{TABLE}\nTable: Bodies *by law*[^n]\n\nWords.\n\n"
    "{{ chart('opening', 'on_time', 'no') }}\n\n"
    f"{TABLE}\n"
    f": Before it\n\n{TABLE}\n"
    "{{ table('opening', 'on_time', level=0) }}\n\n[^n]: A note.\n"
)
NUMBERED = ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        (f"Table: One\n\n{TABLE}", "One"),
        (f"Table: One\n{TABLE}", "One"),
        (f"{TABLE}\nTabla: Uno\n", "Uno"),
        (f"{TABLE}\ncuadro: Uno\n", "Uno"),
        (f"{TABLE}\nTableau\u202f: Un\n", "Un"),
        (f"{TABLE}\nجدول: واحد\n", "واحد"),
        (f"{TABLE}\n: One\n", "One"),
        (f"{TABLE}: One\n", "One"),
        ("| a | b |\n|---|---|\n: One\n", "One"),
        (f"{TABLE}\n:One\n", None),
        (f"{TABLE}\nTable:\n", None),
        (f"{TABLE}\nWords.\n\nTable: One\n", None),
        (f"{TABLE}| : One | |\n", None),
        (f"> {TABLE}".replace("\n", "\n> ") + "\n> : One\n", "One"),
    ],
)
def test_a_paragraph_beside_a_typed_table_is_its_caption(text, caption):
    html = render_markdown(text, {}, printed=True).html
    found = re.findall(r"<caption><b>Table (\d+)\.</b> (.*?)</caption>", html)
    assert found == ([("1", caption)] if caption else [])
    assert html.count("<table") == 1
    if caption:
        assert html.count(caption) == 1


def test_a_caption_between_two_tables_belongs_to_the_one_without():
    after = render_markdown(f"{TABLE}\n: A\n\n{TABLE}\n: B\n", {}, printed=True).html
    before = render_markdown(f": A\n\n{TABLE}\n: B\n\n{TABLE}", {}, printed=True).html
    assert after == before
    assert re.findall(r"<b>(.*?)</b> (\w)", after) == [("Table 1.", "A"), ("Table 2.", "B")]


@on_sqlite
def test_tables_are_numbered_as_they_stand_whoever_made_them(session, station, statement):  # noqa: F811
    statement.text = TEXT
    composed = compose(session, Scope(station.built.mission), draft_of(statement), printed=True)
    assert re.findall(r"<b>Table (\d+)\.</b>", composed.html) == NUMBERED
    assert [use.text for use in composed.used] == ["Table 1", "Figure 1", "Table 4"]
    assert not re.search("[\ue000-\ue01f]", composed.html + "".join(composed.blocks.values()))
    session.rollback()


@on_sqlite
def test_they_are_printed_with_tagged_captions_and_attached_by_number(station, render, tmp_path):
    done = render(TEXT, "--archive")
    assert done.exit_code == 0, done.output
    path = tmp_path / "out.pdf"
    report = page.validate_pdf(str(path), profile="3a")
    assert report.is_compliant, [failure.message for failure in report.failures]
    words = in_words(path)
    assert re.findall(r"^Table (\w+)\. ", words, re.MULTILINE) == [*NUMBERED, "A1"]
    assert "Table 2. Bodies by law" in words
    with pikepdf.open(path) as pdf:
        tables = list(elements(pdf.Root.StructTreeRoot, "/Table"))
        captions = [bool(list(elements(table, "/Caption"))) for table in tables]
        assert captions == [True, True, True, False, True, True]
        names = sorted(str(one.UF) for one in pdf.Root.AF)
        typed = pdf.attachments["table-2.csv"].get_file().read_bytes().decode("utf-8-sig")
    assert typed == "Body,Members\nJury,5\n"
    expected = [f"table-{number}.csv" for number in NUMBERED]
    assert [name for name in names if name.startswith("table-")] == [
        *expected,
        "table-in-text-1.csv",
    ]


@on_sqlite
def test_a_long_table_repeats_its_head_and_not_its_caption(station, printed):
    rows = "\n".join(f"| row{n} | {n} |" for n in range(120))
    pages = printed(f"| Firsthead | Second |\n|---|---|\n{rows}\n\n: A caption\n").split("\f")
    assert [("Firsthead" in one) for one in pages[:3]] == [True] * 3
    assert "A caption" in pages[0]
    assert sum(one.count("A caption") for one in pages) == 1


@on_sqlite
def test_the_table_of_figures_is_numbered_behind_that_of_the_observers(station, printed):
    words = printed("Late: {{ share('opening', 'on_time', 'no') }}.\n")
    assert re.findall(r"^Table (\w+)\. ", words, re.MULTILINE) == ["A1", "A2"]


@on_sqlite
def test_captions_go_to_word_and_come_back(session, station, statement):  # noqa: F811
    statement.text = f"{{{{ table('opening', 'on_time', 'no') }}}}\n\n{TABLE}\n: Bodies\n\nWords.\n"
    scope, draft = Scope(station.built.mission), draft_of(statement)
    content = as_word(session, scope, draft)
    document: Document = docx.Document(io.BytesIO(content))
    captions = [one.text for one in document.paragraphs if one.style.name == "Caption"]
    assert captions == ["Table 2. Bodies"]
    back = read_word(content, "back.docx").text
    assert (
        back.split()
        == statement.text.replace(f"{TABLE}\n: Bodies", f"Table: Bodies\n\n{TABLE}")
        .replace("|---|---:|", "| --- | ---: |")
        .split()
    )
    filled = as_markdown(session, scope, draft, filled=True)
    assert "**Table 1\\. " in filled or "**Table 1. " in filled
    assert f"{TABLE}\n: Bodies" in filled
    session.rollback()


@pytest.mark.parametrize(
    ("caption", "text"),
    [
        ("**Table 3.** Shares", "Shares"),
        ("Tableau 12\u202f: Parts", "Parts"),
        ("Figure 3. Shares", None),
        ("Table of contents", None),
    ],
)
def test_the_number_of_a_caption_is_left_to_the_statement(caption, text):
    assert caption_text(caption) == text


@pytest.fixture
def sources(session, station):
    def add(code, body, title):
        mission_id = station.built.mission.id
        session.add(Source(mission_id=mission_id, code=code, body=body, title=title, figure="1 %"))

    add("z", "Zentrale <Stelle>", "A *title*")
    add("a", "Ágora", "Rolls")
    add("unused", "Nobody", "Nothing")
    session.execute(update(Source).where(Source.code == "a").values(url="https://example.org/a"))
    session.commit()


CITING = "One {{ source('z') }}, two {{ source('a') }}.\n"
LISTED = re.compile(r"^1\. Ágora, Rolls, https://example\.org/a\.\n+2\. Zentrale <Stelle>", re.M)


@on_sqlite
def test_the_sources_of_a_text_are_listed_behind_it(station, sources, printed, tmp_path):
    for theme in ("mission", "charter"):
        words = printed(CITING, "--theme", theme)
        behind = words.partition("Annex: sources")[2]
        assert LISTED.search(behind.strip()), behind
        assert "Nobody" not in words
    assert re.search(r"Annexe\s: sources", printed(CITING, language="fr"))
    assert "Annex: sources" not in printed("No sources.\n")
    # Where the contents are listed, it stands among them.
    long = CITING + "## A head\n\n" + "Many words. " * 900
    assert re.search(r"Annex: sources[ .]+\d", printed(long))


@on_sqlite
def test_a_text_can_list_its_sources_itself(station, sources, printed):
    words = printed(f"## List\n\n{{{{ sources() }}}}\n\n## End\n\n{CITING}")
    assert "Annex: sources" not in words
    inside = words.partition("List")[2].partition("End")[0]
    assert LISTED.search(inside.strip()), inside
    assert "Nobody" in printed("{{ sources(all=true) }}\n")
    assert "No sources are cited." in printed("{{ sources() }}\n")
    assert "الم" in printed(CITING, language="ar")


@on_sqlite
def test_a_press_release_has_no_list_and_the_public_page_has_one(
    session,
    sources,
    as_,  # noqa: F811
    run,  # noqa: F811
):
    session.execute(update(Statement).values(text=CITING))
    session.commit()
    assert run("freeze", SLUG, "--publish").exit_code == 0
    proven = run("verify", f"{SLUG}/1")
    assert proven.exit_code == 0, proven.output
    mission = session.scalars(select(Statement)).one().mission.code
    session.rollback()
    public = as_("observer").get(f"/published/{mission}/{SLUG}").text
    assert "<p>One 1 %" in public
    assert '<h2 id="annex-sources">Annex: sources</h2>' in public
    assert "Zentrale &lt;Stelle&gt;, <em>A *title*</em>." in public.partition("annex-sources")[2]
    session.execute(update(Statement).values(kind="press_release"))
    session.commit()
    assert run("freeze", SLUG, "--publish").exit_code == 0
    assert "annex-sources" not in as_("observer").get(f"/published/{mission}/{SLUG}").text
    pdf = as_("editor").get(f"/statements/{SLUG}.pdf").data
    words = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    assert b"Annex: sources" not in words.stdout
