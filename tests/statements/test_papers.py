"""Papers of other kinds, and recommendations with their follow-up."""

import io
import re

import pytest
from sqlalchemy import select, update

from observer.cli import cli
from observer.statements.models import Statement, StatementVersion
from observer.statements.recommendationmodels import Recommendation
from tests.statements.test_pages import SLUG, as_, fields, statement  # noqa: F401
from tests.statements.test_versions import run  # noqa: F401

FILE = """code,kind,text,text_es,addressee,basis,priority,origin,status,note
R1,new,Send materials earlier.,Enviar antes el material.,Authority,Law 1,yes,,,
R2,new,Train staff.,,Authority,,no,,,
R3,new,Limit spending.,,Congress,,,,,
E1,earlier,Publish protocols.,,Authority,,,Mission of 2021,implemented,Done.
E2,earlier,Vote abroad.,,Authority,,,Mission of 2021,partly,
"""


@pytest.fixture
def brought(app, session, statement, tmp_path):  # noqa: F811
    path = tmp_path / "recommendations.csv"
    path.write_text(FILE)
    done = app.test_cli_runner().invoke(cli, ["statement", "recommendations", str(path)])
    assert done.exit_code == 0, done.output
    assert "5 added, 0 changed" in done.output


def texts(session):
    found = session.scalars(select(Recommendation).order_by(Recommendation.position)).all()
    told = [(one.code, one.texts.get("en", "")) for one in found]
    session.rollback()
    return told


@pytest.mark.usefixtures("brought")
def test_recommendations_are_added_changed_moved_and_deleted(session, as_):  # noqa: F811
    editor = as_("editor")
    at = "/statements/recommendations"
    page = editor.get(at)
    places = [page.text.index(f'id="recommendation-{code}"') for code in ("R1", "R2", "E1")]
    assert places == sorted(places)
    given = {"code": "R4", "kind": "new", "text_en": "Open  on time.", "addressee": "Authority"}
    assert editor.post(f"{at}/new", data=given | fields(page)).status_code == 302
    assert editor.post(f"{at}/new", data=given | fields(page)).status_code == 422
    nothing = {"code": "R5", "kind": "new"} | fields(page)
    assert "in one language at least" in editor.post(f"{at}/new", data=nothing).text
    assert "in one language at least" in editor.post(f"{at}/R2", data=nothing).text
    opened = re.search(r'name="seen" [^>]*value="(\w+)"', editor.get(f"{at}/R4").text)
    editor.post(f"{at}/R4", data=given | fields(page) | {"is_priority": "y"})
    mine = given | fields(page) | {"text_en": "Open at 8.", "seen": opened[1]}
    refused = editor.post(f"{at}/R4", data=mine)
    assert (refused.status_code, refused.text.count("theirs is")) == (409, 2)
    assert "theirs is “Open on time.”, yours is “Open at 8.”" in refused.text
    assert ("R4", "Open on time.") in texts(session)
    editor.post(f"{at}/R4/up", data=fields(page))
    editor.post(f"{at}/R1/up", data=fields(page))
    assert "Delete recommendation R2?" in editor.get(f"{at}/R2/delete").text
    editor.post(f"{at}/R2/delete", data=fields(page))
    codes = [code for code, _text in texts(session)]
    assert [code for code in codes if code[0] == "R"] == ["R1", "R4", "R3"]
    assert [code for code in codes if code[0] == "E"] == ["E1", "E2"]
    assert ("R4", "Open on time.") in texts(session)
    analyst = as_("analyst")
    assert analyst.get(at).status_code == 200
    assert analyst.post(f"{at}/R1/delete").status_code == 403
    assert editor.get(f"{at}/R9").status_code == 404


@pytest.mark.usefixtures("brought")
def test_a_wrong_file_of_recommendations_is_told_whole_and_changes_nothing(session, as_):  # noqa: F811
    editor = as_("editor")
    wrong = (
        "code,kind,text,addressee,basis,priority,origin,status,note\n"
        "R1,new,Other words.,,,,,,\n"
        "x y,new,Words.,,,,,,\n"
        "R7,old,Words.,,,maybe,,,\n"
        "R8,new,,,,,,partly,\n"
        "R1,new,Again.,,,,,,\n"
    )
    page = editor.get("/statements/recommendations")
    file = (io.BytesIO(wrong.encode()), "r.csv")
    answer = editor.post("/statements/recommendations/import", data=fields(page) | {"file": file})
    assert answer.status_code == 422
    for said in (
        "line 3, column code",
        "line 4, column kind",
        "line 4, column priority",
        "line 5, column status",
        "line 5, column text",
        "line 6, column code",
    ):
        assert said in answer.text
    assert texts(session)[0] == ("R1", "Send materials earlier.")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
@pytest.mark.usefixtures("brought")
def test_recommendations_are_called_and_their_tables_printed(printed, render):
    text = (
        "{{ recommendation('R3') }} {{ recommendation('R3', by='use') }} "
        "{{ recommendation('R1', by='use') }}\n\n"
        "{{ recommendations(by='use') }}\n\n{{ follow_up() }}\n\n"
        "{{ follow_up_count('partly', words=true) }} {{ recommendation_count(priority=true) }}\n\n"
        "{% for region in regions() %}\n- {{ region_name(region) }} {{ coverage(region=region) }}\n"
        "{% endfor %}\n"
    )
    page = " ".join(printed(text).split())
    assert "R3. Limit spending. 1. Limit spending. 2. Send materials earlier." in page
    assert "Recommendations: 3; priorities: 1." in page
    assert "Recommendations of earlier missions: 2. Implemented: 1; Partly implemented: 1." in page
    assert "Implemented: Done." in page
    assert "one 1" in page
    assert page.index("Lima") < page.index("Loreto") < page.index("Américas")
    spanish = " ".join(printed("{{ recommendation('R1') }}\n", language="es").split())
    assert "R1. Enviar antes el material." in spanish
    done = render("A\n\n{{ recommendation('R33') }}\n{{ follow_up('Mission of 1999') }}\n")
    assert "line 8: There is no recommendation “R33”; there is R3, " in done.stderr
    assert "line 9: There is no earlier mission “Mission of 1999”" in done.stderr


