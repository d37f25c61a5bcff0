"""A mission with reports to speak of, and commands to print a statement with."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from observer.checklists.library import import_builtin
from observer.cli import cli
from observer.collect.models import Status
from observer.missions.scope import Scope
from observer.statements.drafts import Draft, split_front_matter
from observer.statements.models import Source
from observer.statements.pdf import render_pdf
from tests.conftest import Begin
from tests.findings.builders import Station, published, station_in
from tests.missions.builders import build_mission

FRONT = "---\ntitle: A statement\ndate: 2026-06-09\nlanguage: {language}\n---\n"
Render = Callable[..., Result]


@pytest.fixture
def station(begin: Begin, session: Session) -> Station:
    """Reports of the opening: 40 verified, ten of them late; one late and received alone."""
    begin(build_reported)
    return station_in(session)


def build_reported(session: Session) -> None:
    """Build the mission with these reports."""
    station = published(session)
    for number in range(40):
        place = ("1501-01-1", "1502-01-1", "16-01-1", "91-01-1")[number % 4]
        late = {"on_time": "no", "delay": number} if number < 10 else {"on_time": "yes"}
        station.submit(late, place=place, status=Status.VERIFIED)
    station.submit({"on_time": "no", "delay": 1000})
    session.add(
        Source(
            mission_id=station.built.mission.id,
            code="turnout",
            body="Electoral Authority",
            title="Turnout",
            figure="72 %",
            published_on=date(2026, 6, 8),
        )
    )
    session.commit()


@pytest.fixture
def render(app, tmp_path: Path) -> Render:
    """Prints a text as a statement with the command; the file is ``out.pdf``."""

    def run(text: str | bytes, *options: str, language: str = "en") -> Result:
        file = tmp_path / "draft.md"
        whole = FRONT.format(language=language) + text if isinstance(text, str) else text
        file.write_bytes(whole.encode() if isinstance(whole, str) else whole)
        arguments = ["statement", "render", str(file), str(tmp_path / "out.pdf"), *options]
        return app.test_cli_runner().invoke(cli, arguments)

    return run


@pytest.fixture
def printed(render: Render, tmp_path: Path) -> Callable[..., str]:
    """Prints a text and gives what stands on its pages, page by page behind form feeds."""

    def words(text: str, *options: str, language: str = "en") -> str:
        done = render(text, *options, language=language)
        assert done.exit_code == 0, done.output
        return in_words(tmp_path / "out.pdf")

    return words


def in_words(pdf: Path) -> str:
    """The text of a PDF in the order of reading; a form feed ends each page."""
    return subprocess.run(
        ["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def demo_statement(session: Session) -> Callable[[Path], bytes]:
    """Prints an outline over a mission with the built-in forms."""
    built = build_mission(session)
    import_builtin(session, built.mission)
    session.commit()

    def make(outline: Path) -> bytes:
        front = split_front_matter(outline.read_bytes(), outline.name)
        draft = Draft(
            title=front.front["title"],
            dated=date(2026, 6, 9),
            language=front.front["language"],
            round=built.runoff,
            text=front.text,
            first_line=front.first_line,
        )
        return render_pdf(session, Scope(built.mission), draft)

    return make
