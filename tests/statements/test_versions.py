"""Versions: they keep what they were counted from, are published, and can be proven."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from datetime import UTC, datetime

import pikepdf
import pytest
from sqlalchemy import select, text, update

from observer.access.models import AuditEntry
from observer.cli import cli
from observer.collect.media import keep, path_of
from observer.collect.models import Status, Submission
from observer.review.operations import reject, reopen
from observer.statements.models import Statement, StatementVersion
from observer.statements.versions import FREEZE, files_named, publish
from tests.missions.builders import sign_in
from tests.statements.test_pages import SLUG, fields, statement  # noqa: F401

TEXT = """## Openings

Late: {{ share('opening', 'on_time', 'no') }}, {{ coverage() }}.[^1]

{{ chart('opening', 'on_time', 'no') }}

[^1]: A note.
"""


@pytest.fixture
def run(app):
    return lambda *line: app.test_cli_runner().invoke(cli, ["statement", *line])


@pytest.fixture
def frozen(session, statement, run):  # noqa: F811
    session.execute(update(Statement).values(text=TEXT))
    session.commit()
    done = run("freeze", SLUG)
    assert done.exit_code == 0, done.output
    return statement


@pytest.fixture
def media(app):
    return app.extensions["observer.settings"].media


def versions(session):
    found = session.scalars(select(StatementVersion).order_by(StatementVersion.number)).all()
    # What belongs to no session reads nothing, which on SQLite would keep a writer's place.
    session.expunge_all()
    session.rollback()
    return found


def client_of(app, role):
    client = app.test_client()
    sign_in(client, role)
    return client


def test_a_version_stays_what_it_was_whatever_comes_later(app, session, station, frozen, run):
    (version,) = versions(session)
    share = version.figures[0]
    assert (share["text"], share["findings"][0]["k"], share["findings"][0]["n"]) == (
        "25 per cent",
        10,
        40,
    )
    editor = client_of(app, "editor")
    pdf = editor.get(f"/statements/{SLUG}/versions/1.pdf")
    assert pdf.data.startswith(b"%PDF")
    reviewer = station.built.people["analyst"]
    for submission in session.scalars(select(Submission).where(Submission.status == "verified")):
        reopen(session, submission, reviewer, "look again")
        reject(session, submission, reviewer, "wrong")
    station.submit({"on_time": "no"}, status=Status.VERIFIED)
    session.execute(text("UPDATE place SET name = 'moved'"))
    session.execute(text("UPDATE region SET name = 'Elsewhere'"))
    session.commit()
    proven = run("verify", f"{SLUG}/1")
    assert proven.exit_code == 0, proven.output
    assert "all 3 figures are the same" in proven.output
    assert editor.get(f"/statements/{SLUG}/versions/1.pdf").data == pdf.data
    done = run("freeze", SLUG, "--note", "Counted anew")
    assert done.exit_code == 0, done.output
    page = editor.get(f"/statements/{SLUG}/versions/2").text
    assert "25 per cent (10/40)" in page
    assert "Counted anew" in page


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("UPDATE statement_version SET text = 'Other'", "the text is not the one"),
        ("UPDATE statement_version SET title = 'Other'", "the title is not the one"),
        ("UPDATE statement_version SET dated = '2020-01-01'", "the date is not the one"),
        ("UPDATE statement_version SET language = 'fr'", "the language is not the one"),
        ("UPDATE statement_version SET theme = 'charter'", "the theme is not the one"),
        ("UPDATE statement_version SET paper = 'letter'", "the log names another paper: “a4”"),
        ("UPDATE statement_version SET note = 'Other'", "the log names another note: “”"),
        ("UPDATE revision SET content_sha256 = 'x' WHERE id = 3", "is not what it was"),
        ("DELETE FROM audit_entry WHERE number = 1", "Entry 1 is missing"),
        ("UPDATE statement_version SET audit_sha256 = 'x'", "is not the one that was noted"),
    ],
)
def test_what_was_altered_in_the_database_is_found(session, frozen, run, harm, says):
    session.execute(text(harm))
    session.commit()
    done = run("verify", SLUG)
    assert done.exit_code == 1
    assert says in done.output


def test_an_altered_figure_and_altered_files_are_found(session, frozen, run, media):
    (version,) = versions(session)
    figures = json.loads(json.dumps(version.figures))
    figures[0]["findings"][0]["k"] = 11
    session.execute(update(StatementVersion).values(figures=figures))
    session.commit()
    assert "when counted anew" in run("verify", SLUG).output
    for sha256 in (version.pdf_sha256, version.html_sha256, version.snapshot_sha256):
        path_of(media, sha256).write_bytes(b"another")
    done = run("verify", SLUG)
    assert done.output.count("missing or was altered") == 3
    assert done.exit_code == 1


def test_files_put_in_place_of_those_that_were_frozen_are_found_by_the_log(
    session, frozen, run, media
):
    other = keep(media, b"another file")
    for name in ("pdf", "pdfa", "html", "snapshot"):
        session.execute(text(f"UPDATE statement_version SET {name}_sha256 = '{other}'"))  # noqa: S608
    session.commit()
    done = run("verify", SLUG)
    assert done.exit_code == 1
    assert done.output.count("the log names another") == 4


def test_a_version_is_proven_with_what_its_annex_says_of_all_reports(session, frozen, run):
    (version,) = versions(session)
    figures = json.loads(json.dumps(version.figures))
    assert figures[0]["all"]["n"] >= figures[0]["findings"][0]["n"]
    figures[0]["all"]["k"] += 1
    session.execute(update(StatementVersion).values(figures=figures))
    session.commit()
    assert "when counted anew" in run("verify", SLUG).output
    for figure in figures:
        del figure["all"]
    session.execute(update(StatementVersion).values(figures=figures))
    session.commit()
    # Of versions that did not keep it, what they kept is proven.
    done = run("verify", SLUG)
    assert done.exit_code == 0, done.output


def test_the_annex_of_what_was_observed_is_counted_anew(session, frozen, run, media):
    (version,) = versions(session)
    told = run("verify", SLUG).output
    assert "yes  the annex of what was observed is the same" in told
    assert "yes  the language, theme, paper, least base for percentages and note are" in told
    assert "not  how the pages look" in told
    altered = io.BytesIO()
    with pikepdf.open(path_of(media, version.pdfa_sha256)) as pdf:
        kept = pdf.attachments["coverage.csv"].get_file().read_bytes()
        other = kept.replace(b",40", b",41")
        assert other != kept
        pdf.attachments["coverage.csv"] = pikepdf.AttachedFileSpec(pdf, other)
        pdf.save(altered)
    sha256 = keep(media, altered.getvalue())
    session.execute(update(StatementVersion).values(pdfa_sha256=sha256))
    session.commit()
    assert "by region, in all: reports was 41, is 40" in run("verify", SLUG).output
    session.execute(update(StatementVersion).values(pdfa_sha256=None))
    session.commit()
    assert "not  the annex of what was observed: the version has no" in run("verify", SLUG).output


def test_of_a_version_from_before_it_is_told_what_the_log_did_not_keep(session, frozen, run):
    (version,) = versions(session)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == FREEZE)).one()
    files = {name: entry.details[name] for name in files_named(version)}
    freezing = AuditEntry.number == entry.number
    session.execute(update(AuditEntry).where(freezing).values(details=files))
    session.commit()
    told = run("verify", SLUG).output
    assert "not  the language, theme, paper, least base for percentages and note: when" in told
    assert "yes  the files are those that the audit log names" in told


def test_a_snapshot_names_nobody(session, frozen, media):
    (version,) = versions(session)
    content = path_of(media, version.snapshot_sha256).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        people = archive.read("tables/person.ndjson").decode()
        kept = b"".join(archive.read(name) for name in archive.namelist())
    assert "@example.org" not in people
    assert b"argon2" not in kept


def test_a_version_has_an_archive_copy_and_shows_figures_of_incidents(app, session, frozen, run):
    session.execute(update(Statement).values(text=TEXT + "\n{{ incident_count() }} incidents.\n"))
    session.commit()
    assert run("freeze", SLUG, "--publish").exit_code == 0
    editor = client_of(app, "editor")
    page = editor.get(f"/statements/{SLUG}/versions/2").text
    assert "incident_count()" in page
    (_first, second) = versions(session)
    assert second.pdfa_sha256 in page
    archive = editor.get(f"/statements/{SLUG}/versions/2-archive.pdf").data
    assert hashlib.sha256(archive).hexdigest() == second.pdfa_sha256
    public = app.test_client()
    assert f"/published/demo/{SLUG}/2-archive.pdf" in public.get(f"/published/demo/{SLUG}").text
    assert public.get(f"/published/demo/{SLUG}/2-archive.pdf").data == archive
    assert "the archive copy is the one that was frozen" in run("verify", SLUG).output
    session.execute(update(StatementVersion).values(pdfa_sha256=None))
    session.commit()
    assert editor.get(f"/statements/{SLUG}/versions/2-archive.pdf").status_code == 404
    assert run("verify", SLUG).exit_code == 0


def test_the_look_is_chosen_on_its_page_and_kept_by_versions(app, session, frozen, run):
    editor = client_of(app, "editor")
    page = editor.get(f"/statements/{SLUG}/layout")
    given = fields(page) | {"theme": "charter", "paper": "letter"}
    assert editor.post(f"/statements/{SLUG}/layout", data=given).status_code == 302
    assert run("freeze", SLUG).exit_code == 0
    first, second = versions(session)
    assert (first.theme, first.paper) == ("mission", "a4")
    assert (second.theme, second.paper) == ("charter", "letter")
    wrong = editor.post(f"/statements/{SLUG}/layout", data=given | {"theme": "nothing"})
    assert wrong.status_code == 422
    tried = editor.get(f"/statements/{SLUG}.pdf?theme=nothing")
    assert tried.headers["Location"].endswith("/layout")
    assert client_of(app, "analyst").post(f"/statements/{SLUG}/layout").status_code == 403


def test_only_what_is_published_is_public(app, session, frozen):
    address = f"/published/demo/{SLUG}"
    anybody, editor = app.test_client(), client_of(app, "editor")
    assert anybody.get(address).status_code == 404
    assert state_in_list(editor) == "frozen Version 1"
    (version,) = session.scalars(select(StatementVersion)).all()
    publish(session, version, embargoed_until=datetime(2099, 1, 2, 15, tzinfo=UTC))
    session.commit()
    assert anybody.get(address).status_code == 404
    assert anybody.get(f"{address}/1.pdf").status_code == 404
    told = "until 2 Jan 2099 10:00 (America/Lima) only the mission sees it, from then on everybody"
    assert told in editor.get(f"/statements/{SLUG}/versions/1").text
    assert state_in_list(editor) == "under embargo Version 1"
    publish(session, version)
    session.commit()
    page = anybody.get(address)
    assert "25 per cent" in page.text
    assert anybody.get(f"{address}/1.pdf").data.startswith(b"%PDF")
    assert state_in_list(editor) == "published Version 1"
    shown = editor.get(f"/statements/{SLUG}/versions/1")
    assert "everybody can see it, since" in shown.text
    token = fields(shown)["csrf_token"]
    withdrawn = editor.post(f"/statements/{SLUG}/versions/1/withdraw", data={"csrf_token": token})
    assert withdrawn.status_code == 302
    for year in ("9999", "0001"):
        given = {"csrf_token": token, "embargoed_until": f"{year}-12-31T23:59"}
        editor.post(f"/statements/{SLUG}/versions/1/publish", data=given)
    assert editor.get(f"/statements/{SLUG}/versions/{10**30}").status_code == 400
    assert anybody.get(address).status_code == 404


def state_in_list(client):
    page = client.get("/statements").text
    found = re.search(r'<p class="statement-state">(.*?)</a>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_the_public_page_has_the_annexes_of_the_pdf(app, session, station, frozen, run):
    station.submit({"on_time": "no"}, status=Status.VERIFIED)
    session.commit()
    assert run("freeze", SLUG, "--note", "Counted anew", "--publish").exit_code == 0
    page = app.test_client().get(f"/published/demo/{SLUG}").text
    for name in ("annex-coverage", "annex-figures"):
        assert f'<summary><h2 id="{name}">' in page
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Table A1" in words
    assert "Figure A1" in words
    # The base of its share, counted when it was frozen.
    assert "11 of 41" in words
    assert 'src="figure:' not in page


def test_freezing_on_the_page_wants_the_text_that_was_seen(app, session, frozen):
    editor = client_of(app, "editor")
    given = fields(editor.get(f"/statements/{SLUG}/freeze"))
    session.execute(update(Statement).values(edit=Statement.edit + 1))
    session.commit()
    assert editor.post(f"/statements/{SLUG}/freeze", data=given).headers["Location"].endswith(SLUG)
    assert len(versions(session)) == 1
    given = fields(editor.get(f"/statements/{SLUG}/freeze"))
    assert "versions/2" in editor.post(f"/statements/{SLUG}/freeze", data=given).headers["Location"]
    twice = editor.post(f"/statements/{SLUG}/freeze", data=given, follow_redirects=True)
    assert "nothing was frozen twice" in twice.text
    assert len(versions(session)) == 2
    analyst = client_of(app, "analyst")
    token = fields(analyst.get(f"/statements/{SLUG}"))
    assert analyst.post(f"/statements/{SLUG}/freeze", data=given | token).status_code == 403


def test_a_text_with_problems_is_not_frozen(app, session, frozen, run):
    session.execute(update(Statement).values(text="{{ share('opening', 'nothing', 'no') }}"))
    session.commit()
    done = run("freeze", SLUG)
    assert (done.exit_code, "line 1" in done.output) == (1, True)
    page = client_of(app, "editor").get(f"/statements/{SLUG}/freeze").text
    assert "Nothing can be frozen before every problem in the text is solved." in page
    assert 'class="panel freeze"' not in page
    assert len(versions(session)) == 1


def test_every_saved_text_is_in_the_history_and_comes_back(app, session, statement):  # noqa: F811
    editor = client_of(app, "editor")
    for words in ("First words.\n", "Second words.\n"):
        page = editor.get(f"/statements/{SLUG}")
        given = {"title": "A statement", "dated": "2026-06-07", "text": words} | fields(page)
        assert editor.post(f"/statements/{SLUG}", data=given).status_code == 302
    page = editor.get(f"/statements/{SLUG}/history")
    assert "<del>First words.</del>" in page.text
    assert "<ins>Second words.</ins>" in page.text
    earlier = editor.get(f"/statements/{SLUG}/history?edit=2")
    done = editor.post(f"/statements/{SLUG}/history/2/restore", data=fields(earlier))
    assert done.status_code == 302
    assert session.scalars(select(Statement.text)).one() == "First words.\n"


def test_the_public_page_has_its_footnotes_at_its_end(app, session, frozen, run):
    text = "## Opening\n\nThe register[^law] is large.\n\n| a |\n|---|\n| 1 |\n\nTable: Typed\n\n"
    text += "{{ table('opening', 'on_time') }}\n\nDone.\n\n[^law]: The law of 1997.\n"
    session.execute(update(Statement).values(text=text))
    session.commit()
    assert run("freeze", SLUG, "--publish").exit_code == 0
    page = app.test_client().get(f"/published/demo/{SLUG}").text
    assert 'register<sup class="footnote-ref"><a href="#fn1"' in page
    assert page.index("Done.") < page.index('id="fn1"') < page.index("The law of 1997.")
    assert page.count("The law of 1997.") == 1
    assert re.findall(r"<b>Table (\d)", page) == ["1", "2"]


def test_a_correction_says_in_its_pdf_what_is_corrected(app, session, frozen, run):
    editor = client_of(app, "editor")
    assert run("freeze", SLUG, "--note", "Openings in *Lima*").exit_code == 0
    first, second = (
        subprocess.run(
            ["pdftotext", "-", "-"],
            input=editor.get(f"/statements/{SLUG}/versions/{number}.pdf").data,
            capture_output=True,
            check=True,
        ).stdout.decode()
        for number in (1, 2)
    )
    assert "Version" not in first
    assert "Version 2. Corrected: Openings in *Lima*" in second
    assert run("verify", SLUG).exit_code == 0
