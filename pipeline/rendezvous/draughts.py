"""Draughts before and after a meeting, from what was typed."""

from __future__ import annotations

import polars as pl

TYPED_EARLY_H = 1.0
TYPED_LATE_H = 72.0
"""Crews type the new draught from an hour before the end of a transfer to three days after."""


def draughts_about(meetings: pl.DataFrame, draughts: pl.DataFrame, side: str) -> pl.DataFrame:
    """Add a ship's draught before and after each meeting.

    Parameters
    ----------
    meetings : pl.DataFrame
        With `track_<side>` (row number of the vessels), `start_utc` and `end_utc`.
    draughts : pl.DataFrame
        `schema.DRAUGHTS`: one row each time the typed value changes.
    side : str
        ``a`` or ``b``.

    Returns
    -------
    pl.DataFrame
        With `draught_before_<side>_m` (typed last before the meeting began to end),
        `draught_after_<side>_m` (the first value typed anew from an hour before the end to three
        days after; null where none was) and `draught_typed_<side>_h` (hours from the end to then).
    """
    before, after = f"draught_before_{side}_m", f"draught_after_{side}_m"
    typed = draughts.sort("track", "time").rename({"track": f"track_{side}"})
    typed = typed.with_columns(pl.col("draught_m").cast(pl.Float64).round(1))
    early = pl.max_horizontal(
        "start_utc", pl.col("end_utc") - pl.duration(minutes=round(TYPED_EARLY_H * 60))
    )
    ordered = meetings.with_columns(early.alias("_early")).with_row_index("_row").sort("_early")
    joined = ordered.join_asof(
        typed.rename({"draught_m": before}).sort("time"),
        left_on="_early",
        right_on="time",
        by=f"track_{side}",
        strategy="backward",
        coalesce=False,
        check_sortedness=False,
    ).drop("time")
    joined = joined.join_asof(
        typed.rename({"draught_m": after}).sort("time"),
        left_on="_early",
        right_on="time",
        by=f"track_{side}",
        strategy="forward",
        allow_exact_matches=False,
        coalesce=False,
        check_sortedness=False,
    )
    late = pl.col("end_utc") + pl.duration(hours=TYPED_LATE_H)
    known = pl.col(before).is_not_null() & (pl.col("time") <= late)
    return (
        joined.with_columns(
            pl.when(known).then(pl.col(after)).alias(after),
            pl.when(known)
            .then((pl.col("time") - pl.col("end_utc")).dt.total_seconds() / 3600.0)
            .alias(f"draught_typed_{side}_h"),
        )
        .sort("_row")
        .drop("_row", "_early", "time")
    )
