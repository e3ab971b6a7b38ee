"""What each track's ship is: its typed values reconciled over time.

Of several values the one reported most often counts: typing errors are rare and are corrected,
while the last value may be garbled. A ship renamed within the dump keeps the name that it bore
longer and is flagged. Where several IMO numbers were typed, only what came with the one reported
most often, or with none, says what the ship is: no two ships bear one.
"""

from __future__ import annotations

import polars as pl

from pipeline.cleaning.aids import kind_flags
from pipeline.cleaning.doubts import CIRCLE, flag_bits
from pipeline.cleaning.draughts import DISAGREE_FLAG, count_unused
from pipeline.cleaning.headings import FALSE_FLAG
from pipeline.cleaning.hulls import DISAGREES, reconcile_hulls
from pipeline.cleaning.identities import values_seen
from pipeline.cleaning.mmsi import AID_TO_NAVIGATION, is_aid, is_fabricated
from pipeline.cleaning.tracks import Tracks
from pipeline.ledger import Ledger
from pipeline.schema import VESSELS, conform

CHANGE_REPORTS_MIN = 3  # fewer reports of another name or number are a typing or radio error
INTERFERENCE = "interference"  # the last of the flags


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


def _of_another(statics: pl.LazyFrame) -> pl.LazyFrame:
    """The typed values with ``another``: whether they came with another ship's IMO number."""
    own = _most_reported(statics, "imo").rename({"imo": "imo_own"})
    another = pl.col("imo") != pl.col("imo_own")
    return (
        statics.join(own, on="track", how="left", maintain_order="left")
        .with_columns(another.fill_null(value=False).alias("another"))
        .drop("imo_own")
    )


def own_draughts(statics: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """The typed values without the draughts of another ship that typed under the same number.

    A number may pass to another ship: its draughts count for as long as it bears it alone.

    Parameters
    ----------
    statics : pl.DataFrame
        ``schema.STATICS`` and ``track``.
    ledger : Ledger
        Gets the draughts that are not used.
    """
    told = _of_another(statics.lazy()).collect()
    if not told["another"].any():
        return statics
    spans = (
        told.filter(~pl.col("another") & pl.col("imo").is_not_null())
        .group_by("track")
        .agg(pl.col("first_time").min().alias("since"), pl.col("last_time").max().alias("till"))
    )
    told = told.join(spans, on="track", how="left", maintain_order="left")
    amid = (pl.col("first_time") >= pl.col("since")) & (pl.col("last_time") <= pl.col("till"))
    unused = told.select(
        (pl.col("another") & amid & pl.col("draught_m").is_not_null()).alias("unused")
    )["unused"].fill_null(value=False)
    if unused.any():
        count_unused("cleaning.draught_of_another_ship", statics.filter(unused), ledger)
    return statics.with_columns(pl.when(~unused).then("draught_m").alias("draught_m"))


def describe_vessels(
    tracks: Tracks, statics: pl.DataFrame, disagree: pl.Series, misleading: pl.Series
) -> pl.DataFrame:
    """``schema.VESSELS``: one row a track with its ship's reconciled values and flags.

    What only shows when ships are compared is flagged later, by `flag_crowds`.

    Parameters
    ----------
    tracks : Tracks
        From `build_tracks`.
    statics : pl.DataFrame
        ``schema.STATICS`` and ``track``, from `assign_statics`.
    disagree : pl.Series
        The tracks whose draughts disagree, from `draught_series`.
    misleading : pl.Series
        The tracks with headings that are none, from `drop_false_headings`.
    """
    aid = is_aid()
    lazy = statics.lazy()
    own = _of_another(lazy).filter(~pl.col("another"))
    vessels = tracks.tracks.lazy()
    for column in ("imo", "callsign", "name", "ship_type"):
        vessels = vessels.join(_most_reported(own, column), on="track", how="left")
    vessels = vessels.join(reconcile_hulls(own), on="track", how="left")
    flags: list[pl.Expr] = [
        pl.when(pl.col("ships") > 1).then(pl.lit("shared_mmsi")),
        pl.when(aid)
        .then(pl.lit(AID_TO_NAVIGATION))
        .when(is_fabricated())
        .then(pl.lit("fabricated_mmsi")),
        *(pl.when(aid).then(word) for word in kind_flags(pl.col("ship_type"))),
        pl.when(pl.col("false_motion")).then(pl.lit("false_motion")),
        pl.when(pl.col("clock_off")).then(pl.lit("clock_off")),
        pl.when(pl.col("track").is_in(misleading.implode())).then(pl.lit(FALSE_FLAG)),
        pl.when(pl.col("track").is_in(disagree.implode())).then(pl.lit(DISAGREE_FLAG)),
        pl.col(DISAGREES),
    ]
    for column in ("name", "imo", "callsign"):
        flag = f"{column}_changed"
        vessels = vessels.join(_changed(lazy, column, flag), on="track", how="left")
        flags.append(pl.col(flag))
    known = vessels.join(values_seen(lazy), on="track", how="left").collect()
    odd = tracks.fixes.filter(flag_bits(tracks.fixes) & CIRCLE != 0)["track"].unique()
    flags.append(pl.when(pl.col("track").is_in(odd.implode())).then(pl.lit(INTERFERENCE)))
    words = pl.concat_list(flags).list.drop_nulls().list.join(";")
    return conform(
        known.lazy()
        .with_columns(pl.when(words.str.len_bytes() > 0).then(words).otherwise(None).alias("flags"))
        # an aid's kind is told in numbers that would be types of ships
        .with_columns(pl.when(~aid).then("ship_type").alias("ship_type"))
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
