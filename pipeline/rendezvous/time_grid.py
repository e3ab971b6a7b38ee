"""Tracks on a grid of time: places at whole steps, by straight lines between fixes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.config.rendezvous import DistanceConfig
from pipeline.rendezvous.geometry import metres_per_degree, wrap_degrees
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S, Tracks


@dataclass(frozen=True)
class Grid:
    """Places of all tracks at whole steps of time.

    Attributes
    ----------
    start : array of int, shape (tracks + 1)
        Track k has the rows start[k] to start[k + 1] - 1.
    tick : array of int
        Steps since 1970, ascending within a track.
    lat, lon : array of float
        Degrees.
    """

    start: I8
    tick: I8
    lat: F8
    lon: F8


@njit(cache=True)
def _run_on(
    lat: float,
    lon: float,
    speed_kn: float,
    course_deg: float,
    time_ms: int,
    from_tick: int,
    to_tick: int,
    step_ms: int,
    n: int,
    fill: bool,
    out_tick: I8,
    out_lat: F8,
    out_lon: F8,
) -> int:
    """Ticks from one to before another by dead reckoning from a fix; none without its velocity."""
    if np.isnan(speed_kn) or (speed_kn > 0.0 and np.isnan(course_deg)):
        return n
    for tick in range(from_tick, to_tick):
        if fill:
            out_tick[n], out_lat[n], out_lon[n] = tick, lat, lon
            if speed_kn > 0.0:
                way_m = speed_kn * KNOT_M_S * (tick * step_ms - time_ms) / 1000.0
                north, east = metres_per_degree(lat)
                course = np.radians(course_deg)
                out_lat[n] = min(90.0, max(-90.0, lat + way_m * np.cos(course) / north))
                out_lon[n] = wrap_degrees(lon + way_m * np.sin(course) / max(east, 1.0))
        n += 1
    return n


@njit(cache=True)
def _to_grid(
    start: I8,
    time_ms: I8,
    lat: F8,
    lon: F8,
    sog_kn: NDArray[np.float32],
    cog_deg: NDArray[np.float32],
    step_ms: int,
    max_gap_ms: int,
    beyond_ms: int,
    fill: bool,
    out_start: I8,
    out_tick: I8,
    out_lat: F8,
    out_lon: F8,
) -> int:
    """Count (or fill) the ticks of all tracks."""
    n = 0
    for k in range(len(start) - 1):
        out_start[k] = n
        lo, hi = start[k], start[k + 1]
        for i in range(lo, hi):
            t = time_ms[i]
            if i == lo and beyond_ms > 0:
                n = _run_on(
                    lat[i], lon[i], sog_kn[i], cog_deg[i], t, -((beyond_ms - t) // step_ms),
                    -(-t // step_ms), step_ms, n, fill, out_tick, out_lat, out_lon,
                )  # fmt: skip
            # up to the next fix, without it; where that is too far off, this fix alone
            leg_ms = time_ms[i + 1] - t if i + 1 < hi else max_gap_ms
            end_ms = time_ms[i + 1] if leg_ms < max_gap_ms else t + 1
            for tick in range(-(-t // step_ms), -(-end_ms // step_ms)):
                if fill:
                    share = (tick * step_ms - t) / leg_ms
                    out_tick[n], out_lat[n], out_lon[n] = tick, lat[i], lon[i]
                    if share > 0.0:
                        out_lat[n] += share * (lat[i + 1] - lat[i])
                        out_lon[n] = wrap_degrees(
                            lon[i] + share * wrap_degrees(lon[i + 1] - lon[i])
                        )
                n += 1
            if i == hi - 1 and beyond_ms > 0:
                n = _run_on(
                    lat[i], lon[i], sog_kn[i], cog_deg[i], t, t // step_ms + 1,
                    (t + beyond_ms) // step_ms + 1, step_ms, n, fill, out_tick, out_lat, out_lon,
                )  # fmt: skip
    out_start[len(start) - 1] = n
    return n


def resample(tracks: Tracks, config: DistanceConfig) -> Grid:
    """Bring tracks to whole steps of time.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes.
    config : DistanceConfig
        The step; how far apart two fixes may be to know a place between them; whether a track goes
        on, by dead reckoning, before its first fix and after its last.

    Returns
    -------
    Grid
        Places by linear interpolation, the short way round across the antimeridian.
    """
    step_ms, max_gap_ms = round(config.increment_s * 1000), round(config.max_gap_s * 1000)
    beyond_ms = max_gap_ms if config.extrapolate else 0
    fixes = (
        tracks.start,
        tracks.time_ms,
        tracks.lat,
        tracks.lon,
        tracks.sog_kn,
        tracks.cog_deg,
        step_ms,
        max_gap_ms,
        beyond_ms,
    )
    start = np.empty(len(tracks.start), np.int64)
    none, nowhere = np.empty(0, np.int64), np.empty(0)
    n = _to_grid(*fixes, False, start, none, nowhere, nowhere)
    tick, lat, lon = np.empty(n, np.int64), np.empty(n), np.empty(n)
    _to_grid(*fixes, True, start, tick, lat, lon)
    return Grid(start, tick, lat, lon)
