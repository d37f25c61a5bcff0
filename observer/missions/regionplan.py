"""How the regions of a file change the tree of a mission: checked first, written later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from observer.missions.models import Mission, Region
from observer.missions.reports import Counts
from observer.missions.sheets import shown

Wrong = Callable[[str, str], None]
"""Notes something wrong: where, and what."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionRow:
    """A region as a file has it. None keeps what the mission has."""

    where: str
    where_parent: str
    code: str
    name: str
    parent: str | None = None
    """The code of the region it lies in; empty for none."""
    abroad: bool | None = None
    boundary: dict[str, Any] | None = None


def chain_of(code: str, parents: Mapping[str, str]) -> list[str]:
    """A region and all it lies in, from the lowest up; ends where it would go round."""
    chain: list[str] = []
    while code and code not in chain:
        chain.append(code)
        code = parents.get(code, "")
    return chain


class RegionPlan:
    """The mission's tree as it will be: ``parents`` by code, empty at the top."""

    def __init__(
        self,
        session: Session,
        mission: Mission,
        rows: Sequence[RegionRow],
        *,
        wrong: Wrong,
        moves: bool,
    ) -> None:
        self._session = session
        self._mission_id = mission.id
        self._rows = rows
        self._wrong = wrong
        regions = session.scalars(
            select(Region).where(Region.mission_id == mission.id).options(undefer(Region.geometry))
        ).all()
        code_of = {region.id: region.code for region in regions}
        self.existing = {region.code: region for region in regions}
        self._before = {r.code: code_of.get(r.parent_id, "") for r in regions}
        self.parents = self._before | {
            row.code: row.parent if row.parent is not None else self._before.get(row.code, "")
            for row in rows
        }
        self.abroad: dict[str, bool] = {}
        self.renamed: list[str] = []
        """After writing: which regions were called otherwise, as sentences."""
        self._check_parents(moves)
        self._check_abroad()

    def chain(self, code: str) -> list[str]:
        """A region and all it lies in, from the lowest up."""
        return chain_of(code, self.parents)

    def _check_parents(self, moves: bool) -> None:
        for row in self._rows:
            parent = self.parents[row.code]
            chain = self.chain(row.code)
            above = self.parents.get(chain[-1], "")
            if parent and parent not in self.parents:
                self._wrong(
                    row.where_parent,
                    f"there is no region {shown(parent)} in this file or in the mission",
                )
            elif above == row.code:
                way = " in ".join([*chain, row.code])
                self._wrong(row.where_parent, f"a region cannot lie in itself: {shown(way, 200)}")
            elif row.code in self._before and parent != self._before[row.code] and not moves:
                before = self._before[row.code]
                self._wrong(
                    row.where_parent,
                    f"{shown(row.code)} lies in {shown(before) if before else 'no other'} so far; "
                    "to move it with all that lies in it, import with --moves",
                )

    def _check_abroad(self) -> None:
        said = {row.code: row.abroad for row in self._rows}
        for code in self.parents:
            for lower in reversed(self.chain(code)):
                if lower not in self.abroad:
                    self.abroad[lower] = self._is_abroad(lower, said.get(lower))
        for row in self._rows:
            existing = self.existing.get(row.code)
            parent = self.parents[row.code]
            if row.abroad is False and self.abroad.get(parent):
                self._wrong(
                    row.where, f"is not abroad, but lies in {shown(parent)}, which is abroad"
                )
            elif self.abroad[row.code] and (row.boundary or (existing and existing.geometry)):
                self._wrong(
                    row.where, f"{shown(row.code)} is abroad; a region abroad has no boundary"
                )

    def _is_abroad(self, code: str, said: bool | None) -> bool:
        if said is not None:
            return said
        existing = self.existing.get(code)
        above = self.abroad.get(self.parents.get(code, ""), False)
        return above or (existing is not None and existing.abroad)

    def write(self) -> Counts:
        """Write the rows, and the depths of the tree they make."""
        counts = Counts()
        for row in self._rows:
            region = self.existing.get(row.code)
            if region is None:
                region = Region(mission_id=self._mission_id, code=row.code, level=1, name=row.name)
                region.geometry = row.boundary
                self._session.add(region)
                self.existing[row.code] = region
                counts.added += 1
            elif self._is_same(row, region):
                counts.unchanged += 1
            else:
                if region.name != row.name:
                    self.renamed.append(
                        f"region {row.code} was {shown(region.name)}, is {shown(row.name)} now"
                    )
                region.name = row.name
                if row.boundary is not None:
                    region.geometry = row.boundary
                counts.changed += 1
        for code, region in self.existing.items():
            region.level = len(self.chain(code))
            region.abroad = self.abroad[code]
        self._session.flush()
        for code, region in self.existing.items():
            parent = self.parents[code]
            region.parent_id = self.existing[parent].id if parent else None
        self._session.flush()
        return counts

    def _is_same(self, row: RegionRow, region: Region) -> bool:
        return (
            row.name == region.name
            and self.parents[row.code] == self._before[row.code]
            and self.abroad[row.code] == region.abroad
            and (row.boundary is None or row.boundary == region.geometry)
        )
