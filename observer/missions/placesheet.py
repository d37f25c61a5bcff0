"""The rows of a place file, checked one by one and against each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from observer.missions import cells
from observer.missions.models import PlaceKind
from observer.missions.regionplan import RegionRow
from observer.missions.reports import Track
from observer.missions.sheets import Row, Sheet, at, read_sheet, shown

COLUMNS = (
    "code",
    "level",
    "parent",
    "name",
    "lat",
    "lon",
    "registered_voters",
    "abroad",
    "stratum",
    "weight",
)
ATTRIBUTE = "attr:"
"""How a column of an attribute begins: the name of the attribute follows."""
LEVELS = ("region", *PlaceKind)
_OF_PLACES = ("lat", "lon", "registered_voters", "stratum", "weight")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A centre or station as the file has it."""

    line: int
    code: str
    parent: str
    name: str
    lat: float | None
    lon: float | None
    registered_voters: int | None
    abroad: bool | None
    stratum: str
    weight: float | None
    attributes: dict[str, str]
    """Empty texts take away what the mission has."""
    placed: bool
    """Whether parent and coordinates could be read."""

    def where(self, column: str) -> str:
        """The place of one of its cells in words."""
        return at(self.line, column)


@dataclass
class PlaceSheet:
    """A place file's rows by level, and the file itself, where problems are noted."""

    sheet: Sheet
    lines: dict[str, int] = field(default_factory=dict)
    """The line each code comes on first, also where the rest of it was wrong."""
    regions: list[RegionRow] = field(default_factory=list)
    regions_with_more: int = 0
    """How many regions have values that only places keep."""
    centres: dict[str, PlaceRow] = field(default_factory=dict)
    stations: dict[str, PlaceRow] = field(default_factory=dict)

    @property
    def has_sample(self) -> bool:
        """Whether any place has a stratum or a weight."""
        return any(
            row.stratum or row.weight is not None
            for rows in (self.centres, self.stations)
            for row in rows.values()
        )


def read_places(path: Path, track: Track) -> PlaceSheet:
    """Read a place file. Raises BadFileError where it cannot be read at all."""
    places = PlaceSheet(read_sheet(path, COLUMNS, further=ATTRIBUTE))
    sheet = places.sheet
    for row in track(sheet.rows, "Reading"):
        code = cells.code(sheet, row, "code")
        level = cells.choice(sheet, row, "level", LEVELS)
        if code and places.lines.setdefault(code, row.line) != row.line:
            sheet.wrong(row.where("code"), f"{shown(code)} is on line {places.lines[code]} already")
        if level == "region":
            region = _region(sheet, row, code)
            places.regions_with_more += any(
                row[column] for column in (*_OF_PLACES, *row.columns_with(ATTRIBUTE))
            )
            if code:
                places.regions.append(region)
        else:
            place = _place(sheet, row, code, level)
            if code and level:
                (places.centres if level == "centre" else places.stations)[code] = place
    sheet.rows.clear()
    return places


def _region(sheet: Sheet, row: Row, code: str) -> RegionRow:
    return RegionRow(
        where=row.where(),
        where_parent=row.where("parent"),
        code=code,
        name=cells.text(sheet, row, "name", 200, required=True),
        parent=cells.code(sheet, row, "parent", required=False),
        abroad=cells.yes_no(sheet, row, "abroad"),
    )


def _place(sheet: Sheet, row: Row, code: str, level: str) -> PlaceRow:
    known = len(sheet.problems)
    parent = cells.code(sheet, row, "parent", required=level == PlaceKind.STATION)
    lat = cells.decimal(sheet, row, "lat", lowest=-90, highest=90, example="-12.0464")
    lon = cells.decimal(sheet, row, "lon", lowest=-180, highest=180, example="-77.0428")
    for given, missing in (("lat", "lon"), ("lon", "lat")):
        if row[given] and not row[missing]:
            sheet.wrong(row.where(missing), f"is empty, but {given} is not; give both or neither")
    placed = len(sheet.problems) == known
    return PlaceRow(
        line=row.line,
        code=code,
        parent=parent,
        name=cells.text(sheet, row, "name", 200, required=True),
        lat=lat,
        lon=lon,
        registered_voters=cells.whole_number(sheet, row, "registered_voters"),
        abroad=cells.yes_no(sheet, row, "abroad"),
        stratum=cells.text(sheet, row, "stratum", 64),
        weight=cells.decimal(sheet, row, "weight", lowest=0, highest=1e9, example="12.5"),
        attributes={
            column.removeprefix(ATTRIBUTE): cells.text(sheet, row, column, 64)
            for column in row.columns_with(ATTRIBUTE)
        },
        placed=placed,
    )
