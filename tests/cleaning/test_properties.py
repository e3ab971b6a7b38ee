"""What holds of any dump: made-up ships with every fault, under several numbers."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.heard_ships import single_false_speed, single_noisy
from benchmarks.shared_mmsi import PAIRS, SINGLES, reports
from pipeline.schema import POSITIONS, conform
from tests.cleaning.ships import cleaned

FEW = settings(max_examples=6)  # each example is fifteen kinds of ships for a day
seeds = st.integers(0, 10_000)


BROKEN = [[*PAIRS, *SINGLES].index(kind) for kind in (single_noisy, single_false_speed)]


def dump(seed, but=()):
    """One case of each kind, a tenth of the reports, with rows numbered."""
    whole = reports(seed, 1).filter(~pl.col("kind").is_in(list(but)))
    kept = whole.filter(pl.Series(np.random.default_rng(seed).random(whole.height) < 0.1))
    numbered = kept.with_columns(pl.int_range(pl.len()).alias("row"), pl.lit(0).alias("file"))
    return conform(numbered, POSITIONS)


def tables(result):
    return [result.fixes, result.vessels, result.draughts]


def same(a, b):
    return all(x.equals(y) for x, y in zip(tables(a), tables(b), strict=True))


@FEW
@given(seeds)
def test_the_order_of_rows_does_not_matter(seed):
    rows = dump(seed)
    there, ledger = cleaned(rows)
    back, again = cleaned(rows.sample(fraction=1.0, shuffle=True, seed=seed))
    assert same(there, back)
    assert ledger.rejected == again.rejected
    assert ledger.blanked == again.blanked


@FEW
@given(seeds)
def test_duplicates_change_nothing(seed):
    rows = dump(seed)
    once, ledger = cleaned(rows)
    twice, again = cleaned(pl.concat([rows, rows.with_columns(pl.col("file") + 1)]))
    assert same(once, twice)
    kept = rows.height - ledger.rejected["cleaning.stuck_position"]
    assert again.rejected["cleaning.duplicate"] == pytest.approx(kept, rel=0.01)


@FEW
@given(seeds, st.floats(0, 360))
def test_where_longitude_begins_does_not_matter(seed, shift):
    rows = dump(seed)
    moved = rows.with_columns((pl.col("lon") + shift + 180) % 360 - 180)
    here, _ = cleaned(rows)
    there, _ = cleaned(moved)
    columns = ["track", "time", "lat", "sog_kn", "cog_deg", "heading_deg", "nav_status"]
    # rounding decides ties now and then, so a fix in ten thousand may go another way
    both = here.fixes.select(columns).join(
        there.fixes.select(columns), on=columns, nulls_equal=True, how="semi"
    )
    assert both.height >= 0.999 * here.fixes.height
    assert here.vessels["track_id"].equals(there.vessels["track_id"])


@FEW
@given(seeds)
def test_what_is_clean_stays_as_it_is(seed):
    # in noise a fix is a spike beside one neighbour and none beside another; nor are two ships
    # told apart in a tenth of their reports always clean, nor does a number heard five times in
    # each of two places say which are its own
    first, _ = cleaned(dump(seed, but=[*range(len(PAIRS)), *BROKEN]))
    fixes = first.fixes.join(first.vessels.select("track", "mmsi", "class_b"), on="track")
    again = fixes.with_columns(pl.int_range(pl.len()).alias("row"), pl.lit(0).alias("file"))
    second, ledger = cleaned(conform(again, POSITIONS))
    assert ledger.rows_rejected <= 0.01 * fixes.height
    assert second.vessels.height == first.vessels.height
