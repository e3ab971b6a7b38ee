import json

import numpy as np
import pytest
import shapely

from pipeline.config import ExportsConfig
from pipeline.context.zones import load_zones, zones_of
from pipeline.exports import write
from pipeline.exports.hotspots import clusters
from pipeline.exports.results import candidates
from pipeline.exports.zones import gathering_places, zone_areas
from pipeline.progress import Quiet
from tests.exports.conftest import World

KM_A_DEGREE = 111.2  # of latitude


def gather(world: World, lat, lon, offsets_km, first_mmsi=205000001, **values):
    """Candidates along a meridian, at these distances north of a place."""
    for i, north in enumerate(offsets_km):
        a = first_mmsi + 2 * i
        world.meet(a, a + 1, lat=lat + north / KM_A_DEGREE, lon=lon, tracks=False, **values)


def zones(world, min_candidates=3, reach_km=10.0, margin_km=2.0):
    chosen = candidates(world.results())
    labels = clusters(gathering_places(chosen), min_candidates, reach_km * 1000.0)
    return zone_areas(chosen, labels, margin_km).frame()


def test_candidates_within_reach_are_one_hot_spot_with_counts_and_sums(world):
    gather(world, 28.5, -88.2, [0.0, 2.0, 4.0], volume=100_000.0)
    (zone,) = zones(world).to_dict("records")
    assert (zone["zone"], zone["candidates"], zone["vessels"]) == (1, 3, 6)
    assert zone["hours"] == 18.0
    assert zone["volume_median_bbl"] == 300_000.0
    assert zone["volume_low_bbl"] == 150_000.0
    assert zone["lat"] == pytest.approx(28.5 + 2.0 / KM_A_DEGREE, abs=1e-3)


def test_two_candidates_are_no_hot_spot(world):
    gather(world, 28.5, -88.2, [0.0, 1.0])
    assert zones(world).empty


def test_scattered_candidates_are_no_hot_spot(world):
    gather(world, 20.0, -88.2, [0.0, 30.0, 60.0, 90.0, 120.0])
    assert zones(world).empty


def test_distant_gatherings_are_hot_spots_of_their_own_the_busiest_first(world):
    gather(world, 28.5, -88.2, [0.0, 2.0, 4.0])
    gather(world, 35.9, 14.9, [0.0, 2.0, 4.0, 6.0], first_mmsi=215000001)
    gather(world, 60.0, 25.0, [0.0], first_mmsi=225000001)
    found = zones(world)
    assert found["candidates"].tolist() == [4, 3]
    assert found["zone"].tolist() == [1, 2]


def test_a_vessel_of_several_candidates_counts_once(world):
    for partner in (205000002, 205000003, 205000004):
        world.meet(205000001, partner, tracks=False)
    assert zones(world)["vessels"].tolist() == [4]


def test_every_candidate_lies_inside_with_the_margin_around(world):
    gather(world, 28.5, -88.2, [0.0, 3.0, 6.0])
    area = zones(world, margin_km=2.0).geometry[0]
    for north in (0.0, 3.0, 6.0):
        assert area.contains(shapely.Point(-88.2, 28.5 + north / KM_A_DEGREE))
    south, north = area.bounds[1], area.bounds[3]
    assert (north - south) * KM_A_DEGREE == pytest.approx(6.0 + 2 * 2.0, rel=0.02)


@pytest.mark.parametrize("lat", [0.0, -17.0, 71.0, 80.0])
def test_metres_do_not_change_with_latitude_nor_at_the_antimeridian(world, lat):
    for i, east_km in enumerate((-4.0, 0.0, 4.0)):
        lon = 180.0 + east_km / (KM_A_DEGREE * np.cos(np.radians(lat)))
        lon = (lon + 180.0) % 360.0 - 180.0
        world.meet(205000001 + i, 205000011 + i, lat=lat, lon=lon, tracks=False)
    found = zones(world, reach_km=9.0)
    assert found["candidates"].tolist() == [3]
    assert abs(found["lon"][0]) == pytest.approx(180.0, abs=0.01)
    pieces = shapely.get_parts(found.geometry[0])
    assert len(pieces) == 2
    assert sorted(round(p.bounds[0]) for p in pieces) == [-180, 180]
    assert all(p.bounds[2] - p.bounds[0] < 1.0 for p in pieces)
    assert zones(world, reach_km=7.0).empty


def test_a_hot_spot_is_named_by_its_commonest_zone_else_by_its_place(world):
    gather(world, 28.5, -88.2, [0.0, 1.0, 2.0], zone="Gulf lightering")
    world.encounters[0]["zone"] = "Other"
    gather(world, -5.25, 10.5, [0.0, 0.1, 0.2], first_mmsi=215000001)
    assert sorted(zones(world)["name"]) == ["5.25 S 10.50 E", "Gulf lightering"]


def test_candidates_in_one_spot_make_one_zone(world):
    gather(world, 28.5, -88.2, [0.0, 0.0, 0.0])
    assert zones(world)["candidates"].tolist() == [3]


def test_the_zones_of_a_run_serve_the_next_one_as_zones_of_its_context(world, tmp_path):
    gather(world, 28.5, -88.2, [0.0, 2.0, 4.0])
    gather(world, -17.0, 179.99, [0.0, 2.0, 4.0], first_mmsi=215000001)
    write(world.results(), tmp_path, ExportsConfig(), Quiet())
    found = json.loads((tmp_path / "zones.geojson").read_text())["features"]
    names = [feature["properties"]["name"] for feature in found]
    assert len(set(names)) == 2
    known = load_zones(tmp_path / "zones.geojson")
    lon, lat = [-88.2, 179.99, -179.995, 0.0], [28.51, -16.99, -16.99, 0.0]
    assert zones_of(known, lat, lon) == [names[0], names[1], names[1], None]
