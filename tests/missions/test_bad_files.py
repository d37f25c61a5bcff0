"""Files with mistakes: every wrong row is named at once, and nothing is imported."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from observer.badinput import BadFileError
from observer.database import make_engine, make_sessions
from observer.missions.assignments import import_assignments
from observer.missions.boundaries import import_regions
from observer.missions.operations import add_mission
from observer.missions.peoplefile import import_people
from observer.missions.places import import_places
from observer.schema import METADATA
from tests.missions.builders import square
from tests.missions.conftest import ASSIGNMENTS, PEOPLE, PLACES, complaints

GOOD_ROW = "17,region,,Tacna,,,,,,\n"


def in_lines(lines, expected):
    """Whether each expected place and reason has its line, in this order, and nothing else has."""
    assert len(lines) == len(expected), lines
    for line, (where, reason) in zip(lines, expected, strict=True):
        assert line.startswith(where), line
        assert reason in line


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A,region,,A,,,,,,\nA,region,,B,,,,,,\n", [("line 3, column code", "on line 2 already")]),
        (
            "A,region,C,A,,,,,,\nB,region,A,B,,,,,,\nC,region,B,C,,,,,,\nD,region,D,D,,,,,,\n",
            [
                ("line 2, column parent", "A in C in B in A"),
                ("line 3, column parent", "B in A in C in B"),
                ("line 4, column parent", "C in B in A in C"),
                ("line 5, column parent", "D in D"),
            ],
        ),
        (
            "x,centre,99,X,,,,,,\ns,station,y,S,,,,,,\nA,region,zz,A,,,,,,\nt,station,16,T,,,,,,\n"
            "u,station,,U,,,,,,\nv,centre,1501-01-1,V,,,,,,\n",
            [
                ("line 2, column parent", "no region “99”"),
                ("line 3, column parent", "no centre “y”"),
                ("line 4, column parent", "no region “zz”"),
                ("line 5, column parent", "“16” is a region, no centre"),
                ("line 6, column parent", "is empty"),
                ("line 7, column parent", "“1501-01-1” is a station, no region"),
            ],
        ),
        (
            "x,centre,16,X,912,-74,,,,\ny,centre,16,Y,-4,-274,,,,\nz,centre,16,Z,-4,,,,,\n"
            'w,centre,16,W,4°S,nan,,,,\nv,centre,16,V,"-4,1",-74,,,,\n',
            [
                ("line 2, column lat", "between -90 and 90"),
                ("line 3, column lon", "between -180 and 180"),
                ("line 4, column lon", "give both or neither"),
                ("line 5, column lat", "decimal point"),
                ("line 5, column lon", "decimal point"),
                ("line 6, column lat", "decimal point"),
            ],
        ),
        (
            "s,station,1501-01,S,,,-5,,,\nt,station,1501-01,T,,,three,,,\n"
            "u,station,1501-01,U,,,1.5,,,\nv,station,1501-01,V,,,99999999999,,,\n"
            "w,station,1501-01,W,,,,perhaps,,-1\n",
            [
                ("line 2, column registered_voters", "whole number"),
                ("line 3, column registered_voters", "whole number"),
                ("line 4, column registered_voters", "whole number"),
                ("line 5, column registered_voters", "whole number"),
                ("line 6, column abroad", "yes or no"),
                ("line 6, column weight", "between 0"),
            ],
        ),
        (
            f",centre,16,X,,,,,,\na b,centre,16,X,,,,,,\n{'c' * 65},centre,16,X,,,,,,\n"
            f"d,centre,16,,,,,,,\ne,centre,16,{'n' * 201},,,,,,\nf,centre,16,X,,,,,{'s' * 70},\n"
            f"g,center,16,X,,,,,,\nh,centre,16,{'n' * 5000},,,,,,\n",
            [
                ("line 2, column code", "is empty"),
                ("line 3, column code", "cannot be a code"),
                ("line 4, column code", "cannot be a code"),
                ("line 5, column name", "is empty"),
                ("line 6, column name", "201 characters"),
                ("line 7, column stratum", "70 characters"),
                ("line 8, column level", "one of region, centre, station"),
                ("line 9, column name", "5,000 characters"),
            ],
        ),
        (
            "x,centre,,X,,,,,,\ny,centre,,Y,0,0,,,,\nz,centre,,Z,-12,-76,,,,\n",
            [
                ("line 2, column parent", "no coordinates"),
                ("line 3, column parent", "in no region"),
                ("line 4, column parent", "name one of 1501, 1502"),
            ],
        ),
        (
            "x,centre,91,X,,,,no,,\ny,centre,1501,Y,,,,yes,,\n92,region,91,A,,,,no,,\n"
            "16,region,,Loreto,,,,yes,,\n",
            [
                ("line 2, column abroad", "is abroad"),
                ("line 3, column abroad", "not abroad"),
                ("line 4", "lies in “91”, which is abroad"),
                ("line 5", "a region abroad has no boundary"),
            ],
        ),
        (
            "1501-01,station,1501-02,S,,,,,,\n1501-02-1,station,1501-01,S,,,,,,\n"
            "1502-01,centre,16,X,,,,,,\n1501,region,16,Lima West,,,,,,\n",
            [
                ("line 2, column level", "is a centre of the mission"),
                ("line 3, column parent", "--moves"),
                ("line 4, column parent", "--moves"),
                ("line 5, column parent", "--moves"),
            ],
        ),
        (
            'x,centre,16,X\ny,centre,16,Y,,,,,,,,\nz,centre,16,"Z"z,,,,,,\nw,centre,16,"W,,,,,,\n',
            [
                ("line 2", "has 4 cells, the header 10"),
                ("line 3", "has 12 cells, the header 10"),
                ("line 4", "a quote"),
                ("line 5", "a quote"),
            ],
        ),
        ("x,centre,16,X\x00Y,,,,,,\n", [("line 2, column name", "U+0000")]),
    ],
)
def test_every_wrong_row_of_places_is_named(refused, rows, expected):
    in_lines(refused("place", PLACES + rows + GOOD_ROW), expected)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (PLACES.encode(), "no rows below the header"),
        ((PLACES + GOOD_ROW).encode("utf-16"), "UTF-16; save it as UTF-8"),
        ((PLACES + GOOD_ROW).encode("utf-16-le"), "UTF-16 or no text"),
        (b"PK\x03\x04" + b"\x00" * 50, "Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "old Excel workbook"),
        ((PLACES.replace("lat", "latitude") + GOOD_ROW).encode(), "column lat is missing"),
        ((PLACES.replace("lat", "latitude") + GOOD_ROW).encode(), "“latitude”, is not known"),
        ((PLACES.replace("lon", "lat") + GOOD_ROW).encode(), "column lat comes 2 times"),
        ((PLACES + "17,region,,Jun\xedn,,,,,,\n").encode("latin-1"), "line 2: character 15"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_it_is(refused, content, reason):
    assert any(reason in line for line in refused("place", content))


@pytest.mark.parametrize("what", ["place", "region", "person", "assignment"])
def test_a_file_that_is_not_there_or_a_folder_is_said(built, observer, tmp_path, what):
    assert complaints(observer(what, "import", tmp_path / "nothing.csv")) == [
        "there is no such file"
    ]
    assert complaints(observer(what, "import", tmp_path)) == [
        "this is a folder; name the file in it"
    ]
    assert complaints(observer(what, "import", "/dev/zero")) == ["this is no ordinary file"]


def test_every_wrong_row_of_people_is_named(refused):
    rows = (
        "Good,good@example.org,,observer,T01,,en\n"
        ",x,letters,boss,T 1,99 16,qu\n"
        "Ana,ANA@example.org,,coordinator,,,\n"
        "Ana,ana@example.org,,observer,,,\n"
    )
    in_lines(
        refused("person", PEOPLE + rows),
        [
            ("line 3, column email", "no email address"),
            ("line 3, column role", "one of observer"),
            ("line 3, column phone", "write one such as"),
            ("line 3, column name", "is empty"),
            ("line 3, column team", "cannot be a code"),
            ("line 3, column regions", "no region “99”"),
            ("line 3, column language", "one of en, es, fr"),
            ("line 4, column regions", "needs regions"),
            ("line 5, column email", "on line 4 already"),
        ],
    )


def test_every_wrong_row_of_assignments_is_named(refused):
    rows = "runoff,T01,1502-02-1\nthird,T99,nowhere\nrunoff,T01,1502-02-1\nrunoff,,1502-02-2\n"
    in_lines(
        refused("assignment", ASSIGNMENTS + rows),
        [
            ("line 3, column round", "no round “third”"),
            ("line 3, column team", "no team “T99”"),
            ("line 3, column place", "no place “nowhere”"),
            ("line 4", "same as line 2"),
            ("line 5, column team", "is empty"),
        ],
    )


def collection(*features, **more):
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": properties, "geometry": geometry}
                for properties, geometry in features
            ],
        }
        | more
    )


BOX = square(-70, -19, -69, -18)
GOOD_FEATURE = ({"code": "17", "name": "Tacna"}, BOX)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            collection(
                GOOD_FEATURE,
                ({"code": "", "name": "No code"}, BOX),
                ({"code": "a b", "name": "Space"}, BOX),
                ({"code": "18", "name": None}, BOX),
                ({"code": "19", "name": "Point"}, {"type": "Point", "coordinates": [1, 2]}),
                ({"code": "20", "name": "Nothing"}, None),
                ({"code": "21", "name": "Metres"}, square(300000, 8000000, 300001, 8000001)),
                (
                    {"code": "22", "name": "Flat"},
                    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]},
                ),
            ),
            [
                ("feature 2, code", "is empty"),
                ("feature 3, code", "cannot be a code"),
                ("feature 4 (18), name", "write a name"),
                ("feature 5 (19)", "is a Point"),
                ("feature 6 (20)", "no geometry"),
                ("feature 7 (21)", "no degrees"),
                ("feature 8 (22)", "has no area"),
            ],
        ),
        (
            collection(
                GOOD_FEATURE,
                ({"code": "17", "name": "Somewhere else"}, BOX),
                ({"code": "17", "name": "Tacno"}, BOX),
            ),
            [
                ("feature 2 (17)", "give each region a code of its own"),
                ("feature 3 (17)", "give each region a code of its own"),
            ],
        ),
        (
            collection(GOOD_FEATURE, ({"code": "91", "name": "Américas"}, BOX)),
            [("feature 2 (91)", "abroad has no boundary")],
        ),
        (
            collection(({"id": "17", "nombre": "Tacna"}, BOX)),
            [("the features", "with --code which to take: id, nombre"), ("the features", "--name")],
        ),
        (collection(), [("there are no features", "")]),
        (
            collection(GOOD_FEATURE, crs={"type": "name", "properties": {"name": "EPSG:999999"}}),
            [("names a coordinate system that is not known", "EPSG:999999")],
        ),
        (collection(GOOD_FEATURE, crs=7), [("names a coordinate system", "7")]),
        ('{"type": "Polygon", "coordinates": []}', [("is JSON, but no GeoJSON", "")]),
        ('{"type": "FeatureCollection", "features": [1]}', [("feature 1", "no GeoJSON feature")]),
        ('{"type": "FeatureCollection", "features": [', [("this is neither", "line 1, column 44")]),
        ("code,name\n17,Tacna\n", [("this is neither", "")]),
        ("<OGRVRTDataSource></OGRVRTDataSource>", [("this is neither", "")]),
        ("[" * 100_000, [("this is no GeoJSON", "")]),
        (b"\xff\xfe{\x00}\x00", [("this is neither", "UTF-8")]),
        (b"SQLite format 3\x00" + b"\x00" * 100, [("this is a SQLite file", "")]),
        (b"", [("the file is empty", "")]),
    ],
)
def test_every_wrong_feature_is_named(refused, content, expected):
    in_lines(refused("region", content, "regions.geojson"), expected)


IMPORTS = (import_places, import_people, import_assignments, import_regions)
CELLS = st.text(max_size=8) | st.sampled_from(["region", "centre", "station", "-12.5", "1e99", '"'])


@pytest.fixture(scope="module")
def scratch():
    engine = make_engine("sqlite://")
    METADATA.create_all(engine)
    with make_sessions(engine)() as session:
        mission = add_mission(session, code="any", name="Any")
        session.commit()
        yield session, mission
    engine.dispose()


@pytest.mark.parametrize("importer", IMPORTS)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.lists(st.lists(CELLS, min_size=10, max_size=10), max_size=4).map(
        lambda rows: (PLACES + "\n".join(",".join(row) for row in rows)).encode(errors="replace")
    )
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=4) | st.just(BOX),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "code", "name", "geometry"]), inner)
        ),
    ).map(lambda value: collection((value, value), GOOD_FEATURE).encode())
)
@example(collection(({"code": ["", ""]}, {"code": ["", ""]}), GOOD_FEATURE).encode())
def test_no_file_whatever_ends_in_a_traceback(scratch, tmp_path, importer, content):
    session, mission = scratch
    path = tmp_path / "file"
    path.write_bytes(content)
    try:
        importer(session, mission, path)
    except BadFileError as error:
        assert error.problems
        assert str(error).isprintable() or "\n" in str(error)
    finally:
        session.rollback()
