"""Places from a file: what they become, which region they lie in, and importing them again."""

import pytest
from sqlalchemy import select

from observer.missions.models import Place, Region
from tests.missions.conftest import PLACES

ROWS = (
    "92,region,,Europa,,,,yes,,\n"
    "9201,region,92,España,,,,,,\n"
    "m-01,centre,9201,Madrid,,,,yes,,\n"
    "m-01-1,station,m-01,Madrid 1,,,350,,,\n"
    "w-01,centre,,In the west,-12,-76.5,,no,,\n"
    "w-01-1,station,w-01,West 1,,,280,,coast,12.5\n"
    "l-01,centre,15,In the east of Lima,-12,-75.5,,,,\n"
    "o-01,centre,16,Outside,-4,-72.5,,,,\n"
)


def places(session):
    session.expire_all()
    found = {
        place.code: (place.kind, place.region.code, place.centre.code if place.centre else None)
        for place in session.scalars(select(Place))
    }
    session.commit()
    return found


def test_places_get_their_regions_and_what_is_odd_is_reported(session, built, bring, observer):
    result = observer("place", "import", bring(PLACES + ROWS))
    assert result.exit_code == 0, result.output
    now = places(session)
    assert now["m-01"] == ("centre", "9201", None)
    assert now["m-01-1"] == ("station", "9201", "m-01")
    assert now["w-01"] == ("centre", "1501", None)
    assert now["w-01-1"] == ("station", "1501", "w-01")
    assert now["l-01"] == ("centre", "1502", None)
    assert now["o-01"] == ("centre", "16", None)
    station = session.scalars(select(Place).where(Place.code == "w-01-1")).one()
    assert (station.registered_voters, station.stratum, station.weight) == (280, "coast", 12.5)
    spain = session.scalars(select(Region).where(Region.code == "9201")).one()
    assert (spain.level, spain.abroad, spain.parent.code) == (2, True, "92")
    assert "regions: 2 added" in result.output
    assert "centres that named no region and got it from their coordinates: 1" in result.output
    # Half a degree of longitude at 4° south.
    assert (
        "Warning: line 9: centre o-01 (Outside) lies in no region, 56 km outside its 16"
        in result.output
    )


def test_a_file_in_any_common_shape_is_the_same_file(session, built, bring, observer):
    semicolons = (PLACES + ROWS).replace(",", ";").replace("\n", "\r\n") + "\r\n;;;;;;;;;\r\n"
    for content in (
        PLACES + ROWS,
        "\ufeff" + semicolons,
        (PLACES + ROWS).replace(",", "\t"),
        (PLACES + ROWS).replace(",", " , "),
        "".join(",".join(reversed(row.split(","))) + "\n" for row in (PLACES + ROWS).split("\n")),
    ):
        result = observer("place", "import", bring(content))
        assert result.exit_code == 0, result.output
    assert "regions: 0 added, 0 changed, 2 unchanged" in result.output
    assert "centres: 0 added, 0 changed, 4 unchanged" in result.output
    assert "stations: 0 added, 0 changed, 2 unchanged" in result.output


def test_a_file_again_updates_what_changed_and_leaves_the_rest(session, built, bring, observer):
    observer("place", "import", bring(PLACES + ROWS))
    before = places(session)
    again = ROWS.replace("Madrid 1,,,350", "Madrid uno,,,351").replace("España", "Spain")
    result = observer("place", "import", bring(PLACES + again))
    assert "regions: 0 added, 1 changed, 1 unchanged" in result.output
    assert "stations: 0 added, 1 changed, 1 unchanged" in result.output
    assert "region 9201 was “España”, is “Spain” now" in result.output
    assert "centres and stations that have another name now: 1" in result.output
    assert places(session) == before
    station = session.scalars(select(Place).where(Place.code == "m-01-1")).one()
    assert station.registered_voters == 351


def test_with_moves_a_centre_takes_its_stations_along(session, built, bring, observer):
    row = "1502-01,centre,16,School 1 of Lima East,-4,-74,,,,\n"
    assert observer("place", "import", bring(PLACES + row)).exit_code == 1
    assert places(session)["1502-01-1"] == ("station", "1502", "1502-01")
    assert observer("place", "import", bring(PLACES + row), "--moves").exit_code == 0
    now = places(session)
    assert now["1502-01"] == ("centre", "16", None)
    assert {now[f"1502-01-{box}"][1] for box in (1, 2, 3)} == {"16"}


def test_with_moves_a_region_takes_its_depth_along(session, built, bring, observer):
    rows = "1501,region,16,Lima West,,,,,,\n16,region,15,Loreto,,,,,,\n"
    result = observer("place", "import", bring(PLACES + rows), "--moves")
    assert result.exit_code == 0, result.output
    levels = dict(session.execute(select(Region.code, Region.level)).all())
    assert levels == {"15": 1, "16": 2, "1501": 3, "1502": 2, "91": 1}


def test_a_centre_known_by_a_higher_region_is_put_lower_when_that_is_known(
    session, built, bring, observer
):
    row = "n-01,centre,15,Near,-20,-76,,,,\n"
    assert observer("place", "import", bring(PLACES + row)).exit_code == 0
    assert places(session)["n-01"][1] == "15"
    assert observer("place", "import", bring(PLACES + row.replace("-20", "-12.5"))).exit_code == 0
    # On the border of its two halves neither is guessed.
    assert places(session)["n-01"][1] == "15"
    row = "n-01,centre,15,Near,-12.5,-76.2,,,,\n"
    assert observer("place", "import", bring(PLACES + row)).exit_code == 0
    assert places(session)["n-01"][1] == "1501"


@pytest.mark.parametrize("code", [None, "other"])
def test_where_there_are_several_missions_one_is_named(built, bring, observer, code):
    observer("mission", "add", "second", "Second")
    named = ["--mission", code] if code else []
    result = observer("place", "import", bring(PLACES + ROWS), *named)
    assert result.exit_code == 1
    assert "demo, second" in result.output


def test_further_columns_become_attributes(session, built, bring, observer):
    def attributes():
        session.expire_all()
        found = session.scalars(select(Place).where(Place.code == "w-01")).one().attributes
        session.commit()
        return found

    header = PLACES.strip() + ",attr:area,attr:Altitude_m\n"
    row = "w-01,centre,,In the west,-12,-76.5,,no,,"
    assert observer("place", "import", bring(f"{header}{row},rural,3800\n")).exit_code == 0
    assert attributes() == {"area": "rural", "altitude_m": "3800"}
    result = observer("place", "import", bring(PLACES + row + "\n"))
    assert "1 unchanged" in result.output
    result = observer("place", "import", bring(f"{header}{row},urban,\n"))
    assert "1 changed" in result.output
    assert attributes() == {"area": "urban"}
    result = observer("place", "import", bring(header.replace("attr:area", "area") + row + ",,\n"))
    assert "“area”, is not known" in result.output
    assert "attr:" in result.output
