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


def test_a_degree_at_the_equator_and_at_the_poles_measures_what_tables_of_wgs_84_say():
    assert g.metres_per_degree(0.0) == pytest.approx((110_574.2758, 111_319.4908), rel=1e-9)
    assert g.metres_per_degree(90.0) == pytest.approx((111_693.9799, 0.0), abs=1e-3)
    assert g.metres_per_degree(-45.0) == g.metres_per_degree(45.0)


@given(st.floats(-1000, 1000))
def test_sine_and_cosine_are_those_of_the_library(angle):
    exact = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    assert g.sine_cosine(angle) == pytest.approx(exact, abs=1e-11)


def test_of_an_unknown_angle_sine_and_cosine_are_unknown():
    assert all(map(math.isnan, g.sine_cosine(math.nan)))


@given(st.floats(-1000.0, 1000.0))
def test_a_wrapped_angle_points_the_same_way(angle):
    wrapped = g.wrap_degrees(angle)
    assert -180.0 <= wrapped < 180.0
    assert (wrapped - angle) / 360.0 == pytest.approx(round((wrapped - angle) / 360.0), abs=1e-9)


@pytest.mark.parametrize(
    ("difference", "short"),
    [(0, 0), (180, 180), (-180, -180), (181, -179), (-181, 179), (359, -1), (-359, 1), (90, 90)],
)
def test_the_short_way_round(difference, short):
    assert g.short_way_deg(float(difference)) == short


@pytest.mark.parametrize(
    ("a", "b", "axis", "keel"),
    [
        (10, 30, 20, 20),
        (30, 10, 20, 20),
        (350, 10, 0, 20),
        (10, 350, 0, 20),
        (10, 200, 15, 10),  # head to tail: b's other end
        (200, 10, 195, 10),
        (0, 89, 44.5, 89),
        (0, 271, 315.5, 89),
    ],
)
def test_the_common_axis_is_midway_between_the_keels(a, b, axis, keel):
    assert g.common_axis_deg(float(a), float(b)) % 360.0 == axis
    assert g.keel_angle_deg(float(a), float(b)) == keel


def test_up_to_ten_degrees_keels_are_parallel_and_what_is_beyond_counts_by_half():
    assert g.half_angle(10.0) == (0.0, 1.0)
    assert g.half_angle(70.0) == pytest.approx((0.5, math.sqrt(0.75)))


def test_the_shadows_of_hulls_that_cross():
    # keels 70 degrees apart, of which 60 count: each stands 30 degrees off the axis
    across, along, _, _ = g.gaps_m(100.0, 0.0, 0.0, 70.0, 80.0, 12.0, 40.0, 8.0)
    assert across == pytest.approx(100 - 0.5 * (120 * 0.5 + 20 * math.sqrt(0.75)))
    assert along == pytest.approx(-0.5 * (120 * math.sqrt(0.75) + 20 * 0.5))


@pytest.mark.parametrize(
    ("across", "along", "gap"),
    [(3, 4, 5), (20, -0.5, 20), (-0.5, 20, 20), (-5, -90, -5), (0, 7, 7), (7, 0, 7)],
)
def test_one_gap_from_two(across, along, gap):
    assert g.hull_gap_m(float(across), float(along)) == gap
