"""Which polling stations of a demonstration were drawn: by lot, region by region.

Teams go from centre to centre in the order in which stations of them were drawn, and at a centre
also to stations that were not. Those up to the last one that they come for are the sample.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from observer.demo.geography import Centre
from observer.findings.sampling import Candidate, draw

ZONES = {
    "lima": ("07", "15"),
    "north": ("01", "02", "06", "13", "14", "20", "24"),
    "centre": ("10", "11", "12", "19"),
    "south": ("03", "04", "05", "08", "09", "17", "18", "21", "23"),
    "amazon": ("16", "22", "25"),
    "abroad": ("91", "92", "93", "94"),
}
"""The strata: regions by themselves would have too few counts for a variance."""
ZONE_OF = {region: zone for zone, regions in ZONES.items() for region in regions}

MOST_DRAWN = 2_000
"""Of a demonstration; a region has no more than its part of it."""


class Lots:
    """The order in which the stations of each region are drawn, as positions among all stations."""

    def __init__(self, centres: Sequence[Centre], seed: int) -> None:
        self._by_region: dict[str, list[int]] = {}
        self._centre_of = [n for n, centre in enumerate(centres) for _ in centre.stations]
        first = 0
        for region, some in groupby(centres, lambda centre: centre.region):
            codes = [station.code for centre in some for station in centre.stations]
            places = [Candidate(first + n, code, "", region) for n, code in enumerate(codes)]
            position = {place.code: place.id for place in places}
            drawn = draw(places, len(places), f"demonstration {seed}")
            self._by_region[region] = [position[each.code] for each in drawn]
            first += len(codes)

    def centres(self, region: str) -> dict[int, list[int]]:
        """The centres of a region as a station of them is drawn first, each with its stations."""
        found: dict[int, list[int]] = {}
        for station in self._by_region[region]:
            found.setdefault(self._centre_of[station], []).append(station)
        return found

    def weights(self, observed: Collection[int]) -> dict[int, float]:
        """The weight of each station of the sample, where teams go to these stations."""
        there_are = len(self._centre_of)
        weights: dict[int, float] = {}
        for region, order in self._by_region.items():
            came_for = {stations[0] for stations in self.centres(region).values()} & set(observed)
            # One at the least: no region is left out, whether a team comes there or not.
            last = max((at for at, station in enumerate(order) if station in came_for), default=0)
            part = -(-MOST_DRAWN * len(order) // there_are)
            drawn = order[: min(last + 1, part)]
            weights |= dict.fromkeys(drawn, len(order) / len(drawn))
        return weights
