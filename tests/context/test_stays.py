"""Stays: moored, anchored and drifting ships told apart by how they lie."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.config.context import ContextConfig
from pipeline.context.stays import STAYS, find_stays

CONFIG = ContextConfig()
METRE = 1 / 111_195.0
START = datetime(2020, 3, 1, 20, tzinfo=UTC)


def fixes(
    x_m,
    y_m,
    minutes=3.0,
    heading=None,
    track=0,
    lat=54.0,
    lon=10.0,
    status=0,
    sog=0.0,
    start=START,
):
    """FIXES of one track from metres east and north of a place."""
    n = len(x_m)
    east = lon + np.asarray(x_m) * METRE / np.cos(np.radians(lat))
    frame = pl.DataFrame(
        {
            "track": np.full(n, track),
            "time": [start + timedelta(minutes=minutes * i) for i in range(n)],
            "lat": lat + np.asarray(y_m) * METRE,
            "lon": (east + 180.0) % 360.0 - 180.0,
            "sog_kn": np.full(n, sog),
            "heading_deg": None if heading is None else np.broadcast_to(heading, n) % 360.0,
            "nav_status": np.full(n, status),
        }
    )
    return schema.conform(frame, schema.FIXES)


def vessels(*mmsis):
    return schema.conform(pl.DataFrame({"track": range(len(mmsis)), "mmsi": mmsis}), schema.VESSELS)


def stays(*frames, mmsis=None, config=CONFIG):
    ships = mmsis or [235_000_000 + i for i in range(len(frames))]
    return find_stays(pl.concat(frames), vessels(*ships), config)


def moored(hours=8.0, minutes=3.0, seed=1, heading=90.0, noise=5.0, **kwargs):
    rng = np.random.default_rng(seed)
    n = int(hours * 60 / minutes) + 1
    turned = None if heading is None else np.round(heading + rng.normal(0, 0.7, n))
    return fixes(rng.normal(0, noise, n), rng.normal(0, noise, n), minutes, turned, **kwargs)


def anchored(hours=12.0, minutes=3.0, radius=150.0, **kwargs):
    """A tide turns the ship half around her anchor, with a yaw on top."""
    n = int(hours * 60 / minutes) + 1
    t = np.linspace(0, hours, n)
    angle = np.radians(90 * np.tanh((t - hours / 2) * 2) + 8 * np.sin(t * 40))
    heading = np.degrees(angle) + 180
    return fixes(radius * np.sin(angle), radius * np.cos(angle), minutes, heading, **kwargs)


def test_a_moored_ship_is_moored_and_makes_a_berth():
    row = stays(moored()).row(0, named=True)
    assert (row["kind"], row["berth"]) == ("moored", True)
    assert row["hours"] == pytest.approx(8.0)
    assert row["radius_m"] < 15
    assert row["heading_deg"] == pytest.approx(90, abs=0.5)
    assert row["heading_spread_deg"] <= 2


def test_an_anchored_ship_swings():
    found = stays(anchored())
    assert found["kind"].to_list() == ["anchored"]
    assert not found["berth"].any()
    assert found["heading_spread_deg"][0] > 20


def test_an_anchored_ship_that_lies_still_between_tides_is_one_anchored_stay():
    still_then_swung = anchored(hours=20, status=1)
    assert stays(still_then_swung).select("kind", pl.col("hours").round(1)).rows() == [
        ("anchored", 20.0)
    ]


@pytest.mark.parametrize("knots", [0.3, 1.0, 2.6])
def test_a_drifting_ship_has_no_stay(knots):
    way = np.arange(200) * knots * 1852 / 20  # 3 minutes a fix
    found = stays(fixes(way, way * 0.2, heading=170.0, sog=knots))
    assert found.filter(pl.col("kind") != "unclear").is_empty()


def test_a_slow_straight_drift_is_not_at_anchor():
    way = np.arange(100) * 0.1 * 1852 / 20
    assert stays(fixes(way, way, heading=np.linspace(0, 40, 100)))["kind"].to_list() == ["unclear"]


def test_a_ship_that_says_she_is_at_anchor_makes_no_berth_however_still():
    found = stays(moored(hours=9, status=1))
    assert found["kind"].to_list() == ["anchored"]
    assert not found["berth"].any()


def test_two_ships_at_one_anchor_in_a_calm_make_no_berth():
    """Fixed for five hours, far from the shore, reporting moored, both at the same time."""
    sea = {"lat": 55.5, "lon": 5.0, "status": 5}
    found = stays(moored(hours=5, seed=1, **sea), moored(hours=5, seed=2, track=1, **sea))
    assert found["kind"].to_list() == ["moored", "moored"]
    assert not found["berth"].any()


def test_two_ships_on_one_axis_at_different_times_make_a_berth():
    sea = {"lat": 55.5, "lon": 5.0}
    later = START + timedelta(hours=7)
    found = stays(
        moored(hours=5, seed=1, heading=40.0, **sea),
        moored(hours=5, seed=2, heading=220.0, track=1, start=later, **sea),
    )
    assert found["berth"].to_list() == [True, True]
    crossed = stays(
        moored(hours=5, seed=1, heading=40.0, **sea),
        moored(hours=5, seed=2, heading=100.0, track=1, start=later, **sea),
    )
    assert not crossed["berth"].any()


def test_a_short_stay_reported_moored_at_the_shore_makes_a_berth():
    quay = {"lat": 54.3233, "lon": 10.1394}  # Kiel
    assert stays(moored(hours=4, status=5, **quay))["berth"].to_list() == [True]
    assert stays(moored(hours=4, status=0, **quay))["berth"].to_list() == [False]


def test_without_headings_only_a_long_fixed_stay_is_moored():
    assert stays(moored(hours=8, heading=None, noise=3))["kind"].to_list() == ["moored"]
    assert stays(moored(hours=4, heading=None, noise=3))["kind"].to_list() == ["unclear"]


def test_two_fixes_an_hour_are_enough():
    found = stays(moored(hours=10, minutes=30))
    assert found["kind"].to_list() == ["moored"]
    assert stays(anchored(hours=14, minutes=30))["kind"].to_list() == ["anchored"]


def test_a_glitch_does_not_end_a_stay():
    frame = moored()
    jumped = frame.with_columns(
        lat=pl.when(pl.int_range(pl.len()).is_in([40, 41])).then(60.0).otherwise("lat")
    )
    assert stays(jumped)["hours"].to_list() == pytest.approx([8.0])


def test_silence_longer_than_the_limit_makes_two_stays():
    rest = START + timedelta(hours=4 + CONFIG.stay_gap_h + 0.5)
    found = stays(pl.concat([moored(hours=4), moored(hours=4, start=rest)]))
    assert len(found) == 2
    near = START + timedelta(hours=4 + CONFIG.stay_gap_h - 0.5)
    found = stays(pl.concat([moored(hours=4), moored(hours=4, start=near)]))
    assert found["max_gap_h"].to_list() == pytest.approx([CONFIG.stay_gap_h - 0.5])


def test_leaving_and_coming_back_makes_two_stays():
    away = fixes(np.linspace(0, 9000, 30), np.zeros(30), start=START + timedelta(hours=5))
    back = moored(hours=5, start=START + timedelta(hours=8), seed=4)
    assert len(stays(pl.concat([moored(hours=5), away[1:], back]))) == 2


def test_a_burst_of_reports_does_not_outweigh_the_rest():
    frame = moored(hours=8, heading=90.0)
    burst = fixes(
        np.full(600, 400.0), np.zeros(600), minutes=0.005, start=START + timedelta(minutes=61)
    )
    mixed = pl.concat([frame, burst]).sort("time")
    assert stays(mixed)["hours"].to_list() == pytest.approx([8.0])


@pytest.mark.parametrize("mmsi", [2_190_047, 992_351_000, 111_232_501, 970_010_000])
def test_what_is_no_ship_makes_no_berth(mmsi):
    found = stays(moored(hours=12), mmsis=[mmsi])
    assert found["kind"].to_list() == ["moored"]
    assert not found["berth"].any()


@pytest.mark.parametrize(
    ("lat", "lon"), [(-17.0, 180.0), (0.0, 0.0), (85.0, 33.0), (-77.8, -180.0)]
)
def test_nothing_breaks_at_the_seams_of_the_globe(lat, lon):
    row = stays(moored(lat=lat, lon=lon)).row(0, named=True)
    assert row["kind"] == "moored"
    assert row["lat"] == pytest.approx(lat, abs=20 * METRE)
    off = (row["lon"] - lon + 180) % 360 - 180
    assert abs(off) * np.cos(np.radians(lat)) < 20 * METRE


def test_tracks_do_not_mix():
    together = stays(moored(), anchored(track=1), moored(track=2, seed=3, lat=55.0))
    alone = [stays(moored()), stays(anchored()), stays(moored(seed=3, lat=55.0))]
    for track, one in enumerate(alone):
        mine = together.filter(track=track).drop("track")
        assert mine.equals(one.drop("track"))


def test_nothing_in_nothing_out():
    found = find_stays(schema.empty(schema.FIXES), schema.empty(schema.VESSELS), CONFIG)
    assert found.schema == pl.Schema(dict(STAYS))
    assert found.is_empty()


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-80, 80),
    st.floats(-180, 179.99),
    st.floats(0, 359),
    st.floats(3.5, 20),
    st.sampled_from([1.0, 3.0, 10.0]),
)
def test_a_moored_ship_is_found_anywhere_on_any_heading(lat, lon, heading, hours, minutes):
    found = stays(moored(hours=hours, minutes=minutes, lat=lat, lon=lon, heading=heading))
    assert found["kind"].to_list() == ["moored"]
    off = (found["heading_deg"][0] - heading + 180) % 360 - 180
    assert abs(off) < 1.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-3000, 3000), min_size=5, max_size=60), st.floats(2, 60))
def test_stays_never_overlap_and_are_long_enough(way, minutes):
    found = stays(fixes(np.cumsum(way) / 10, np.zeros(len(way)), minutes, heading=0.0))
    assert (found["hours"] >= CONFIG.moored_min_h - 1e-9).all()
    assert (found["start"].shift(-1) > found["end"]).drop_nulls().all()
