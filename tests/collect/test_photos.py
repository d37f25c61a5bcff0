"""Photos are made small on the phone, and nothing goes with them but the picture."""

from __future__ import annotations

import base64
import random
from io import BytesIO

import pytest
from PIL import Image

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

READ = """async ([file, limits]) => {
  const { readPhoto } = await import('/static/collect/photos.js');
  const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  const { blob, sha256, type } = await readPhoto(new Blob([bytes]), limits);
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0'));
  const made = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(',')[1]);
    reader.readAsDataURL(blob);
  });
  return [made, type, hex.join('') === sha256];
}"""
LIMITS = {"longest_edge": 1600, "most_bytes": 400_000}
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


@pytest.fixture
def page(browser, live_server):
    page = browser.new_page(base_url=live_server)
    page.goto("/sign-in")
    yield page
    page.close()


def reduced(page, picture, kind="JPEG", limits=LIMITS, **more):
    written = BytesIO()
    picture.save(written, kind, **more)
    sent = base64.b64encode(written.getvalue()).decode()
    made, media_type, is_named = page.evaluate(READ, [sent, limits])
    assert (media_type, is_named) == ("image/jpeg", True)
    content = base64.b64decode(made)
    return content, Image.open(BytesIO(content))


def noise(size):
    chance = random.Random(7)  # noqa: S311
    return Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))


def test_what_hardly_gets_smaller_is_still_under_the_limit(page):
    content, made = reduced(page, noise((1700, 900)), limits=LIMITS | {"most_bytes": 60_000})
    assert len(content) <= 60_000
    assert made.size[0] / made.size[1] == pytest.approx(17 / 9, rel=0.05)
    content, made = reduced(page, noise((1700, 900)))
    assert len(content) <= 400_000


def test_it_stands_upright_and_says_nothing_of_the_camera(page):
    picture = Image.new("RGB", (2400, 1200), "blue")
    picture.paste((255, 0, 0), (0, 0, 1200, 1200))
    about = Image.Exif()
    about[ORIENTATION], about[MAKER] = 6, "Camera of Ana"
    about.get_ifd(GPS)[1] = "S"
    content, made = reduced(page, picture, exif=about)
    assert made.size == (800, 1600)
    # Turned by a quarter to the right, its left half is above.
    above, below = made.getpixel((400, 200)), made.getpixel((400, 1400))
    assert above == pytest.approx((255, 0, 0), abs=30)
    assert below == pytest.approx((0, 0, 255), abs=30)
    assert b"Exif" not in content
    assert b"Ana" not in content


def test_small_pictures_stay_as_large_as_they_are_and_transparent_ones_become_white(page):
    _, made = reduced(page, Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG")
    assert made.size == (60, 40)
    assert min(made.getpixel((30, 20))) > 250
