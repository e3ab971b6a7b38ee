"""How the measures of a meeting are got: compiled functions over a pair's samples."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from pipeline.rendezvous.geometry import offset_m, wrap_degrees
from pipeline.rendezvous.measures import (
    INDEPENDENT,
    M_ACROSS_M,
    M_ALONG_M,
    M_APPROACH_KM,
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
    Ship,
    state_at,
)
from pipeline.rendezvous.standing import heading_spread_deg, stay_of

JUMP_M = 500.0
JUMP_S = 3600.0
"""A leap is this long at least: shorter ones are noise and report times."""
GRID_S = 600
"""Step at which the time around an event is looked at; coming alongside takes longer."""
AROUND_S = 24 * 3600
APPROACH_S = 3 * 3600
APART_M = 1000.0
NEARNESS_M = 300.0
"""Ships under way together within this and their hulls: a tow's wire is 100-300 m, one hull's two
antennas are nearer; ships in a fairway keep more than that."""
HEADINGS_MIN_SHARE = 0.3
"""Fewer moments with a heading than this are no measure of how the hulls lay."""


@njit(cache=True)
def _silences(ship: Ship, from_ms: float, to_ms: float, most_ms: float) -> F8:
    """Stretches of [from, to] in gaps longer than `most`: rows of begin, end."""
    out = np.empty((len(ship.time_ms) + 1, 2))
    n = 0
    i = max(0, int(np.searchsorted(ship.time_ms, np.int64(from_ms))) - 1)
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
    counts = np.zeros(len(STATUSES))
    for i in range(lo, hi):
        for k in range(len(STATUSES)):
            status = ship.nav_status[i]
            if status == STATUSES[k] or (STATUSES[k] == 11 and status == 12):
                counts[k] += 1.0
    for k in range(len(STATUSES)):
        out[k] = counts[k] / max(1, hi - lo)


@njit(cache=True)
def _jump_kn(ship: Ship, about_s: float) -> float:
    """Fastest leap of positions within an hour of a moment, 0 where none is longer than a leap."""
    fastest = 0.0
    i = int(np.searchsorted(ship.time_ms, np.int64((about_s - JUMP_S) * 1000.0)))
    while i + 1 < len(ship.time_ms) and ship.time_ms[i + 1] <= (about_s + JUMP_S) * 1000.0:
        dx, dy = offset_m(ship.lat[i], ship.lon[i], ship.lat[i + 1], ship.lon[i + 1])
        far = math.hypot(dx, dy)
        if far >= JUMP_M:
            dt = max(1.0, (ship.time_ms[i + 1] - ship.time_ms[i]) / 1000.0)
            fastest = max(fastest, far / dt / KNOT_M_S)
        i += 1
    return fastest


@njit(cache=True)
def _around(
    a: Ship,
    b: Ship,
    start_s: float,
    end_s: float,
    reach_m: float,
    lashed_kn: float,
    errors: Errors,
    out: F8,
) -> None:
    """Approach, departure and the company the two kept: six numbers, see MEASURES."""
    approach, departure, before, after, fast, apart = range(6)
    out[: departure + 1] = np.nan
    out[before:] = 0.0
    begin = max(min(a.time_ms[0], b.time_ms[0]) / 1000.0, start_s - AROUND_S)
    finish = min(max(a.time_ms[-1], b.time_ms[-1]) / 1000.0, end_s + AROUND_S)
    steps = int((finish - begin) / GRID_S) + 1
    hours = GRID_S / 3600.0
    for k in range(steps):
        t_s = begin + k * GRID_S
        t = np.int64(t_s * 1000.0)
        i = np.searchsorted(a.time_ms, t, side="right") - 1
        j = np.searchsorted(b.time_ms, t, side="right") - 1
        known_a, lat_a, lon_a, _, speed_a, _, _, _ = state_at(a, i, t, errors)
        if not known_a:
            continue
        known_b, lat_b, lon_b, _, speed_b, _, _, _ = state_at(b, j, t, errors)
        if not known_b:
            continue
        dx, dy = offset_m(lat_a, lon_a, lat_b, lon_b)
        distance = math.hypot(dx, dy)
        if start_s - APPROACH_S <= t_s < start_s:
            out[before] += hours
            if np.isnan(out[approach]) or distance / 1000.0 > out[approach]:
                out[approach] = distance / 1000.0
        elif end_s < t_s <= end_s + APPROACH_S:
            out[after] += hours
            if np.isnan(out[departure]) or distance / 1000.0 > out[departure]:
                out[departure] = distance / 1000.0
        if distance > APART_M:
            out[apart] += hours
        elif distance < reach_m + NEARNESS_M and min(speed_a, speed_b) > lashed_kn:
            out[fast] += hours


@njit(cache=True)
def _median(x: F8) -> float:
    known = x[~np.isnan(x)]
    return np.nan if len(known) == 0 else float(np.median(known))


@njit(cache=True)
def _quantile(x: F8, q: float) -> float:
    known = np.sort(x[~np.isnan(x)])
    return np.nan if len(known) == 0 else known[int(q * (len(known) - 1))]


@njit(cache=True)
def _scatter(x: F8, y: F8) -> float:
    """Radius about the median place that holds two thirds of the places."""
    mx, my = _median(x), _median(y)
    return _quantile(np.hypot(x - mx, y - my), 2.0 / 3.0)


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
    reach_m: float,
    lashed_kn: float,
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
    reach_m : float
        Sum of how far each hull can reach from its antenna.
    lashed_kn : float
        Ships lashed together go no faster.
    out : array, shape (len(MEASURES))
        In the order of MEASURES; the pair's own columns (contact, near_h, contact_h, what was
        unseen, the known dimensions) are left to the caller.
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
    out[M_DISTANCE_MEDIAN_M] = _median(x[:, DISTANCE])
    out[M_HULL_GAP_MEDIAN_M] = _median(x[:, GAP])
    noise = _median(x[:, GAP_SIGMA]) / math.sqrt(min(float(len(x)), INDEPENDENT))
    half = _median(x[:, GAP_ERROR]) + NORMAL_90 * noise
    out[M_HULL_GAP_LOW_M], out[M_HULL_GAP_HIGH_M] = (
        out[M_HULL_GAP_MEDIAN_M] - half,
        out[M_HULL_GAP_MEDIAN_M] + half,
    )
    speed = 0.5 * (x[:, SPEED_A] + x[:, SPEED_B])
    out[M_SPEED_MEDIAN_KN], out[M_SPEED_P90_KN] = _median(speed), _quantile(speed, 0.9)
    out[M_RELATIVE_SPEED_MEDIAN_KN] = _median(x[:, RELATIVE])
    if (x[:, HEADINGS] > 0).mean() < HEADINGS_MIN_SHARE:
        # courses on the way to the meeting say nothing of how the hulls lay
        x = x.copy()
        for column in (GAP_ALONG, ACROSS, ALONG, HEADING, KEEL):
            x[:, column] = np.nan
    out[M_HEADING_DIFFERENCE_DEG] = _median(x[:, KEEL])
    out[M_KEEL_P90_DEG] = _quantile(np.minimum(x[:, KEEL], 180.0 - x[:, KEEL]), 0.9)
    shorter = min(a.length, b.length)
    overlap = -_median(x[:, GAP_ALONG])
    if not np.isnan(overlap):
        unsure = a.forward_error + b.forward_error
        out[M_OVERLAP_SHARE] = min(1.0, max(0.0, overlap / shorter))
        out[M_OVERLAP_MOST_SHARE] = min(1.0, max(0.0, (overlap + unsure) / shorter))
    out[M_ACROSS_M], out[M_ALONG_M] = _median(x[:, ACROSS]), _median(x[:, ALONG])
    out[M_SCATTER_HULL_M] = _scatter(x[:, ACROSS], x[:, ALONG])
    out[M_SCATTER_EARTH_M] = _scatter(x[:, EAST], x[:, NORTH])
    out[M_DISTANCE_SCATTER_M] = _scatter(x[:, DISTANCE], np.zeros(len(x)))
    out[M_GAP_SIGMA_M] = _median(x[:, GAP_SIGMA])
    out[M_HEADING_SWING_DEG] = heading_spread_deg(x[:, HEADING])
    out[M_HEADINGS_SHARE] = x[:, HEADINGS].mean() / 2.0
    dx, dy = offset_m(x[0, LAT_A], x[0, LON_A], x[-1, LAT_A], x[-1, LON_A])
    out[M_TRAVEL_KM] = math.hypot(dx, dy) / 1000.0
    _around(
        a, b, start_s, end_s, reach_m, lashed_kn, errors, out[M_APPROACH_KM : M_APPROACH_KM + 6]
    )
    out[M_JUMP_A_KN] = max(_jump_kn(a, start_s), _jump_kn(a, end_s))
    out[M_JUMP_B_KN] = max(_jump_kn(b, start_s), _jump_kn(b, end_s))
    out[M_STAY_A_H], out[M_STAY_RADIUS_A_M], out[M_STAY_SPREAD_A_DEG] = stay_of(a, from_ms, to_ms)
    out[M_STAY_B_H], out[M_STAY_RADIUS_B_M], out[M_STAY_SPREAD_B_DEG] = stay_of(b, from_ms, to_ms)
    _status_shares(a, from_ms, to_ms, out[M_AT_ANCHOR_A : M_AT_ANCHOR_A + 5])
    _status_shares(b, from_ms, to_ms, out[M_AT_ANCHOR_B : M_AT_ANCHOR_B + 5])
