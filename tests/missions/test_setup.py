"""Setting up a mission by commands, from nothing; and the admin's page of it."""

import pytest

from tests.missions.builders import sign_in
from tests.missions.conftest import PEOPLE, PLACES
from tests.missions.test_bad_files import BOX, collection


def test_a_mission_is_set_up_from_nothing(observer, bring, session):
    assert "no mission yet" in observer("mission", "list").output
    assert "no mission yet" in observer("place", "import", bring("x")).output
    for command in (
        ("mission", "add", "peru", "Peru 2026", "--country", "Peru", "--timezone", "America/Lima"),
        ("round", "add", "runoff", "Run-off", "--day", "2026-06-07"),
        (
            "region",
            "import",
            bring(collection(({"code": "17", "name": "Tacna"}, BOX)), "r.geojson"),
        ),
        ("place", "import", bring(PLACES + "c,centre,,C,-18.5,-69.5,,,,\ns,station,c,S,,,9,,,\n")),
        ("person", "import", bring(PEOPLE + "Ana,ana@example.org,,observer,T01,,es\n", "p.csv")),
        ("assignment", "import", bring("round,team,place\nrunoff,T01,s\n", "a.csv")),
    ):
        result = observer(*command)
        assert result.exit_code == 0, result.output
    listed = observer("mission", "list").output
    assert "peru: Peru 2026, America/Lima, en" in listed
    assert "round runoff: Run-off, 2026-06-07" in listed
    assert "1 centres, 1 stations, 1 people" in listed


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("mission", "add", "demo", "Again"), "'demo' already"),
        (("mission", "add", "a b", "Space"), "cannot be a code"),
        (("mission", "add", "new", "N" * 201), "1 to 200 characters"),
        (("mission", "add", "new", "New", "--timezone", "Lima"), "no time zone 'Lima'"),
        (("round", "add", "runoff", "Again", "--day", "2026-06-07"), "'runoff' already"),
        (("round", "add", "new", "New", "--day", "2026-06-07", "--mission", "x"), "no mission 'x'"),
        (("person", "add", "--email", "x", "--name", "X", "--role", "admin"), "no email address"),
    ],
)
def test_what_cannot_be_added_is_said_in_one_line(built, observer, command, reason):
    result = observer(*command)
    assert result.exit_code == 1
    assert reason in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("group", ["mission", "round", "region", "place", "person", "assignment"])
def test_every_command_shows_an_example(observer, group):
    listed = observer(group, "--help").output.split("Commands:")[1]
    for line in listed.strip().splitlines():
        shown = observer(group, line.split()[0], "--help").output
        assert f"  observer {group} {line.split()[0]}" in shown


def test_the_admin_sees_what_the_mission_holds(client, built):
    sign_in(client, "admin")
    page = client.get("/mission").text
    for expected in ("Demonstration", "Run-off", "Lima", "Loreto", "Américas", "Observer Demo"):
        assert expected in page
    assert "Lima West" not in page
    assert "Deserves a look" not in page
    below = client.get("/mission?region=15").text
    assert "Lima West" in below
    assert client.get("/mission?region=99").status_code == 404


def test_the_admin_sees_what_deserves_a_look(client, built, bring, observer):
    rows = "far,centre,16,Far away,-4,-72.5,,,,\nlost,centre,16,Lost,,,,,,\n88,region,,Bare,,,,,,\n"
    assert observer("place", "import", bring(PLACES + rows)).exit_code == 0
    sign_in(client, "admin")
    page = client.get("/mission").text
    assert "1 centre has no coordinates" in page
    assert "2 centres have no polling station" in page
    assert "1 region has no boundary" in page
    assert "55.5 km outside 16" in page


def test_people_are_shown_page_by_page(client, built, bring, observer):
    rows = "".join(f"Zoe {n:03},zoe{n}@example.org,,observer,,,\n" for n in range(120))
    assert observer("person", "import", bring(PEOPLE + rows)).exit_code == 0
    sign_in(client, "admin")
    assert "Zoe 119" not in client.get("/mission").text
    assert "Page 1 of 3" in client.get("/mission").text
    assert "Zoe 119" in client.get("/mission?page=3").text
    assert "Zoe 119" in client.get("/mission?page=99").text
