"""Pictures as phones take them, drawn: a result protocol on a table, and one of it taken again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageDraw

from observer.pictures import perceptual_hash
from observer.review.patterns import MOST_BITS

SIZE = (480, 640)
_ROWS = 14


def protocol(draw: random.Random) -> bytes:
    """A sheet with a table of figures, lying on a table, lit from one side; as JPEG."""
    picture = Image.new("RGB", SIZE)
    pencil = ImageDraw.Draw(picture)
    light, turn = draw.randint(40, 90), draw.choice((-1, 1))
    for x in range(SIZE[0]):
        shade = 70 + light * (x if turn > 0 else SIZE[0] - x) // SIZE[0]
        pencil.line((x, 0, x, SIZE[1]), fill=(shade + 40, shade + 15, shade))
    left, top = draw.randint(30, 90), draw.randint(30, 110)
    right, bottom = SIZE[0] - draw.randint(20, 90), SIZE[1] - draw.randint(20, 110)
    pencil.rectangle((left, top, right, bottom), fill=(238, 236, 226))
    pencil.rectangle((left + 20, top + 20, right - 20, top + 60), fill=(90, 110, 150))
    height = (bottom - top - 100) // _ROWS
    for row in range(_ROWS):
        y = top + 80 + row * height
        pencil.line((left + 20, y, right - 20, y), fill=(120, 120, 120))
        pencil.text((left + 30, y + 6), "-" * draw.randint(8, 30), fill=(60, 60, 60))
        pencil.text((right - 70, y + 6), str(draw.randint(0, 220)), fill=(20, 30, 120))
    for _ in range(3):
        x, y = draw.randint(left, right - 80), draw.randint(bottom - 160, bottom - 40)
        pencil.ellipse((x, y, x + 110, y + 70), outline=(40, 50, 140), width=6)
    return _written(picture, 85)


def taken_again(photo: bytes) -> bytes:
    """The same sheet in another picture: from a little nearer, so that it only looks the same."""
    before = int(perceptual_hash(photo) or "0", 16)
    for again in _nearer(photo):
        differing = before ^ int(perceptual_hash(again) or "0", 16)
        if 1 <= differing.bit_count() <= MOST_BITS:
            return again
    raise ValueError("from nearer it looks like another picture altogether")


def _nearer(photo: bytes) -> Iterator[bytes]:
    with Image.open(BytesIO(photo)) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    for margin in range(1, 40):
        corner = (margin, margin, width - margin // 2, height - margin // 2)
        yield _written(picture.crop(corner).resize((width, height)), 80)


def _written(picture: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return written.getvalue()
