"""Compiled kernels: stretches of a track that keep to one place, and how still the ship lay there.

One pass over fixes sorted by track and time; the same rows give the same numbers, always.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

METRES_A_DEGREE = 111_195.0  # on the mean sphere; 0.3 % off at worst, over hundreds of metres
MISSES = 3  # so many positions in a row may stray (a GNSS glitch) before the ship has left
MIN_FIXES = 4  # fewer say nothing about a scatter

Index = NDArray[np.int64]
Floats = NDArray[np.float64]


@njit(cache=True)
def thin(track: NDArray[np.int32], time_ms: Index, apart_ms: int) -> Index:
    """Indexes of fixes at least `apart_ms` after the one kept before, track by track.

    A burst of reports (10 s under way, 3 min moored) must not outweigh the rest of a stay.
    """
    kept = np.empty(len(track), np.int64)
    n = 0
    for i in range(len(track)):
        last = kept[n - 1] if n else -1
        if last < 0 or track[i] != track[last] or time_ms[i] - time_ms[last] >= apart_ms:
            kept[n] = i
            n += 1
    return kept[:n].copy()


@njit(cache=True)
def _offset_m(
    lat: float, lon: float, lat0: float, lon0: float, cos_lat0: float
) -> tuple[float, float]:
    """Metres east and north of (lat0, lon0), the short way around the globe."""
    d_lon = lon - lon0
    if d_lon > 180.0:
        d_lon -= 360.0
    elif d_lon < -180.0:
        d_lon += 360.0
    return d_lon * cos_lat0 * METRES_A_DEGREE, (lat - lat0) * METRES_A_DEGREE


@njit(cache=True)
def _last_in_place(
    begin: int,
    stop: int,
    time_ms: Index,
    lat: Floats,
    lon: Floats,
    reach_m: float,
    gap_ms: int,
) -> int:
    """The last fix from `begin` on (before `stop`) that keeps within `reach_m` of their mean."""
    mean_x = mean_y = 0.0
    n = 1
    last = begin
    misses = 0
    cos_lat = math.cos(math.radians(lat[begin]))
    for j in range(begin + 1, stop):
        if time_ms[j] - time_ms[last] > gap_ms:
            break
        x, y = _offset_m(lat[j], lon[j], lat[begin], lon[begin], cos_lat)
        if (x - mean_x) ** 2 + (y - mean_y) ** 2 <= reach_m**2:
            n += 1
            mean_x += (x - mean_x) / n
            mean_y += (y - mean_y) / n
            last = j
            misses = 0
        else:
            misses += 1
            if misses > MISSES:
                break
    return last


@njit(cache=True)
def _stretches(
    begin: int,
    stop: int,
    time_ms: Index,
    lat: Floats,
    lon: Floats,
    reach_m: float,
    min_ms: int,
    gap_ms: int,
    found: Index,
    n: int,
) -> int:
    """Append the stretches in [begin, stop) that keep to one place for `min_ms` or more."""
    i = begin
    while i < stop:
        last = _last_in_place(i, stop, time_ms, lat, lon, reach_m, gap_ms)
        if time_ms[last] - time_ms[i] >= min_ms and last - i + 1 >= MIN_FIXES:
            found[n, 0] = i
            found[n, 1] = last
            n += 1
            i = last + 1
        else:
            # A step of an eighth keeps a slowly swinging ship from costing the square of its fixes.
            i += max(1, (last - i) // 8)
    return n


@njit(cache=True)
def stretches(
    track: NDArray[np.int32],
    time_ms: Index,
    lat: Floats,
    lon: Floats,
    reach_m: float,
    min_ms: int,
    gap_ms: int,
    taken: Index,
) -> Index:
    """First and last fix of every stretch in one place, shape (n, 2), in order of track and time.

    Parameters
    ----------
    reach_m : float
        How far from the mean of its positions a stretch may stray.
    min_ms, gap_ms : int
        Shortest stretch; longest silence within it.
    taken : ndarray of int64, shape (m, 2)
        Sorted stretches found before; no new one overlaps or spans them.
    """
    found = np.empty((len(track) // MIN_FIXES + 1, 2), np.int64)
    n = 0
    begin = 0
    k = 0
    while begin < len(track):
        stop = begin
        while stop < len(track) and track[stop] == track[begin]:
            stop += 1
        free = begin
        while k < len(taken) and taken[k, 0] < stop:
            n = _stretches(free, taken[k, 0], time_ms, lat, lon, reach_m, min_ms, gap_ms, found, n)
            free = taken[k, 1] + 1
            k += 1
        n = _stretches(free, stop, time_ms, lat, lon, reach_m, min_ms, gap_ms, found, n)
        begin = stop
    return found[:n].copy()


@njit(cache=True)
def _percentile_90(values: Floats) -> float:
    """The value that nine in ten do not exceed; of few values, not the one glitch among them."""
    return float(np.sort(values)[int(0.9 * (len(values) - 1))])


# What `measure` gives, column by column.
MEASURES = (
    "lat",  # median position
    "lon",
    "radius_m",  # nine in ten positions lie this near it
    "drift_m",  # way along the straight line in time that fits best
    "drift_fit",  # share of the scatter it explains
    "max_gap_ms",
    "headings",  # how many are known
    "heading_deg",  # their mean
    "heading_spread_deg",  # nine in ten lie this near it
    "speed_median_kn",
    "statuses",  # how many are known
    "moored",  # how many say so (5)
    "anchored",  # (1)
)


@njit(cache=True)
def _place(lat: Floats, lon: Floats, hours: Floats, row: Floats) -> None:
    """Fill the first five measures of one stretch."""
    n = len(lat)
    cos_lat = max(math.cos(math.radians(lat[0])), 1e-9)
    x, y = np.empty(n), np.empty(n)
    for i in range(n):
        x[i], y[i] = _offset_m(lat[i], lon[i], lat[0], lon[0], cos_lat)
    mid_x, mid_y = np.median(x), np.median(y)
    mid_lon = lon[0] + mid_x / (METRES_A_DEGREE * cos_lat)
    row[0] = lat[0] + mid_y / METRES_A_DEGREE
    row[1] = mid_lon - 360.0 * math.floor((mid_lon + 180.0) / 360.0)
    row[2] = _percentile_90(np.hypot(x - mid_x, y - mid_y))
    dt, dx, dy = hours - hours.mean(), x - x.mean(), y - y.mean()
    tt, scatter = (dt * dt).sum(), (dx * dx).sum() + (dy * dy).sum()
    speed_x, speed_y = (dt * dx).sum() / tt, (dt * dy).sum() / tt
    row[3] = math.hypot(speed_x, speed_y) * hours[-1]
    row[4] = (speed_x**2 + speed_y**2) * tt / scatter if scatter > 0.0 else 0.0


@njit(cache=True)
def _headings(heading_deg: Floats, row: Floats) -> None:
    """Fill number, mean and spread of the known headings."""
    known = heading_deg[~np.isnan(heading_deg)]
    row[6] = len(known)
    if len(known):
        angle = np.radians(known)
        mean = math.degrees(math.atan2(np.sin(angle).sum(), np.cos(angle).sum())) % 360.0
        row[7] = mean
        row[8] = _percentile_90(np.abs((known - mean + 180.0) % 360.0 - 180.0))


@njit(cache=True)
def measure(
    spans: Index,
    time_ms: Index,
    lat: Floats,
    lon: Floats,
    heading_deg: Floats,
    sog_kn: Floats,
    nav_status: NDArray[np.int8],
) -> Floats:
    """How still each stretch was: one row a span, columns `MEASURES`.

    `heading_deg` and `sog_kn` are NaN, `nav_status` is -1 where unknown.
    """
    out = np.full((len(spans), 13), np.nan)
    for k in range(len(spans)):
        row, begin, end = out[k], spans[k, 0], spans[k, 1] + 1
        times = time_ms[begin:end]
        _place(lat[begin:end], lon[begin:end], (times - times[0]) / 3_600_000.0, row)
        row[5] = np.diff(times).max()
        _headings(heading_deg[begin:end], row)
        speeds = sog_kn[begin:end]
        speeds = speeds[~np.isnan(speeds)]
        if len(speeds):
            row[9] = np.median(speeds)
        row[10] = (nav_status[begin:end] >= 0).sum()
        row[11] = (nav_status[begin:end] == 5).sum()
        row[12] = (nav_status[begin:end] == 1).sum()
    return out
