"""What must hold of any two hulls, whatever the numbers: how answers change with the question."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.config import RendezvousConfig
from pipeline.progress import Quiet
from pipeline.rendezvous import decide, measure
from pipeline.schema import DRAUGHTS, empty
from tests.rendezvous.scenes import (
    START,
    Boat,
    OpenSea,
    beside,
    drift,
    fixes_of,
    moored,
    pairs,
    swing,
    visit,
)

A, B = 366_000_001, 366_000_002
CASES = settings(max_examples=int(os.environ.get("EXAMPLES", "6")))
CONFIG = RendezvousConfig()
seeds = st.integers(0, 10_000)


def transfer(gap_m=3.0, **other):
    mother = drift()
    daughter = visit(beside(mother, gap_m, 30.0), 6.0, 14.0)
    return [Boat(A, mother, **other), Boat(B, daughter, **other)]


def found(fixes, vessels):
    measured = measure(fixes, vessels, empty(DRAUGHTS), OpenSea(), CONFIG, Quiet())
    return decide(measured, CONFIG).filter(pl.col("kind") == "pair")


def width_m(row):
    return row["hull_gap_high_m"] - row["hull_gap_low_m"]


@CASES
@given(
    seed=seeds,
    away=st.lists(st.tuples(st.floats(3e4, 3e5), st.floats(0.0, 360.0)), min_size=1, max_size=4),
)
def test_ships_far_away_change_nothing(seed, away):
    alone = pairs(transfer(), seed=seed)
    others = [
        Boat(
            B + 1 + k,
            drift(east=d * math.sin(math.radians(c)), north=d * math.cos(math.radians(c))),
        )
        for k, (d, c) in enumerate(away)
    ]
    fixes, vessels = fixes_of(transfer(), 31.5, -119.2, seed)
    more, ships = fixes_of(others, 31.5, -119.2, seed + 1)
    together = found(
        pl.concat([fixes, more.with_columns(pl.col("track") + 2)]),
        pl.concat([vessels, ships.with_columns(pl.col("track") + 2)]),
    )
    of_two = together.filter((pl.col("mmsi_a") == A) & (pl.col("mmsi_b") == B))
    assert alone["candidate"].to_list() == [True]
    assert of_two.equals(alone, null_equal=True)


@CASES
@given(seed=seeds, gap=st.floats(-5.0, 60.0))
def test_which_ship_has_which_number_does_not_matter(seed, gap):
    fixes, vessels = fixes_of(transfer(gap), 31.5, -119.2, seed)
    swapped = (
        fixes.with_columns(1 - pl.col("track")).sort("track", "time"),
        vessels.reverse().with_columns(track=vessels["track"], mmsi=vessels["mmsi"]),
    )
    one, other = found(fixes, vessels), found(*swapped)
    assert one.height == other.height
    for name in ("class", "start_utc", "end_utc", "candidate", "rule"):
        assert one[name].to_list() == other[name].to_list()
    for name in ("hull_gap_median_m", "hull_gap_low_m", "distance_median_m", "score", "observed_h"):
        assert one[name].to_list() == pytest.approx(other[name].to_list(), abs=1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hull_moved_away_metre_by_metre_stops_once_to_be_alongside(seed):
    decided, scores = [], []
    for gap in range(0, 90, 3):
        (row,) = pairs(transfer(float(gap)), seed=seed).rows(named=True) or ({},)
        decided.append(bool(row.get("candidate")))
        scores.append(row.get("score") or 0.0)
    assert decided[0]
    assert not decided[-1]
    assert decided == sorted(decided, reverse=True)
    # nor does a wider gap ever make a transfer more likely
    assert max(np.diff(scores)) < 0.02


def no_transfer(kind):
    """Pairs that are none: at anchor, passing, at a finger pier, side by side too far apart."""
    if kind == "anchored":
        return [Boat(A, swing(), status=1), Boat(B, swing(east=420.0), status=1)]
    if kind == "pier":
        return [Boat(A, moored(), status=5), Boat(B, moored(east=-45.0, north=78.0), status=5)]
    if kind == "passing":
        return [Boat(A, drift()), Boat(B, visit(beside(drift(), 120.0, 30.0), 10.0, 10.1))]
    return transfer(75.0)


@CASES
@given(
    seed=seeds,
    kind=st.sampled_from(["anchored", "pier", "passing", "apart"]),
    share=st.floats(0.03, 0.5),
)
def test_fixes_left_out_make_no_candidate_without_a_wider_interval(seed, kind, share):
    fixes, vessels = fixes_of(no_transfer(kind), 31.5, -119.2, seed)
    before = found(fixes, vessels)
    assume(not before["candidate"].any())
    kept = np.random.default_rng(seed).random(fixes.height) < share
    after = found(fixes.filter(pl.Series(kept)), vessels).filter("candidate")
    for row in after.rows(named=True):
        assert before.height
        assert width_m(row) > max(width_m(old) for old in before.rows(named=True))


@CASES
@given(seed=seeds, noise=st.floats(0.0, 10.0), gap=st.floats(0.0, 5.0))
def test_noise_within_what_positions_may_err_loses_no_clear_transfer(seed, noise, gap):
    (row,) = pairs(transfer(gap, noise_m=noise), seed=seed).rows(named=True)
    assert row["class"] == "transfer"
    assert row["candidate"]
    assert row["hull_gap_low_m"] <= gap <= row["hull_gap_high_m"]


@CASES
@given(seed=seeds, every_s=st.sampled_from([20.0, 60.0, 180.0, 600.0, 900.0]))
def test_how_often_ships_report_moves_a_transfer_by_no_more_than_that(seed, every_s):
    (often,) = pairs(transfer(), seed=seed).rows(named=True)
    (row,) = pairs(transfer(every_s=every_s), seed=seed).rows(named=True)
    assert row["candidate"]
    for side in ("start_utc", "end_utc"):
        moved_s = abs((row[side] - often[side]).total_seconds())
        assert moved_s <= 2 * every_s + 600


@CASES
@given(
    seed=seeds,
    turn=st.floats(0.0, 360.0),
    lat=st.floats(-70.0, 70.0),
    lon=st.floats(-180.0, 180.0),
)
def test_where_and_how_a_transfer_lies_does_not_matter(seed, turn, lat, lon):
    mother = drift(course=(150.0 + turn) % 360.0, heading=(60.0 + turn) % 360.0)
    boats = [Boat(A, mother), Boat(B, visit(beside(mother, 3.0, 30.0), 6.0, 14.0))]
    (here,) = pairs(transfer(), seed=seed).rows(named=True)
    (there,) = pairs(boats, lat=lat, lon=lon, seed=seed).rows(named=True)
    assert there["candidate"]
    # errors of position that lay along the hulls now lie across them: two medians of some dozens of
    # fixes, each of which errs by metres
    assert there["hull_gap_median_m"] == pytest.approx(here["hull_gap_median_m"], abs=4.0)
    assert there["duration_h"] == pytest.approx(here["duration_h"], abs=0.2)


LIE_AS_BEFORE = (
    "distance_median_m",
    "hull_gap_median_m",
    "hull_gap_low_m",
    "hull_gap_high_m",
    "relative_speed_median_kn",
    "speed_median_kn",
    "heading_difference_deg",
    "duration_h",
)


@CASES
@given(seed=seeds, gap=st.floats(0.0, 8.0), silence_h=st.floats(0.0, 1.5))
def test_a_transfer_run_backwards_is_the_same_transfer(seed, gap, silence_h):
    silent = [(9.5, 9.5 + silence_h)]
    fixes, vessels = fixes_of(transfer(gap, silent=silent), 31.5, -119.2, seed=seed)
    middle = START + timedelta(hours=12)
    turned = [
        (2 * pl.lit(middle).dt.epoch("ms") - pl.col("time").dt.epoch("ms"))
        .cast(pl.Datetime("ms", "UTC"))
        .cast(fixes["time"].dtype)
        .alias("time"),
        (pl.col("cog_deg") + 180.0) % 360.0,  # each hull goes astern, and lies as it lay
    ]
    (forth,) = found(fixes, vessels).rows(named=True)
    back = fixes.with_columns(turned).sort("track", "time")
    (astern,) = found(back, vessels).rows(named=True)
    assert astern["class"] == forth["class"] == "transfer"
    for name in LIE_AS_BEFORE:  # 32-bit values of a fix, and the turn of a plane's north
        assert astern[name] == pytest.approx(forth[name], abs=0.01), name
    assert middle - astern["start_utc"] == forth["end_utc"] - middle
    assert middle - astern["end_utc"] == forth["start_utc"] - middle


def test_a_third_hull_on_the_other_side_takes_nothing_from_the_first():
    mother, daughter = transfer()
    third = visit(beside(mother.motion, -63.0, 30.0), 7.0, 13.0)
    (alone,) = pairs([mother, daughter]).rows(named=True)
    both = pairs([mother, daughter, replace(daughter, mmsi=B + 1, motion=third)])
    (again,) = both.filter((pl.col("mmsi_a") == A) & (pl.col("mmsi_b") == B)).rows(named=True)
    assert (again["class"], again["candidate"]) == (alone["class"], alone["candidate"])
    assert again["hull_gap_median_m"] == pytest.approx(alone["hull_gap_median_m"], abs=2.0)
