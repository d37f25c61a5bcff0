"""The audit log: what people do is in it, and nothing of it can be altered unnoticed."""

import pytest
from sqlalchemy import text

from observer.access.audit import BrokenChainError, head, record, verify
from observer.access.models import AuditEntry
from observer.cli import cli
from tests.missions.builders import build_mission, sign_in


@pytest.fixture
def written(session):
    build_mission(session)
    start = head(session)[0]
    for number in range(5):
        record(session, "form.publish", "opening", version=number)
    session.commit()
    return start


def test_the_log_is_whole(app, session, written):
    number, sha256 = verify(session)
    assert number == written + 5
    session.rollback()
    result = app.test_cli_runner().invoke(cli, ["audit", "verify"])
    assert result.exit_code == 0
    assert sha256 in result.output


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE audit_entry SET subject = 'voting' WHERE number = {n}", "is not what was written"),
        ("DELETE FROM audit_entry WHERE number = {n}", "is missing"),
        ("DELETE FROM audit_entry WHERE number > {n}", "ends at entry"),
        (
            "UPDATE audit_entry SET previous_sha256 = 'x' WHERE number = {n}",
            "does not follow",
        ),
    ],
)
def test_what_was_altered_is_found(app, session, written, change, says):
    session.execute(text(change.format(n=written + 3)))
    session.commit()
    with pytest.raises(BrokenChainError, match=says):
        verify(session)
    session.rollback()
    result = app.test_cli_runner().invoke(cli, ["audit", "verify"])
    assert result.exit_code == 1
    assert says in result.output


def test_who_did_what_is_on_the_page(app, session, written):
    client = app.test_client()
    sign_in(client, "admin")
    session.query(AuditEntry).count()
    session.rollback()
    page = client.get("/mission/log").get_data(as_text=True)
    assert "Form published" in page
    assert "version: 4" in page
    assert "command line" in page
    sign_in(client, "analyst")
    assert client.get("/mission/log").status_code == 403
