"""Sources: kept, brought in files, deleted; and where texts cite them."""

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from observer.access.models import AuditEntry
from observer.cli import cli
from observer.findings.exports.plain import guarded, unguarded
from observer.missions.models import Mission
from observer.statements.citing import codes_cited
from observer.statements.models import Source, Statement
from observer.statements.sources import Told, import_sources, put_source, sources_as_csv
from tests.statements.test_pages import SLUG, as_, fields, statement  # noqa: F401
from tests.statements.test_versions import run  # noqa: F401

AT = "/statements/sources/"
HEAD = "code,body,title,figure,published_on,url,accessed_on\n"


def figures(session):
    session.expire_all()
    found = dict(session.execute(select(Source.code, Source.figure).order_by(Source.code)).all())
    session.rollback()
    return found


def write(session, text):
    session.execute(update(Statement).values(text=text))
    session.commit()


def test_a_source_is_added_changed_and_listed(session, as_):  # noqa: F811
    editor = as_("editor")
    page = editor.get(AT)
    told = {
        "code": "rolls",
        "body": "Registry",
        "title": "Rolls  of voters",
        "figure": "25,287,954",
        "url": "https://example.org/rolls",
    }
    assert editor.post(AT, data=told | fields(page)).status_code == 302
    assert editor.post(AT, data=told | fields(page)).status_code == 422
    for code in ("new", "import", "No", "line\n"):
        assert editor.post(AT, data=told | fields(page) | {"code": code}).status_code == 422
    wrong = editor.post(AT, data=told | fields(page) | {"code": "x", "url": "javascript:alert(1)"})
    assert "This is no link" in wrong.text
    page = editor.get(AT)
    assert "Rolls of voters" in page.text
    assert 'href="https://example.org/rolls"' in page.text
    assert page.text.count("day missing") == 2
    later = told | {"figure": "25,300,000", "accessed_on": "2026-06-08", "code": "other"}
    assert editor.post(f"{AT}rolls", data=later | fields(page)).status_code == 302
    assert figures(session) == {"rolls": "25,300,000", "turnout": "72 %"}
    assert editor.get(AT).text.count("day missing") == 1
    assert editor.get(f"{AT}nothing").status_code == 404
    opened = re.search(r'name="seen" [^>]*value="(\w+)"', editor.get(f"{AT}rolls").text)
    mine = later | fields(page) | {"figure": "25,400,000", "seen": opened[1]}
    editor.post(f"{AT}rolls", data=later | fields(page) | {"figure": "25,350,000"})
    refused = editor.post(f"{AT}rolls", data=mine)
    assert refused.status_code == 409
    assert "theirs is “25,350,000”, yours is “25,400,000”" in refused.text
    assert figures(session)["rolls"] == "25,350,000"
    seen = re.search(r'name="seen" [^>]*value="(\w+)"', refused.text)
    assert editor.post(f"{AT}rolls", data=mine | {"seen": seen[1]}).status_code == 302
    assert figures(session)["rolls"] == "25,400,000"
    analyst = as_("analyst")
    assert "25,400,000" in analyst.get(AT).text
    assert analyst.post(AT, data=told).status_code == 403
    assert analyst.get(f"{AT}rolls/delete").status_code == 403
    assert as_("observer").get(AT).status_code == 403


def test_a_source_that_a_text_cites_is_kept_and_frozen_versions_stay_proven(session, as_, run):  # noqa: F811
    write(session, "Turnout was {{ source('turnout') }}.\n")
    assert run("freeze", SLUG).exit_code == 0
    editor = as_("editor")
    page = editor.get(AT)
    assert f'href="/statements/{SLUG}"' in page.text
    assert f'href="/statements/{SLUG}/versions/1"' in page.text
    assert "It cannot be deleted while" in editor.get(f"{AT}turnout/delete").text
    refused = editor.post(f"{AT}turnout/delete", data=fields(page))
    assert refused.status_code == 409
    assert "“A statement” cites this source. Take source(&#39;turnout&#39;) out" in refused.text
    assert figures(session) == {"turnout": "72 %"}
    write(session, "Nothing.\n")
    asked = editor.get(f"{AT}turnout/delete").text
    assert "Versions that are frozen keep it" in asked
    assert editor.post(f"{AT}turnout/delete", data=fields(page)).status_code == 302
    assert figures(session) == {}
    last = select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.number.desc())
    assert tuple(session.execute(last.limit(1)).one()) == ("source.delete", "turnout")
    session.rollback()
    proven = run("verify", f"{SLUG}/1")
    assert proven.exit_code == 0, proven.output


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("{{ source('a') }} and {{ source(code='b') }}", {"a", "b"}),
        ("{% for one in ['a', 'b'] %}{{ source(one) }}{% endfor %}", {"a", "b"}),
        ("{{ share('a', 'b', 'c') }}, by source('x')", set()),
        ("{# source('a') #}", set()),
        ("{{ source('a') }} {{ broken", {"a"}),
    ],
)
def test_what_a_text_cites(text, cited):
    assert codes_cited(text) == cited


