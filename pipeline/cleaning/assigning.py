"""Which track of an MMSI each typed value belongs to."""

from __future__ import annotations

import polars as pl

from pipeline.cleaning.draughts import count_unused
from pipeline.cleaning.motion import EARTH_RADIUS_M, M_S_PER_KN
from pipeline.cleaning.tracks import Tracks
from pipeline.ledger import Ledger

_IDENTITY = ["mmsi", "name", "imo", "callsign"]
SURE_SHARE = 1.25  # by which an identity must be heard more with one track than with the next
REACH_M_S = 60.0 * M_S_PER_KN  # no ship does more between two fixes
NEAR_MAX_S = 3600.0  # from the fix next to it: later, a reach of 60 kn is any place
PLACE_M = 1000.0  # of a report's own fix, rounded as feeds round
UNTOLD = "cleaning.draught_of_which_ship"


def _distance_m(lat0: pl.Expr, lon0: pl.Expr, lat1: pl.Expr, lon1: pl.Expr) -> pl.Expr:
    """Great-circle distance by the haversine formula."""
    half_lat = ((lat1 - lat0) / 2).radians().sin()
    half_lon = ((lon1 - lon0) / 2).radians().sin()
    share = half_lat.pow(2) + lat0.radians().cos() * lat1.radians().cos() * half_lon.pow(2)
    return 2 * EARTH_RADIUS_M * share.sqrt().clip(upper_bound=1.0).arcsin()


def assign_statics(tracks: Tracks, statics: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Add ``track`` to the typed values; those of MMSIs without a track are left out.

    Where an MMSI is several ships, a report sent with a position goes to the track that was
    nearest at that time, if a ship can have been there; one sent from elsewhere says nothing by its
    place. One without a place goes where most reports of the same name, IMO number and call sign
    went; of an identity never sent with a position, to the track heard in most of the same hours
    or, of tracks heard in as many, the one heard in fewest others. Where that does not tell the
    tracks apart, or there is no identity, the draught is not used.

    Parameters
    ----------
    tracks : Tracks
        From `build_tracks`.
    statics : pl.DataFrame
        ``schema.STATICS``.
    ledger : Ledger
        Gets the draughts that are not used.
    """
    only = tracks.tracks.filter(pl.col("ships") == 1).select("track", "mmsi")
    single = statics.join(only, on="mmsi", maintain_order="left")
    shared = tracks.tracks.filter(pl.col("ships") > 1).select("track", "mmsi")
    if shared.is_empty():
        return single
    several = statics.join(shared.select("mmsi").unique(), on="mmsi", how="semi").with_row_index(
        "report"
    )
    placed = _nearest(tracks, shared, several)
    votes = pl.concat((_votes(placed), _heard_together(tracks, shared, several)))
    best, next_best = pl.col("votes").first(), pl.col("votes").get(1, null_on_oob=True)
    alike, next_alike = pl.col("alike").first(), pl.col("alike").get(1, null_on_oob=True)
    identity = (
        votes.sort(
            *_IDENTITY,
            "placed",
            "votes",
            "alike",
            "track",
            descending=[False] * 4 + [True, True, True, False],
        )
        .group_by(_IDENTITY, maintain_order=True)
        .agg(
            pl.col("track").first().alias("by_identity"),
            (
                pl.col("placed").first()
                | (best >= SURE_SHARE * next_best.fill_null(0))
                | (alike >= SURE_SHARE * next_alike.fill_null(0.0))
            ).alias("sure"),
        )
        .with_columns(
            pl.col("sure") & pl.any_horizontal(pl.col(c).is_not_null() for c in _IDENTITY[1:])
        )
    )
    assigned = (
        several.join(placed.select("report", "track"), on="report", how="left")
        .join(identity, on=_IDENTITY, how="left", nulls_equal=True)
        .with_columns(
            (pl.col("track").is_null() & ~pl.col("sure").fill_null(value=False)).alias("untold"),
            pl.coalesce("track", "by_identity").alias("track"),
        )
        .filter(pl.col("track").is_not_null())
        .sort("report")
    )
    untold = assigned["untold"] & assigned["draught_m"].is_not_null()
    if untold.any():
        count_unused(UNTOLD, assigned.filter(untold), ledger)
        draught = pl.when(~untold).then("draught_m").alias("draught_m")
        assigned = assigned.with_columns(draught)
    return pl.concat((single, assigned.select(single.columns)))


def _nearest(tracks: Tracks, shared: pl.DataFrame, statics: pl.DataFrame) -> pl.DataFrame:
    """The reports sent with a position and, of each, the track that was nearest.

    One sent from where none of the tracks can have been came with a false position, which says
    nothing of who typed.
    """
    sent = (
        statics.filter(pl.col("lat").is_not_null() & pl.col("lon").is_not_null())
        .join(shared, on="mmsi")
        .sort("first_time")
    )
    fixes = (
        tracks.fixes.join(shared, on="track", how="semi")
        .select("track", "time", pl.col("lat").alias("lat_fix"), pl.col("lon").alias("lon_fix"))
        .sort("time")
    )
    near = sent.join_asof(
        fixes,
        left_on="first_time",
        right_on="time",
        by="track",
        strategy="nearest",
        check_sortedness=False,
    ).with_columns(
        _distance_m(pl.col("lat"), pl.col("lon"), pl.col("lat_fix"), pl.col("lon_fix")).alias("far")
    )
    off_s = (pl.col("first_time") - pl.col("time")).dt.total_milliseconds().abs() / 1000
    return (
        near.filter(off_s <= NEAR_MAX_S, pl.col("far") <= PLACE_M + REACH_M_S * off_s)
        .sort("report", "far", "track")
        .group_by("report", maintain_order=True)
        .first()
    )


def _votes(placed: pl.DataFrame) -> pl.DataFrame:
    """For each identity and track, how many reports were sent where the track was."""
    return (
        placed.group_by(*_IDENTITY, "track")
        .agg(pl.col("reports").sum().cast(pl.UInt32).alias("votes"))
        .with_columns(alike=pl.lit(1.0), placed=pl.lit(value=True))
    )


def _heard_together(tracks: Tracks, shared: pl.DataFrame, statics: pl.DataFrame) -> pl.DataFrame:
    """For each identity and track, in how many hours both were heard.

    ``alike``: the share of these in the hours in which either was.
    """
    hours = (
        tracks.fixes.lazy()
        .join(shared.lazy(), on="track")
        .select(
            "track", "mmsi", (pl.col("time").dt.epoch("s") // 3600).cast(pl.Int32).alias("hour")
        )
        .unique()
        .collect()
    )
    typed = statics.select(*_IDENTITY, "hour").unique()
    return (
        typed.with_columns(pl.len().over(_IDENTITY).alias("typed_hours"))
        .join(hours.with_columns(pl.len().over("track").alias("hours")), on=["mmsi", "hour"])
        .group_by(*_IDENTITY, "track", "typed_hours", "hours")
        .agg(pl.len().cast(pl.UInt32).alias("votes"))
        .with_columns(
            (pl.col("votes") / (pl.col("typed_hours") + pl.col("hours") - pl.col("votes"))).alias(
                "alike"
            ),
            placed=pl.lit(value=False),
        )
        .select(*_IDENTITY, "track", "votes", "alike", "placed")
    )
