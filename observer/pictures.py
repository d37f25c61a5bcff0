"""Pictures that people bring: checked by what they are, and written anew without metadata."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

KINDS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
JPEG_QUALITY = 88


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
