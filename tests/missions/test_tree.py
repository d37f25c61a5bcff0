"""Who lies in what."""

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from observer.database import make_engine, make_sessions
from observer.missions.models import Region
from observer.missions.operations import add_mission
from observer.missions.regions import ancestors, descendants, regions_frame
from observer.schema import METADATA
from tests.missions.builders import build_mission


def test_a_region_lies_in_itself_and_in_all_above_it(session):
    built = build_mission(session)
    ids = {code: region.id for code, region in built.regions.items()}
    chains = ancestors(session, built.mission)
    assert chains[ids["1501"]] == (ids["1501"], ids["15"])
    assert chains[ids["91"]] == (ids["91"],)
    inside = descendants(session, built.mission, [ids["15"]])
    assert inside == {ids["15"], ids["1501"], ids["1502"]}


def test_the_frame_has_boundaries_in_degrees_and_none_abroad(session):
    built = build_mission(session)
    frame = regions_frame(session, built.mission).set_index("code")
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry["91"] is None
    assert frame.geometry["1501"].equals(shapely.box(-77, -13, -76, -11))
    assert frame.level.to_dict() == {"15": 1, "16": 1, "91": 1, "1501": 2, "1502": 2}
    assert frame.parent_id.notna().sum() == 2


def test_a_mission_without_regions_has_an_empty_frame(session):
    mission = add_mission(session, code="new", name="New")
    assert regions_frame(session, mission).empty


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_upwards_and_downwards_agree(data):
    size = data.draw(st.integers(1, 12))
    engine = make_engine("sqlite://")
    METADATA.create_all(engine)
    with make_sessions(engine)() as session:
        mission = add_mission(session, code="any", name="Any")
        regions = []
        for number in range(size):
            parent = data.draw(st.sampled_from([None, *regions]))
            level = parent.level + 1 if parent else 1
            region = Region(mission_id=mission.id, code=str(number), name="", level=level)
            region.parent = parent
            session.add(region)
            session.flush()
            regions.append(region)
        chains = ancestors(session, mission)
        for region in regions:
            inside = descendants(session, mission, [region.id])
            assert inside == {low for low, chain in chains.items() if region.id in chain}
            assert len(chains[region.id]) == region.level
