import math
from datetime import timedelta

import polars as pl
import pytest

from pipeline.schema import POSITIONS, empty
from tests.cleaning.ships import M_PER_DEG, MMSI, at, cleaned, reports, sailing


def off(frame, north_m, east_m=0.0):
    """The reports as many metres off."""
    cos = math.cos(math.radians(frame["lat"][0]))
    return frame.with_columns(
        pl.col("lat") + north_m / M_PER_DEG, pl.col("lon") + east_m / M_PER_DEG / cos
    )


def replace_rows(frame, begin, end, change):
    return pl.concat([frame[:begin], change(frame[begin:end]), frame[end:]])


@pytest.mark.parametrize(
    ("lat", "lon", "course"),
    [
        (0.1, 10.0, 180.0),  # across the equator
        (10.0, 179.9, 90.0),  # across the antimeridian
        (10.0, -179.9, 270.0),
        (79.9, 20.0, 10.0),
        (85.0, 0.0, 80.0),
        (-60.0, 0.0, 300.0),
    ],
)
def test_a_ship_is_one_track_anywhere(lat, lon, course):
    result, ledger = cleaned(sailing(lat=lat, lon=lon, course_deg=course, speed_kn=15))
    assert result.vessels["track_id"].to_list() == [str(MMSI)]
    assert not ledger.rejected


def test_a_ship_that_passes_the_pole_is_one_track():
    north: list[dict[str, object]] = [
        {"lat": 89.0 + k / 60, "lon": 30.0, "cog_deg": 0.0, "sog_kn": 10.0, "time": at(360.0 * k)}
        for k in range(60)
    ]
    south: list[dict[str, object]] = [
        {"lat": 90.0 - k / 60, "lon": -150.0, "cog_deg": 180.0, "sog_kn": 10.0}
        | {"time": at(360.0 * (60 + k))}
        for k in range(1, 60)
    ]
    result, ledger = cleaned(reports(north + south))
    assert result.vessels.height == 1
    assert not ledger.rejected


def test_a_ship_that_is_silent_for_a_day_and_far_when_she_returns_is_one_track():
    first = sailing(hours=5)
    then = sailing(lat=52.0, lon=6.0, begin_s=25 * 3600, hours=5, first_row=1000)  # 480 km in 20 h
    result, ledger = cleaned(pl.concat([first, then]))
    assert result.vessels.height == 1
    assert not ledger.rejected


@pytest.mark.parametrize("metres", [700, 5_000, 3_000_000])
def test_a_fix_where_the_ship_cannot_have_been_is_a_jump(metres):
    ship = sailing(every_s=10, hours=2)
    result, ledger = cleaned(replace_rows(ship, 300, 301, lambda x: off(x, metres * 0.9)))
    assert ledger.rejected == {"cleaning.jump": 1}
    assert result.fixes.height == ship.height - 1


def test_a_false_first_fix_is_a_jump():
    ship = sailing(every_s=30, hours=3)
    result, ledger = cleaned(replace_rows(ship, 0, 1, lambda x: off(x, 90_000)))
    assert ledger.rejected == {"cleaning.jump": 1}
    assert result.vessels["fixes"].to_list() == [ship.height - 1]


