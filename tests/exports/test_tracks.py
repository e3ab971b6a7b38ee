from datetime import timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pipeline.exports.results import candidates
from pipeline.exports.tracks import multi_line, track_lines
from tests.exports.conftest import BEGIN


def lines(world, margin_h=3.0, tolerance_m=10.0):
    results = world.results()
    drawn = track_lines(candidates(results), results.fixes, results.vessels, margin_h, tolerance_m)
    return drawn.frame()


def test_a_pair_gives_a_line_a_side_and_a_lone_vessel_one(world):
    world.meet(205000001, 205000002)
    world.meet(205000003, None)
    drawn = lines(world)
    assert list(zip(drawn["event_id"], drawn["side"], drawn["mmsi"], strict=True)) == [
        ("E0000", "a", 205000001),
        ("E0000", "b", 205000002),
        ("E0001", "a", 205000003),
    ]


def test_lines_begin_and_end_the_margin_around_the_event(world):
    world.meet(205000001, 205000002, hours=6.0)
    drawn = lines(world, margin_h=3.0).iloc[0]
    assert drawn["start_utc"] == BEGIN - timedelta(hours=3)
    assert drawn["end_utc"] == BEGIN + timedelta(hours=9)
    assert drawn["fixes"] == 12 * 12 + 1


def test_one_vessel_in_two_events_has_a_line_in_each(world):
    world.meet(205000001, 205000002)
    world.meet(205000001, 205000003, start=BEGIN + timedelta(hours=2))
    drawn = lines(world)
    assert (drawn["mmsi"] == 205000001).sum() == 2


def test_a_straight_track_needs_two_corners(world):
    world.vessel(205000001)
    world.meet(205000001, None, tracks=False)
    for i in range(60):
        world.fixes.append(
            {
                "track_id": "205000001",
                "time": BEGIN + timedelta(minutes=i),
                "lat": 28.5 + 0.001 * i,
                "lon": -88.2,
            }
        )
    assert len(shapely.get_coordinates(lines(world).geometry[0])) == 2


def test_zero_tolerance_draws_every_fix_where_it_was(world):
    world.meet(205000001, None)
    drawn = lines(world, tolerance_m=0.0)
    got = shapely.get_coordinates(drawn.geometry[0])
    known = {(round(f["lon"], 6), round(f["lat"], 6)) for f in world.fixes}
    assert {(round(x, 6), round(y, 6)) for x, y in got.tolist()} <= known


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 179.999), (-17.5, -179.98), (80.0, 180.0)])
def test_no_piece_spans_the_antimeridian(world, lat, lon):
    world.meet(205000001, 205000002, lat=lat, lon=lon)
    for shape in lines(world).geometry:
        assert len(shape.geoms) == 2
        for piece in shape.geoms:
            x = shapely.get_coordinates(piece)[:, 0]
            assert np.abs(np.diff(x)).max() < 180.0
            assert np.abs(x).max() <= 180.0


def test_a_single_fix_is_a_line_of_no_length(world):
    world.vessel(205000001)
    world.meet(205000001, None, tracks=False)
    world.fixes.append({"track_id": "205000001", "time": BEGIN, "lat": 28.5, "lon": -88.2})
    drawn = lines(world)
    assert drawn.geometry[0].length == 0.0
    assert drawn["fixes"][0] == 1


def test_a_moored_ship_that_repeats_its_position_is_drawn(world):
    world.meet(205000001, None, tracks=False)
    for i in range(10):
        world.fixes.append(
            {"track_id": "205000001", "time": BEGIN + timedelta(minutes=i), "lat": 1.0, "lon": 2.0}
        )
    assert shapely.get_coordinates(lines(world).geometry[0]) == pytest.approx(
        np.array([[2.0, 1.0]] * 2), abs=1e-9
    )


def test_no_fixes_give_no_lines(world):
    world.meet(205000001, None, tracks=False)
    assert lines(world).empty


@given(
    st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-89, 89)),
        min_size=2,
        max_size=20,
    )
)
def test_cutting_keeps_every_corner_in_order(corners):
    pieces = multi_line(np.array(corners)).geoms
    kept = [point for piece in pieces for point in shapely.get_coordinates(piece).tolist()]
    at = iter(kept)
    assert all(list(corner) in at for corner in corners)
    for piece in pieces:
        assert np.abs(np.diff(shapely.get_coordinates(piece)[:, 0])).max() <= 180.0
