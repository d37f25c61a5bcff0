"""The situation report: its page and its print say what the findings say."""

import re
import subprocess

import page
import pytest

from observer.cli import cli
from observer.collect.models import Status
from observer.findings.findings import one_finding
from observer.missions.scope import Scope
from observer.statements.themes import theme_names
from tests.findings.builders import published, station_in
from tests.missions.builders import sign_in


@pytest.fixture
def station(begin, session):
    begin(published)
    return station_in(session)


@pytest.fixture
def get(app):
    def as_(role, address, expected=200):
        client = app.test_client()
        sign_in(client, role)
        answer = client.get(address)
        assert answer.status_code == expected
        return answer

    return as_


@pytest.fixture
def printed(tmp_path):
    def text(content):
        path = tmp_path / "printed.pdf"
        path.write_bytes(content)
        done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
        return re.sub(r"\s+", " ", done.stdout.decode())

    return text


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
def reported(station):
    for place in ("1501-01-1", "1501-01-2", "16-01-1"):
        station.submit({"sealed": "no", "on_time": "yes"}, place=place)
    station.submit({"type": ["violence"], "gravity": "critical"}, form="incident")
    station.submit(
        {"type": ["threat"], "gravity": "minor", "what_happened": "Words."},
        form="incident",
        status=Status.VERIFIED,
    )
    return station


def test_page_and_print_say_what_the_findings_say(session, reported, get, printed):
    scope, round_ = Scope(reported.built.mission), reported.built.runoff
    sealed = one_finding(session, scope, round_, "opening", "sealed", "no")
    session.rollback()
    page = words_of(get("analyst", "/room/sitrep"))
    answer = get("analyst", "/room/sitrep.pdf")
    assert answer.content_type == "application/pdf"
    paper = printed(answer.data)
    for text in (page, paper):
        assert "3 of 24 polling stations observed" in text
        assert f"sealed?: No {sealed.k} of {sealed.n} " in text
        assert "Incidents confirmed: 1 minor. Incidents not confirmed yet: 1 critical." in text
        assert "Teams without a report: none." in text
        assert "Regions without coverage: Américas." in text
        assert re.search(r"In all 3 of 24 3 3 0 2", text)


def test_a_coordinator_s_report_is_of_their_regions_and_says_so(reported, get, printed):
    paper = printed(get("coordinator", "/room/sitrep.pdf").data)
    assert "Regions: Lima" in paper
    assert "2 of 12 polling stations observed" in paper
    assert "Loreto" not in paper
    get("observer", "/room/sitrep", 403)


@pytest.mark.parametrize("theme", theme_names())
def test_it_is_printed_in_every_theme(reported, get, tmp_path, theme):
    content = get("analyst", f"/room/sitrep.pdf?theme={theme}").data
    report = page.validate_pdf_bytes(content, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    fonts = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True)
    assert (b"Garamond" in fonts.stdout) == (theme == "charter")
    assert b"DejaVu" not in fonts.stdout
    get("analyst", "/room/sitrep.pdf?theme=../mission", 404)
    offered = get("analyst", "/room/sitrep").text
    assert f'<option value="{theme}"' in offered


def test_the_command_prints_it_in_the_mission_s_language(app, reported, printed, tmp_path):
    run = app.test_cli_runner().invoke
    out = tmp_path / "situation.pdf"
    done = run(cli, ["sitrep", str(out), "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "3 of 24 polling stations observed" in printed(out.read_bytes())
    dressed = run(cli, ["sitrep", str(out), "--language", "en", "--theme", "charter"])
    assert dressed.exit_code == 0, dressed.output
    assert "3 of 24 polling stations observed" in printed(out.read_bytes())
    for wrong in ([str(tmp_path / "no" / "x.pdf")], [str(out), "--round", "third"]):
        done = run(cli, ["sitrep", *wrong])
        assert done.exit_code == 1
        assert done.stderr.count("\n") == 1
