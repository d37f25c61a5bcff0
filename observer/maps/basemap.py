"""The map under the figures, where the mission has brought one: streets, rivers, names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from pmtiles.reader import MmapSource, Reader


@dataclass(frozen=True)
class Basemap:
    """A PMTiles archive as the map document needs it."""

    url: str
    max_zoom: int
    attribution: str
    """Whose map it is, as the archive itself says; plain text."""


def basemap_at(path: Path, url: str) -> Basemap:
    """The archive at a path, which is served at an address."""
    max_zoom, attribution = _described(path, path.stat().st_mtime_ns)
    return Basemap(url, max_zoom, attribution)


@lru_cache(maxsize=4)
def _described(path: Path, _changed_at: int) -> tuple[int, str]:
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        attribution = str(reader.metadata().get("attribution") or path.stem)
        max_zoom = reader.header()["max_zoom"]
    # Archives give it as HTML, of which only the text is taken.
    return max_zoom, Markup(attribution).striptags()  # noqa: S704
