"""What a map of 196 provinces and 5,000 centres weighs, part by part, and how long it takes.

The provinces are ragged ones made up, or those of a file: --boundaries FILE --code PROPERTY.
Bytes are those sent, compressed as the application compresses for a browser.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas
import numpy as np
import shapely
from sqlalchemy import insert, select, update

from observer.collect.models import Revision, Status, Submission
from observer.database import make_engine, make_sessions
from observer.maps import shapes
from observer.migrating import migrate
from observer.missions.models import Mission, Place, PlaceKind, Region
from observer.settings import Settings
from observer.web import create_app
from tests.findings.builders import publish
from tests.missions.builders import build_mission, sign_in

PROVINCES, CENTRES, STATIONS, AT_A_TIME = 196, 5_000, 5, 20_000
MOST_BYTES = 400_000
MORNING = datetime(2026, 6, 7, 11, tzinfo=UTC)
LEVEL_2 = "round=runoff&form=opening&question=on_time&answer=no&level=2"
PARTS = {
    "regions with their figures": "",
    "centres": "&centres=1",
    "the day": "&day=1",
    "incidents": "&incidents=1",
}


def main() -> None:
    """Build a mission, measure and print; fails where the page is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boundaries", type=Path, help="a file of provinces")
    parser.add_argument("--code", default="code", help="the property that holds their codes")
    parser.add_argument("--submissions", type=int, default=100_000)
    given = parser.parse_args()
    provinces = _read(given.boundaries, given.code) if given.boundaries else _made_up()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), secret_key="0" * 40)
        engine = make_engine(settings.database_url)
        migrate(engine)
        with make_sessions(engine)() as session:
            _fill(session, provinces, given.submissions)
        app = create_app(settings, engine)
        with app.test_client() as client:
            sign_in(client, "analyst")
            points = int(shapely.get_num_coordinates(provinces.geometry.array).sum())
            print(
                f"{len(provinces)} provinces of {points:,} points, {CENTRES:,} centres, "
                f"{given.submissions:,} submissions"
            )
            _times(client)
            total = _weigh(client)
        engine.dispose()
    if total > MOST_BYTES:
        raise SystemExit(f"The page is sent in {total:,} bytes; at most {MOST_BYTES:,} are meant.")


def _times(client) -> None:
    address = f"/map/document?{LEVEL_2}"
    print(f"  first map, all to be read and simplified: {_seconds(client, address):.2f} s")
    shapes._kept.clear()
    print(f"  boundaries kept by another process: {_seconds(client, address) * 1e3:.0f} ms")
    for name, more in PARTS.items():
        times = [_seconds(client, address + more) for _ in range(7)]
        print(f"  map with {name}: {statistics.median(times) * 1e3:.0f} ms")


def _seconds(client, address: str) -> float:
    started = time.perf_counter()
    _get(client, address)
    return time.perf_counter() - started


def _weigh(client) -> int:
    address = f"/map/document?{LEVEL_2}"
    alone = _sent(client, address)
    print(f"  regions with their figures: {alone:,} bytes")
    for name, more in list(PARTS.items())[1:]:
        print(f"  {name}: {_sent(client, address + more) - alone:,} bytes more")
    everything = address + "".join(PARTS.values())
    page = f"/map?{LEVEL_2}{''.join(PARTS.values())}"
    files = {
        path: _sent(client, path)
        for asked in (everything, page)
        for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(asked).text)
    }
    fonts = {
        font
        for path in files
        if path.endswith(".css")
        for font in re.findall(r"fonts/[\w-]+-latin-[\w-]+\.woff2", client.get(path).text)
    }
    own = {path: size for path, size in files.items() if "bootstrap" not in path}
    for path, size in sorted(own.items(), key=lambda item: -item[1]):
        print(f"    {path}: {size:,}")
    sizes = {
        "document with everything": _sent(client, everything),
        "page around it, with its table": _sent(client, page),
        "Bootstrap": sum(files.values()) - sum(own.values()),
        "fonts": sum(_sent(client, f"/static/vendor/{font}") for font in fonts),
        "scripts and styles of the map": sum(own.values()),
    }
    for name, size in sizes.items():
        print(f"  {name}: {size:,} bytes")
    total = sum(sizes.values())
    print(f"  together: {total:,} bytes")
    return total


def _sent(client, address: str) -> int:
    return len(_get(client, address).data)


def _get(client, address: str):
    answer = client.get(address, headers={"Accept-Encoding": "br"})
    if answer.status_code != 200:
        raise SystemExit(f"{address} is answered with {answer.status_code}")
    return answer


