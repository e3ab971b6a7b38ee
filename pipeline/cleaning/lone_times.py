"""Reports that stand alone on days of which the dump holds next to nothing: clocks that are off.

`positions.stray_times` parts whole stretches of stray days from the dump by what they hold
together. Clocks that are off by any number of days leave no stretch but a thin veil of single
reports, years long. What tells it from the few ships of a small dump is each ship's own history:
a ship heard on a day is heard again that day, whereas clocks that err scatter her reports.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipeline.config import CleaningConfig

LONE_GAP = timedelta(days=1)  # between a ship's reports: even satellites hear her more often


def thin_days(days: pl.DataFrame, config: CleaningConfig) -> pl.Series:
    """The days that hold next to nothing, and none next to which holds more.

    Parameters
    ----------
    days : pl.DataFrame
        Rows a day over the whole dump, from `survey`.
    config : CleaningConfig
        What are few and what is near (`stray_time_share_max`, `stray_time_gap_d`).
    """
    if days.is_empty():
        return pl.Series("day", [], pl.Date)
    few = pl.col("rows") < config.stray_time_share_max * pl.col("rows").max()
    thin = days.filter(few).select("day").sort("day")
    full = days.filter(~few).select(pl.col("day").alias("full")).sort("full")
    near = timedelta(days=config.stray_time_gap_d)
    off = thin.join_asof(
        full, left_on="day", right_on="full", strategy="nearest", check_sortedness=False
    )
    return off.filter((pl.col("day") - pl.col("full")).abs() > near)["day"]


def lone(reports: pl.DataFrame, days: pl.DataFrame, config: CleaningConfig) -> pl.Series:
    """Which reports stand alone on thin days.

    Of a ship, that is: fewer than `second_ship_fixes_min`, with none of hers within a day of them.

    Parameters
    ----------
    reports : pl.DataFrame
        ``mmsi``, ``time``, ``reports`` (how many a row stands for), in any order.
    days : pl.DataFrame
        Rows a day over the whole dump, from `survey`.
    config : CleaningConfig
        Bounds.

    Returns
    -------
    pl.Series
        Boolean, a value a row.
    """
    thin = thin_days(days, config)
    alone = pl.repeat(value=False, n=reports.height, eager=True)
    if thin.is_empty():
        return alone
    on_thin = pl.col("time").dt.date().is_in(thin.implode()).fill_null(value=False)
    begins = (pl.col("time").diff() > LONE_GAP).fill_null(value=True)
    few = (
        reports.with_row_index("at")
        .filter(on_thin)
        .sort("mmsi", "time", "at")
        .with_columns(begins.cum_sum().over("mmsi").alias("stretch"))
        .filter(pl.col("reports").sum().over("mmsi", "stretch") < config.second_ship_fixes_min)
    )
    return alone.scatter(few["at"], True) if few.height else alone
