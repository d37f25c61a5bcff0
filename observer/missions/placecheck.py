"""Which region every place of a file belongs to, and what keeps the file from being imported."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Row

from observer.missions.location import NOWHERE, Containing
from observer.missions.models import PlaceKind
from observer.missions.placesheet import PlaceRow, PlaceSheet
from observer.missions.regionplan import RegionPlan
from observer.missions.sheets import shown


class PlaceCheck:
    """Finds for every place of a file its region, and everything that is wrong on the way."""

    def __init__(
        self, places: PlaceSheet, plan: RegionPlan, existing: Mapping[str, Row], moves: bool
    ) -> None:
        self._places = places
        self._plan = plan
        self._existing = existing
        self._moves = moves
        self._wrong = places.sheet.wrong
        self._code_of = {region.id: code for code, region in plan.existing.items()}
        self.region_of: dict[str, str] = {}
        """The region of each centre, of the file and of the mission."""
        self.by_coordinates: list[str] = []
        """Centres that named no region and were given one."""
        self.put_lower: list[str] = []
        """Centres that were put into a region within the one they named."""

    def kinds(self) -> None:
        """No code changes from centre to station or back."""
        for kind, rows in (
            (PlaceKind.CENTRE, self._places.centres),
            (PlaceKind.STATION, self._places.stations),
        ):
            for row in rows.values():
                known = self._existing.get(row.code)
                if known is not None and known.kind != kind:
                    self._wrong(
                        row.where("level"),
                        f"{shown(row.code)} is a {known.kind} of the mission, no {kind}",
                    )

    def centres(self, located: dict[str, Containing]) -> None:
        """Every centre has a region."""
        self.region_of = {
            code: self._code_of[known.region_id]
            for code, known in self._existing.items()
            if known.kind == PlaceKind.CENTRE
        }
        for row in self._places.centres.values():
            if not row.placed:
                continue
            containing = located.get(row.code, NOWHERE)
            if row.parent:
                region = self._named(row, containing)
            else:
                region = self._by_coordinates(row, containing)
            if region:
                self._keep_or_move(row, region)
                self._compare_abroad(row, region)

    def _named(self, row: PlaceRow, containing: Containing) -> str:
        if row.parent not in self._plan.parents:
            self._no_parent(row, "region")
            return ""
        lower = [code for code in containing.lowest if row.parent in self._plan.chain(code)]
        if len(lower) == 1 and lower[0] != row.parent:
            self.put_lower.append(row.code)
            return lower[0]
        return row.parent

    def _by_coordinates(self, row: PlaceRow, containing: Containing) -> str:
        if len(containing.lowest) == 1:
            self.by_coordinates.append(row.code)
            return containing.lowest[0]
        if row.lat is None:
            reason = "is empty and there are no coordinates; name the region"
        elif containing.lowest:
            among = ", ".join(containing.lowest)
            reason = f"is empty and the coordinates lie in several regions: name one of {among}"
        else:
            reason = "is empty and the coordinates lie in no region; name it, or mend lat and lon"
        self._wrong(row.where("parent"), reason)
        return ""

    def _keep_or_move(self, row: PlaceRow, region: str) -> None:
        before = self.region_of.get(row.code)
        if before and before not in self._plan.chain(region) and not self._moves:
            self._wrong(
                row.where("parent"),
                f"centre {shown(row.code)} is in region {shown(before)} so far, not in "
                f"{shown(region)}; to move it with its stations, import with --moves",
            )
        self.region_of[row.code] = region

    def stations(self) -> None:
        """Every station has a centre."""
        for row in self._places.stations.values():
            if not row.parent:
                continue
            if row.parent not in self._places.centres and row.parent not in self.region_of:
                self._no_parent(row, "centre")
                continue
            known = self._existing.get(row.code)
            if known is not None and known.centre not in (None, row.parent) and not self._moves:
                self._wrong(
                    row.where("parent"),
                    f"station {shown(row.code)} is in centre {shown(known.centre)} so far, not in "
                    f"{shown(row.parent)}; to move it, import with --moves",
                )
            if row.parent in self.region_of:
                self._compare_abroad(row, self.region_of[row.parent])

    def _no_parent(self, row: PlaceRow, level: str) -> None:
        kind = self._kind_of(row.parent)
        if kind:
            self._wrong(row.where("parent"), f"{shown(row.parent)} is a {kind}, no {level}")
        # A row that is wrong itself may hide what it is; that is said there.
        elif row.parent not in self._places.lines:
            self._wrong(
                row.where("parent"),
                f"there is no {level} {shown(row.parent)} in this file or in the mission",
            )

    def _kind_of(self, code: str) -> str:
        if code in self._plan.parents:
            return "region"
        if code in self._places.stations:
            return "station"
        if code in self._places.centres:
            return "centre"
        return self._existing[code].kind if code in self._existing else ""

    def _compare_abroad(self, row: PlaceRow, region: str) -> None:
        abroad = self._plan.abroad[region]
        if row.abroad is not None and row.abroad != abroad:
            self._wrong(
                row.where("abroad"),
                f"is {'yes' if row.abroad else 'no'}, but region {shown(region)} is "
                f"{'abroad' if abroad else 'not abroad'}",
            )
