"""People from a file and one by one, and the passwords they start with."""

import csv
import stat

from sqlalchemy import select

from observer.access.models import Person
from observer.access.signin import authenticate
from observer.missions.models import Assignment, Membership
from tests.missions.builders import PASSWORD
from tests.missions.conftest import ASSIGNMENTS, PEOPLE

ROWS = (
    "Ana Quispe,Ana@Example.org,+51 1 615 8000,observer,T02,,es\n"
    "Luis Rojas,luis@example.org,,coordinator,,15;16,\n"
)


def member(session, email):
    return session.scalars(
        select(Membership).join(Membership.person).where(Person.email == email)
    ).one()


def test_people_come_with_team_and_regions_and_without_password(session, built, bring, observer):
    result = observer("person", "import", bring(PEOPLE + ROWS))
    assert result.exit_code == 0, result.output
    assert "people: 2 added" in result.output
    assert "2 cannot sign in yet" in result.output
    ana, luis = member(session, "ana@example.org"), member(session, "luis@example.org")
    assert (ana.person.name, ana.team.code, ana.person.language) == ("Ana Quispe", "T02", "es")
    assert {region.code for region in luis.regions} == {"15", "16"}
    assert ana.person.password_hash == ""


def test_a_file_again_says_what_changed_and_keeps_passwords(session, built, bring, observer):
    observer("person", "import", bring(PEOPLE + ROWS))
    assert "0 changed, 2 unchanged" in observer("person", "import", bring(PEOPLE + ROWS)).output
    rows = "Observer Demo,observer@example.org,,coordinator,,16,en\n" + ROWS.replace(
        "T02", "T03"
    ).replace("15;16", "16")
    result = observer("person", "import", bring(PEOPLE + rows))
    assert "people: 0 added, 3 changed, 0 unchanged" in result.output
    assert "line 2: observer@example.org was observer, is coordinator" in result.output
    assert member(session, "ana@example.org").team.code == "T03"
    assert [r.code for r in member(session, "luis@example.org").regions] == ["16"]
    assert authenticate(session, "observer@example.org", PASSWORD)


def test_passwords_go_to_a_new_private_file_and_open(session, built, bring, observer, tmp_path):
    out = tmp_path / "passwords.csv"
    result = observer("person", "import", bring(PEOPLE + ROWS), "--passwords", out)
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    given = {row["email"]: row["password"] for row in csv.DictReader(out.open())}
    assert set(given) == {"ana@example.org", "luis@example.org"}
    assert all(authenticate(session, email, password) for email, password in given.items())
    session.commit()
    assert not any(password in result.output for password in given.values())
    again = observer("person", "import", bring(PEOPLE + ROWS), "--passwords", out)
    assert again.exit_code == 1
    assert "cannot be made" in again.output
    assert set(given.values()) < set(
        out.read_text().replace("\n", ",").replace("\r", "").split(",")
    )


def test_a_bad_file_leaves_no_file_of_passwords(built, bring, observer, tmp_path):
    out = tmp_path / "passwords.csv"
    assert observer("person", "import", bring("nothing"), "--passwords", out).exit_code == 1
    assert not out.exists()


def test_somebody_of_two_missions_keeps_one_role_and_one_password(session, built, bring, observer):
    observer("mission", "add", "second", "Second")
    rows = "Observer Demo,observer@example.org,,observer,T01,,en\n"
    other = observer("person", "import", bring(PEOPLE + rows), "--mission", "second")
    assert "people: 1 added" in other.output
    assert authenticate(session, "observer@example.org", PASSWORD)
    session.commit()
    rows = rows.replace(",observer,", ",admin,")
    refused = observer("person", "import", bring(PEOPLE + rows), "--mission", "demo")
    assert refused.exit_code == 1
    assert "is observer in another mission too" in refused.output


def test_a_person_is_added_with_a_password_printed_once(session, built, observer):
    add = ("person", "add", "--email", "New@Example.org", "--name", "New", "--role", "admin")
    result = observer(*add)
    assert result.exit_code == 0, result.output
    password = result.output.split("this once: ")[1].strip()
    assert authenticate(session, "new@example.org", password)
    session.commit()
    again = observer(*add)
    assert again.exit_code == 1
    assert "in mission demo already" in again.output


def test_a_password_can_be_asked_for_and_is_not_shown(session, built, observer):
    add = ("person", "add", "--email", "n@example.org", "--name", "N", "--role", "editor")
    short = observer(*add, "--ask-password", input="short\nshort\n")
    assert short.exit_code == 1
    assert "at least 12" in short.output
    result = observer(*add, "--ask-password", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    assert authenticate(session, "n@example.org", PASSWORD)


def test_a_coordinator_is_responsible_for_something(built, observer):
    add = ("person", "add", "--email", "c@example.org", "--name", "C", "--role", "coordinator")
    assert "needs at least one region" in observer(*add).output
    assert "no region '99'" in observer(*add, "--region", "99").output
    assert observer(*add, "--region", "15", "--region", "16").exit_code == 0


def test_assignments_are_added_once(session, built, bring, observer):
    rows = "runoff,T01,1501-01-1\nrunoff,T01,16-01\nfirst,T01,1501-01-1\n"
    result = observer("assignment", "import", bring(ASSIGNMENTS + rows))
    assert "assignments: 2 added, 0 changed, 1 unchanged" in result.output
    again = observer("assignment", "import", bring(ASSIGNMENTS + rows))
    assert "assignments: 0 added, 0 changed, 3 unchanged" in again.output
    assert len(session.scalars(select(Assignment)).all()) == 5
