"""A map under the figures, out of a file that the mission brings."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from observer.settings import SettingsError, load_settings
from observer.web import create_app
from tests.missions.builders import sign_in


def field(number, content):
    """A length-delimited field of a protocol buffer."""
    return bytes([number << 3 | 2, len(content)]) + content


def tile_of_water():
    """A vector tile that is all water: a square around it of 4096 by 4096."""
    square = bytes([9, 0, 0, 26, 0x80, 0x40, 0, 0, 0x80, 0x40, 0xFF, 0x3F, 0, 15])
    feature = b"\x18\x03" + field(4, square)
    return field(3, b"\x78\x02" + field(1, b"water") + field(2, feature) + b"\x28\x80\x20")


@pytest.fixture
def archive(tmp_path):
    """All the world in four tiles of water."""
    path = tmp_path / "world.pmtiles"
    with path.open("wb") as file:
        writer = Writer(file)
        for number in range(4):
            writer.write_tile(zxy_to_tileid(1, 0, 0) + number, tile_of_water())
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.NONE,
            "min_lon_e7": -1800000000,
            "min_lat_e7": -850000000,
            "max_lon_e7": 1800000000,
            "max_lat_e7": 850000000,
            "center_zoom": 0,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(header, {"attribution": '<a href="https://osm.org">© OpenStreetMap</a>'})
    return path


@pytest.fixture
def app(settings, engine, archive):
    """The application with that map."""
    given = load_settings({"OBSERVER_BASEMAP": str(archive)})
    return create_app(replace(settings, basemap=given.basemap), engine)


def test_the_archive_is_served_in_parts_to_whoever_sees_maps(observed, client_of, archive):
    analyst = client_of("analyst")
    part = analyst.get("/map/base.pmtiles", headers={"Range": "bytes=0-126"})
    assert part.status_code == 206
    assert part.data == archive.read_bytes()[:127]
    assert part.headers["Content-Range"] == f"bytes 0-126/{archive.stat().st_size}"
    assert client_of("observer").get("/map/base.pmtiles").status_code == 403
    text = analyst.get("/map/document?level=1").text
    assert "Base map: © OpenStreetMap" in text
    assert "osm.org" not in text


def test_without_an_archive_nothing_of_it_is_loaded(observed, settings, engine):
    client = create_app(settings, engine).test_client()
    sign_in(client, "analyst")
    text = client.get("/map/document?level=1").text
    assert "protomaps" not in text
    assert "Base map" not in text
    assert client.get("/map/base.pmtiles").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"PK" + bytes(200), "is no PMTiles archive"),
        (b"PMTiles\x03", "is no PMTiles archive"),
        (b"PMTiles\x03" + bytes(91) + b"\x02" + bytes(50), "holds no vector tiles"),
    ],
)
def test_a_file_that_is_no_such_archive_is_refused_when_starting(tmp_path, content, said):
    path = tmp_path / "some.pmtiles"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"OBSERVER_BASEMAP .*{said}"):
        load_settings({"OBSERVER_BASEMAP": str(path)})


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_the_browser_draws_it_from_our_own_server(
    live_server, observed, session, browser, sign_in_as
):
    session.close()
    context = browser.new_context(base_url=live_server)
    page = context.new_page()
    complaints, hosts = [], set()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    sign_in_as(page, "analyst")
    page.goto("/map?level=1")
    map_ = page.frame_locator("iframe")
    tile = map_.locator(".leaflet-tile-pane canvas").first
    expect(tile).to_be_attached()
    expect(tile).to_have_class(re.compile("leaflet-tile-loaded"))
    pixel = tile.evaluate("tile => [...tile.getContext('2d').getImageData(99, 99, 1, 1).data]")
    assert pixel == [220, 220, 220, 255]
    assert (complaints, hosts) == ([], {urlsplit(live_server).netloc})
    context.close()
