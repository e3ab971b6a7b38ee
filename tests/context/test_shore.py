"""Distance to shore: exact against the coast as drawn, everywhere on the globe."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.context import shore

# Positions whose side of the shore no coastline disputes.
AT_SEA = {
    "San Pedro anchorage": (33.70, -118.20),
    "Galveston lightering area": (28.6, -94.5),
    "off Fujairah": (25.20, 56.50),
    "Laconian Gulf": (36.55, 22.85),
    "off Ceuta": (35.92, -5.25),
    "Yellow Sea": (37.0, 123.5),
    "Caspian Sea": (41.5, 51.0),
    "Lake Superior": (47.5, -88.0),
    "Lake Maracaibo": (9.8, -71.6),
    "north of Svalbard": (81.0, 15.0),
    "east of Fiji": (-17.5, -179.0),
    "Ross Sea": (-76.0, -180.0),
}
ON_LAND = {
    "Death Valley": (36.2, -116.9),
    "Chukotka on the antimeridian": (67.0, 180.0),
    "Taveuni, Fiji": (-16.85, -179.97),
    "South Pole": (-90.0, 0.0),
    "Isle Royale in Lake Superior": (48.0, -88.85),
    "Greenland": (72.0, -40.0),
}


@pytest.mark.parametrize("place", AT_SEA)
def test_at_sea(place):
    lat, lon = AT_SEA[place]
    assert not shore.on_land(lat, lon)[0]
    assert shore.shore_distance_km(lat, lon)[0] > 0


@pytest.mark.parametrize("place", ON_LAND)
def test_on_land(place):
    lat, lon = ON_LAND[place]
    assert shore.on_land(lat, lon)[0]
    assert shore.shore_distance_km(lat, lon)[0] < 0


def brute_force_km(lat, lon):
    """Least geodesic distance to points 10 m apart along every edge within 300 km."""
    coast = shore._coast()
    near = np.array(
        coast.tree.query_ball_point(
            shore.earth_centred_km(np.array([lat]), np.array([lon]))[0], 300.0
        )
    )
    if not len(near):
        return None
    nodes = np.unique(np.concatenate([near, near - 1]))
    nodes = nodes[(nodes >= 0) & coast.follows[nodes]]
    best = np.inf
    # Only edges that could hold the nearest point are cut finely.
    here = shore.earth_centred_km(np.array([lat]), np.array([lon]))
    ends = np.linalg.norm(coast.nodes[nodes] - here, axis=1)
    nodes = nodes[ends < ends.min() + shore.STEP_KM]
    for node in nodes:
        share = np.linspace(0, 1, 200)[:, None]
        points = coast.nodes[node] * (1 - share) + coast.nodes[node + 1] * share
        lats, lons = shore.geodetic(points)
        _, _, metres = shore.WGS84.inv(np.full(200, lon), np.full(200, lat), lons, lats)
        best = min(best, metres.min() / 1000.0)
    return best


@settings(max_examples=60, deadline=None)
@given(st.floats(-78, 83), st.floats(-180, 180))
def test_equals_brute_force(lat, lon):
    expected = brute_force_km(lat, lon)
    if expected is not None:
        assert abs(shore.shore_distance_km(lat, lon)[0]) == pytest.approx(expected, abs=0.012)


@settings(max_examples=60, deadline=None)
@given(st.floats(-89, 89), st.floats(-180, 180))
def test_any_turn_of_longitude_is_the_same_place(lat, lon):
    turned = shore.shore_distance_km([lat, lat, lat], [lon, lon + 360, lon - 360])
    assert turned == pytest.approx(turned[0], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(-89.5, 89.5), st.floats(-180, 180), st.floats(0, 360), st.floats(0, 50))
def test_never_changes_faster_than_the_ship_moves(lat, lon, bearing, km):
    there_lon, there_lat, _ = shore.WGS84.fwd(lon, lat, bearing, km * 1000)
    here, there = shore.shore_distance_km([lat, there_lat], [lon, there_lon])
    # The sign flips at the coast; on either side the change is at most the way gone.
    assert abs(here - there) <= km * 1.0001 + 0.01


def test_closing_edges_are_no_coast():
    # Rings are cut at 180 degrees in Chukotka and at 0 and 180 degrees within Antarctica.
    assert shore.shore_distance_km(67.5, 180.0)[0] < -50
    assert shore.shore_distance_km([-85.0, -85.0], [0.0, 180.0]).max() < -100


def test_unknown_positions_stay_unknown():
    found = shore.shore_distance_km([np.nan, 30.0], [0.0, np.nan])
    assert np.isnan(found).all()
    assert not shore.on_land([np.nan], [0.0])[0]


def test_nothing_asked_nothing_told():
    assert len(shore.shore_distance_km(np.array([]), np.array([]))) == 0


def test_many_points_are_told_in_their_order():
    rng = np.random.default_rng(3)
    lat, lon = (
        rng.uniform(-60, 70, 2 * shore.CHUNK + 7),
        rng.uniform(-180, 180, 2 * shore.CHUNK + 7),
    )
    together = shore.shore_distance_km(lat, lon)
    picked = [0, shore.CHUNK - 1, shore.CHUNK, 2 * shore.CHUNK + 6]
    assert shore.shore_distance_km(lat[picked], lon[picked]) == pytest.approx(together[picked])


def test_the_land_is_asked_on_several_threads_in_a_process_of_its_own():
    # a prepared geometry asked for the first time on several threads at once ended the process
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "import numpy as np\n"
        "from pipeline.context.shore import on_land\n"
        "draw = np.random.default_rng(1)\n"
        "lat, lon = draw.uniform(-80, 80, 20_000), draw.uniform(-180, 180, 20_000)\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    found = list(pool.map(lambda _: on_land(lat, lon).tobytes(), range(8)))\n"
        "assert len(set(found)) == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter and programs named here
    assert done.returncode == 0, done.stderr
