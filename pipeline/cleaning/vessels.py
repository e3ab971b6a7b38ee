"""What each track's ship is: its typed values reconciled over time, its draughts as a series.

Of several values the one reported most often counts: typing errors are rare and are corrected,
while the last value may be garbled. A ship renamed within the dump keeps the name that it bore
longer and is flagged.
"""

from __future__ import annotations

import polars as pl

from pipeline.cleaning.doubts import CIRCLE, flag_bits
from pipeline.cleaning.mmsi import AID_TO_NAVIGATION, is_fabricated, no_ship_kind
from pipeline.cleaning.tracks import Tracks
from pipeline.schema import DRAUGHTS, VESSELS, conform

COMPLETE_SHARE = 0.2  # of the reports with dimensions: enough to prefer those that have all of A-D
CHANGE_REPORTS_MIN = 3  # fewer reports of another name or number are a typing or radio error
INTERFERENCE = "interference"  # the last of the flags
_HULL = ["length_m", "beam_m", "a_m", "b_m", "c_m", "d_m"]


def _most_reported(statics: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """Each track's most reported value; ties: the later heard, then the greater."""
    return (
        statics.filter(pl.col(column).is_not_null())
        .group_by("track", column)
        .agg(pl.col("reports").sum(), pl.col("last_time").max())
        .sort("track", "reports", "last_time", column)
        .group_by("track", maintain_order=True)
        .agg(pl.col(column).last())
    )


def _hull(statics: pl.LazyFrame) -> pl.LazyFrame:
    """Each track's most reported hull, complete ones (A-D known) before others if not too few."""
    hulls = (
        statics.filter(pl.any_horizontal(pl.col(column).is_not_null() for column in _HULL))
        .group_by("track", *_HULL)
        .agg(pl.col("reports").sum(), pl.col("last_time").max())
        .with_columns(
            (pl.col("a_m").is_not_null() & pl.col("beam_m").is_not_null()).alias("complete")
        )
    )
    share = pl.col("reports").filter(pl.col("complete")).sum() / pl.col("reports").sum()
    return (
        hulls.with_columns(
            (pl.col("complete") & (share >= COMPLETE_SHARE).over("track")).alias("preferred")
        )
        .sort("track", "preferred", "reports", "last_time", *_HULL, nulls_last=False)
        .group_by("track", maintain_order=True)
        .agg(pl.col(column).last() for column in _HULL)
    )


def _changed(statics: pl.LazyFrame, column: str, flag: str) -> pl.LazyFrame:
    """Tracks that reported several values of `column`, each more often than by error."""
    return (
        statics.filter(pl.col(column).is_not_null())
        .group_by("track", column)
        .agg(pl.col("reports").sum())
        .filter(pl.col("reports") >= CHANGE_REPORTS_MIN)
        .group_by("track")
        .agg(pl.len().alias("values"))
        .filter(pl.col("values") > 1)
        .select("track", pl.lit(flag).alias(flag))
    )


def describe_vessels(tracks: Tracks, statics: pl.DataFrame) -> pl.DataFrame:
    """``schema.VESSELS``: one row a track with its ship's reconciled values and flags.

    What only shows when ships are compared is flagged later, by `flag_crowds`.

    Parameters
    ----------
    tracks : Tracks
        From `build_tracks`.
    statics : pl.DataFrame
        ``schema.STATICS`` and ``track``, from `assign_statics`.
    """
    is_aid = (no_ship_kind() == AID_TO_NAVIGATION).fill_null(value=False)
    lazy = statics.lazy()
    vessels = tracks.tracks.lazy()
    for column in ("imo", "callsign", "name", "ship_type"):
        vessels = vessels.join(_most_reported(lazy, column), on="track", how="left")
    vessels = vessels.join(_hull(lazy), on="track", how="left")
    flags: list[pl.Expr] = [
        pl.when(pl.col("ships") > 1).then(pl.lit("shared_mmsi")),
        pl.when(is_aid)
        .then(pl.lit(AID_TO_NAVIGATION))
        .when(is_fabricated())
        .then(pl.lit("fabricated_mmsi")),
        pl.when(pl.col("false_motion")).then(pl.lit("false_motion")),
        pl.when(pl.col("clock_off")).then(pl.lit("clock_off")),
    ]
    for column in ("name", "imo", "callsign"):
        flag = f"{column}_changed"
        vessels = vessels.join(_changed(lazy, column, flag), on="track", how="left")
        flags.append(pl.col(flag))
    known = vessels.collect()
    odd = tracks.fixes.filter(flag_bits(tracks.fixes) & CIRCLE != 0)["track"].unique()
    flags.append(pl.when(pl.col("track").is_in(odd.implode())).then(pl.lit(INTERFERENCE)))
    words = pl.concat_list(flags).list.drop_nulls().list.join(";")
    return conform(
        known.lazy()
        # an aid's kind is told in numbers that would be types of ships
        .with_columns(pl.when(~is_aid).then("ship_type").alias("ship_type"))
        .with_columns(pl.when(words.str.len_bytes() > 0).then(words).otherwise(None).alias("flags"))
        .sort("track")
        .collect(),
        VESSELS,
    )


def flag_crowds(vessels: pl.DataFrame, crowded: pl.Series) -> pl.DataFrame:
    """``schema.VESSELS`` with the tracks that stood in a crowd flagged for interference too."""
    known = pl.col("flags").str.ends_with(INTERFERENCE).fill_null(value=False)
    added = (
        pl.when(pl.col("flags").is_null())
        .then(pl.lit(INTERFERENCE))
        .otherwise(pl.concat_str("flags", pl.lit(INTERFERENCE), separator=";"))
    )
    which = pl.col("track").is_in(crowded.implode()) & ~known
    return vessels.with_columns(pl.when(which).then(added).otherwise("flags").alias("flags"))


def draught_series(statics: pl.DataFrame) -> pl.DataFrame:
    """``schema.DRAUGHTS``: the first report of each new draught of each track."""
    typed = (
        statics.lazy()
        .filter(pl.col("draught_m").is_not_null())
        .select("track", pl.col("first_time").alias("time"), "last_time", "draught_m")
        .sort("track", "time", "last_time", "draught_m")
        .with_columns(
            (pl.col("draught_m") != pl.col("draught_m").shift().over("track"))
            .fill_null(value=True)
            .alias("new")
        )
        .filter(pl.col("new"))
        .unique(["track", "time"], keep="last", maintain_order=True)
    )
    return conform(typed.collect(), DRAUGHTS)
