"""Silences at the ends of what was heard of a ship, against the span of the dump.

Before her first fix and after her last a ship's place is not between two fixes: it is reckoned from
the one that there is by her course and speed, for as long as that errs by less than ships may be
apart that share receivers. So a ship that sails out of range is looked for where she sailed to.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit

from pipeline.cleaning.motion import EARTH_RADIUS_M, M_S_PER_KN
from pipeline.schema import SILENCES, TIME, conform

RECKONING_ERROR = 0.25  # of the way sailed: a turn of 15 degrees, or a quarter of the speed
DRIFT_KN = 0.5  # by which a ship at rest may be set meanwhile
SPAN_SHARE = 0.1  # of the ships of a median quarter of an hour: with fewer the dump has not begun
HOUR_MS = 3_600_000

Floats = npt.NDArray[np.float64]


def ends_of(fixes: pl.DataFrame) -> pl.DataFrame:
    """The first and the last fix of each track: a row each.

    Parameters
    ----------
    fixes : pl.DataFrame
        ``schema.FIXES``, sorted by track and time.

    Returns
    -------
    pl.DataFrame
        ``track``, ``time``, ``lat``, ``lon``, ``speed_kn`` (zero where unknown), ``course_deg``,
        ``usual_ms`` (between fixes, in the mean over the ship's heard hours), ``last``.
    """
    track = fixes["track"].to_numpy()
    begins = np.flatnonzero(np.diff(track, prepend=-1))
    ends = np.append(begins[1:], track.size)[: begins.size] - 1
    time_ms = fixes["time"].to_physical().to_numpy()
    hours = _hours(begins, time_ms)
    rows = pl.concat(
        fixes[at]
        .select("track", "time", "lat", "lon", "sog_kn", "cog_deg")
        .with_columns(
            pl.lit(last).alias("last"),
            pl.Series("fixes", ends - begins + 1),
            pl.Series("hours", hours),
        )
        for last, at in ((False, begins), (True, ends))
    )
    known = pl.col("sog_kn").is_not_null() & pl.col("cog_deg").is_not_null()
    return rows.select(
        "track",
        "time",
        "lat",
        "lon",
        pl.when(known).then("sog_kn").otherwise(0.0).cast(pl.Float64).alias("speed_kn"),
        pl.when(known).then("cog_deg").otherwise(0.0).cast(pl.Float64).alias("course_deg"),
        (float(HOUR_MS) * pl.col("hours") / pl.col("fixes")).alias("usual_ms"),
        "last",
    ).sort("track", "last")


@njit(cache=True, nogil=True)
def _hours(begins: npt.NDArray[np.int64], time_ms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """In how many hours of UTC each track was heard; its rows begin at `begins`."""
    hours = np.zeros(begins.size, np.int64)
    for s in range(begins.size):
        last = 0
        for i in range(begins[s], begins[s + 1] if s + 1 < begins.size else time_ms.size):
            hour = time_ms[i] // HOUR_MS
            hours[s] += i == begins[s] or hour != last
            last = hour
    return hours


def span_ms(
    key: npt.NDArray[np.int64], ships: npt.NDArray[np.int64], slot_ms: int, bits: int
) -> tuple[int, int]:
    """When the dump begins and ends: the first and last quarter of an hour that hold many ships.

    Parameters
    ----------
    key, ships : array of int64
        What was heard where and when, sorted by key: its high bits are the quarter.
    slot_ms, bits : int
        Milliseconds in a quarter; how many low bits of a key are a place.
    """
    slot = key >> bits
    begins = np.flatnonzero(np.diff(slot, prepend=-1))
    if not begins.size:
        return 0, 0
    total = np.add.reduceat(ships, begins)
    many = np.flatnonzero(total >= SPAN_SHARE * np.median(total))
    first, last = slot[begins[many[0]]], slot[begins[many[-1]]]
    return int(first) * slot_ms, (int(last) + 1) * slot_ms


def reckoned(
    ends: pl.DataFrame, span: tuple[int, int], gap_min_ms: float, intervals: float, reach_m: float
) -> tuple[pl.DataFrame, Floats]:
    """The silences at the ends, and between which places each is looked at.

    Parameters
    ----------
    ends : pl.DataFrame
        From `ends_of`.
    span : tuple of int
        When the dump begins and ends, ms.
    gap_min_ms, intervals : float
        What is a silence: so long, and so many of the ship's usual intervals.
    reach_m : float
        How far ships may be apart that share receivers.

    Returns
    -------
    gaps : pl.DataFrame
        ``schema.SILENCES`` without what is judged; where a ship was not heard, no place.
    looked : array, shape (gaps, 6)
        Of each gap, in order of time, the two places looked between (latitude and longitude of the
        one and of the other) and the time of both, ms.
    """
    begin, end = span
    time = pl.col("time").to_physical()
    long = pl.when("last").then(end - time).otherwise(time - begin)
    gaps = ends.filter(long >= gap_min_ms, long >= intervals * pl.col("usual_ms"))
    at = gaps["time"].to_physical().to_numpy().astype(np.float64)
    last = gaps["last"].to_numpy()
    speed = gaps["speed_kn"].to_numpy() * M_S_PER_KN
    error = np.maximum(RECKONING_ERROR * speed, DRIFT_KN * M_S_PER_KN)
    most_ms = 1000.0 * reach_m / error
    until = np.where(last, np.minimum(end, at + most_ms), np.maximum(begin, at - most_ms))
    lat, lon = _sailed(
        gaps["lat"].to_numpy(),
        gaps["lon"].to_numpy(),
        np.radians(gaps["course_deg"].to_numpy()),
        0.001 * (until - at) * speed,
    )
    here = np.stack((gaps["lat"].to_numpy(), gaps["lon"].to_numpy(), at), axis=1)
    there = np.stack((lat, lon, until), axis=1)
    first, second = np.where(last[:, None], here, there), np.where(last[:, None], there, here)
    looked = np.column_stack((first[:, :2], second[:, :2], first[:, 2], second[:, 2]))
    heard = pl.col("last")
    table = gaps.select(
        "track",
        pl.when(heard).then(time).otherwise(begin).cast(TIME).alias("gap_start"),
        pl.when(heard).then(end).otherwise(time).cast(TIME).alias("gap_end"),
        *(pl.when(heard).then(name).alias(f"{name}_start") for name in ("lat", "lon")),
        *(pl.when(~heard).then(name).alias(f"{name}_end") for name in ("lat", "lon")),
    )
    return conform(table, SILENCES), looked


def _sailed(lat: Floats, lon: Floats, course: Floats, way_m: Floats) -> tuple[Floats, Floats]:
    """Where a way (below zero: back) on a great circle leads to, degrees."""
    phi, arc = np.radians(lat), way_m / EARTH_RADIUS_M
    to = np.arcsin(np.sin(phi) * np.cos(arc) + np.cos(phi) * np.sin(arc) * np.cos(course))
    east = np.arctan2(
        np.sin(course) * np.sin(arc) * np.cos(phi), np.cos(arc) - np.sin(phi) * np.sin(to)
    )
    return np.degrees(to), (lon + np.degrees(east) + 180.0) % 360.0 - 180.0
