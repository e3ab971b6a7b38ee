"""Which track of an MMSI each typed value belongs to."""

from __future__ import annotations

import polars as pl

from pipeline.cleaning.motion import EARTH_RADIUS_M
from pipeline.cleaning.tracks import Tracks

_IDENTITY = ["mmsi", "name", "imo", "callsign"]


def _distance_m(lat0: pl.Expr, lon0: pl.Expr, lat1: pl.Expr, lon1: pl.Expr) -> pl.Expr:
    """Great-circle distance by the haversine formula."""
    half_lat = ((lat1 - lat0) / 2).radians().sin()
    half_lon = ((lon1 - lon0) / 2).radians().sin()
    share = half_lat.pow(2) + lat0.radians().cos() * lat1.radians().cos() * half_lon.pow(2)
    return 2 * EARTH_RADIUS_M * share.sqrt().clip(upper_bound=1.0).arcsin()


def assign_statics(tracks: Tracks, statics: pl.DataFrame) -> pl.DataFrame:
    """Add ``track`` to the typed values; those of MMSIs without a track are left out.

    Where an MMSI is several ships, a report sent with a position goes to the track that was
    nearest at that time. One without goes where most reports of the same name, IMO number and
    call sign went; of an identity never sent with a position, to the track heard in most of the
    same hours.

    Parameters
    ----------
    tracks : Tracks
        From `build_tracks`.
    statics : pl.DataFrame
        ``schema.STATICS``.
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
    identity = (
        votes.sort(
            *_IDENTITY, "placed", "votes", "track", descending=[False] * 4 + [True, True, False]
        )
        .group_by(_IDENTITY, maintain_order=True)
        .agg(pl.col("track").first().alias("by_identity"))
    )
    assigned = (
        several.join(placed.select("report", "track"), on="report", how="left")
        .join(identity, on=_IDENTITY, how="left", nulls_equal=True)
        .with_columns(pl.coalesce("track", "by_identity").alias("track"))
        .filter(pl.col("track").is_not_null())
        .sort("report")
    )
    return pl.concat((single, assigned.select(single.columns)))


def _nearest(tracks: Tracks, shared: pl.DataFrame, statics: pl.DataFrame) -> pl.DataFrame:
    """The reports sent with a position and, of each, the track that was nearest."""
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
    return (
        near.filter(pl.col("far").is_not_null())
        .sort("report", "far", "track")
        .group_by("report", maintain_order=True)
        .first()
    )


def _votes(placed: pl.DataFrame) -> pl.DataFrame:
    """For each identity and track, how many reports were sent where the track was."""
    return (
        placed.group_by(*_IDENTITY, "track")
        .agg(pl.col("reports").sum().cast(pl.UInt32).alias("votes"))
        .with_columns(pl.lit(value=True).alias("placed"))
    )


def _heard_together(tracks: Tracks, shared: pl.DataFrame, statics: pl.DataFrame) -> pl.DataFrame:
    """For each identity and track, in how many hours both were heard."""
    hours = (
        tracks.fixes.lazy()
        .join(shared.lazy(), on="track")
        .select(
            "track", "mmsi", (pl.col("time").dt.epoch("s") // 3600).cast(pl.Int32).alias("hour")
        )
        .unique()
        .collect()
    )
    return (
        statics.select(*_IDENTITY, "hour")
        .unique()
        .join(hours, on=["mmsi", "hour"])
        .group_by(*_IDENTITY, "track")
        .agg(pl.len().cast(pl.UInt32).alias("votes"))
        .with_columns(pl.lit(value=False).alias("placed"))
    )