def _read(path: Path, code: str) -> geopandas.GeoDataFrame:
    frame = geopandas.read_file(path).dissolve(code).reset_index(names="code")
    return frame[["code", "geometry"]]


def _made_up() -> geopandas.GeoDataFrame:
    """Cells around scattered points, their borders ragged in the same way on both sides."""
    chance = np.random.default_rng(1)
    points = shapely.MultiPoint(chance.uniform((-81, -18), (-69, 0), (PROVINCES, 2)))
    area = shapely.box(-82, -19, -68, 1)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=area))
    cells = shapely.segmentize(shapely.intersection(cells, area), 0.01)

    def ragged(at: np.ndarray) -> np.ndarray:
        # Depends on the place alone: whoever shares a point sees it move alike.
        noise = sum(np.sin(at[:, ::-1] * 7 * 2.3**n + n) / 1.6**n for n in range(6))
        return at + noise * 0.02

    codes = [f"{1 + number // 8:02}{1 + number % 8:02}" for number in range(PROVINCES)]
    return geopandas.GeoDataFrame({"code": codes}, geometry=shapely.transform(cells, ragged))


def _fill(session, provinces: geopandas.GeoDataFrame, submissions: int) -> None:
    station = publish(session, build_mission(session))
    mission, runoff = station.built.mission, station.built.runoff
    departments = {}
    regions = []
    for code, geometry in zip(provinces["code"], provinces.geometry, strict=True):
        above = f"D{code[:2]}"
        if above not in departments:
            departments[above] = Region(
                mission_id=mission.id, code=above, name=f"Department {above}", level=1
            )
        regions.append(
            Region(
                mission_id=mission.id,
                code=f"P{code}",
                name=f"Province {code}",
                level=2,
                parent=departments[above],
                geometry=json.loads(shapely.to_geojson(geometry)),
            )
        )
    session.add_all([*departments.values(), *regions])
    session.flush()
    _add_places(session, mission, regions, provinces)
    places = session.execute(
        select(Place.id, Place.region_id).where(Place.centre_id.is_not(None), Place.weight == 1)
    ).all()
    form, person = station.forms["opening"], station.built.people["observer"]
    for start in range(0, submissions, AT_A_TIME):
        numbers = range(start, min(start + AT_A_TIME, submissions))
        ids = [uuid.UUID(int=number) for number in numbers]
        session.execute(
            insert(Submission),
            [
                {
                    "id": id_,
                    "mission_id": mission.id,
                    "round_id": runoff.id,
                    "form_id": form.id,
                    "person_id": person.id,
                    "place_id": places[number * 7 % len(places)].id,
                    "region_id": places[number * 7 % len(places)].region_id,
                    "status": Status.RECEIVED,
                    "received_at": MORNING + timedelta(seconds=(number * 7919) % 60_000),
                    "change": number + 1,
                }
                for number, id_ in zip(numbers, ids, strict=True)
            ],
        )
        session.execute(
            insert(Revision),
            [
                {
                    "submission_id": id_,
                    "number": 1,
                    "content_sha256": f"{number:x}",
                    "form_version_id": station.versions[form.id].id,
                    "payload": {},
                    "answers": {"on_time": "no" if math.sin(number) > 0.6 else "yes"},
                    "errors": [],
                    "person_id": person.id,
                }
                for number, id_ in zip(numbers, ids, strict=True)
            ],
        )
    session.execute(update(Mission).values(changes=submissions + 1))
    session.commit()
    for number in range(200):
        station.submit(
            {"type": ["threat"], "gravity": "serious", "what_happened": f"Somebody {number} " * 8},
            form="incident",
            place="1501-01-1",
        )


def _add_places(session, mission: Mission, regions: list[Region], provinces) -> None:
    inner = [geometry.representative_point() for geometry in provinces.geometry]
    for number in range(CENTRES):
        at = number % len(regions)
        centre = Place(
            mission_id=mission.id,
            kind=PlaceKind.CENTRE,
            region_id=regions[at].id,
            code=f"{regions[at].code}-{number:04}",
            name=f"I.E. {number} of {regions[at].name}",
            lat=inner[at].y + math.sin(number) * 0.1,
            lon=inner[at].x + math.cos(number * 1.7) * 0.1,
        )
        session.add(centre)
        session.flush()
        session.add_all(
            Place(
                mission_id=mission.id,
                kind=PlaceKind.STATION,
                region_id=regions[at].id,
                centre_id=centre.id,
                code=f"{centre.code}-{box}",
                name=f"Station {box}",
                weight=1,
            )
            for box in range(STATIONS)
        )
    session.flush()


if __name__ == "__main__":
    main()
