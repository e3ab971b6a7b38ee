"""How near two ships came, where their ways are straight lines and the answer is plain."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from pipeline.config import RendezvousConfig
from pipeline.rendezvous.closest import closest_approach
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
