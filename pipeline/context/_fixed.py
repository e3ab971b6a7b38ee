"""Compiled kernels: stretches of a track that keep to one place, and how still the ship lay there.

One pass over fixes sorted by track and time; the same rows give the same numbers, always.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.ranks import median_of, rank

METRES_A_DEGREE = 111_195.0  # on the mean sphere; 0.3 % off at worst, over hundreds of metres
MISSES = 3  # so many positions in a row may stray (a GNSS glitch) before the ship has left
HOUR_MS = 3_600_000.0
MIN_FIXES = 4  # fewer say nothing about a scatter
NINE_IN_TEN = 0.9  # of few values, not the one glitch among them

Index = NDArray[np.int64]
Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _place(begin: int, end: int, lat: Floats, lon: Floats, time_ms: Index, row: Floats) -> None:
    """Fill the first six measures of the fixes [begin, end)."""
    n = end - begin
    cos_lat = max(math.cos(math.radians(lat[begin])), 1e-9)
    x, y, away = np.empty(n), np.empty(n), np.empty(n)
    mean_x = mean_y = mean_t = gap = 0.0
    for i in range(n):
        x[i], y[i] = _offset_m(lat[begin + i], lon[begin + i], lat[begin], lon[begin], cos_lat)
        mean_x += x[i] / n
        mean_y += y[i] / n
        mean_t += (time_ms[begin + i] - time_ms[begin]) / HOUR_MS / n
        if i:
            gap = max(gap, float(time_ms[begin + i] - time_ms[begin + i - 1]))
    mid_x, mid_y = median_of(x.copy()), median_of(y.copy())
    tt = tx = ty = scatter = 0.0
    for i in range(n):
        away[i] = math.hypot(x[i] - mid_x, y[i] - mid_y)
        dt = (time_ms[begin + i] - time_ms[begin]) / HOUR_MS - mean_t
        dx, dy = x[i] - mean_x, y[i] - mean_y
        tt += dt * dt
        tx += dt * dx
        ty += dt * dy
        scatter += dx * dx + dy * dy
    mid_lon = lon[begin] + mid_x / (METRES_A_DEGREE * cos_lat)
    row[0] = lat[begin] + mid_y / METRES_A_DEGREE
    row[1] = mid_lon - 360.0 * math.floor((mid_lon + 180.0) / 360.0)
    row[2] = rank(away, NINE_IN_TEN)
    row[3] = math.hypot(tx, ty) / tt * (time_ms[end - 1] - time_ms[begin]) / HOUR_MS
    row[4] = (tx * tx + ty * ty) / tt / scatter if scatter > 0.0 else 0.0
    row[5] = gap


@njit(cache=True, nogil=True)
def _headings(begin: int, end: int, heading_deg: Floats, row: Floats) -> None:
    """Fill number, mean and spread of the known headings of [begin, end)."""
    n = 0
    sin_sum = cos_sum = 0.0
    for i in range(begin, end):
        if not math.isnan(heading_deg[i]):
            n += 1
            sin_sum += math.sin(math.radians(heading_deg[i]))
            cos_sum += math.cos(math.radians(heading_deg[i]))
    row[6] = n
    if n == 0:
        return
    mean = math.degrees(math.atan2(sin_sum, cos_sum)) % 360.0
    off = np.empty(n)
    n = 0
    for i in range(begin, end):
        if not math.isnan(heading_deg[i]):
            off[n] = abs((heading_deg[i] - mean + 180.0) % 360.0 - 180.0)
            n += 1
    row[7] = mean
    row[8] = rank(off, NINE_IN_TEN)


@njit(cache=True, nogil=True)
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
        begin, end = spans[k, 0], spans[k, 1] + 1
        _place(begin, end, lat, lon, time_ms, out[k])
        _headings(begin, end, heading_deg, out[k])
        speeds = np.empty(end - begin)
        n = statuses = moored = anchored = 0
        for i in range(begin, end):
            if not math.isnan(sog_kn[i]):
                speeds[n] = sog_kn[i]
                n += 1
            statuses += nav_status[i] >= 0
            moored += nav_status[i] == 5
            anchored += nav_status[i] == 1
        if n:
            out[k, 9] = median_of(speeds[:n])
        out[k, 10], out[k, 11], out[k, 12] = statuses, moored, anchored
    return out