@pytest.mark.usefixtures("brought")
def test_a_frozen_report_keeps_its_recommendations(session, run, as_):  # noqa: F811
    calls = "{{ recommendation('R1') }}\n\n{{ follow_up() }}\n"
    session.execute(update(Statement).values(text=calls))
    session.commit()
    assert run("freeze", SLUG).exit_code == 0
    session.execute(update(Recommendation).values(texts={"en": "Otherwise."}, status="not"))
    session.commit()
    proven = run("verify", f"{SLUG}/1")
    assert proven.exit_code == 0, proven.output
    assert run("freeze", SLUG).exit_code == 0
    version = session.scalars(select(StatementVersion).order_by(StatementVersion.number)).first()
    (kept,) = version.figures[0]["findings"][0]["recommendations"]
    assert kept["text"] == "Send materials earlier."
    session.rollback()
    page = as_("editor").get(f"/statements/{SLUG}/versions/2")
    assert "Otherwise." in page.text
    assert "2 recommendations" in page.text


def test_a_press_release_begins_with_its_outline_and_says_when_it_is_too_long(session, as_):  # noqa: F811
    editor = as_("editor")
    page = editor.get("/statements/new")
    given = {
        "title": "To the press",
        "kind": "press_release",
        "dated": "2026-06-09",
        "round": "runoff",
        "language": "fr",
    }
    answer = editor.post("/statements/new", data=given | fields(page))
    assert answer.location == "/statements/to-the-press"
    made = session.scalars(select(Statement).where(Statement.slug == "to-the-press")).one()
    assert (made.kind, "## Contact" in made.text) == ("press_release", True)
    made.text = "Words.\n\n" * 20
    session.commit()
    pages = f"{answer.location}/pages"
    assert editor.get(pages).json == {"said": ""}
    made.text = "Words.\n\n" * 200
    session.commit()
    assert f'data-pages="{pages}"' in editor.get(answer.location).text
    assert "a paper of this kind has one. Shorten the text." in editor.get(pages).json["said"]
    assert "data-pages" not in editor.get(f"/statements/{SLUG}").text
    assert editor.get(f"/statements/{SLUG}/pages").json == {"said": ""}
    given = fields(editor.get(f"{answer.location}/freeze"))
    frozen = editor.post(f"{answer.location}/freeze", data=given, follow_redirects=True)
    assert "Shorten the text." in frozen.text
    assert "Press release ·" in editor.get("/statements").text


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_commands_bring_a_text_and_write_it(app, session, statement, tmp_path, run):  # noqa: F811
    session.execute(update(Statement).values(theme="charter", paper="letter"))
    session.commit()
    out = tmp_path / "out.docx"
    assert run("export", SLUG, str(out)).exit_code == 0
    done = run("import", str(out), "--title", "Back")
    assert done.exit_code == 0, done.output
    assert "Begun: back, “Back”" in done.output
    again = tmp_path / "again.md"
    assert run("export", "back", str(again)).exit_code == 0
    assert "Late: {{ share('opening', 'on_time', 'no') }}." in again.read_text()
    assert "date: 2026-06-07\n" in again.read_text()
    assert "ends in .md or .docx" in run("export", SLUG, "x.pdf").stderr
    assert run("import", str(again), "--title", "Again").exit_code == 0
    looks = session.execute(select(Statement.slug, Statement.theme, Statement.paper)).all()
    session.rollback()
    assert set(looks) == {(slug, "charter", "letter") for slug in (SLUG, "back", "again")}
    again.write_text(again.read_text().replace("theme: charter", "theme: neon"))
    told = run("import", str(again), "--title", "Neon").output
    assert "The file has theme: neon; there is charter, " in told
    (tmp_path / "bad.docx").write_bytes(b"PK nothing")
    bad = run("import", str(tmp_path / "bad.docx"))
    assert bad.exit_code == 1
    assert "This is no Word file" in bad.stderr
    assert run("import", str(tmp_path / "none.docx")).exit_code == 1
    assert "There is no round 'x'" in run("import", str(again), "--round", "x").stderr


def test_a_regional_annex_is_begun_for_all_regions_or_for_some(session, as_):  # noqa: F811
    editor = as_("editor")
    page = editor.get("/statements/new")
    told = {"title": "Lima", "dated": "2026-06-09", "round": "runoff", "kind": "regional_annex"}
    told |= {"language": "en", "theme": "mission", "paper": "a4"} | fields(page)
    names = re.findall(r'<option value="\d+">(.+?)</option>', page.text)
    assert names == ["Lima", "Loreto", "Américas"]
    statement_ = told | {"kind": "statement", "regions": ["15"]}
    assert "Only a regional annex" in editor.post("/statements/new", data=statement_).text
    assert editor.post("/statements/new", data=told | {"regions": ["99"]}).status_code == 200
    assert editor.post("/statements/new", data=told | {"regions": ["15", "91"]}).status_code == 302
    assert editor.post("/statements/new", data=told | {"title": "All"}).status_code == 302
    some, all_ = (
        session.scalars(select(Statement.text).where(Statement.slug == slug)).one()
        for slug in ("lima", "all")
    )
    assert some.startswith("{% for region in ['15', '91'] %}\n## {{ region_name(region) }}")
    assert all_.endswith(some.partition(" %}")[2])
    assert "## All regions" in all_
