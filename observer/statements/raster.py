"""Charts and maps as PNG, set in the fonts of the printed statement."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pypdfium2

from observer.statements.pdf import lay_out

DOTS_PER_INCH = 220
PAD = 10
_PAGE = """<!doctype html><html lang="en"><head><title>x</title>
<link rel="stylesheet" href="statement.css"><style>
@page { size: 160mm 200mm; margin: 0; @top-left { content: none } @top-right { content: none }
  @bottom-right { content: none } }
@page :first { margin: 0 }
img { display: block; width: 160mm; max-height: 199mm; break-after: page; object-fit: contain }
</style></head><body><h1 style="height: 0; margin: 0; overflow: hidden; font-size: 0">x</h1>
"""


def as_png(pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each SVG as a PNG of 160 mm width, without empty margins."""
    if not pictures:
        return {}
    images = "".join(f'<img src="{address}" alt="x">' for address in pictures)
    document = pypdfium2.PdfDocument(lay_out(f"{_PAGE}{images}", pictures))
    try:
        return {address: _png(document[number]) for number, address in enumerate(pictures)}
    finally:
        document.close()


def _png(page: pypdfium2.PdfPage) -> bytes:
    image = page.render(scale=DOTS_PER_INCH / 72).to_pil().convert("RGB")
    inverted = image.point(lambda value: 255 - value)
    _left, top, _right, bottom = inverted.getbbox() or (0, 0, *image.size)
    out = io.BytesIO()
    image.crop((0, max(0, top - PAD), image.width, bottom + PAD)).save(out, "PNG", optimize=True)
    return out.getvalue()