@pytest.mark.parametrize("share", [1, 2])
def test_a_jammed_hour_is_set_aside_and_the_ship_goes_on(share):
    ship = sailing(hours=12)
    jammed = (pl.col("row") >= 300) & (pl.col("row") < 350) & (pl.col("row") % share == 0)
    airport = pl.when(jammed)
    positions = ship.with_columns(
        airport.then(48.7 + pl.col("row") % 7 * 1e-5).otherwise("lat").alias("lat"),
        airport.then(1.4).otherwise("lon").alias("lon"),
        airport.then(0.1).otherwise("sog_kn").cast(pl.Float32).alias("sog_kn"),
    )
    result, ledger = cleaned(positions)
    assert ledger.rejected == {"cleaning.jump": 50 // share}
    assert result.vessels["fixes"].to_list() == [ship.height - 50 // share]


def test_two_ships_of_one_number_are_two_tracks_the_one_heard_more_first():
    here = sailing(hours=8)
    far = sailing(lat=-20.0, lon=100.0, hours=8, every_s=90, begin_s=7.0, first_row=5000)
    result, ledger = cleaned(pl.concat([far, here]))
    assert result.vessels["track_id"].to_list() == [str(MMSI), f"{MMSI}/2"]
    assert result.vessels["fixes"].to_list() == [here.height, far.height]
    assert result.vessels["flags"].to_list() == ["shared_mmsi"] * 2
    assert not ledger.rejected


def test_of_two_ships_heard_as_often_the_one_heard_earlier_is_the_first():
    here = sailing(hours=8, begin_s=30.0)
    far = sailing(lat=-20.0, lon=100.0, hours=8, first_row=5000)
    result, _ = cleaned(pl.concat([here, far]))
    first = result.fixes.filter(pl.col("track") == 0)
    assert first["lat"].max() == pytest.approx(-20.0, abs=0.1)


def test_two_ships_of_one_number_at_anchor_near_each_other_are_told_apart():
    here = sailing(speed_kn=0, every_s=180, hours=10)
    there = off(sailing(speed_kn=0, every_s=180, hours=10, begin_s=80, first_row=5000), 2_500)
    result, ledger = cleaned(pl.concat([here, there]))
    assert result.vessels["fixes"].to_list() == [here.height, there.height]
    assert not ledger.rejected


def test_two_ships_of_one_number_are_told_apart_after_both_were_silent():
    here = sailing(hours=12, speed_kn=12)
    there = off(sailing(hours=12, speed_kn=12, begin_s=20, first_row=5000), 4_000)
    silent = (pl.col("row") % 5000 > 200) & (pl.col("row") % 5000 < 290)
    result, _ = cleaned(pl.concat([here, there]).filter(~silent))
    lats = result.fixes.group_by("track").agg(pl.col("lat").max() - pl.col("lat").min())
    assert lats.height == 2
    assert max(lats["lat"].to_list()) < 0.002  # neither changed over: they are 0.036 degrees apart


def test_an_old_place_that_a_ship_repeats_is_not_where_another_of_her_number_went_on():
    ship = sailing(hours=12)
    other = sailing(lat=-20.0, lon=100.0, hours=3, begin_s=7.0, first_row=5000)
    seldom = ship[240::40].with_columns(pl.lit(ship["lat"][0]).alias("lat"))
    stuck = seldom.with_columns(
        pl.lit(ship["lon"][0]).alias("lon"),
        pl.col("time") + timedelta(seconds=20),
        pl.col("row") + 9000,
    )
    near = stuck.with_columns(
        pl.lit(-20.0).alias("lat"), pl.lit(100.3).alias("lon"), pl.col("row") + 100
    )
    result, _ = cleaned(pl.concat([ship, other, stuck, near.head(1)]))
    assert result.vessels["fixes"].to_list() == [ship.height, other.height]


def test_three_ships_of_one_number():
    ships = [
        sailing(lat=10.0 * k, hours=6, every_s=60 + k, first_row=5000 * k) for k in range(1, 4)
    ]
    result, _ = cleaned(pl.concat(ships))
    assert result.vessels["track_id"].to_list() == [f"{MMSI}", f"{MMSI}/2", f"{MMSI}/3"]


def test_a_second_place_heard_for_minutes_is_no_second_ship():
    ship = sailing(hours=6)
    brief = sailing(lat=-20.0, hours=0.1, begin_s=7207, first_row=5000)
    result, ledger = cleaned(pl.concat([ship, brief]))
    assert result.vessels.height == 1
    assert ledger.rejected == {"cleaning.jump": brief.height}


@pytest.mark.parametrize("off_s", [-150, 150])
def test_a_ship_heard_through_a_receiver_whose_clock_was_off_stays_one(off_s):
    ship = sailing(hours=8, speed_kn=18, every_s=20)
    wrong = (pl.col("row") > 400) & (pl.col("row") < 900)
    moved = pl.when(wrong).then(pl.col("time") + timedelta(seconds=off_s)).otherwise("time")
    result, ledger = cleaned(ship.with_columns(moved.alias("time")))
    assert result.vessels.height == 1
    assert ledger.rows_rejected < 30  # about what was heard twice


def test_a_ship_heard_by_two_clocks_at_once_is_one_and_flagged():
    ship = sailing(hours=8, speed_kn=18, every_s=20)
    late = ship.filter(pl.col("row") > 700).with_columns(
        pl.col("time") + timedelta(seconds=150), pl.col("row") + 10_000
    )
    # cut to a few metres otherwise: a copy to the bit would be known as a repeat
    late = late.with_columns(pl.col("lat").round(4), pl.col("lon").round(4))
    result, ledger = cleaned(pl.concat([ship, late]))
    assert result.vessels["flags"].to_list() == ["clock_off"]
    assert ledger.rejected["cleaning.clock_off"] > 0.9 * late.height


def test_a_ship_in_steady_noise_stays_one_and_keeps_most_fixes():
    ship = sailing(hours=8, every_s=30)
    angle = pl.col("row") * 2.4  # radians: the golden angle, scattered without a pattern
    radius = 400 * ((pl.col("row") * 0.618) % 1).sqrt() / M_PER_DEG
    noisy = ship.with_columns(
        pl.col("lat") + radius * angle.sin(), pl.col("lon") + radius * angle.cos()
    )
    result, ledger = cleaned(noisy)
    assert result.vessels.height == 1
    assert ledger.rows_rejected < 0.15 * ship.height


def test_a_fast_craft_is_one_track():
    result, ledger = cleaned(sailing(speed_kn=45, hours=3, every_s=10))
    assert result.vessels.height == 1
    assert not ledger.rejected


def test_a_ship_that_reports_no_motion_is_followed():
    none = pl.lit(None, dtype=pl.Float32)
    ship = sailing(speed_kn=18).with_columns(sog_kn=none, cog_deg=none)
    result, ledger = cleaned(ship)
    assert result.vessels["fixes"].to_list() == [ship.height]
    assert not ledger.rejected


def test_a_speed_of_zero_all_day_is_not_believed_of_a_ship_that_sails():
    still = pl.lit(0.0, dtype=pl.Float32)
    ship = sailing(speed_kn=14).with_columns(sog_kn=still)
    result, ledger = cleaned(ship)
    assert result.fixes["sog_kn"].null_count() == ship.height
    assert ledger.blanked == {"cleaning.motion_false": 2 * ship.height}
    assert result.vessels["flags"].to_list() == ["false_motion"]


def test_an_empty_dump_gives_empty_tables():
    result, ledger = cleaned(empty(POSITIONS))
    assert result.fixes.is_empty()
    assert result.vessels.is_empty()
    assert result.draughts.is_empty()
    assert not ledger.rejected
