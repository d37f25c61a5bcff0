"""Boundaries are simplified once, together, and kept for every process."""

import json

import pytest
import shapely
from sqlalchemy import select

from observer.maps import shapes
from observer.maps.shapes import boundaries, regions_shown
from observer.missions.models import Region
from observer.missions.scope import Scope
from tests.missions.builders import build_mission, square


@pytest.fixture
def scope(session):
    """Lima West and East with a ragged border between them of far too many points."""
    built = build_mission(session)
    border = [(-76 + (number % 2) * 1e-4, -13 + number / 5_000) for number in range(10_001)]
    for code, corners in (("1501", ((-77, -11), (-77, -13))), ("1502", ((-75, -11), (-75, -13)))):
        ring = [*border, *corners, border[0]]
        built.regions[code].geometry = json.loads(shapely.to_geojson(shapely.Polygon(ring)))
    session.commit()
    return Scope(built.mission)


@pytest.fixture
def forgetful(monkeypatch):
    """A process that has simplified nothing yet."""

    def forget():
        monkeypatch.setattr(shapes, "_kept", {})

    forget()
    return forget


def test_neighbours_share_their_border_with_few_points(session, scope, forgetful):
    found = boundaries(session, regions_shown(session, scope, 2))
    west, east = found.geometry["1501"], found.geometry["1502"]
    assert west.is_valid
    assert shapely.get_num_coordinates(west) < 20
    assert west.intersection(east).length == pytest.approx(2)
    assert west.intersection(east).area == 0
    assert all(
        round(number, 4) == number for point in shapely.get_coordinates(west) for number in point
    )
    assert west.contains(shapely.Point(found["x"]["1501"], found["y"]["1501"]))


def test_what_was_simplified_is_kept_for_other_processes_until_a_boundary_changes(
    session, scope, forgetful, tmp_path, monkeypatch
):
    shown = regions_shown(session, scope, 2)
    first = boundaries(session, shown, tmp_path)
    monkeypatch.setattr(shapes, "_simplified", lambda *_args: pytest.fail("simplified again"))
    for _process in range(2):
        again = boundaries(session, shown, tmp_path)
        assert again.equals(first)
        forgetful()
    (kept,) = tmp_path.iterdir()
    monkeypatch.undo()
    forgetful()
    region = session.scalars(select(Region).where(Region.code == "16")).one()
    region.geometry, before = square(-75, -5, -73, -4), region.geometry
    session.commit()
    changed = boundaries(session, regions_shown(session, scope, 2), tmp_path)
    assert changed.geometry["16"].area == pytest.approx(2)
    # A file that a dying process cut short is written anew.
    kept.write_text(kept.read_text()[:100])
    forgetful()
    region.geometry = before
    session.commit()
    boundaries(session, regions_shown(session, scope, 2), tmp_path)
    json.loads(kept.read_text())
    assert {path.suffix for path in tmp_path.iterdir()} == {".geojson"}
