"""What must be known of a whole dump before any part of it is judged: days and files, counted.

The counts of parts add up, so that a dump may be surveyed piece by piece while it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.config import CleaningConfig
from pipeline.ledger import Ledger

SWAPPED_SHARE = 0.2  # of a file's rows: faults of receivers are far rarer than a swapped column


@dataclass(frozen=True)
class Survey:
    """How the rows of a dump spread.

    Attributes
    ----------
    days : pl.DataFrame
        ``day`` (date) and ``rows``: those whose time is in the window that the configuration sets.
    files : pl.DataFrame
        ``file``, ``rows``, and ``swapped``: rows whose latitude can be a longitude only.
    """

    days: pl.DataFrame
    files: pl.DataFrame


def in_window(config: CleaningConfig) -> pl.Expr:
    """Whether a time is one that the configuration lets through; null for none."""
    return pl.col("time").is_between(config.earliest_utc, config.latest_utc)


def survey(positions: pl.DataFrame, config: CleaningConfig) -> Survey:
    """Count the rows of ``schema.POSITIONS`` by day and by file."""
    meant = in_window(config)
    fits = (pl.col("lat").abs() > 90.0) & (pl.col("lat").abs() <= 180.0)
    swapped = (fits & (pl.col("lon").abs() <= 90.0) & meant).fill_null(value=False)
    lazy = positions.lazy()
    days, files = pl.collect_all(
        [
            lazy.filter(meant)
            .group_by(pl.col("time").dt.date().alias("day"))
            .agg(pl.len().cast(pl.Int64).alias("rows")),
            lazy.group_by("file").agg(
                pl.len().cast(pl.Int64).alias("rows"),
                swapped.sum().cast(pl.Int64).alias("swapped"),
            ),
        ]
    )
    return Survey(days.sort("day"), files.sort("file"))


def together(parts: Sequence[Survey]) -> Survey:
    """The survey of all parts as one."""
    days = pl.concat([part.days for part in parts]).group_by("day").agg(pl.col("rows").sum())
    files = pl.concat([part.files for part in parts])
    files = files.group_by("file").agg(pl.col("rows", "swapped").sum())
    return Survey(days.sort("day"), files.sort("file"))


def tell_swapped(found: Survey, ledger: Ledger) -> None:
    """Say of which files latitudes and longitudes seem to be in each other's place."""
    odd = found.files.filter(pl.col("swapped") > SWAPPED_SHARE * pl.col("rows"))
    for file, count in odd.select("file", "swapped").iter_rows():
        ledger.warn(
            f"{ledger.name(file)}: {count} latitudes are beyond 90 while their longitudes would do"
            " as latitudes: if the two columns are swapped, describe the table under feeds.tables"
        )
