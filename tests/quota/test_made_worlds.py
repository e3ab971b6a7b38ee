"""Accuracy where the cargo is known; `python -m benchmarks.cargo` prints all figures."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.cargo import make_world, score


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
