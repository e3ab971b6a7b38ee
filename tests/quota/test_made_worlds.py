"""Accuracy where the cargo is known; `python -m benchmarks.cargo` prints all figures."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from benchmarks import cargo_detected, cargo_published
from benchmarks.cargo import make_world, score
from benchmarks.world.world import World


@pytest.fixture(scope="module")
def transfers():
    return score(make_world(seed=11, transfers=200), with_register=False).transfers


def test_intervals_hold_nine_times_in_ten(transfers):
    inside = transfers["barrels"].is_between(
        transfers["volume_low_bbl"], transfers["volume_high_bbl"]
    )
    assert 0.83 < inside.mean() < 0.97  # three standard deviations of a share of 200 about 90 %


def test_the_median_is_nearer_than_any_scenario(transfers):
    truth = pl.col("barrels")
    ours = ((pl.col("volume_median_bbl") - truth).abs() / truth).median()
    theirs = [
        ((pl.col("capacity") * fraction - truth).abs() / truth).median().alias(str(fraction))
        for fraction in (1 / 3, 0.5, 0.9)
    ]
    errors = transfers.select(ours.alias("ours"), *theirs).row(0)
    assert errors[0] < 0.75 * min(errors[1:])


def test_a_direction_that_is_told_is_right(transfers):
    told = transfers.filter(pl.col("giver_mmsi").is_not_null())
    assert len(told) > 100
    assert (told["giver_mmsi"] == told["giver"]).mean() > 0.95


def test_each_barrel_of_a_chain_is_counted_once():
    (line,) = cargo_published._chain()
    assert "35,000 pumped, 31,000 delivered (one 6,000, three 9,000, two 16,000)" in line


@pytest.mark.skipif(not cargo_published.PUBLISHED.is_dir(), reason="no published figures here")
def test_what_was_published_comes_out_again():
    lines = [*cargo_published._scenarios(), *cargo_published._reported()]
    assert sum("(+0)" in line and "the cap is passed at call" in line for line in lines) == 5
    assert any("call 33 on 2018-02-24" in line for line in lines)
    assert any("published 105,845 (-4)" in line for line in lines)


def test_detected_volumes_are_held_against_the_event_of_the_same_ships_and_time():
    event = {
        "mmsi_a": 1,
        "mmsi_b": 2,
        "start": "2020-01-01T00:00:00Z",
        "end": "2020-01-01T10:00:00Z",
        "cargo_t": 1000,
        "giver": 1,
    }
    found = {
        "event_id": "x",
        "mmsi_a": 1,
        "mmsi_b": 2,
        "start_utc": "2020-01-01T01:00:00Z",
        "end_utc": "2020-01-01T09:00:00Z",
        "giver_mmsi": 1,
        "receiver_mmsi": 2,
        "volume_low_bbl": 6_000,
        "volume_median_bbl": 7_500,
        "volume_high_bbl": 9_000,
    }
    later = {**found, "start_utc": "2020-01-01T11:00:00Z", "end_utc": "2020-01-01T12:00:00Z"}
    estimate = {"low_bbl": 1, "median_bbl": 2, "high_bbl": 3}
    summary = {"transfers": [{"event_id": "x", "draughts_of": "a"}], "estimate": estimate}
    start = datetime(2020, 1, 1, tzinfo=UTC)
    missed = {**event, "mmsi_b": 3}
    world = World(1, start, pl.DataFrame(), {}, [event, missed], [])
    rows, total = cargo_detected._compare(world, [found, later], summary)
    (row,) = rows.iter_rows(named=True)
    assert 6_300 < row["truth"] < 8_800
    assert (row["median"], row["told"], row["rightly"]) == (7_500, True, True)
    assert total["moved"] > total["found"] == row["truth"]
    assert total["cut"] == 0
