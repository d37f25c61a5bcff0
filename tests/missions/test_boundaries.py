"""Regions from a file of boundaries: merged, repaired, converted, and each of it said."""

import json

import geopandas
import pytest
import shapely
from sqlalchemy import select

from observer.missions.models import Region
from observer.missions.regions import regions_frame
from tests.missions.builders import square
from tests.missions.test_bad_files import collection


@pytest.fixture
def bring_regions(bring, observer):
    def run(content, *options, name="regions.geojson"):
        result = observer("region", "import", bring(content, name), *options)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def boundary(session, built, code):
    frame = regions_frame(session, built.mission).set_index("code")
    session.commit()
    return frame.geometry[code]


def test_codes_stay_text_and_parents_come_from_their_property(session, built, bring_regions):
    out = bring_regions(
        collection(
            ({"ID": "0301", "NOMBRE": "Abancay", "DEP": "03"}, square(-73, -14, -72, -13)),
            ({"ID": "03", "NOMBRE": "Apurímac", "DEP": None}, square(-74, -15, -72, -13)),
            ({"ID": 1701, "NOMBRE": " Tambopata  ", "DEP": "15"}, square(-71, -14, -70, -13)),
        ),
        *("--code", "ID", "--name", "NOMBRE", "--parent", "DEP"),
    )
    assert "regions: 3 added" in out
    rows = {r.code: r for r in session.scalars(select(Region))}
    assert (rows["0301"].parent.code, rows["0301"].level) == ("03", 2)
    assert (rows["03"].parent, rows["03"].level) == (None, 1)
    assert (rows["1701"].parent.code, rows["1701"].name) == ("15", "Tambopata")


def test_pieces_of_one_code_are_merged_and_reported(session, built, bring_regions):
    out = bring_regions(
        collection(
            ({"code": "2001", "name": "PUIRA"}, square(-79, -5, -79.1, -5.5)),
            ({"code": "2001", "name": "PIURA"}, square(-80, -6, -79, -5)),
            ({"code": "2002", "name": "Islands"}, square(-82, -6, -81, -5)),
            ({"code": "2002", "name": "Islands"}, square(-84, -6, -83, -5)),
        )
    )
    assert "code 2001: comes 2 times; merged “PIURA” (12,2" in out
    assert "and “PUIRA” (" in out
    assert "as “PIURA”" in out
    assert "code 2002: comes 2 times; merged “Islands”" in out
    assert boundary(session, built, "2001").equals(
        shapely.union(shapely.box(-80, -6, -79, -5), shapely.box(-79.1, -5.5, -79, -5))
    )
    assert boundary(session, built, "2002").geom_type == "MultiPolygon"


def test_a_boundary_that_crosses_itself_is_repaired_and_reported(session, built, bring_regions):
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    out = bring_regions(collection(({"code": "8", "name": "Bow"}, bow)))
    assert "feature 1 (8): the boundary was repaired (Self-intersection" in out
    repaired = boundary(session, built, "8")
    assert repaired.is_valid
    assert repaired.area == pytest.approx(2)


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_other_coordinate_systems_are_converted(session, built, observer, tmp_path, suffix):
    lima = geopandas.GeoDataFrame(
        {"code": ["1401"], "name": ["Lima"]},
        geometry=[shapely.box(270_000, 8_660_000, 290_000, 8_680_000)],
        crs="EPSG:32718",
    )
    path = tmp_path / f"regions.{suffix}"
    lima.to_file(path)
    result = observer("region", "import", path)
    assert "Converted from WGS 84 / UTM zone 18S to WGS 84" in result.output
    west, south, east, north = boundary(session, built, "1401").bounds
    assert -77.2 < west < east < -76.8
    assert -12.2 < south < north < -11.8


def test_a_geopackage_of_several_layers_asks_which(built, observer, tmp_path):
    path = tmp_path / "regions.gpkg"
    frame = geopandas.GeoDataFrame(
        {"code": ["1"], "name": ["One"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326"
    )
    frame.to_file(path, layer="provinces")
    frame.to_file(path, layer="districts")
    refused = observer("region", "import", path)
    assert refused.exit_code == 1
    assert "--layer: provinces, districts" in refused.output
    assert observer("region", "import", path, "--layer", "towns").exit_code == 1
    assert observer("region", "import", path, "--layer", "districts").exit_code == 0


def test_without_a_coordinate_system_degrees_are_taken_for_degrees(session, built, bring_regions):
    content = collection(({"code": "9", "name": "Nine"}, square(0, 0, 1, 1)), crs=None)
    bring_regions(content)
    assert boundary(session, built, "9").equals(shapely.box(0, 0, 1, 1))


def test_importing_again_changes_only_what_changed_and_moves_nothing(session, built, bring_regions):
    rows = [({"code": code, "name": code}, square(0, 0, 1, 1)) for code in ("1501", "7")]
    assert "regions: 1 added, 1 changed, 0 unchanged" in bring_regions(collection(*rows))
    assert "regions: 0 added, 0 changed, 2 unchanged" in bring_regions(collection(*rows))
    region = session.scalars(select(Region).where(Region.code == "1501")).one()
    assert (region.parent.code, region.level) == ("15", 2)


def test_centres_left_outside_by_a_new_boundary_are_reported(built, bring_regions):
    out = bring_regions(
        json.dumps(
            json.loads(collection(({"code": "16", "name": "L"}, square(-75, -5, -74.5, -3))))
        )
    )
    assert "Warning: centre 16-01 (School 1 of Loreto) lies in no region" in out
    assert "outside its 16" in out
