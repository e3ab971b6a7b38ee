"""What a run found, and the parts of it that the files are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline import schema

TIME_BITS = 42  # of milliseconds since 1970, until the year 2109


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
    fixes_in_parts : iterable of pl.DataFrame, optional
        In place of `fixes`, where these would fill the memory: parts that follow each other by
        track and time, and that can be gone through several times.
    """

    encounters: pl.DataFrame
    volumes: pl.DataFrame
    fixes: pl.DataFrame
    vessels: pl.DataFrame
    draughts: pl.DataFrame
    quota: Mapping[str, Any]
    manifest: Mapping[str, Any]
    port_calls: pl.DataFrame = field(default_factory=lambda: schema.empty(schema.PORT_CALLS))
    fixes_in_parts: Iterable[pl.DataFrame] | None = None

    @property
    def parts(self) -> Iterable[pl.DataFrame]:
        """All fixes, in parts."""
        return [self.fixes] if self.fixes_in_parts is None else self.fixes_in_parts


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
    fixes : iterator of pl.DataFrame
        ``track_id`` and ``schema.FIXES``: theirs, around their encounters only; in parts, which
        follow each other by track and time.
    draughts : pl.DataFrame
        ``track_id`` and ``schema.DRAUGHTS``: their whole series.
    """

    vessels: pl.DataFrame
    fixes: Iterator[pl.DataFrame]
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
    in_order = numbers["old"].is_sorted()
    spans = spans_about(results.encounters, results.vessels, margin_h)
    return Examined(
        vessels=vessels.drop("old"),
        fixes=(
            renumbered if in_order else renumbered.sort("track", "time")
            for renumbered in (_renumbered(within(part, spans), numbers) for part in results.parts)
        ),
        draughts=_renumbered(results.draughts, numbers).sort("track", "time"),
    )


def fixes_about(results: Results, encounters: pl.DataFrame, margin_h: float) -> pl.DataFrame:
    """``schema.FIXES`` of the ships of some encounters, around these only."""
    spans = spans_about(encounters, results.vessels, margin_h)
    return pl.concat([within(part, spans) for part in results.parts])


def spans_about(encounters: pl.DataFrame, vessels: pl.DataFrame, margin_h: float) -> pl.DataFrame:
    """``track``, ``begin``, ``end``: the time around each encounter, for each of its tracks."""
    margin = pl.duration(milliseconds=round(margin_h * 3_600_000))
    return (
        sides(encounters)
        .join(vessels.select("track_id", "track"), on="track_id")
        .select("track", begin=pl.col("start_utc") - margin, end=pl.col("end_utc") + margin)
    )


def within(fixes: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """The fixes that lie in one of their track's spans of time, ends included.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``, sorted by track and time.
    spans : pl.DataFrame
        From `spans_about`.
    """

    def keys(table: pl.DataFrame, time: str) -> NDArray[np.int64]:
        """Track and time as one number, in their order."""
        track = table["track"].to_numpy().astype(np.int64)
        return (track << TIME_BITS) + table[time].to_physical().to_numpy()

    fixes = _of_tracks(fixes, spans["track"].unique().sort().to_numpy())
    if fixes.is_empty():
        return fixes
    least, most = fixes["track"][0], fixes["track"][-1]
    spans = spans.filter(pl.col("track").is_between(least, most))
    at = keys(fixes, "time")
    first = np.searchsorted(at, keys(spans, "begin"))
    behind = np.searchsorted(at, keys(spans, "end"), side="right")
    opened = np.bincount(first, minlength=len(at) + 1) - np.bincount(behind, minlength=len(at) + 1)
    return fixes.filter(pl.Series(np.cumsum(opened[:-1]) > 0))


def _of_tracks(fixes: pl.DataFrame, tracks: NDArray[np.int32]) -> pl.DataFrame:
    """The fixes of some tracks, from fixes sorted by track; all as they are if these are most."""
    track = fixes["track"].to_numpy()
    begin, end = np.searchsorted(track, tracks), np.searchsorted(track, tracks, side="right")
    if 2 * (end - begin).sum() > len(track):
        return fixes
    rows = [np.arange(*bounds) for bounds in zip(begin, end, strict=True)]
    return fixes[np.concatenate(rows)] if rows else fixes.clear()


def _renumbered(table: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Rows of the tracks ``old`` with their new ``track`` and ``track_id``, in the old order."""
    old, track = numbers["old"].to_numpy(), table["track"].to_numpy()
    of_old = np.full(max(old.max(initial=-1), track.max(initial=-1)) + 1, -1)
    of_old[old] = numbers["track"].to_numpy()
    new = pl.Series("track", of_old[track], dtype=pl.Int32)
    found = table.with_columns(new).filter(new >= 0)
    return found.insert_column(0, numbers["track_id"].gather(found["track"]))
