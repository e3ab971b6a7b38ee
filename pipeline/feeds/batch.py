"""What a feed gives: positions, and what ships typed, grouped by the hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from pipeline import schema

TYPED = (
    "imo",
    "callsign",
    "name",
    "ship_type",
    "length_m",
    "beam_m",
    "a_m",
    "b_m",
    "c_m",
    "d_m",
    "draught_m",
    "destination",
)
"""The columns of STATICS that ships type in; a row holds one distinct set of them."""

MS_PER_HOUR = 3_600_000
STATICS_HELD = 200_000  # rows of STATICS to gather before merging: some tens of megabytes


@dataclass(frozen=True)
class Batch:
    """A bounded piece of what was read.

    Attributes
    ----------
    positions : pl.DataFrame
        Rows of ``schema.POSITIONS``.
    statics : pl.DataFrame
        Rows of ``schema.STATICS``, one a ship, hour of UTC and distinct set of typed values.
    """

    positions: pl.DataFrame
    statics: pl.DataFrame


def group_statics(rows: pl.DataFrame) -> pl.DataFrame:
    """One row of ``schema.STATICS`` for each ship, hour and distinct set of typed values.

    Parameters
    ----------
    rows : pl.DataFrame
        One row a report: ``mmsi``, ``time`` (neither null), ``lat``, ``lon`` (null where the
        message has none) and those of `TYPED` that the feed knows. Rows that hold none of them are
        left out.

    Returns
    -------
    pl.DataFrame
        The columns of ``schema.STATICS`` in any order, the typed values as they came; none where
        no row holds one.
    """
    typed = [name for name in TYPED if name in rows.columns]
    if typed:
        rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in typed))
    if not typed or rows.is_empty():
        return schema.empty(schema.STATICS)
    # Grouping by one hash of the values is five times as fast as by the values; two sets of one
    # ship in one hour that hash to the same 64 bits will not be met.
    keyed = rows.select(
        "mmsi",
        "time",
        "lat",
        "lon",
        (pl.col("time").to_physical() // MS_PER_HOUR).cast(pl.Int32).alias("hour"),
        pl.struct(typed).hash().alias("set"),
    ).with_row_index()
    grouped = (
        keyed.sort("time", "lat", "lon", nulls_last=True)
        .group_by("mmsi", "hour", "set", maintain_order=True)
        .agg(
            pl.col("time").first().alias("first_time"),
            pl.col("time").last().alias("last_time"),
            pl.len().cast(pl.UInt32).alias("reports"),
            pl.col("lat").first(),
            pl.col("lon").first(),
            pl.col("index").first(),
        )
    )
    values = rows.select(typed)[grouped["index"]]
    return pl.concat([grouped.drop("set", "index"), values], how="horizontal").with_columns(
        pl.lit(None, dtype=schema.STATICS[name]).alias(name) for name in TYPED if name not in typed
    )


def merge_statics(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Tables of ``schema.STATICS`` as one: the same for any split of the reports into parts."""
    merged = pl.concat([*parts, schema.empty(schema.STATICS)])
    return _sorted(
        merged.sort("first_time", "lat", "lon", nulls_last=True)
        .group_by("mmsi", "hour", *TYPED, maintain_order=True)
        .agg(
            pl.col("first_time").first(),
            pl.col("last_time").max(),
            pl.col("reports").sum(),
            pl.col("lat").first(),
            pl.col("lon").first(),
        )
        .select(list(schema.STATICS))
    )


def merge(batches: Iterable[Batch]) -> Batch:
    """All batches as one; rows of positions stay in the order in which they were read."""
    positions = [schema.empty(schema.POSITIONS)]
    statics: list[pl.DataFrame] = []
    held = 0
    for batch in batches:
        positions.append(batch.positions)
        statics.append(batch.statics)
        held += batch.statics.height
        if held > STATICS_HELD:  # many batches repeat the same sets: do not hold them all
            statics, held = [merge_statics(statics)], 0
    return Batch(pl.concat(positions), merge_statics(statics))


def _sorted(statics: pl.DataFrame) -> pl.DataFrame:
    return statics.sort("mmsi", "hour", *TYPED, nulls_last=True)
