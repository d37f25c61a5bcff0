"""Pictures that people bring: checked by what they are, and written anew without metadata."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

KINDS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
JPEG_QUALITY = 88
LEAST_BITS = 4
"""A picture in which fewer points differ (a lens covered, a blank sheet) looks like any other."""


class UnknownKindError(ValueError):
    """A file is of no kind that is taken."""


class BadPictureError(ValueError):
    """A file begins as a picture but cannot be read to its end, or is larger than any photo."""


def clean_picture(content: bytes) -> tuple[bytes, str]:
    """The picture alone, upright, without metadata; with its media type.

    Raises UnknownKindError or BadPictureError.
    """
    try:
        with Image.open(BytesIO(content), formats=KINDS) as picture:
            _check_pixels(picture)
            as_png = picture.format == "PNG" or picture.has_transparency_data
            upright = ImageOps.exif_transpose(picture)
            pixels = upright.convert("RGBA" if picture.has_transparency_data else "RGB")
    except UnidentifiedImageError as reason:
        raise UnknownKindError("A picture is JPEG, PNG or WebP.") from reason
    except Exception as reason:  # Whatever a decoder stumbles over, the file is bad.
        raise BadPictureError(str(reason)) from reason
    cleaned = BytesIO()
    # Converting keeps what the file said besides its pixels; only pixels are to stay.
    pixels.info.clear()
    if as_png:
        pixels.save(cleaned, "PNG", optimize=False)
        return cleaned.getvalue(), "image/png"
    pixels.save(cleaned, "JPEG", quality=JPEG_QUALITY)
    return cleaned.getvalue(), "image/jpeg"


def _check_pixels(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise BadPictureError(f"{picture.width} × {picture.height} pixels")


def perceptual_hash(picture: bytes) -> str | None:
    """64 bits, as hexadecimal digits, that stay the same when a picture is made smaller or paler.

    Each bit says whether a point of a grid of nine by eight is brighter than the one to its right
    (difference hash, N. Krawetz 2013). None for a picture in which nothing differs.
    """
    with Image.open(BytesIO(picture), formats=KINDS) as opened:
        small = opened.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    points = small.tobytes()
    bits = [
        points[row * 9 + column] > points[row * 9 + column + 1]
        for row in range(8)
        for column in range(8)
    ]
    if not LEAST_BITS <= sum(bits) <= 64 - LEAST_BITS:
        return None
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"
