"""How near two ships came, where their ways are straight lines and the answer is plain."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.closest import _nearest_m, closest_approach
from pipeline.rendezvous.sampling import COLUMNS, LAT_B, LON_B, TIME_S
from tests.rendezvous.scenes import START, Boat, fixes_of

A, B = 366_000_001, 366_000_002
KNOT = 1852 / 3600


def straight(east=0.0, north=0.0, north_kn=0.0, east_kn=0.0, heading=0.0):
    return lambda t: (east + KNOT * east_kn * t, north + KNOT * north_kn * t, heading)


def boat(mmsi, motion, **other):
    plain = {"noise_m": 0.0, "to_h": 2.0, "bow": 90.0}
    return Boat(mmsi, motion, **{**plain, **other})


def nearest(*boats, lat=0.0, lon=30.0, config=None):
    fixes, vessels = fixes_of(boats, lat, lon)
    fixes = fixes.with_columns(pl.col("heading_deg").round(0) % 360)  # no noise of a compass
    return closest_approach(fixes, vessels, A, B, config or RendezvousConfig())


def passing(apart=700.0, kn=6.0):
    """A stays; B goes north past her to starboard, abeam of her after an hour."""
    there = straight(apart, -KNOT * kn * 3600, north_kn=kn)
    return boat(A, straight()), boat(B, there)


@pytest.mark.parametrize("lon", [30.0, 179.999, -179.999])
def test_two_ships_that_pass_are_nearest_abeam(lon):
    near = nearest(*passing(), lon=lon)
    assert (near.track_a, near.track_b) == (str(A), str(B))
    assert near.distance_m == pytest.approx(700, rel=0.002)  # at the moment, and so on the way
    assert abs(near.time_utc - START - timedelta(hours=1)) < timedelta(seconds=91)
    assert near.speed_a_kn == pytest.approx(0, abs=0.05)
    assert near.speed_b_kn == pytest.approx(6, abs=0.05)
    assert near.lat == pytest.approx(0, abs=1e-6)
    assert abs((near.lon - lon + 180) % 360 - 180) < 1e-6
    assert near.moments > 50
    assert near.hull_gap_m == pytest.approx(700 - 30, rel=0.06)
    assert near.hull_gap_low_m < near.hull_gap_m - 10


def test_the_distance_is_that_on_the_way_and_not_only_at_reports():
    a, b = passing(100.0, 12.0)
    near = nearest(a, replace(b, every_s=600.0, from_h=0.07))
    assert near.distance_m == pytest.approx(100, rel=0.01)


def test_two_ships_on_one_course_are_as_near_as_they_stay():
    near = nearest(boat(A, straight(north_kn=4.0)), boat(B, straight(400.0, 300.0, north_kn=4.0)))
    assert near.distance_m == pytest.approx(500, rel=0.003)
    assert near.hull_gap_m == pytest.approx(math.hypot(400 - 30, 300 - 180), rel=0.01)


def test_the_smallest_gap_allows_for_unknown_dimensions():
    known = nearest(*passing())
    a, b = passing()
    less = nearest(a, replace(b, length=None, beam=None, bow=None))
    assert less.hull_gap_low_m < known.hull_gap_low_m - 15


def test_the_smallest_gap_is_two_standard_errors_of_place_below_the_best():
    sharp = RendezvousConfig.model_validate(
        {"hull": {"position_error_m": 3.0, "time_error_s": 0.0, "drift_change_m_s2": 1e-9}}
    )
    near = nearest(
        boat(A, straight(), bow=90.0),
        boat(B, straight(400.0), bow=90.0),
        config=sharp,
    )
    assert near.hull_gap_m == pytest.approx(370, rel=0.003)
    # antennas are placed to 2 m on each hull, places err by 3 m for each ship
    low = near.hull_gap_m - near.hull_gap_low_m
    assert 2 * 3 * math.sqrt(2) - 0.1 <= low <= 2 * 3 * math.sqrt(2) + 4 + 2.5


def test_ships_never_heard_at_one_time_have_no_approach():
    a, b = passing()
    assert nearest(replace(a, to_h=0.5), replace(b, from_h=1.5)) is None
    assert nearest(a, boat(366_000_003, straight())) is None


def test_over_a_long_silence_nothing_is_said():
    a, b = passing()
    near = nearest(a, replace(b, every_s=60.0, silent=[(0.2, 1.8)]))
    there = KNOT * 6.0 * 0.8 * 3600
    assert near.distance_m == pytest.approx(math.hypot(700, there), rel=0.03)


def test_of_two_ships_under_one_number_the_nearest_counts():
    a, b = passing()
    fixes, vessels = fixes_of([a, b, boat(366_000_003, straight(200.0))], 0.0, 30.0)
    vessels = vessels.with_columns(
        mmsi=pl.Series([A, B, B], dtype=vessels["mmsi"].dtype),
    )
    near = closest_approach(fixes, vessels, A, B, RendezvousConfig())
    assert near is not None
    assert near.track_b == "366000003"
    assert near.distance_m == pytest.approx(200, rel=0.01)
    assert not np.isnan(near.hull_gap_m)


def samples(*places, every_s=60.0):
    """Samples of a ship at 0, 0 and another at places given in metres east and north of it."""
    s = np.zeros((len(places), COLUMNS))
    s[:, TIME_S] = every_s * np.arange(len(places))
    s[:, LON_B] = [east / 111_319.4908 for east, _ in places]
    s[:, LAT_B] = [north / 110_574.2758 for _, north in places]
    return s


@pytest.mark.parametrize(
    ("places", "every_s", "nearest"),
    [
        ([(300, -400), (300, 400)], 60, 300),  # abeam halfway
        ([(300, -400), (300, 400)], 3600, 300),
        ([(300, -400), (300, 400)], 3601, 500),  # too long a way to be a straight line
        ([(300, 400), (600, 800)], 60, 500),  # going away: not where the line came from
        ([(600, 800), (300, 400)], 60, 500),  # coming: nor where it leads
        ([(300, 400), (300, 400)], 60, 500),  # no way at all
        ([(300, 400)], 60, 500),
        ([(900, 0), (600, 300), (0, 900)], 60, math.hypot(450, 450)),
        ([(0, 900), (-900, 0), (-800, -900)], 60, 450 * math.sqrt(2)),
    ],
)
def test_the_nearest_point_of_straight_ways(places, every_s, nearest):
    assert _nearest_m(samples(*places, every_s=every_s), 3600.0) == pytest.approx(nearest, rel=1e-3)


def test_it_begins_with_the_first_moment_of_both_and_ends_with_the_last():
    # a comes from afar towards b, who is heard first only when a is nearest, or until then
    a = boat(A, straight(0.0, 0.0, north_kn=6.0))
    fast = KNOT * 6.0 * 3600
    late = nearest(a, boat(B, straight(300.0, 0.0), from_h=1.0), lat=10.0)
    assert late.distance_m == pytest.approx(math.hypot(300, fast), rel=0.01)
    assert abs(late.time_utc - START - timedelta(hours=1)) < timedelta(seconds=15)
    early = nearest(a, boat(B, straight(300.0, 2 * fast), to_h=1.0, every_s=10.0), lat=10.0)
    assert early.distance_m == pytest.approx(math.hypot(300, fast), rel=0.02)


@pytest.mark.parametrize(("interpolate_max_h", "known"), [(0.5, False), (1.0, True)])
def test_over_how_long_a_place_is_known_is_a_setting(interpolate_max_h, known):
    a, b = passing()
    config = RendezvousConfig.model_validate({"pairing": {"interpolate_max_h": interpolate_max_h}})
    # silent for 54 minutes about the nearest point
    near = nearest(a, replace(b, every_s=60.0, silent=[(0.55, 1.45)]), config=config)
    there = KNOT * 6.0 * 0.45 * 3600
    assert near.distance_m == pytest.approx(700 if known else math.hypot(700, there), rel=0.03)


def test_moments_are_as_close_together_as_is_set():
    a, b = passing()
    a, b = replace(a, every_s=10.0), replace(b, every_s=10.0)
    moments = [
        nearest(a, b, config=RendezvousConfig.model_validate({"pairing": {"sample_s": s}})).moments
        for s in (60.0, 600.0)
    ]
    assert 200 < moments[0] <= 260
    assert 20 < moments[1] <= 30


def test_a_ship_without_a_fix_hides_no_other_of_its_number():
    a, b = passing()
    fixes, vessels = fixes_of([a, b, boat(366_000_003, straight(200.0))], 0.0, 30.0)
    fixes = fixes.filter(pl.col("track") != 1)
    vessels = vessels.with_columns(mmsi=pl.Series([A, B, B], dtype=vessels["mmsi"].dtype))
    near = closest_approach(fixes, vessels, A, B, RendezvousConfig())
    assert near is not None
    assert near.track_b == "366000003"
