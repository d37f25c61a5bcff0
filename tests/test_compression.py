"""Texts are sent compressed to whoever takes them so, and known again by their validators."""

import gzip

import brotli
import pytest

from tests.collect.builders import build_collecting
from tests.missions.builders import sign_in

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
BROWSER = "gzip, deflate, br, zstd"


@pytest.mark.parametrize("accepted", ["br", "gzip"])
@pytest.mark.parametrize(
    "address",
    [
        "/sign-in",
        "/my/sw.js",
        "/api/v1/places",
        "/static/observer.css",
        "/static/collect/store.js",
        "/static/vendor/bootstrap/bootstrap.min.css",
    ],
)
def test_a_text_is_sent_compressed_and_not_sent_again(client, begin, address, accepted):
    begin(build_collecting)
    if address.startswith("/api/"):
        sign_in(client, "observer")
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    accepting = {"Accept-Encoding": accepted}
    packed = client.get(address, headers=accepting)
    assert packed.headers["Content-Encoding"] == accepted
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    if address != "/sign-in":  # whose token is another each time
        assert UNPACK[accepted](packed.data) == plain.data
        seen = accepting | {"If-None-Match": packed.headers["ETag"]}
        again = client.get(address, headers=seen)
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(address, headers=accepting | {"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/static/screenshots/room.png", "/static/vendor/leaflet/images/layers.png"]
)
def test_what_is_compressed_already_is_sent_as_it_is(client, address):
    answer = client.get(address, headers={"Accept-Encoding": BROWSER})
    assert "Content-Encoding" not in answer.headers


def test_static_files_are_asked_for_again_before_they_are_used(client):
    answer = client.get("/static/observer.css", headers={"Accept-Encoding": BROWSER})
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["ETag"]
