"""The map as a picture that stands alone."""

import io
import re

import pytest
from PIL import Image

from tests.maps.conftest import OPENED_LATE


def texts(svg):
    return re.findall(r"<text [^>]*>(.*?)</text>", svg)


def test_the_picture_says_what_it_shows_of_what_and_how_far(observed, client_of):
    analyst = client_of("analyst")
    answer = analyst.get("/map/picture.svg", query_string={**OPENED_LATE, "level": 2})
    assert answer.mimetype == "image/svg+xml"
    assert "filename=map-runoff-opening-on_time-no.svg" in answer.headers["Content-Disposition"]
    said = texts(answer.text)
    assert said[0] == "on_time?: No"
    assert "4 of 8 (50 %) · 4 of 24 polling stations observed" in said
    assert any(
        line.startswith("Source: Demonstration, Run-off, received and verified reports, as of")
        for line in said
    )
    assert {"25–30 %", "fewer than 4 observations", "none observed"} <= set(said)
    assert said[said.index("Not on the map") + 1 :][:2] == ["Américas", "1 of 1"]
    # Ten degrees of latitude are drawn 5.2 inches high: 214 km to the inch, at most 1.2 inches.
    assert "200 km" in said
    # What has too few is hatched, so that it is not taken for a class where there is no colour.
    assert "<pattern" in answer.text
    inside = texts(
        analyst.get(
            "/map/picture.svg", query_string={**OPENED_LATE, "level": 2, "within": "15"}
        ).text
    )
    assert inside[0] == "on_time?: No · Lima"
    assert "Not on the map" not in inside


def test_the_picture_is_to_be_had_as_png(observed, client_of):
    answer = client_of("analyst").get("/map/picture.png", query_string=OPENED_LATE)
    picture = Image.open(io.BytesIO(answer.data))
    assert (answer.mimetype, picture.format) == ("image/png", "PNG")
    assert picture.width > 1000


@pytest.mark.parametrize(
    ("role", "query", "status"),
    [
        ("observer", {}, 403),
        ("analyst", {"form": "x", "question": "y"}, 404),
        ("coordinator", {"within": "16"}, 404),
    ],
)
def test_who_may_not_or_asks_for_what_there_is_not_gets_none(
    observed, client_of, role, query, status
):
    assert client_of(role).get("/map/picture.svg", query_string=query).status_code == status
