"""A demonstration's places, people and assignments, brought in as the files a mission brings."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from observer.access.models import Role
from observer.demo.geography import ABROAD, Centre
from observer.demo.people import COORDINATED_REGIONS, DemoPerson, team_code
from observer.demo.plan import Plan
from observer.demo.reports import ROUNDS
from observer.demo.sampling import ZONE_OF
from observer.missions import assignments, peoplefile, placesheet
from observer.missions.models import Mission
from observer.missions.places import import_places
from observer.missions.reports import ImportReport, Track

AREA = f"{placesheet.ATTRIBUTE}area"

Cells = dict[str, object]


def bring_files(
    session: Session,
    mission: Mission,
    centres: Sequence[Centre],
    people: Sequence[DemoPerson],
    plan: Plan,
    *,
    track: Track,
) -> None:
    """Import the regions abroad, all centres and stations, the people and their assignments."""

    def bring(
        importer: Callable[..., ImportReport], columns: Sequence[str], rows: Iterable[Cells]
    ) -> None:
        with tempfile.TemporaryDirectory(prefix="observer-demo-") as folder:
            path = Path(folder) / "demonstration.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
            importer(session, mission, path, track=track)

    bring(import_places, (*placesheet.COLUMNS, AREA), _places(centres, plan))
    bring(peoplefile.import_people, peoplefile.COLUMNS, _people(people))
    bring(assignments.import_assignments, assignments.COLUMNS, _assignments(plan))


def _places(centres: Sequence[Centre], plan: Plan) -> Iterator[Cells]:
    number = 0
    for code, name in ABROAD.items():
        yield {"level": "region", "code": code, "name": name, "abroad": "yes"}
    for centre in centres:
        yield {
            "level": "centre",
            "code": centre.code,
            "parent": centre.region,
            "name": centre.name,
            "lat": centre.lat,
            "lon": centre.lon,
            AREA: centre.area,
        }
    for centre in centres:
        for station in centre.stations:
            yield {
                "level": "station",
                "code": station.code,
                "parent": centre.code,
                "name": f"Mesa {station.code[-4:]}",
                "registered_voters": station.registered_voters,
                "stratum": ZONE_OF[centre.region],
                "weight": plan.weights.get(number),
            }
            number += 1


def _people(people: Iterable[DemoPerson]) -> Iterator[Cells]:
    for person in people:
        yield {
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "team": "" if person.team is None else team_code(person.team),
            "regions": " ".join(COORDINATED_REGIONS) if person.role is Role.COORDINATOR else "",
            "language": person.language,
        }


def _assignments(plan: Plan) -> Iterator[Cells]:
    for (round_code, _name, _day), routes in zip(ROUNDS, plan.routes, strict=True):
        for team, route in enumerate(routes):
            for station in route.tolist():
                yield {
                    "round": round_code,
                    "team": team_code(team),
                    "place": plan.station_codes[station],
                }
