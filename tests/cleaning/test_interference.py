import math

import polars as pl
import pytest

from pipeline.cleaning.interference import circling
from tests.cleaning.ships import M_PER_DEG, at, cleaned, reports, sailing, statics


def circle(turns, radius=300.0, lat=37.0, lon=-123.0, uneven=0.0, hours=1.0, every_s=30.0):
    """Turns on a circle, `uneven` metres off it to either side."""
    rows = []
    count = int(hours * 3600 / every_s)
    for k in range(count):
        angle = 2 * math.pi * turns * k / count
        r = radius + uneven * math.sin(2.4 * k)
        there = lon + r * math.cos(angle) / M_PER_DEG / math.cos(math.radians(lat))
        rows.append(
            {
                "time": at(k * every_s),
                "lat": lat + r * math.sin(angle) / M_PER_DEG,
                "lon": (there + 180) % 360 - 180,
                "sog_kn": None,
                "cog_deg": None,
            }
        )
    return reports(rows)


def flags(positions, typed=None):
    result, _ = cleaned(positions, typed)
    return result.vessels["flags"].to_list()


@pytest.mark.parametrize(("lat", "lon"), [(37.0, -123.0), (0.0, 180.0), (81.0, 10.0)])
def test_turn_upon_turn_on_one_circle_is_flagged(lat, lon):
    assert flags(circle(6, lat=lat, lon=lon)) == ["interference"]


@pytest.mark.parametrize(
    "ship",
    [
        circle(2),  # a turning trial
        circle(6, uneven=80.0),  # fishing
        circle(6, radius=20.0),  # at anchor, by noise
        circle(0.4),  # at anchor, on the tide
        sailing(),
        sailing(speed_kn=0),
    ],
)
def test_what_ships_do_is_not_flagged(ship):
    assert flags(ship) == [None]


def test_fixes_of_a_circle_stay_and_are_flagged():
    ship = circle(6)
    after = sailing(lat=37.0, lon=-123.0, course_deg=270.0, begin_s=7200)  # on her way again
    result, ledger = cleaned(pl.concat([ship, after]))
    assert not ledger.rejected
    circled = result.fixes.filter(pl.col("time") < at(3600))["flags"].unique().to_list()
    assert circled == ["circle"]
    assert result.fixes["flags"].drop_nulls().len() == ship.height
    assert ledger.flagged == {"cleaning.circle": ship.height}


def crowd(count, beam_m, spread_m):
    ships = [
        sailing(mmsi=211_000_000 + k, lat=44.6 + k * spread_m / M_PER_DEG, lon=37.9, speed_kn=0)
        for k in range(count)
    ]
    typed = [
        {"mmsi": 211_000_000 + k, "length_m": 6 * beam_m, "beam_m": beam_m} for k in range(count)
    ]
    return flags(pl.concat(ships), statics(typed))


def test_more_ships_in_one_place_than_can_lie_there_are_flagged():
    assert crowd(16, beam_m=25.0, spread_m=0.2) == ["interference"] * 16


def test_of_a_crowd_only_the_fixes_in_it_are_flagged():
    beam_m, jammed, elsewhere = 25.0, [], []
    for k in range(16):
        mmsi = 211_000_000 + k
        jammed.append(sailing(mmsi=mmsi, lat=44.6, lon=37.9 + k * 2e-6, speed_kn=0, hours=2))
        elsewhere.append(
            sailing(mmsi=mmsi, lat=44.0 + k / 20, lon=37.0, begin_s=12 * 3600, first_row=2000)
        )
    typed = [{"mmsi": 211_000_000 + k, "length_m": 150.0, "beam_m": beam_m} for k in range(16)]
    result, ledger = cleaned(pl.concat([*jammed, *elsewhere]), statics(typed))
    assert result.vessels["flags"].to_list() == ["interference"] * 16
    crowded = result.fixes.filter(pl.col("flags") == "crowd")
    assert crowded.filter(pl.col("time") >= at(2 * 3600)).is_empty()
    assert crowded.height >= 0.75 * sum(ship.height for ship in jammed)  # three half hours of four
    assert ledger.flagged["cleaning.crowd"] == crowded.height


def test_yachts_in_a_marina_are_not_flagged():
    assert crowd(16, beam_m=4.0, spread_m=0.2) == [None] * 16


def test_ships_along_a_quay_are_not_flagged():
    assert crowd(16, beam_m=25.0, spread_m=40.0) == [None] * 16


def test_no_fixes_no_circles():
    result, _ = cleaned(sailing()[:0])
    assert not circling(result.fixes).size