def test_a_wrong_file_is_told_whole_and_changes_nothing(session, as_):  # noqa: F811
    editor = as_("editor")
    page = editor.get(AT)
    wrong = (
        f"{HEAD}turnout,Other,Words,1 %,,,\n"
        "Turn out,Body,Title,1 %,9.6.2026,,\n"
        "import,,Title,,,ftp://example.org,2026-02-30\n"
        f"turnout,Body,Title,{'9' * 101},,,\n"
    )
    given = fields(page) | {"file": (io.BytesIO(wrong.encode()), "s.csv")}
    answer = editor.post(f"{AT}import", data=given)
    assert answer.status_code == 422
    for said in (
        "line 3, column code: “Turn out” is no code of a source",
        "line 3, column published_on: “9.6.2026” is no day such as 2026-06-09",
        "line 4, column code",
        "line 4, column body: is empty",
        "line 4, column figure: is empty",
        "line 4, column url",
        "line 4, column accessed_on",
        "line 5, column code: “turnout” stands in line 2 as well",
        "line 5, column figure: is 101 characters long; at most 100",
    ):
        assert said in answer.text
    many = HEAD + "x y,Body,Title,1 %,,,\n" * 599
    given = fields(page) | {"file": (io.BytesIO(many.encode()), "s.csv")}
    assert "… and 99 more" in editor.post(f"{AT}import", data=given).text
    assert figures(session) == {"turnout": "72 %"}


def test_a_file_says_what_is_new_changed_and_the_same(session, as_):  # noqa: F811
    editor = as_("editor")
    page = editor.get(AT)
    file = f"{HEAD}turnout,Electoral Authority,Turnout,73 %,2026-06-08,,\n=x,,,,,,\n"
    for code, said in (("x", "1 added, 1 changed, 0 the same"), ("x", "0 added, 0 changed, 2 the")):
        rows = file.replace("=x,,,", f"{code},'=1+1,Title,5")
        given = fields(page) | {"file": (io.BytesIO(rows.encode()), "s.csv")}
        assert (
            f"Imported: {said}"
            in editor.post(f"{AT}import", data=given, follow_redirects=True).text
        )
    assert figures(session) == {"turnout": "73 %", "x": "5"}
    handed = as_("analyst").get("/statements/sources.csv")
    assert "attachment" in handed.headers["Content-Disposition"]
    assert "x,'=1+1,Title,5,,,\r\n" in handed.text


def test_the_commands_bring_sources_and_write_them_out(app, session, statement, tmp_path):  # noqa: F811
    invoke = app.test_cli_runner().invoke
    file = tmp_path / "s.csv"
    done = invoke(cli, ["source", "export", str(file)])
    assert done.exit_code == 0, done.output
    assert invoke(cli, ["source", "export"]).stdout.encode().decode("utf-8-sig").startswith("code,")
    written = file.read_bytes().replace(b"72 %", b"74 %")
    file.write_bytes(written + "neu,Börse,Größe,1 %,,,\r\n".encode())
    done = invoke(cli, ["source", "import", str(file)])
    assert done.output == "s.csv: 1 added, 1 changed, 0 same\n"
    assert figures(session) == {"neu": "1 %", "turnout": "74 %"}
    file.write_text(f"{HEAD}a,,,,,,\n")
    done = invoke(cli, ["source", "import", str(file)])
    assert done.exit_code == 1
    assert "s.csv: 3 problems, nothing imported" in done.stderr
    assert invoke(cli, ["source", "import", str(tmp_path / "none.csv")]).exit_code == 1


CELLS = st.text(
    st.one_of(
        st.sampled_from("=+-@'＝\u00a0\u202f ,\";|"),
        st.characters(exclude_categories=("Cc", "Cs")),
    ),
    max_size=60,
)
WRITTEN = CELLS.filter(str.strip)
DAYS = st.none() | st.dates()
SOURCES = st.dictionaries(
    st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True).filter(lambda c: c not in ("new", "import")),
    st.builds(
        Told,
        body=WRITTEN,
        title=WRITTEN,
        figure=WRITTEN,
        published_on=DAYS,
        url=st.sampled_from(["", "https://example.org/a,b?c='d'", "http://example.org/ñ"]),
        accessed_on=DAYS,
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sources=SOURCES)
def test_what_was_exported_changes_nothing_when_it_is_imported(session, station, tmp_path, sources):
    mission = session.scalars(select(Mission)).first()
    for code, told in sources.items():
        put_source(session, mission, code, told)
    before = _all(session)
    file = tmp_path / "s.csv"
    file.write_bytes(sources_as_csv(session, mission).encode())
    brought = import_sources(session, mission, file)
    assert set(brought.same) == {*sources, "turnout"}
    session.expire_all()
    assert _all(session) == before
    # Into a mission that has none they come as they were, but for the width of spaces.
    for source in session.scalars(select(Source)):
        session.delete(source)
    session.flush()
    import_sources(session, mission, file)
    narrowed = [tuple(_narrowed(value) for value in row) for row in before]
    assert _all(session) == narrowed
    session.rollback()
    assert session.scalar(select(func.count(Source.id))) == 1
    session.rollback()


def _all(session):
    names = ["code", "body", "title", "figure", "published_on", "url", "accessed_on"]
    columns = [getattr(Source, name) for name in names]
    return [tuple(row) for row in session.execute(select(*columns).order_by(Source.code))]


def _narrowed(value):
    return " ".join(value.split()) if isinstance(value, str) else value


@given(CELLS)
def test_a_guarded_text_comes_back(text):
    assert unguarded(guarded(text)) == text


def test_what_was_never_guarded_stays():
    assert unguarded("'90 census") == "'90 census"
