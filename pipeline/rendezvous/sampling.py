"""Two tracks seen together: at each moment one of them was heard, where the hulls lay.

A pair's samples are the times of its fixes, thinned, at which the places of both are known. At each
the one ship's place is that of a fix and the other's is interpolated between two; how far the
straight line can be wrong, how late reports are and what is unknown of the hulls widen the gap to
an interval.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from pipeline.rendezvous.geometry import (
    centre_shift_m,
    common_axis_deg,
    gaps_m,
    hull_gap_m,
    keel_angle_deg,
    offset_m,
    wrap_degrees,
)
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S

# Columns of a pair's samples
TIME_S = 0  # seconds since 1970
EAST, NORTH = 1, 2  # centre of b from centre of a (antenna from antenna where no heading is known)
DISTANCE = 3  # antenna to antenna
GAP = 4  # hull gap, best estimate
GAP_ERROR = 5  # half-width of what is possible for lack of dimensions or headings
GAP_SIGMA = 6  # standard error from positions, times, headings
GAP_ALONG = 7  # gap along the axis; negative: hulls beside each other; NaN without any heading
ACROSS, ALONG = 8, 9  # centre of b in the hull frame of a; NaN without any heading
KEEL = 10  # heading difference 0-180; NaN unless both are known
HEADING = 11  # the common axis; NaN without any heading
SPEED_A, SPEED_B = 12, 13  # knots
RELATIVE = 14  # relative speed, knots
LAT_A, LON_A, LAT_B, LON_B = 15, 16, 17, 18
HEADINGS = 19  # how many of the two headings are known
COLUMNS = 20

COURSE_AS_HEADING_KN = 3.0
"""Above this speed the course stands in for a missing heading; below it, it is noise or drift."""
RELATIVE_WINDOW_S = 300.0
"""Relative speed is taken over at least this long: 15 m of noise over 5 minutes are 0.1 knots."""
AT_FIX_S = 60.0
"""Within this of a fix the ship is where the fix says, even beside a long silence."""
AS_NEAR_M = 10.0
"""Gaps that differ by less are alike: which side of the keel an antenna stands on makes as much."""
HEADING_DRIFT_DEG_H = 20.0
"""How far from the interpolated one a heading may be, per hour between two fixes: a ship at anchor
turns 180 degrees in the two or three hours of a turning tide, but seldom."""


class Ship(NamedTuple):
    """Fixes of one track (views) and its hull, for the compiled functions."""

    time_ms: I8
    lat: F8
    lon: F8
    sog_kn: np.ndarray
    cog_deg: np.ndarray
    heading_deg: np.ndarray
    nav_status: np.ndarray
    length: float
    beam: float
    beam_error: float
    forward: float
    forward_error: float
    starboard: float
    starboard_error: float


class Errors(NamedTuple):
    """Standard errors and limits, in SI units, for the compiled functions."""

    position_m: float
    time_s: float
    heading_deg: float
    drift_change_m_s2: float
    interpolate_max_ms: int


@njit(cache=True)
def _heading_at(ship: Ship, i: int) -> float:
    if not np.isnan(ship.heading_deg[i]):
        return float(ship.heading_deg[i])
    if ship.sog_kn[i] >= COURSE_AS_HEADING_KN and not np.isnan(ship.cog_deg[i]):
        return float(ship.cog_deg[i])
    return np.nan


@njit(cache=True)
def state_at(
    ship: Ship, i: int, t_ms: int, errors: Errors
) -> tuple[bool, float, float, float, float, float, float, float]:
    """Where a ship was.

    Parameters
    ----------
    ship : Ship
        The track.
    i : int
        Index of its last fix at or before `t_ms`; -1 before the first.
    t_ms : int
        The moment.
    errors : Errors
        How far between two fixes a place is taken as known.

    Returns
    -------
    known : bool
        False where its place is not known then.
    lat, lon : float
        Degrees.
    heading_deg : float
        NaN where unknown.
    speed_kn, course_deg : float
        Over ground; the course is NaN at rest.
    sigma_m : float
        Standard error along one axis, report time left out.
    heading_sigma_deg : float
        Standard error of the heading.
    """
    n = len(ship.time_ms)
    if i < 0 or i >= n:
        return False, 0.0, 0.0, np.nan, 0.0, np.nan, 0.0, 0.0
    t0 = ship.time_ms[i]
    last = i + 1 >= n
    gap_ms = 0 if last else ship.time_ms[i + 1] - t0
    if last or gap_ms > errors.interpolate_max_ms:
        near = -1
        if t_ms - t0 <= AT_FIX_S * 1000:
            near = i
        elif not last and ship.time_ms[i + 1] - t_ms <= AT_FIX_S * 1000:
            near = i + 1
        if near < 0:
            return False, 0.0, 0.0, np.nan, 0.0, np.nan, 0.0, 0.0
        speed = 0.0 if np.isnan(ship.sog_kn[near]) else float(ship.sog_kn[near])
        course = float(ship.cog_deg[near])
        return (
            True,
            ship.lat[near],
            ship.lon[near],
            _heading_at(ship, near),
            speed,
            course,
            errors.position_m,
            errors.heading_deg,
        )
    dx, dy = offset_m(ship.lat[i], ship.lon[i], ship.lat[i + 1], ship.lon[i + 1])
    share = (t_ms - t0) / gap_ms
    lat = ship.lat[i] + share * (ship.lat[i + 1] - ship.lat[i])
    lon = wrap_degrees(ship.lon[i] + share * wrap_degrees(ship.lon[i + 1] - ship.lon[i]))
    h0, h1 = _heading_at(ship, i), _heading_at(ship, i + 1)
    heading = np.nan
    turn = 0.0
    if not np.isnan(h0) and not np.isnan(h1):
        turn = wrap_degrees(h1 - h0)
        heading = (h0 + share * turn) % 360.0
    elif not np.isnan(h0) and share <= 0.5:
        heading = h0
    elif not np.isnan(h1) and share > 0.5:
        heading = h1
    dt = gap_ms / 1000.0
    speed = math.hypot(dx, dy) / dt / KNOT_M_S
    if dt < 120.0:  # over a short time noise would feign speed
        s0, s1 = ship.sog_kn[i], ship.sog_kn[i + 1]
        if not np.isnan(s0) and not np.isnan(s1):
            speed = s0 + share * (s1 - s0)
    course = math.degrees(math.atan2(dx, dy)) if dx != 0.0 or dy != 0.0 else np.nan
    bend = 0.5 * errors.drift_change_m_s2 * (share * dt) * ((1.0 - share) * dt)
    sigma = math.hypot(errors.position_m, bend)
    unsure = min(share, 1.0 - share) * 2.0 * HEADING_DRIFT_DEG_H * dt / 3600.0
    return True, lat, lon, heading, speed, course, sigma, math.hypot(errors.heading_deg, unsure)


@njit(cache=True)
def _along_track(speed_kn: float, course_deg: float, axis_deg: float, time_s: float) -> float:
    """Error across the axis from a report's time, by the ship's way across it."""
    if np.isnan(course_deg):
        return 0.0
    return speed_kn * KNOT_M_S * time_s * abs(math.sin(math.radians(course_deg - axis_deg)))


@njit(cache=True)
def _measure(a: Ship, b: Ship, i: int, j: int, t_ms: int, errors: Errors, out: F8) -> bool:
    """Fill one sample; False where the place of either is not known."""
    ok_a, lat_a, lon_a, head_a, speed_a, course_a, sigma_a, turn_a = state_at(a, i, t_ms, errors)
    if not ok_a:
        return False
    ok_b, lat_b, lon_b, head_b, speed_b, course_b, sigma_b, turn_b = state_at(b, j, t_ms, errors)
    if not ok_b:
        return False
    east, north = offset_m(lat_a, lon_a, lat_b, lon_b)
    distance = math.hypot(east, north)
    known_a, known_b = not np.isnan(head_a), not np.isnan(head_b)
    half_beams = 0.5 * (a.beam + b.beam)
    unknown = 0.5 * (a.beam_error + b.beam_error) + a.starboard_error + b.starboard_error
    out[TIME_S] = t_ms / 1000.0
    out[DISTANCE] = distance
    out[HEADINGS] = known_a + known_b
    out[GAP_ALONG] = np.inf
    sigma = math.hypot(sigma_a, sigma_b)
    if known_a or known_b:
        ha = head_a if known_a else head_b
        hb = head_b if known_b else head_a
        axis = common_axis_deg(ha, hb)
        along_antennas = abs(
            east * math.sin(math.radians(axis)) + north * math.cos(math.radians(axis))
        )
        keel = keel_angle_deg(ha, hb)
        gap = np.inf
        # A ship without a heading lies parallel, but the one way or the other: as near as it can,
        # and of two about as near the one more beside the other, for cargo is moved amidships.
        for back in range(1 if known_a and known_b else 2):
            sx, sy = centre_shift_m(ha + (0.0 if known_a else 180.0 * back), a.forward, a.starboard)
            ex, ey = centre_shift_m(hb + (0.0 if known_b else 180.0 * back), b.forward, b.starboard)
            x, y = east + ex - sx, north + ey - sy
            gap_across, gap_along, across, along = gaps_m(
                x, y, axis, keel, a.length, a.beam, b.length, b.beam
            )
            here = hull_gap_m(gap_across, gap_along)
            nearer = here < gap - AS_NEAR_M
            if nearer or (here < gap + AS_NEAR_M and gap_along < out[GAP_ALONG]):
                gap = min(gap, here)
                out[GAP] = here
                out[GAP_ALONG], out[ACROSS], out[ALONG] = gap_along, across, along
                out[EAST], out[NORTH] = x, y
        turn = math.radians(
            0.5 * math.hypot(turn_a, turn_b) * (1.0 if known_a and known_b else 2.0)
        )
        lever = along_antennas * math.sin(turn)
        late = math.hypot(
            _along_track(speed_a, course_a, axis, errors.time_s),
            _along_track(speed_b, course_b, axis, errors.time_s),
        )
        out[GAP_ERROR] = unknown
        out[GAP_SIGMA] = math.sqrt(sigma * sigma + lever * lever + late * late)
        out[HEADING] = axis % 360.0
        out[KEEL] = abs(wrap_degrees(ha - hb)) if known_a and known_b else np.nan
    else:
        # Any direction of the hulls is possible: from antennas abeam of each other (the largest
        # gap) to antennas as far apart along two parallel hulls as they can be (the smallest).
        along_most = (
            abs(a.forward)
            + a.forward_error
            + abs(b.forward)
            + b.forward_error
            + 0.25 * min(a.length, b.length)
        )
        across_least = math.sqrt(max(0.0, distance * distance - along_most * along_most))
        low, high = across_least - half_beams, distance - half_beams
        out[GAP] = 0.5 * (low + high)
        out[GAP_ERROR] = 0.5 * (high - low) + unknown
        late = errors.time_s * KNOT_M_S * math.hypot(speed_a, speed_b)
        out[GAP_SIGMA] = math.hypot(sigma, late)
        out[GAP_ALONG], out[ACROSS], out[ALONG] = np.nan, np.nan, np.nan
        out[HEADING], out[KEEL] = np.nan, np.nan
        out[EAST], out[NORTH] = east, north
    out[SPEED_A], out[SPEED_B], out[RELATIVE] = speed_a, speed_b, np.nan
    out[LAT_A], out[LON_A], out[LAT_B], out[LON_B] = lat_a, lon_a, lat_b, lon_b
    return True


@njit(cache=True)
def _relative_speeds(s: F8) -> None:
    """Fill the relative speed: the lower of that before and that after each sample.

    The lower of the two, because a ship that has just come alongside still has its approach
    behind it, and one about to leave its departure ahead.
    """
    n = len(s)
    for i in range(n):
        best = np.nan
        for step in (-1, 1):
            j = i
            while 0 <= j + step < n and abs(s[j, TIME_S] - s[i, TIME_S]) < RELATIVE_WINDOW_S:
                j += step
            dt = abs(s[j, TIME_S] - s[i, TIME_S])
            # centre to centre and antenna to antenna do not mix
            alike = (s[i, HEADINGS] > 0) == (s[j, HEADINGS] > 0)
            if dt < RELATIVE_WINDOW_S or not alike:
                continue
            moved = math.hypot(s[j, EAST] - s[i, EAST], s[j, NORTH] - s[i, NORTH])
            speed = moved / dt / KNOT_M_S
            if np.isnan(best) or speed < best:
                best = speed
        s[i, RELATIVE] = best


@njit(cache=True)
def _thinned(time_ms: I8, lo: int, hi: int, every_ms: int, out: I8, n: int) -> int:
    last = -1
    for i in range(lo, hi):
        if last < 0 or time_ms[i] - last >= every_ms:
            out[n] = time_ms[i]
            last = time_ms[i]
            n += 1
    return n


@njit(cache=True)
def sample_pair(a: Ship, b: Ship, begin_ms: I8, end_ms: I8, every_ms: int, errors: Errors) -> F8:
    """Samples of a pair within its windows.

    Parameters
    ----------
    a, b : Ship
        The two tracks.
    begin_ms, end_ms : array of int
        The pair's windows, in order.
    every_ms : int
        At most one fix of each ship in so long.
    errors : Errors
        Errors and limits.

    Returns
    -------
    array, shape (samples, COLUMNS)
        In order of time; see the column numbers at the top of the module.
    """
    total = 0
    for w in range(len(begin_ms)):
        for times in (a.time_ms, b.time_ms):
            total += np.searchsorted(times, end_ms[w], side="right") - np.searchsorted(
                times, begin_ms[w]
            )
    moments = np.empty(total, np.int64)
    n = 0
    for w in range(len(begin_ms)):
        for times in (a.time_ms, b.time_ms):
            lo = np.searchsorted(times, begin_ms[w])
            hi = np.searchsorted(times, end_ms[w], side="right")
            n = _thinned(times, lo, hi, every_ms, moments, n)
    moments = np.unique(moments[:n])
    out = np.empty((len(moments), COLUMNS))
    n = 0
    i = j = -1
    for t in moments:
        while i + 1 < len(a.time_ms) and a.time_ms[i + 1] <= t:
            i += 1
        while j + 1 < len(b.time_ms) and b.time_ms[j + 1] <= t:
            j += 1
        if _measure(a, b, i, j, t, errors, out[n]):
            n += 1
    out = out[:n]
    _relative_speeds(out)
    return out
