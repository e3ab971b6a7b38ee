"""How a pair came, went and kept company: the time around an event on a common grid of time."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.config.rendezvous import DistanceConfig
from pipeline.rendezvous.geometry import metres_per_degree, short_way_deg
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S, Tracks
from pipeline.rendezvous.time_grid import resample

GRID_S = 600
"""Step at which the time around an event is looked at; coming alongside takes longer."""
AROUND_S = 24 * 3600
APPROACH_S = 3 * 3600
APART_M = 1000.0
NEARNESS_M = 300.0
"""Ships under way together within this and their hulls: a tow's wire is 100-300 m, one hull's two
antennas are nearer; ships in a fairway keep more than that."""


class Places(NamedTuple):
    """Places of all tracks at whole steps, for the compiled functions; see `time_grid.Grid`."""

    start: I8
    tick: I8
    lat: F8
    lon: F8
    speed_kn: NDArray[np.float32]


@njit(cache=True)
def _speeds(
    tracks_start: I8,
    time_ms: I8,
    lat: F8,
    lon: F8,
    sog_kn: NDArray[np.float32],
    start: I8,
    tick: I8,
) -> NDArray[np.float32]:
    """Speed over ground at each place, by the two fixes it lies between."""
    out = np.zeros(len(tick), np.float32)
    for k in range(len(start) - 1):
        i, last = tracks_start[k], tracks_start[k + 1] - 1
        for n in range(start[k], start[k + 1]):
            t = tick[n] * GRID_S * 1000
            while i < last and time_ms[i + 1] <= t:
                i += 1
            if i == last:
                out[n] = 0.0 if np.isnan(sog_kn[i]) else sog_kn[i]
                continue
            dt = (time_ms[i + 1] - time_ms[i]) / 1000.0
            if dt < 120.0 and not np.isnan(sog_kn[i]) and not np.isnan(sog_kn[i + 1]):
                out[n] = 0.5 * (sog_kn[i] + sog_kn[i + 1])  # noise would feign speed
                continue
            north_m, east_m = metres_per_degree(lat[i])
            dx = short_way_deg(lon[i + 1] - lon[i]) * east_m
            dy = (lat[i + 1] - lat[i]) * north_m
            out[n] = math.sqrt(dx * dx + dy * dy) / dt / KNOT_M_S
    return out


def places_of(tracks: Tracks, interpolate_max_h: float) -> Places:
    """Places of all tracks at whole steps since 1970, where they are known.

    Parameters
    ----------
    tracks : Tracks
        Clean fixes.
    interpolate_max_h : float
        Between two fixes further apart a place is not known.
    """
    step = DistanceConfig(
        increment_s=GRID_S, max_gap_s=interpolate_max_h * 3600.0, extrapolate=False
    )
    grid = resample(tracks, step)
    speed_kn = _speeds(
        tracks.start,
        tracks.time_ms,
        tracks.lat,
        tracks.lon,
        tracks.sog_kn,
        grid.start,
        grid.tick,
    )
    return Places(grid.start, grid.tick, grid.lat, grid.lon, speed_kn)


@njit(cache=True)
def around(
    p: Places,
    ka: int,
    kb: int,
    start_s: float,
    end_s: float,
    reach_m: float,
    lashed_kn: float,
    out: F8,
) -> None:
    """Approach, departure and the company two ships kept.

    Parameters
    ----------
    p : Places
        From `places_of`.
    ka, kb : int
        The tracks.
    start_s, end_s : float
        The event.
    reach_m : float
        Sum of how far each hull can reach from its antenna.
    lashed_kn : float
        Ships lashed together go no faster.
    out : array, shape (6)
        Filled with approach, departure, hours known before and after, hours fast together, hours
        apart; see MEASURES.
    """
    approach, departure, before, after, fast, apart = range(6)
    out[: departure + 1] = np.nan
    out[before:] = 0.0
    hours = GRID_S / 3600.0
    first, last = (start_s - AROUND_S) / GRID_S, (end_s + AROUND_S) / GRID_S
    i = p.start[ka] + np.searchsorted(p.tick[p.start[ka] : p.start[ka + 1]], math.ceil(first))
    j = p.start[kb] + np.searchsorted(p.tick[p.start[kb] : p.start[kb + 1]], math.ceil(first))
    near2 = (reach_m + NEARNESS_M) ** 2
    scaled_at = np.inf
    north_m = east_m = 0.0
    while i < p.start[ka + 1] and j < p.start[kb + 1] and p.tick[i] <= last:
        if p.tick[i] < p.tick[j]:
            i += 1
            continue
        if p.tick[i] > p.tick[j]:
            j += 1
            continue
        if not abs(p.lat[i] - scaled_at) < 0.05:
            scaled_at = p.lat[i]
            north_m, east_m = metres_per_degree(scaled_at)
        dx = short_way_deg(p.lon[j] - p.lon[i]) * east_m
        dy = (p.lat[j] - p.lat[i]) * north_m
        square = dx * dx + dy * dy
        t_s = float(p.tick[i] * GRID_S)
        if t_s < start_s:
            if t_s >= start_s - APPROACH_S:
                out[before] += hours
                km = math.sqrt(square) / 1000.0
                if np.isnan(out[approach]) or km > out[approach]:
                    out[approach] = km
        elif end_s < t_s <= end_s + APPROACH_S:
            out[after] += hours
            km = math.sqrt(square) / 1000.0
            if np.isnan(out[departure]) or km > out[departure]:
                out[departure] = km
        if square > APART_M * APART_M:
            out[apart] += hours
        elif square < near2 and min(p.speed_kn[i], p.speed_kn[j]) > lashed_kn:
            out[fast] += hours
        i += 1
        j += 1
