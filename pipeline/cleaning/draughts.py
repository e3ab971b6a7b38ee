"""Typed draughts as a series of changes; values that contradict each other at once are not used.

A ship loads or discharges for hours, so a draught that is given up and comes back within
`RETURN_H` was no change of hers. Once, it is a typing error that the crew corrected. Again and
again, two ships type under one number, or a network sends an old report along with the new.
"""

from __future__ import annotations

import polars as pl

from pipeline.ledger import EXAMPLES_KEPT, Example, Ledger
from pipeline.schema import DRAUGHTS, conform
from pipeline.wording import template

RETURN_H = 6.0
"""Hours within which no ship loads and discharges the same again: two transfers of three hours
each, shorter than any that moves more than bunkers."""

CORRECTED = "cleaning.draught_corrected"
DISAGREES = "cleaning.draught_disagrees"
DISAGREE_FLAG = "draughts_disagree"


def _stands(statics: pl.DataFrame) -> pl.DataFrame:
    """How long each typed value stood: a row for each time the value changes.

    Both ends of a row of ``schema.STATICS`` are a time at which its value was heard.
    """
    row = statics.lazy().with_row_index("row").filter(pl.col("draught_m").is_not_null())
    ends = pl.concat(
        [row.select("row", "track", "draught_m", time=end) for end in ("first_time", "last_time")]
    )
    value, before = pl.col("draught_m"), pl.col("draught_m").shift().over("track")
    return (
        ends.sort("track", "time", "draught_m", "row")
        .with_columns(((value != before) | before.is_null()).cum_sum().alias("stand"))
        .group_by("track", "stand")
        .agg(
            pl.col("draught_m").first(),
            pl.col("time").min(),
            pl.col("time").max().alias("until"),
            pl.col("row").unique().sort().alias("rows"),
        )
        .sort("stand")
        .collect()
    )


def _contradicted(stands: pl.DataFrame) -> pl.DataFrame:
    """Mark in ``doubt`` the stands between two of one value that are at most `RETURN_H` apart."""
    returns = (
        stands.lazy()
        .with_row_index("at")
        .with_columns(
            pl.col("at").shift(-1).over("track", "draught_m").alias("again"),
            pl.col("time").shift(-1).over("track", "draught_m").alias("back"),
        )
        .filter(pl.col("back") - pl.col("until") <= pl.duration(hours=RETURN_H))
    )
    steps = pl.concat(
        [
            returns.select(at=pl.col("at").cast(pl.Int64) + 1, step=pl.lit(1)),
            returns.select(at=pl.col("again").cast(pl.Int64), step=pl.lit(-1)),
        ]
    )
    open_at = steps.group_by("at").agg(pl.col("step").sum())
    return (
        stands.lazy()
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("at"))
        .join(open_at, on="at", how="left")
        .sort("at")
        .with_columns((pl.col("step").fill_null(0).cum_sum() > 0).alias("doubt"))
        .drop("at", "step")
        .collect()
    )


def _short_edges(stands: pl.DataFrame) -> pl.DataFrame:
    """Mark too what stands beside a disagreement and no longer than that lasted; tell the kinds.

    A value that stood for longer before, or stands for longer after, is the ship's: old reports
    were sent along. Where the value before is also the one after, the stands between are an error
    that was corrected, and both are kept.
    """
    change = (pl.col("doubt") != pl.col("doubt").shift().over("track")).fill_null(value=True)
    blocks = stands.with_columns(change.cum_sum().alias("block"))
    block = blocks.group_by("block", maintain_order=True).agg(
        pl.col("track").first(),
        pl.col("doubt").first(),
        pl.len().alias("stands"),
        (pl.col("until").max() - pl.col("time").min()).alias("lasted"),
        pl.col("draught_m").first().alias("first_m"),
        pl.col("draught_m").last().alias("last_m"),
        (pl.col("until") - pl.col("time")).first().alias("first_stood"),
        (pl.col("until") - pl.col("time")).last().alias("last_stood"),
    )

    def beside(column: str, step: int) -> pl.Expr:
        return pl.col(column).shift(step).over("track")

    other = (beside("last_m", 1) != beside("first_m", -1)).fill_null(value=False)
    block = block.with_columns(
        (pl.col("doubt") & (other | (pl.col("stands") > 2))).alias("disagrees"),
        (pl.col("doubt") & other).alias("cuts"),
    ).with_columns(
        (
            (beside("cuts", 1) & (pl.col("first_stood") <= beside("lasted", 1))).fill_null(False)
        ).alias("cut_first"),
        (
            (beside("cuts", -1) & (pl.col("last_stood") <= beside("lasted", -1))).fill_null(False)
        ).alias("cut_last"),
    )
    first = (pl.col("block") != pl.col("block").shift()).fill_null(value=True)
    last = (pl.col("block") != pl.col("block").shift(-1)).fill_null(value=True)
    edge = (first & pl.col("cut_first")) | (last & pl.col("cut_last"))
    return blocks.join(
        block.select("block", "disagrees", "cut_first", "cut_last"), on="block", how="left"
    ).with_columns((pl.col("disagrees") | edge).alias("disagrees"), (pl.col("doubt") | edge))


def _count(rule: str, unused: pl.DataFrame, statics: pl.DataFrame, ledger: Ledger) -> None:
    rows = unused["rows"].explode().drop_nulls().unique().sort()
    if len(rows):
        count_unused(rule, statics[rows], ledger)


def count_unused(rule: str, statics: pl.DataFrame, ledger: Ledger) -> None:
    """Tell the ledger of typed draughts (rows of ``schema.STATICS``) that are not used."""
    text = template("MMSI {}: draught {} at {}", "mmsi", "draught_m", "first_time")
    first = statics.sort("mmsi", "first_time", "draught_m").head(EXAMPLES_KEPT)
    said = [Example("", 0, one) for one in first.select(text).to_series()]
    ledger.blank(rule, int(statics["reports"].sum()), said)


def draught_series(statics: pl.DataFrame, ledger: Ledger) -> tuple[pl.DataFrame, pl.Series]:
    """The first report of each new draught of each track, less what is contradicted at once.

    Parameters
    ----------
    statics : pl.DataFrame
        ``schema.STATICS`` and ``track``.
    ledger : Ledger
        Gets the reports whose draught is not used, and examples.

    Returns
    -------
    draughts : pl.DataFrame
        ``schema.DRAUGHTS``.
    disagree : pl.Series
        The tracks whose draughts disagree, sorted.
    """
    stands = _short_edges(_contradicted(_stands(statics)))
    _count(DISAGREES, stands.filter("disagrees"), statics, ledger)
    corrected = pl.col("doubt") & ~pl.col("disagrees")
    _count(CORRECTED, stands.filter(corrected), statics, ledger)
    value, before = pl.col("draught_m"), pl.col("draught_m").shift().over("track")
    series = (
        stands.filter(~pl.col("doubt"))
        .filter((value != before) | before.is_null())
        .unique(["track", "time"], keep="last", maintain_order=True)
        .sort("track", "time")
    )
    return conform(series, DRAUGHTS), stands.filter("disagrees")["track"].unique().sort()
