"""A mission with two forms, and somebody signed in to review its submissions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from observer.collect.models import Submission
from tests.conftest import Begin
from tests.missions.builders import BuiltMission, mission_in, sign_in
from tests.review.builders import build_reviewed

Open = Callable[[str], "Reviewer"]


@dataclass
class Reviewer:
    """Somebody at the mission's desk, with a browser."""

    client: FlaskClient

    def get(self, address: str, **query: str) -> TestResponse:
        return self.client.get(address, query_string=query)

    def hidden(self, submission: Submission) -> dict[str, str]:
        """The hidden fields of the page's form."""
        page = self.get(f"/submissions/{submission.id}").text
        form = page[page.index('id="steps"') :]
        return {
            name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', form)[1]
            for name in ("csrf_token", "seen")
        }

    def take(self, submission: Submission, step: str, reason: str = "", **other: str) -> int:
        """Press a button of the page; gives the status code of what comes."""
        fields = {**self.hidden(submission), "reason": reason, **other}
        return self.client.post(f"/submissions/{submission.id}/{step}", data=fields).status_code


@pytest.fixture
def built(begin: Begin, session: Session) -> BuiltMission:
    begin(build_reviewed)
    return mission_in(session)


@pytest.fixture
def as_(app, built: BuiltMission) -> Open:
    """Signs somebody of a role in, with a browser of their own."""

    def open_(role: str) -> Reviewer:
        client = app.test_client()
        sign_in(client, role)
        return Reviewer(client)

    return open_
