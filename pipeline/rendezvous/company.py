"""Who else lay beside the two ships of an encounter at the same time."""

from __future__ import annotations

import polars as pl

NEARER_M = 8.0
"""The outer two of a raft are further apart than either from the ship between them by its beam;
half that of the smallest coaster is no error of position."""


def _touching(pairs: pl.DataFrame) -> pl.DataFrame:
    """Both ways round, a row for each day of each pair whose hulls may have touched."""
    ships = pl.col("class").ne_missing("aid_to_navigation")
    rows = pairs.filter((pl.col("contact") == 1) & ships).select(
        "event_id", "track_a", "track_b", "start_utc", "end_utc", "distance_median_m",
        # by the day, so that a tug's thousand meetings are not each held against every other
        pl.date_ranges(pl.col("start_utc").dt.date(), pl.col("end_utc").dt.date()).alias("day"),
    )  # fmt: skip
    turned = rows.rename({"track_a": "track_b", "track_b": "track_a"})
    both = pl.concat([rows, turned], how="diagonal")
    return both.explode("day", empty_as_null=False, keep_nulls=False)


def _at_once(other: str) -> pl.Expr:
    return (pl.col("start_utc") < pl.col(f"end_utc{other}")) & (
        pl.col(f"start_utc{other}") < pl.col("end_utc")
    )


def with_company(encounters: pl.DataFrame) -> pl.DataFrame:
    """Add what other pairs of the table tell of each pair.

    Parameters
    ----------
    encounters : pl.DataFrame
        With the columns of `schema.ENCOUNTERS` and `contact`.

    Returns
    -------
    pl.DataFrame
        With `others_touching` (other pairs of either ship whose hulls may have touched at the same
        time) and `third_between` (1 where a third ship lay beside both, nearer to either than they
        to each other), as floats; 0 where nothing is known. Rows and their order stay.
    """
    touching = _touching(encounters)
    others = (
        touching.join(
            touching.select("event_id", "track_a", "start_utc", "end_utc", "day"),
            on=("track_a", "day"),
            suffix="_other",
        )
        .filter((pl.col("event_id") != pl.col("event_id_other")) & _at_once("_other"))
        .group_by("event_id")
        .agg(pl.col("event_id_other").n_unique().alias("others_touching"))
    )
    nearer = pl.col("distance_median_m") - NEARER_M
    beside = touching.select(
        "track_a", "track_b", "start_utc", "end_utc", "distance_median_m", "day"
    )
    outer = (
        touching.join(beside, on=("track_a", "day"), suffix="_left")
        .filter(_at_once("_left") & (pl.col("distance_median_m_left") <= nearer))
        .join(
            beside,
            left_on=("track_b", "track_b_left", "day"),
            right_on=("track_a", "track_b", "day"),
            suffix="_right",
        )
        .filter(_at_once("_right") & (pl.col("distance_median_m_right") <= nearer))
    )["event_id"].unique()
    # joined to the ids alone: the table may be as large as all else in memory
    counted = encounters.select("event_id").join(
        others, on="event_id", how="left", maintain_order="left"
    )
    return encounters.with_columns(
        counted["others_touching"].fill_null(0).cast(pl.Float64),
        pl.col("event_id").is_in(outer.implode()).cast(pl.Float64).alias("third_between"),
    )
