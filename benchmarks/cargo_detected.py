"""Cargo of the worlds of `benchmarks.world`, by `alongside detect` on their files alone.

Here nothing is given to the estimator: it has the times alongside that were detected, ships without
dimensions, partners that fell silent, and the draughts their crews typed (to 0.1 m, from an hour
before to three days after, some never). The ships of these worlds take no ballast: their draught
is their cargo, which the estimator does not know, and it is none of their products (drawn here).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.accuracy import detect
from benchmarks.scoring import Row, seconds, ships
from benchmarks.world.compose import make_world
from benchmarks.world.world import World
from benchmarks.world.writers import write
from pipeline.quota.products import BARRELS_PER_M3

FIRST_SEED = 6101  # those of no other benchmark
DENSITIES = (0.735, 0.80, 0.845, 0.96)  # t/m3: gasoline, kerosene, gasoil, residual fuel oil

COLUMNS = {
    "seed": pl.Int64,
    "draughts_of": pl.String,
    "truth": pl.Float64,
    "low": pl.Float64,
    "median": pl.Float64,
    "high": pl.Float64,
    "told": pl.Boolean,
    "rightly": pl.Boolean,
}


def judge(seed: int) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Make a world, detect, hold each volume against the truth.

    Returns
    -------
    pl.DataFrame
        `COLUMNS`: a row a transfer that was found as one candidate; barrels.
    dict
        ``cut``: transfers found in several pieces; ``moved``, ``found``: barrels of all transfers
        and of those found; ``low``, ``median``, ``high``: the estimate of the total.
    """
    world = make_world(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(world, folder, "danish")
        candidates = detect(folder / "ais", folder / "run", None, ())
        summary = json.loads((folder / "run" / "quota.json").read_text())
    return _compare(world, candidates, summary)


def _compare(
    world: World, candidates: Sequence[Row], summary: dict[str, Any]
) -> tuple[pl.DataFrame, dict[str, Any]]:
    evidence = {t["event_id"]: t["draughts_of"] for t in summary["transfers"]}
    estimate = summary["estimate"]
    total = {name: estimate[f"{name}_bbl"] for name in ("low", "median", "high")}
    total |= {"cut": 0, "moved": 0.0, "found": 0.0}
    rows = []
    rng = np.random.default_rng([world.seed, 42])
    for event in world.truth:
        if event.get("cargo_t") is None:
            continue
        density = float(rng.choice(DENSITIES) * rng.uniform(0.98, 1.02))
        truth = float(str(event["cargo_t"])) / density * BARRELS_PER_M3
        pieces = [c for c in candidates if _same(c, event)]
        total["moved"] += truth
        total["found"] += truth if pieces else 0.0
        total["cut"] += len(pieces) > 1
        if len(pieces) != 1:
            continue
        (one,) = pieces
        given = one["giver_mmsi"]
        taken = one["receiver_mmsi"]
        told = given is not None or taken is not None
        rows.append(
            {
                "seed": world.seed,
                "draughts_of": evidence[str(one["event_id"])],
                "truth": truth,
                "low": one["volume_low_bbl"],
                "median": one["volume_median_bbl"],
                "high": one["volume_high_bbl"],
                "told": told,
                "rightly": told
                and (given == event["giver"] or (given is None and taken != event["giver"])),
            }
        )
    return pl.DataFrame(rows, schema=COLUMNS), total


def _same(candidate: Row, event: Row) -> bool:
    """Whether a candidate has the ships of an event and shares time with it."""
    return (
        ships(candidate) == ships(event)
        and seconds(candidate["start_utc"]) < seconds(event["end"])
        and seconds(event["start"]) < seconds(candidate["end_utc"])
    )


def report(worlds: int) -> Iterator[str]:
    """The figures of some worlds as lines of text."""
    judged = [judge(FIRST_SEED + n) for n in range(worlds)]
    rows, totals = pl.concat([rows for rows, _ in judged]), [total for _, total in judged]
    off = (pl.col("median") - pl.col("truth")).abs() / pl.col("truth")
    columns = [
        pl.len().alias("transfers"),
        pl.col("truth").is_between("low", "high").mean().alias("in 90 %"),
        (pl.col("truth") < pl.col("low")).mean().alias("below"),
        (pl.col("truth") > pl.col("high")).mean().alias("above"),
        off.median().alias("error"),
        (pl.col("median") / pl.col("truth")).median().alias("median / truth"),
        pl.col("told").mean(),
        pl.col("rightly").filter("told").mean(),
    ]
    table = pl.concat(
        [
            rows.group_by("draughts_of").agg(columns).sort("draughts_of"),
            rows.select(pl.lit("all").alias("draughts_of"), *columns),
        ]
    )
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, float_precision=3):
        yield str(table)
    yield f"found in several pieces, left out above: {sum(t['cut'] for t in totals)}"
    for seed, total in enumerate(totals, FIRST_SEED):
        yield (
            f"world {seed}: moved {total['moved']:,.0f} bbl, in those found {total['found']:,.0f},"
            f" estimate {total['median']:,} ({total['low']:,} to {total['high']:,})"
        )
