"""A statement to write on."""

from __future__ import annotations

from observer.statements.models import Statement
from observer.statements.operations import create_statement
from tests.findings.builders import Station


def begin_statement(station: Station, text: str) -> Statement:
    """One in English, by the mission's editor, of its round; not committed yet."""
    return create_statement(
        station.session,
        station.built.runoff,
        title="A statement",
        dated=station.built.runoff.voting_day,
        language="en",
        text=text,
        by=station.built.people["editor"],
    )
