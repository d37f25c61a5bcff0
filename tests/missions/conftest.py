"""A built mission, files to import into it, and the commands that do."""

import pytest
from click.testing import Result
from sqlalchemy import func, select

from observer.access.models import Person
from observer.cli import cli
from observer.missions.models import Assignment, Membership, Place, Region, Team
from tests.missions.builders import build_mission, mission_in

PLACES = "code,level,parent,name,lat,lon,registered_voters,abroad,stratum,weight\n"
PEOPLE = "name,email,phone,role,team,regions,language\n"
ASSIGNMENTS = "round,team,place\n"


@pytest.fixture
def built(begin, session):
    begin(build_mission)
    return mission_in(session)


@pytest.fixture
def bring(tmp_path):
    """Writes a file somebody brings, from text or bytes; gives its path."""

    def write(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def observer(app):
    """Runs a command on the test's database."""

    def run(*arguments, **options) -> Result:
        return app.test_cli_runner().invoke(cli, [str(a) for a in arguments], **options)

    return run


def amounts(session):
    """How many rows there are of all that files can bring."""
    tables = (Region, Place, Person, Membership, Team, Assignment)
    found = {t.__name__: session.scalar(select(func.count()).select_from(t)) for t in tables}
    # On SQLite a command could not write while this transaction is open.
    session.commit()
    return found


def complaints(result: Result) -> list[str]:
    """The lines a command refused a file with; asserts that it did, and not by a traceback."""
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "nothing imported" in result.output
    return [line.strip() for line in result.output.splitlines()[1:]]


@pytest.fixture
def refused(session, built, bring, observer):
    """Brings a bad file and gives the lines it is refused with; asserts that nothing changed."""

    def run(what, content, name="file.csv"):
        before = amounts(session)
        lines = complaints(observer(what, "import", bring(content, name)))
        assert amounts(session) == before
        return lines

    return run
