"""Import of polling centres and stations, and of regions that have no boundary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session, aliased

from observer.missions.location import Containing, locate, strays
from observer.missions.models import Mission, Place, PlaceKind
from observer.missions.placecheck import PlaceCheck
from observer.missions.placesheet import PlaceRow, PlaceSheet, read_places
from observer.missions.regionplan import RegionPlan
from observer.missions.regions import regions_frame
from observer.missions.reports import Counts, ImportReport, Track, untracked
from observer.missions.sheets import at, number_of

_AT_A_TIME = 5_000
_OF_SAMPLE = ("stratum", "weight")
_KEPT = ("name", "lat", "lon", "registered_voters", *_OF_SAMPLE)


def import_places(
    session: Session,
    mission: Mission,
    path: Path,
    *,
    moves: bool = False,
    track: Track = untracked,
) -> ImportReport:
    """Import a place file; what the mission has already is brought up to the file.

    A centre that names no region goes into the lowest one its coordinates lie in, and so does
    one that names a region with others in it. Places the file does not have stay as they are,
    and so do all strata and weights where the file has none: the sample was drawn here.
    Unless ``moves``, nothing that is there is put into another centre or region.

    Raises BadFileError with everything that is wrong; then nothing was changed.
    """
    places = read_places(path, track)
    plan = RegionPlan(session, mission, places.regions, wrong=places.sheet.wrong, moves=moves)
    existing = _existing(session, mission)
    check = PlaceCheck(places, plan, existing, moves)
    check.kinds()
    check.centres(_located(session, mission, places))
    check.stations()
    places.sheet.refuse_if_wrong()

    report = ImportReport(path.name)
    renamed = sum(
        row.code in existing and existing[row.code].name != row.name
        for row in (*places.centres.values(), *places.stations.values())
    )
    if places.regions:
        report.counts["regions"] = plan.write()
        report.notes.extend(plan.renamed)
    for kind, rows in ((PlaceKind.CENTRE, places.centres), (PlaceKind.STATION, places.stations)):
        counts = report.counts[f"{kind}s"] = Counts()
        for some in track(_chunks(list(rows.values())), f"Writing {kind}s"):
            values = [_values(row, kind, check, plan, existing) for row in some]
            if not places.has_sample:
                values = [_without_sample(value) for value in values]
            _write(session, mission, values, existing, counts)
        existing = _existing(session, mission)
    _take_stations_along(session, mission)
    session.expire_all()
    _describe(report, places, check, renamed)
    for stray in strays(session, mission):
        if stray.code in places.centres:
            report.warn(at(places.centres[stray.code].line), str(stray))
    report.warnings.sort(key=number_of)
    return report


def _existing(session: Session, mission: Mission) -> dict[str, Row]:
    centre = aliased(Place)
    columns = (
        Place.id,
        Place.kind,
        Place.code,
        Place.region_id,
        Place.attributes,
        *(getattr(Place, k) for k in _KEPT),
    )
    return {
        row.code: row
        for row in session.execute(
            select(*columns, centre.code.label("centre"))
            .outerjoin(centre, Place.centre_id == centre.id)
            .where(Place.mission_id == mission.id)
        )
    }


def _located(session: Session, mission: Mission, places: PlaceSheet) -> dict[str, Containing]:
    rows = [row for row in places.centres.values() if row.lat is not None and row.lon is not None]
    containing = locate(
        regions_frame(session, mission), [row.lon for row in rows], [row.lat for row in rows]
    )
    return {row.code: regions for row, regions in zip(rows, containing, strict=True)}


def _values(
    row: PlaceRow, kind: PlaceKind, check: PlaceCheck, plan: RegionPlan, existing: dict[str, Row]
) -> dict[str, Any]:
    centre = row.parent if kind is PlaceKind.STATION else None
    region = plan.existing[check.region_of[centre or row.code]]
    return {
        "code": row.code,
        "kind": kind,
        "region_id": region.id,
        "centre_id": existing[centre].id if centre else None,
        "attributes": _attributes(row, existing),
        **{column: getattr(row, column) for column in _KEPT},
    }


def _without_sample(value: dict[str, Any]) -> dict[str, Any]:
    return {column: known for column, known in value.items() if column not in _OF_SAMPLE}


def _attributes(row: PlaceRow, existing: dict[str, Row]) -> dict[str, str]:
    """Those the mission has and those of the file; an empty cell takes one away."""
    known = existing[row.code].attributes if row.code in existing else {}
    return {name: value for name, value in (known | row.attributes).items() if value}


def _write(
    session: Session,
    mission: Mission,
    values: Sequence[dict[str, Any]],
    existing: dict[str, Row],
    counts: Counts,
) -> None:
    new, changed = [], []
    for value in values:
        known = existing.get(value["code"])
        if known is None:
            new.append({"mission_id": mission.id, **value})
        elif _differs(value, known, existing):
            changed.append({"id": known.id, **value})
    if new:
        session.execute(insert(Place), new)
    if changed:
        session.execute(update(Place), changed)
    counts.added += len(new)
    counts.changed += len(changed)
    counts.unchanged += len(values) - len(new) - len(changed)


def _differs(value: dict[str, Any], known: Row, existing: dict[str, Row]) -> bool:
    centre_id = existing[known.centre].id if known.centre else None
    return (
        value["centre_id"] != centre_id
        or value["region_id"] != known.region_id
        or value["attributes"] != known.attributes
        or any(value[column] != getattr(known, column) for column in _KEPT if column in value)
    )


def _chunks(rows: Sequence[PlaceRow]) -> Sequence[Sequence[PlaceRow]]:
    return [rows[start : start + _AT_A_TIME] for start in range(0, len(rows), _AT_A_TIME)]


def _take_stations_along(session: Session, mission: Mission) -> None:
    """A station's region is its centre's, also where only the centre was in the file."""
    centre = aliased(Place)
    region_id = select(centre.region_id).where(centre.id == Place.centre_id).scalar_subquery()
    session.execute(
        update(Place)
        .where(
            Place.mission_id == mission.id,
            Place.kind == PlaceKind.STATION,
            Place.region_id != region_id,
        )
        .values(region_id=region_id)
        .execution_options(synchronize_session=False)
    )


def _describe(report: ImportReport, places: PlaceSheet, check: PlaceCheck, renamed: int) -> None:
    for count, what in (
        (
            len(check.by_coordinates),
            "centres that named no region and got it from their coordinates",
        ),
        (len(check.put_lower), "centres put into a region within the one they named"),
        (renamed, "centres and stations that have another name now"),
        (places.regions_with_more, "regions whose coordinates, voters or weights are not kept"),
    ):
        if count:
            report.notes.append(f"{what}: {count:,}")
