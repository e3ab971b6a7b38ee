"""How the measures of a meeting are got: compiled functions over a pair's samples."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from pipeline.ranks import median, median_of, rank
from pipeline.rendezvous.geometry import (
    metres_per_degree,
    offset_m,
    short_way_deg,
    wrap_degrees,
)
from pipeline.rendezvous.measures import (
    INDEPENDENT,
    M_ACROSS_M,
    M_ALONG_M,
    M_AT_ANCHOR_A,
    M_AT_ANCHOR_B,
    M_DISTANCE_MEDIAN_M,
    M_DISTANCE_SCATTER_M,
    M_END_S,
    M_GAP_SIGMA_M,
    M_HEADING_DIFFERENCE_DEG,
    M_HEADING_SWING_DEG,
    M_HEADINGS_SHARE,
    M_HULL_GAP_HIGH_M,
    M_HULL_GAP_LOW_M,
    M_HULL_GAP_MEDIAN_M,
    M_JUMP_A_KN,
    M_JUMP_B_KN,
    M_KEEL_P90_DEG,
    M_LAT,
    M_LON,
    M_OBSERVED_H,
    M_OVERLAP_MOST_SHARE,
    M_OVERLAP_SHARE,
    M_RELATIVE_SPEED_MEDIAN_KN,
    M_SAMPLES,
    M_SCATTER_EARTH_M,
    M_SCATTER_HULL_M,
    M_SILENCE_A_H,
    M_SILENCE_B_H,
    M_SPEED_MEDIAN_KN,
    M_SPEED_P90_KN,
    M_START_S,
    M_STAY_A_H,
    M_STAY_B_H,
    M_STAY_RADIUS_A_M,
    M_STAY_RADIUS_B_M,
    M_STAY_SPREAD_A_DEG,
    M_STAY_SPREAD_B_DEG,
    M_TRAVEL_KM,
    NORMAL_90,
    STATUSES,
)
from pipeline.rendezvous.runs import F8, KNOT_M_S
from pipeline.rendezvous.sampling import (
    ACROSS,
    ALONG,
    DISTANCE,
    EAST,
    GAP,
    GAP_ALONG,
    GAP_ERROR,
    GAP_SIGMA,
    HEADING,
    HEADINGS,
    KEEL,
    LAT_A,
    LAT_B,
    LON_A,
    LON_B,
    NORTH,
    RELATIVE,
    SPEED_A,
    SPEED_B,
    Errors,
    Hull,
    Ship,
)
from pipeline.rendezvous.standing import heading_spread_deg, stay_of

JUMP_M = 500.0
JUMP_S = 3600.0
"""A leap is this long at least: shorter ones are noise and report times."""
HEADINGS_MIN_SHARE = 0.3
"""Fewer moments with a heading than this are no measure of how the hulls lay."""


@njit(cache=True)
def _silences(ship: Ship, from_ms: float, to_ms: float, most_ms: float) -> F8:
    """Stretches of [from, to] in gaps longer than `most`: rows of begin, end."""
    first = max(0, int(np.searchsorted(ship.time_ms, np.int64(from_ms))) - 1)
    i, n = first, 0
    while i + 1 < len(ship.time_ms) and ship.time_ms[i] < to_ms:
        n += ship.time_ms[i + 1] - ship.time_ms[i] > most_ms
        i += 1
    out = np.empty((n, 2))
    if n == 0:
        return out
    i, n = first, 0
    while i + 1 < len(ship.time_ms) and ship.time_ms[i] < to_ms:
        if ship.time_ms[i + 1] - ship.time_ms[i] > most_ms:
            lo, hi = max(from_ms, ship.time_ms[i]), min(to_ms, ship.time_ms[i + 1])
            if hi > lo:
                out[n, 0], out[n, 1] = lo, hi
                n += 1
        i += 1
    return out[:n]


@njit(cache=True)
def _covered(x: F8, y: F8) -> float:
    """Length of the union of two lists of stretches."""
    total, end = 0.0, -1.0
    i = j = 0
    while i < len(x) or j < len(y):
        if j >= len(y) or (i < len(x) and x[i, 0] <= y[j, 0]):
            lo, hi = x[i, 0], x[i, 1]
            i += 1
        else:
            lo, hi = y[j, 0], y[j, 1]
            j += 1
        if hi > end:
            total += hi - max(lo, end)
            end = hi
    return total


@njit(cache=True)
def _status_shares(ship: Ship, from_ms: int, to_ms: int, out: F8) -> None:
    lo = np.searchsorted(ship.time_ms, from_ms)
    hi = np.searchsorted(ship.time_ms, to_ms, side="right")
    counts = np.zeros(16)
    for i in range(lo, hi):
        if 0 <= ship.nav_status[i] < 16:
            counts[ship.nav_status[i]] += 1.0
    counts[11] += counts[12]
    for k in range(len(STATUSES)):
        out[k] = counts[STATUSES[k]] / max(1, hi - lo)


@njit(cache=True)
def _jump_kn(ship: Ship, about_s: float) -> float:
    """Fastest leap of positions within an hour of a moment, 0 where none is longer than a leap."""
    fastest = 0.0
    i = int(np.searchsorted(ship.time_ms, np.int64((about_s - JUMP_S) * 1000.0)))
    if i >= len(ship.time_ms):
        return fastest
    north_m, east_m = metres_per_degree(ship.lat[i])
    while i + 1 < len(ship.time_ms) and ship.time_ms[i + 1] <= (about_s + JUMP_S) * 1000.0:
        dx = short_way_deg(ship.lon[i + 1] - ship.lon[i]) * east_m
        dy = (ship.lat[i + 1] - ship.lat[i]) * north_m
        far2 = dx * dx + dy * dy
        # scaled at one end of an hour's track: what may be a leap is measured where it is
        if far2 >= 0.8 * JUMP_M * JUMP_M:
            dx, dy = offset_m(ship.lat[i], ship.lon[i], ship.lat[i + 1], ship.lon[i + 1])
            far = math.hypot(dx, dy)
            if far >= JUMP_M:
                dt = max(1.0, (ship.time_ms[i + 1] - ship.time_ms[i]) / 1000.0)
                fastest = max(fastest, far / dt / KNOT_M_S)
        i += 1
    return fastest


@njit(cache=True)
def _scatter(s: F8, column_x: int, column_y: int, mx: float, my: float, scratch: F8) -> float:
    """Radius about the median place that holds two thirds of the places."""
    n = 0
    for i in range(len(s)):
        dx, dy = s[i, column_x] - mx, s[i, column_y] - my
        off = dx * dx + dy * dy
        if not np.isnan(off):
            scratch[n] = off
            n += 1
    return math.sqrt(rank(scratch[:n], 2.0 / 3.0))


@njit(cache=True)
def _overlap_turned_m(a: Hull, b: Hull, along_m: float, head_to_tail: bool) -> float:
    """How far the hulls may overlap with bow and stern of either taken for each other.

    Crews enter the distances to bow and to stern the wrong way round (on some ships in fifty), and
    of a ship without a heading nobody knows which way it lies.
    """
    most = -np.inf
    turn_b = 2.0 * b.forward if head_to_tail else -2.0 * b.forward
    for off_a in (0.0, 2.0 * a.forward):
        for off_b in (0.0, turn_b):
            most = max(most, 0.5 * (a.length + b.length) - abs(along_m + off_a + off_b))
    return most


@njit(cache=True)
def _measure_hulls(a: Ship, b: Ship, x: F8, noise_m: float, scratch: F8, out: F8) -> None:
    """Fill the measures that need headings: how the one hull lay beside the other."""
    out[M_HEADING_DIFFERENCE_DEG] = median(x, KEEL, scratch)
    n = 0
    for i in range(len(x)):
        if not np.isnan(x[i, KEEL]):
            scratch[n] = min(x[i, KEEL], 180.0 - x[i, KEEL])
            n += 1
    out[M_KEEL_P90_DEG] = rank(scratch[:n], 0.9)
    across, along = median(x, ACROSS, scratch), median(x, ALONG, scratch)
    overlap = -median(x, GAP_ALONG, scratch)
    if not np.isnan(overlap):
        shorter = min(a.hull.length, b.hull.length)
        back = not np.isnan(out[M_HEADING_DIFFERENCE_DEG]) and out[M_HEADING_DIFFERENCE_DEG] > 90.0
        most = max(overlap, _overlap_turned_m(a.hull, b.hull, along, back))
        most += a.hull.forward_error + b.hull.forward_error + NORMAL_90 * noise_m
        out[M_OVERLAP_SHARE] = min(1.0, max(0.0, overlap / shorter))
        out[M_OVERLAP_MOST_SHARE] = min(1.0, max(0.0, most / shorter))
    out[M_ACROSS_M], out[M_ALONG_M] = across, along
    out[M_SCATTER_HULL_M] = _scatter(x, ACROSS, ALONG, across, along, scratch)
    out[M_HEADING_SWING_DEG] = heading_spread_deg(x[:, HEADING])


@njit(cache=True)
def measure_spell(
    a: Ship,
    b: Ship,
    s: F8,
    lo: int,
    hi: int,
    start_s: float,
    end_s: float,
    errors: Errors,
    stay_a: F8,
    stay_b: F8,
    out: F8,
) -> None:
    """Fill one row of measures.

    Parameters
    ----------
    a, b : Ship
        The tracks.
    s : array, shape (samples, COLUMNS)
        The pair's samples.
    lo, hi : int
        First and last sample of the spell.
    start_s, end_s : float
        When it began and ended, before the first and after the last sample where estimated.
    errors : Errors
        Errors and limits.
    stay_a, stay_b : array, shape (4)
        The stays of each ship looked at last, see `stay_of`.
    out : array, shape (len(MEASURES))
        In the order of MEASURES; the pair's own columns (contact, near_h, contact_h, what was
        unseen, the known dimensions) and those of the time around are left to the caller.
    """
    out[:] = np.nan
    x = s[lo : hi + 1]
    from_ms, to_ms = np.int64(start_s * 1000.0), np.int64(end_s * 1000.0)
    middle = len(x) // 2
    out[M_START_S], out[M_END_S] = start_s, end_s
    out[M_LAT] = 0.5 * (x[middle, LAT_A] + x[middle, LAT_B])
    east_of_a = 0.5 * wrap_degrees(x[middle, LON_B] - x[middle, LON_A])
    out[M_LON] = wrap_degrees(x[middle, LON_A] + east_of_a)
    out[M_SAMPLES] = len(x)
    quiet_a = _silences(a, from_ms, to_ms, errors.interpolate_max_ms)
    quiet_b = _silences(b, from_ms, to_ms, errors.interpolate_max_ms)
    out[M_OBSERVED_H] = max(0.0, (to_ms - from_ms - _covered(quiet_a, quiet_b)) / 3.6e6)
    out[M_SILENCE_A_H] = (quiet_a[:, 1] - quiet_a[:, 0]).sum() / 3.6e6
    out[M_SILENCE_B_H] = (quiet_b[:, 1] - quiet_b[:, 0]).sum() / 3.6e6
    scratch = np.empty(len(x))
    distance = median(x, DISTANCE, scratch)
    out[M_DISTANCE_MEDIAN_M] = distance
    out[M_HULL_GAP_MEDIAN_M] = median(x, GAP, scratch)
    sigma = median(x, GAP_SIGMA, scratch)
    noise = sigma / math.sqrt(min(float(len(x)), INDEPENDENT))
    half = median(x, GAP_ERROR, scratch) + NORMAL_90 * noise
    out[M_HULL_GAP_LOW_M], out[M_HULL_GAP_HIGH_M] = (
        out[M_HULL_GAP_MEDIAN_M] - half,
        out[M_HULL_GAP_MEDIAN_M] + half,
    )
    for i in range(len(x)):
        scratch[i] = 0.5 * (x[i, SPEED_A] + x[i, SPEED_B])
    out[M_SPEED_MEDIAN_KN] = median_of(scratch)
    out[M_SPEED_P90_KN] = rank(scratch, 0.9)
    out[M_RELATIVE_SPEED_MEDIAN_KN] = median(x, RELATIVE, scratch)
    out[M_SCATTER_EARTH_M] = _scatter(
        x,
        EAST,
        NORTH,
        median(x, EAST, scratch),
        median(x, NORTH, scratch),
        scratch,
    )
    out[M_DISTANCE_SCATTER_M] = _scatter(x, DISTANCE, DISTANCE, distance, distance, scratch)
    out[M_DISTANCE_SCATTER_M] /= math.sqrt(2.0)  # the one deviation was counted twice
    out[M_GAP_SIGMA_M] = sigma
    headings = 0.0
    with_heading = 0
    for i in range(len(x)):
        headings += x[i, HEADINGS]
        with_heading += x[i, HEADINGS] > 0
    out[M_HEADINGS_SHARE] = headings / len(x) / 2.0
    # courses on the way to the meeting say nothing of how the hulls lay
    if with_heading / len(x) >= HEADINGS_MIN_SHARE:
        _measure_hulls(a, b, x, noise, scratch, out)
    dx, dy = offset_m(x[0, LAT_A], x[0, LON_A], x[-1, LAT_A], x[-1, LON_A])
    out[M_TRAVEL_KM] = math.hypot(dx, dy) / 1000.0
    out[M_JUMP_A_KN] = max(_jump_kn(a, start_s), _jump_kn(a, end_s))
    out[M_JUMP_B_KN] = max(_jump_kn(b, start_s), _jump_kn(b, end_s))
    out[M_STAY_A_H], out[M_STAY_RADIUS_A_M], out[M_STAY_SPREAD_A_DEG] = stay_of(
        a, from_ms, to_ms, stay_a
    )
    out[M_STAY_B_H], out[M_STAY_RADIUS_B_M], out[M_STAY_SPREAD_B_DEG] = stay_of(
        b, from_ms, to_ms, stay_b
    )
    _status_shares(a, from_ms, to_ms, out[M_AT_ANCHOR_A : M_AT_ANCHOR_A + 5])
    _status_shares(b, from_ms, to_ms, out[M_AT_ANCHOR_B : M_AT_ANCHOR_B + 5])
