"""The administrative tree: who lies in what."""

from __future__ import annotations

import json
from collections.abc import Iterable

import geopandas
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer.missions.models import Mission, Region


def tree(session: Session, mission: Mission) -> dict[int, int | None]:
    """Every region's parent, by id."""
    rows = session.execute(
        select(Region.id, Region.parent_id).where(Region.mission_id == mission.id)
    )
    return dict(rows.all())


def descendants(session: Session, mission: Mission, region_ids: Iterable[int]) -> set[int]:
    """These regions and all that lie in them, by id."""
    parents = tree(session, mission)
    inside = set(region_ids)

    def lies_inside(region_id: int | None) -> bool:
        while region_id is not None:
            if region_id in inside:
                return True
            region_id = parents[region_id]
        return False

    return {region_id for region_id in parents if lies_inside(region_id)}


def ancestors(session: Session, mission: Mission) -> dict[int, tuple[int, ...]]:
    """For every region, by id: itself and all it lies in, from the lowest up."""
    parents = tree(session, mission)
    chains: dict[int, tuple[int, ...]] = {}

    def chain(region_id: int) -> tuple[int, ...]:
        if region_id not in chains:
            parent_id = parents[region_id]
            chains[region_id] = (region_id, *(chain(parent_id) if parent_id else ()))
        return chains[region_id]

    return {region_id: chain(region_id) for region_id in parents}


def regions_frame(session: Session, mission: Mission) -> geopandas.GeoDataFrame:
    """Every region with its boundary in WGS 84; without one, abroad, its geometry is None."""
    columns = ("id", "parent_id", "code", "name", "level", "abroad", "geometry")
    rows = session.execute(
        select(*(getattr(Region, column) for column in columns))
        .where(Region.mission_id == mission.id)
        .order_by(Region.level, Region.code)
    ).all()
    data = {column: [getattr(row, column) for row in rows] for column in columns}
    boundaries = [json.dumps(boundary) if boundary else None for boundary in data["geometry"]]
    data["geometry"] = shapely.from_geojson(boundaries) if boundaries else []
    return geopandas.GeoDataFrame(data, geometry="geometry", crs="EPSG:4326")
