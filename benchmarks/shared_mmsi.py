"""Two ships under one MMSI, and single ships that look like two: how often cleaning is right.

    python -m benchmarks.shared_mmsi [--seeds N] [--ships N] [--first SEED]

Ships are moved for a day by simple seamanship (legs, turns, stops, swinging at anchor) and heard
as receivers hear them: reports thinned, stamped with the errors of time measured on real feeds
(3.5 s in the median, 28 s at the ninety-ninth hundredth), positions off by 10 m, hours of
silence. Pairs share an MMSI: share of the fixes given to the right ship. Single ships suffer what
makes one ship look like two (jumps, jamming, clocks that are set, sensors that lie): how many are
split, and how many of their true fixes are lost.
"""

from __future__ import annotations

import argparse

import numpy as np
import polars as pl

from benchmarks.heard_ships import (
    pair_anchored,
    pair_convoy,
    pair_far,
    pair_near,
    pair_sparse,
    single,
    single_clock_set,
    single_false_speed,
    single_fast,
    single_jammed,
    single_jumps,
    single_long_gaps,
    single_no_motion,
    single_noisy,
    single_sparse,
)
from pipeline.cleaning.positions import apply_position_rules
from pipeline.cleaning.tracks import build_tracks
from pipeline.config import CleaningConfig
from pipeline.ledger import Ledger
from pipeline.schema import POSITIONS, conform

START_MS = 1_528_070_400_000  # any midnight
MOST_CASES = 10_000  # of one kind in one run, so that each has an MMSI of its own

PAIRS = [pair_far, pair_near, pair_convoy, pair_anchored, pair_sparse]
SINGLES = [
    single,
    single_long_gaps,
    single_sparse,
    single_fast,
    single_no_motion,
    single_false_speed,
    single_noisy,
    single_jumps,
    single_jammed,
    single_clock_set,
]


def reports(seed: int, ships: int) -> pl.DataFrame:
    """``schema.POSITIONS`` of all kinds, with the truth beside: kind, ship (0, 1), true."""
    frames = []
    for k, kind in enumerate([*PAIRS, *SINGLES]):
        for case in range(ships):
            rng = np.random.default_rng((seed, k, case))
            for number, heard in enumerate(kind(rng)):
                frames.append(
                    pl.DataFrame(
                        {
                            "mmsi": np.full(heard.t.size, 201_000_000 + k * MOST_CASES + case),
                            "time": (START_MS + 1000 * heard.t).astype(np.int64),
                            "lat": heard.lat,
                            "lon": heard.lon,
                            "sog_kn": heard.sog,
                            "cog_deg": heard.cog,
                            "kind": np.full(heard.t.size, k),
                            "ship": np.full(heard.t.size, number),
                            "true": heard.true,
                        }
                    )
                )
    return pl.concat(frames).with_columns(
        pl.col("sog_kn", "cog_deg").fill_nan(None),
        pl.lit(0).alias("file"),
        pl.int_range(1, pl.len() + 1).alias("row"),
    )


def measure(seed: int, ships: int) -> pl.DataFrame:
    """One row an MMSI: kind, fixes, true fixes, how many went to their ship, tracks."""
    truth = reports(seed, ships)
    config, ledger = CleaningConfig(), Ledger()
    tracks = build_tracks(
        apply_position_rules(conform(truth, POSITIONS), config, ledger), config, ledger
    )
    given = tracks.fixes.join(tracks.tracks.select("track", "mmsi"), on="track").select(
        "mmsi", pl.col("time").cast(pl.Int64), "lat", "lon", "track"
    )
    # Only true fixes count, and each once: repeats within a second are one.
    rows = truth.with_columns(pl.col("mmsi").cast(pl.Int32)).join(
        given, on=["mmsi", "time", "lat", "lon"], how="left"
    )
    dropped_twins = pl.col("track").is_null() & pl.struct("mmsi", "ship", "time").is_duplicated()
    rows = rows.filter(pl.col("true") & ~dropped_twins)
    votes = (
        rows.group_by("kind", "mmsi", "ship", "track")
        .len()
        .filter(pl.col("track").is_not_null())
        .sort("mmsi", "len", "ship", "track", descending=[False, True, False, False])
        .unique(["mmsi", "track"], keep="first", maintain_order=True)
        .unique(["mmsi", "ship"], keep="first", maintain_order=True)
        .group_by("mmsi")
        .agg(pl.col("len").sum().alias("right"))
    )
    counts = rows.group_by("kind", "mmsi").agg(pl.len().alias("fixes"))
    many = tracks.tracks.group_by("mmsi").agg(pl.len().alias("tracks"))
    return (
        counts.join(votes, on="mmsi", how="left")
        .join(many, on="mmsi", how="left")
        .with_columns(pl.col("right").fill_null(0))
        .sort("kind", "mmsi")
    )


def _share(rows: pl.DataFrame) -> float:
    return float(rows.select(pl.col("right").sum() / pl.col("fixes").sum()).item())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--ships", type=int, default=40, help="ships or pairs of each kind a seed")
    parser.add_argument("--show", action="store_true", help="name the worst of each kind")
    options = parser.parse_args()
    table = pl.concat(
        measure(seed, options.ships).with_columns(pl.lit(seed).alias("seed"))
        for seed in range(options.first, options.first + options.seeds)
    )
    names = [kind.__name__ for kind in [*PAIRS, *SINGLES]]
    print(f"{'kind':20} {'cases':>6} {'fixes right':>12} {'worst':>8} {'not as many tracks':>19}")
    for k, name in enumerate(names):
        rows = table.filter(pl.col("kind") == k)
        ships = 2 if k < len(PAIRS) else 1
        worst = rows.select((pl.col("right") / pl.col("fixes")).min()).item()
        wrong = rows.filter(pl.col("tracks") != ships).height
        print(f"{name:20} {rows.height:6} {_share(rows):12.3%} {worst:8.1%} {wrong:19}")
        if options.show:
            bad = rows.with_columns((pl.col("right") / pl.col("fixes")).alias("share"))
            print(bad.filter((pl.col("tracks") != ships) | (pl.col("share") < 0.97)).sort("share"))
    pairs = table.filter(pl.col("kind") < len(PAIRS))
    singles = table.filter(pl.col("kind") >= len(PAIRS))
    split = singles.filter(pl.col("tracks") > 1).height
    print(f"pairs: {_share(pairs):.3%} of fixes to the right ship")
    print(f"single ships: {split} split of {singles.height} ship-days")


if __name__ == "__main__":
    main()
