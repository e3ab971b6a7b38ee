"""What a run found, and the parts of it that the files are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline import schema


@dataclass(frozen=True)
class Results:
    """All that a run found, as the stages hand it on.

    Attributes
    ----------
    encounters : pl.DataFrame
        ``schema.ENCOUNTERS``, further measured columns after it.
    volumes : pl.DataFrame
        ``schema.VOLUMES``: a row a candidate.
    fixes, vessels, draughts : pl.DataFrame
        ``schema.FIXES``, ``schema.VESSELS``, ``schema.DRAUGHTS`` of all tracks.
    quota : Mapping
        The content of ``quota.json``.
    manifest : Mapping
        The content of ``manifest.json``.
    port_calls : pl.DataFrame
        ``schema.PORT_CALLS``: calls of the examined vessels; none where nobody looked for them.
    """

    encounters: pl.DataFrame
    volumes: pl.DataFrame
    fixes: pl.DataFrame
    vessels: pl.DataFrame
    draughts: pl.DataFrame
    quota: Mapping[str, Any]
    manifest: Mapping[str, Any]
    port_calls: pl.DataFrame = field(default_factory=lambda: schema.empty(schema.PORT_CALLS))


def candidates(results: Results) -> pl.DataFrame:
    """The candidates with their volumes, the best first.

    Returns
    -------
    pl.DataFrame
        The columns of `results.encounters`, then those of ``schema.VOLUMES``. Sorted by score
        (highest first, those without one last), then start, then event_id: a total order.
    """
    return (
        results.encounters.filter(pl.col("candidate"))
        .join(results.volumes, on="event_id", how="left", validate="1:1")
        .sort(
            "score",
            "start_utc",
            "event_id",
            descending=[True, False, False],
            nulls_last=True,
        )
    )


def sides(encounters: pl.DataFrame) -> pl.DataFrame:
    """Each encounter seen from each of its vessels.

    Parameters
    ----------
    encounters : pl.DataFrame
        ``event_id``, ``track_a``, ``track_b``, ``start_utc``, ``end_utc``, ``lat``, ``lon``.

    Returns
    -------
    pl.DataFrame
        ``event_id``, ``side`` (a, b), ``track_id``, ``start_utc``, ``end_utc``, ``lat``, ``lon``:
        a row for side a and, unless the encounter is one-sided, one for side b.
    """
    return pl.concat(
        encounters.select(
            "event_id",
            pl.lit(side).alias("side"),
            pl.col(f"track_{side}").alias("track_id"),
            "start_utc",
            "end_utc",
            "lat",
            "lon",
        )
        for side in ("a", "b")
    ).drop_nulls("track_id")


@dataclass(frozen=True)
class Examined:
    """What re-deciding, explaining and drawing need later without the dumps.

    Attributes
    ----------
    vessels : pl.DataFrame
        ``schema.VESSELS`` of the tracks that stand in an encounter, numbered anew from 0.
    fixes : pl.DataFrame
        ``track_id`` and ``schema.FIXES``: theirs, around their encounters only.
    draughts : pl.DataFrame
        ``track_id`` and ``schema.DRAUGHTS``: their whole series.
    """

    vessels: pl.DataFrame
    fixes: pl.DataFrame
    draughts: pl.DataFrame


def examined(results: Results, margin_h: float) -> Examined:
    """The tracks of all encounters, the rejected too, with their fixes around them.

    Parameters
    ----------
    results : Results
        A run.
    margin_h : float
        Hours before an encounter's start and after its end for which fixes are kept.
    """
    seen = sides(results.encounters)
    vessels = (
        results.vessels.join(seen.select("track_id").unique(), on="track_id", how="semi")
        .sort("mmsi", "track_id")
        .with_columns(pl.col("track").alias("old"))
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("track"))
    )
    numbers = vessels.select("old", "track", "track_id")
    spans = _merged(seen, margin_h).join(numbers, on="track_id").drop("track_id")
    fixes = _renumber(results.fixes, numbers)
    return Examined(
        vessels=vessels.drop("old"),
        fixes=_within(fixes, spans.drop("old")).sort("track", "time"),
        draughts=_renumber(results.draughts, numbers).sort("track", "time"),
    )


def _renumber(table: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    return (
        table.rename({"track": "old"})
        .join(numbers, on="old", how="inner")
        .select("track_id", "track", *[c for c in table.columns if c != "track"])
    )


def _merged(seen: pl.DataFrame, margin_h: float) -> pl.DataFrame:
    """The spans of time of each track's encounters, widened and merged where they overlap."""
    margin = pl.duration(milliseconds=round(margin_h * 3_600_000))
    return (
        seen.select("track_id", begin=pl.col("start_utc") - margin, end=pl.col("end_utc") + margin)
        .sort("track_id", "begin", "end")
        .with_columns(reach=pl.col("end").cum_max().shift(1).over("track_id"))
        .with_columns(
            span=(pl.col("reach").is_null() | (pl.col("begin") > pl.col("reach")))
            .cum_sum()
            .over("track_id")
        )
        .group_by("track_id", "span", maintain_order=True)
        .agg(pl.col("begin").min(), pl.col("end").max())
        .drop("span")
    )


def _within(fixes: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """The fixes inside one of their track's spans, which do not overlap."""
    return (
        fixes.sort("time", "track")
        .join_asof(
            spans.sort("begin", "track"),
            left_on="time",
            right_on="begin",
            by="track",
            strategy="backward",
            check_sortedness=False,  # both were sorted by it just now
        )
        .filter(pl.col("time") <= pl.col("end"))
        .drop("begin", "end")
    )
