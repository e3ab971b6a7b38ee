"""Runs: stretches of a track slow enough to lie alongside another, each with its box.

Pairing runs instead of fixes is what keeps dense ports cheap: a ship moored all day is one run.
A run is cut where the ship goes too fast, where its place is not known between two fixes, and
where its box grows too large to tell anything. Neighbouring runs share their border fix, so no
moment is lost between them. A fix that the ship came to and left at speed is no run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from pipeline.rendezvous.geometry import metres_per_degree, offset_m, wrap_degrees

I8 = NDArray[np.int64]
F8 = NDArray[np.float64]

EXTENT_MAX_M = 2000.0
"""A box larger than this is cut: a drifting ship leaves it in an hour or so, and boxes much larger
than the ships' nearness would pair everything with everything."""
KNOT_M_S = 1852.0 / 3600.0


@dataclass(frozen=True)
class Tracks:
    """Fixes as arrays, sorted by track and time, and where each track begins.

    Attributes
    ----------
    start : array of int, shape (tracks + 1)
        Track k holds fixes start[k] to start[k + 1] - 1.
    time_ms : array of int
        Milliseconds since 1970.
    lat, lon, sog_kn, cog_deg, heading_deg : array of float
        NaN where unknown.
    nav_status : array of int8
        -1 where unknown.
    """

    start: I8
    time_ms: I8
    lat: F8
    lon: F8
    sog_kn: NDArray[np.float32]
    cog_deg: NDArray[np.float32]
    heading_deg: NDArray[np.float32]
    nav_status: NDArray[np.int8]


@dataclass(frozen=True)
class Runs:
    """Runs as arrays, sorted by track and time.

    Attributes
    ----------
    track, first, last : array of int
        The track, and the indices of the run's first and last fix.
    begin_ms, end_ms : array of int
        Times of those fixes.
    south, north, west, east : array of float
        The box in degrees; east may exceed 180 where the box crosses the antimeridian.
    """

    track: I8
    first: I8
    last: I8
    begin_ms: I8
    end_ms: I8
    south: F8
    north: F8
    west: F8
    east: F8


def frozen(column: pl.Series) -> NDArray[Any]:
    """A column as an array that cannot be written to.

    Polars gives such arrays where nothing had to be copied, others where something had. To Numba
    those are two types, and each would be compiled for of its own.
    """
    array = column.to_numpy().view()
    array.flags.writeable = False
    return array


def tracks_of(fixes: pl.DataFrame, tracks: int) -> Tracks:
    """The fixes as arrays for the compiled functions.

    Parameters
    ----------
    fixes : pl.DataFrame
        `schema.FIXES`, sorted by track and time.
    tracks : int
        Number of tracks, with or without fixes.
    """

    def single(name: str) -> NDArray[np.float32]:
        return frozen(fixes[name].cast(pl.Float32).fill_null(np.nan))

    return Tracks(
        start=np.searchsorted(fixes["track"].to_numpy(), np.arange(tracks + 1)).astype(np.int64),
        time_ms=frozen(fixes["time"].dt.epoch("ms")),
        lat=frozen(fixes["lat"]),
        lon=frozen(fixes["lon"]),
        sog_kn=single("sog_kn"),
        cog_deg=single("cog_deg"),
        heading_deg=single("heading_deg"),
        nav_status=frozen(fixes["nav_status"].fill_null(-1)),
    )


@njit(cache=True, nogil=True)
def _cut(
    start: I8, time_ms: I8, lat: F8, lon: F8, speed_max_kn: float, gap_max_ms: int, extent_m: float
) -> tuple[I8, I8, I8, F8, F8, F8, F8]:
    most = len(time_ms) + len(start)
    track = np.empty(most, np.int64)
    first = np.empty(most, np.int64)
    last = np.empty(most, np.int64)
    south, north = np.empty(most), np.empty(most)
    west, east = np.empty(most), np.empty(most)
    n = 0
    for k in range(len(start) - 1):
        i = start[k]
        at_speed = False  # whether the ship went too fast from the fix before to this one
        while i < start[k + 1]:
            per_north, per_east = metres_per_degree(lat[i])
            lo_lat = hi_lat = lat[i]
            lo = hi = 0.0  # degrees of longitude from the run's first fix
            j = i
            joined = fast = False
            while j + 1 < start[k + 1]:
                dt_ms = time_ms[j + 1] - time_ms[j]
                if dt_ms > gap_max_ms:
                    break
                dx, dy = offset_m(lat[j], lon[j], lat[j + 1], lon[j + 1])
                # the allowance lets noise and report times pass for slow at small time steps
                allowed = speed_max_kn * KNOT_M_S * (dt_ms / 1000.0 + 10.0) + 50.0
                if dx * dx + dy * dy > allowed * allowed:
                    fast = True
                    break
                x = wrap_degrees(lon[j + 1] - lon[i])
                new_lo, new_hi = min(lo, x), max(hi, x)
                new_south, new_north = min(lo_lat, lat[j + 1]), max(hi_lat, lat[j + 1])
                too_wide = (new_hi - new_lo) * per_east > extent_m
                too_high = (new_north - new_south) * per_north > extent_m
                if (too_wide or too_high) and j > i:
                    joined = True
                    break
                lo, hi, lo_lat, hi_lat = new_lo, new_hi, new_south, new_north
                j += 1
            passed_at, at_speed = at_speed, not joined and fast
            if i == j and passed_at and at_speed:
                i = j + 1  # passed at speed, before and after: no run
                continue
            track[n], first[n], last[n] = k, i, j
            south[n], north[n], west[n], east[n] = lo_lat, hi_lat, lon[i] + lo, lon[i] + hi
            n += 1
            i = j if joined else j + 1
    return track[:n], first[:n], last[:n], south[:n], north[:n], west[:n], east[:n]


def cut_runs(tracks: Tracks, speed_max_kn: float, gap_max_h: float) -> Runs:
    """Cut all tracks into runs.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes.
    speed_max_kn : float
        Stretches between two fixes faster than this belong to no run.
    gap_max_h : float
        Fixes further apart than this do not belong to one run.
    """
    gap_max_ms = round(gap_max_h * 3_600_000)
    track, first, last, south, north, west, east = _cut(
        tracks.start, tracks.time_ms, tracks.lat, tracks.lon, speed_max_kn, gap_max_ms, EXTENT_MAX_M
    )
    return Runs(
        track, first, last, tracks.time_ms[first], tracks.time_ms[last], south, north, west, east
    )
