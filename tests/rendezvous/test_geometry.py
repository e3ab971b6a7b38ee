"""Hull geometry, against Shapely and the ellipsoid of pyproj."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import affinity
from shapely.geometry import box

from pipeline.rendezvous import geometry as g

ANGLE = st.floats(0.0, 360.0)
LENGTH = st.floats(20.0, 400.0)
NEAR = st.floats(-600.0, 600.0)


def hull(east, north, heading, length, beam):
    upright = box(-beam / 2, -length / 2, beam / 2, length / 2)
    return affinity.translate(affinity.rotate(upright, -heading, origin=(0, 0)), east, north)


@given(NEAR, NEAR, ANGLE, LENGTH, LENGTH, st.booleans())
def test_the_gap_of_parallel_hulls_is_the_distance_of_their_rectangles(e, n, h, la, lb, turned):
    other = (h + 180.0) % 360.0 if turned else h
    axis, keel = g.common_axis_deg(h, other), g.keel_angle_deg(h, other)
    across, along, _, _ = g.gaps_m(e, n, axis, keel, la, la / 6, lb, lb / 6)
    gap = g.hull_gap_m(across, along)
    distance = hull(0, 0, h, la, la / 6).distance(hull(e, n, other, lb, lb / 6))
    assert max(gap, 0.0) == pytest.approx(distance, abs=1e-6 * (1 + la + lb))


@given(NEAR, NEAR, ANGLE, ANGLE, LENGTH, LENGTH)
def test_the_gap_never_exceeds_the_distance_by_more_than_compass_errors(e, n, ha, hb, la, lb):
    axis, keel = g.common_axis_deg(ha, hb), g.keel_angle_deg(ha, hb)
    across, along, _, _ = g.gaps_m(e, n, axis, keel, la, la / 6, lb, lb / 6)
    distance = hull(0, 0, ha, la, la / 6).distance(hull(e, n, hb, lb, lb / 6))
    slack = 0.5 * (la + lb) * math.sin(math.radians(g.PARALLEL_DEG))
    assert g.hull_gap_m(across, along) <= distance + slack + 1e-6


@given(NEAR, NEAR, ANGLE, ANGLE, LENGTH, LENGTH, ANGLE)
def test_turning_the_whole_scene_changes_nothing(e, n, ha, hb, la, lb, turn):
    assume(abs(g.keel_angle_deg(ha, hb) - 90.0) > 0.1)  # there the common axis is either of two
    r = math.radians(turn)
    e2 = e * math.cos(r) + n * math.sin(r)
    n2 = -e * math.sin(r) + n * math.cos(r)
    gaps = [
        g.gaps_m(x, y, g.common_axis_deg(a, b), g.keel_angle_deg(a, b), la, la / 6, lb, lb / 6)
        for x, y, a, b in ((e, n, ha, hb), (e2, n2, ha + turn, hb + turn))
    ]
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-6)


@given(st.floats(-85.0, 85.0), st.floats(-180.0, 179.9), st.floats(-3e3, 3e3), st.floats(-3e3, 3e3))
def test_offsets_agree_with_the_geodesic(lat, lon, east, north):
    distance, azimuth = math.hypot(east, north), math.degrees(math.atan2(east, north))
    assume(distance > 1.0)
    lon2, lat2, _ = Geod(ellps="WGS84").fwd(lon, lat, azimuth, distance)
    e, n = g.offset_m(lat, lon, lat2, lon2)
    # a plane turns by the convergence of the meridians, tan(lat) / radius per metre to the east
    turned = distance**2 * math.tan(math.radians(abs(lat))) / 6.3e6
    assert math.hypot(e - east, n - north) <= turned + 1e-5 * distance + 0.01
    assert math.hypot(e, n) == pytest.approx(distance, rel=2e-4, abs=0.01)


@given(ANGLE, st.floats(-100.0, 100.0), st.floats(-30.0, 30.0))
def test_the_centre_lies_ahead_and_to_starboard(heading, forward, starboard):
    east, north = g.centre_shift_m(heading, forward, starboard)
    r = math.radians(heading)
    assert east * math.sin(r) + north * math.cos(r) == pytest.approx(forward, abs=1e-9)
    assert east * math.cos(r) - north * math.sin(r) == pytest.approx(starboard, abs=1e-9)
