"""How near two ships may have been at each moment, from their antennas alone.

What this rules out is never measured: of the pairs whose boxes meet, most only pass each other.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.rendezvous.bends import TURN_S, bend_m
from pipeline.rendezvous.geometry import metres_per_degree, short_way_deg
from pipeline.rendezvous.runs import F8, I8, KNOT_M_S
from pipeline.rendezvous.sampling import AT_FIX_S, Errors, Ship

UNKNOWN, MAY_BE_NEAR, BETWEEN, APART, FAR = range(5)
SLACK, SLACK_M = 1.2, 50.0
"""Before headings are looked at, antennas count as near within so much more than hulls and gap
allow: a fifth for headings that err, 50 m for places and report times."""


BENDS = 3.0
"""So many standard errors of the straight line between two fixes are allowed for."""
ROUNDED_UP = 1.02
"""Metres of a degree are taken at one ship's place for both, and not anew at each fix."""
HERMITE = 4.0 / 27.0
"""The most that s (1 - s)^2 comes to: by so much of a way a turn leaves the straight line."""


@njit(cache=True, nogil=True)
def legs_m(
    start: I8,
    time_ms: I8,
    lat: F8,
    lon: F8,
    sog_kn: NDArray[np.float32],
    errors: Errors,
) -> F8:
    """How far from each fix a ship can be before the next, in metres: as far as `nearness` asks.

    Parameters
    ----------
    start, time_ms, lat, lon, sog_kn : array
        As in `Tracks`.
    errors : Errors
        Errors and limits.

    Returns
    -------
    array, shape (fixes)
        The way to the next fix and what `nearness` adds for its bend, rounded up; infinite where
        the place between the two is not known.
    """
    out = np.full(len(time_ms), np.inf)
    for k in range(len(start) - 1):
        for i in range(start[k], start[k + 1] - 1):
            gap_ms = time_ms[i + 1] - time_ms[i]
            if gap_ms > errors.interpolate_max_ms:
                continue
            north_m, east_m = metres_per_degree(min(abs(lat[i]), abs(lat[i + 1])))
            dx = short_way_deg(lon[i + 1] - lon[i]) * east_m
            dy = (lat[i + 1] - lat[i]) * north_m
            way = math.sqrt(dx * dx + dy * dy)
            dt = gap_ms / 1000.0
            bend = 0.125 * errors.drift_change_m_s2 * dt * dt
            if dt >= TURN_S:
                knots = 0.0
                for fix in (i, i + 1):
                    knots += 0.0 if np.isnan(sog_kn[fix]) else float(sog_kn[fix])
                bend += HERMITE * (knots * KNOT_M_S * dt + 2.0 * way)
            out[i] = ROUNDED_UP * (way + BENDS * SLACK * bend)
    return out


@njit(cache=True)
def nearness(
    a: Ship,
    b: Ship,
    leg_a_m: F8,
    leg_b_m: F8,
    moments: I8,
    reach_m: float,
    gap_max_m: float,
    apart_m: float,
    far_m: float,
    errors: Errors,
) -> NDArray[np.int8]:
    """How near two hulls may be at each moment, from antennas alone.

    Parameters
    ----------
    a, b : Ship
        The two tracks.
    leg_a_m, leg_b_m : array
        Of each track, from `legs_m`.
    moments : array of int, shape (moments, 3)
        From `moments_of`.
    reach_m : float
        Sum of how far each hull can reach from its antenna.
    gap_max_m, apart_m, far_m : float
        Hull gaps, in ascending order.
    errors : Errors
        Errors and limits.

    Returns
    -------
    array of int, shape (moments)
        MAY_BE_NEAR where hulls may be within `gap_max_m`, else FAR where they surely are further
        apart than `far_m`, APART where than `apart_m`, BETWEEN, or UNKNOWN where a place is.
    """
    out = np.full(len(moments), UNKNOWN, np.int8)
    scaled_at, north_m, east_m = np.inf, 0.0, 0.0
    surely_far_m = SLACK * (far_m + reach_m + SLACK_M)
    for k in range(len(moments)):
        t, i, j = moments[k, 0], moments[k, 1], moments[k, 2]
        if i < 0 or j < 0:
            continue
        if not abs(a.lat[i] - scaled_at) < 0.01:  # a degree of longitude changes by a thousandth
            scaled_at = a.lat[i]
            north_m, east_m = metres_per_degree(scaled_at)
        # most are far off by their last fixes already, wherever they went from there
        dy = (b.lat[j] - a.lat[i]) * north_m
        dx = short_way_deg(b.lon[j] - a.lon[i]) * east_m
        least = surely_far_m + leg_a_m[i] + leg_b_m[j]
        if dx * dx + dy * dy > least * least:
            out[k] = FAR
            continue
        ok_a, lat_a, lon_a, bend_a = _place(a, i, t, north_m, east_m, errors)
        if not ok_a:
            continue
        ok_b, lat_b, lon_b, bend_b = _place(b, j, t, north_m, east_m, errors)
        if not ok_b:
            continue
        dy = (lat_b - lat_a) * north_m
        dx = short_way_deg(lon_b - lon_a) * east_m
        surely = math.sqrt(dx * dx + dy * dy) / SLACK - (reach_m + SLACK_M + bend_a + bend_b)
        if surely <= gap_max_m:
            out[k] = MAY_BE_NEAR
        elif surely > far_m:
            out[k] = FAR
        else:
            out[k] = APART if surely > apart_m else BETWEEN
    return out


@njit(cache=True)
def longest_near_s(
    moments: I8, level: NDArray[np.int8], near: NDArray[np.bool_], apart_s: float
) -> float:
    """How long two ships can have been near each other on end.

    Parameters
    ----------
    moments : array of int, shape (moments, 3)
        From `moments_of`.
    level : array of int, shape (moments)
        From `nearness`.
    near : array of bool, shape (moments)
        Whether hulls were near, where `level` is MAY_BE_NEAR.
    apart_s : float
        Ships surely apart for so long, or twice on end surely far from each other, have parted.
    """
    longest = 0.0
    begin = apart = -1
    far = 0
    for k in range(len(moments)):
        t = moments[k, 0]
        if level[k] == MAY_BE_NEAR:
            if near[k]:
                begin = t if begin < 0 else begin
                longest = max(longest, (t - begin) / 1000.0)
                apart = -1
            far = 0
        elif level[k] == APART or level[k] == FAR:
            apart = t if apart < 0 else apart
            far = far + 1 if level[k] == FAR else 0
            if far >= 2 or (t - apart) / 1000.0 >= apart_s:
                begin = -1
    return longest


@njit(cache=True)
def told_by(
    moments: I8, level: NDArray[np.int8], near: NDArray[np.bool_], apart_s: float, margin_s: float
) -> NDArray[np.bool_]:
    """The moments that tell of the times two ships were near each other; see `longest_near_s`.

    Parameters
    ----------
    moments, level, near, apart_s
        As of `longest_near_s`.
    margin_s : float
        So long before and after, too, up to the first moment further off than that.

    Returns
    -------
    array of bool, shape (moments)
        From each moment at which they came near to that at which they surely have parted.
    """
    out = np.zeros(len(moments), np.bool_)
    begin = apart = -1
    far = 0
    over_s = -np.inf
    for k in range(len(moments)):
        t = moments[k, 0]
        over_for_s = moments[max(0, k - 1), 0] / 1000.0 - over_s  # at the moment before
        if level[k] == MAY_BE_NEAR:
            if near[k]:
                if begin < 0:
                    begin = k
                    back = k - 1
                    while back >= 0 and not out[back]:
                        out[back] = True
                        if (t - moments[back, 0]) / 1000.0 >= margin_s:
                            break
                        back -= 1
                apart = -1
            far = 0
        elif level[k] == APART or level[k] == FAR:
            apart = t if apart < 0 else apart
            far = far + 1 if level[k] == FAR else 0
            if begin >= 0 and (far >= 2 or (t - apart) / 1000.0 >= apart_s):
                begin = -1
                out[k] = True
                over_s = t / 1000.0
        if begin >= 0 or over_for_s < margin_s:
            out[k] = True
    return out


# inlined, since handing a ship over takes longer than finding its place
@njit(cache=True, inline="always")
def _place(
    ship: Ship, i: int, t_ms: int, north_m: float, east_m: float, errors: Errors
) -> tuple[bool, float, float, float]:
    """Where a ship was, if known, and three standard errors of the straight line between fixes."""
    n = len(ship.time_ms)
    if i + 1 < n:
        gap_ms = ship.time_ms[i + 1] - ship.time_ms[i]
        if gap_ms <= errors.interpolate_max_ms:
            per_ms = 1.0 / gap_ms
            share = (t_ms - ship.time_ms[i]) * per_ms
            dlat = ship.lat[i + 1] - ship.lat[i]
            dlon = short_way_deg(ship.lon[i + 1] - ship.lon[i])
            dt = gap_ms * 0.001
            bend = bend_m(
                share,
                dt,
                errors.drift_change_m_s2,
                dlon * east_m * per_ms * 1000.0,
                dlat * north_m * per_ms * 1000.0,
                (ship.east_kn[i], ship.north_kn[i]),
                (ship.east_kn[i + 1], ship.north_kn[i + 1]),
            )
            return True, ship.lat[i] + share * dlat, ship.lon[i] + share * dlon, BENDS * bend
        if ship.time_ms[i + 1] - t_ms <= AT_FIX_S * 1000:
            return True, ship.lat[i + 1], ship.lon[i + 1], 0.0
    if t_ms - ship.time_ms[i] <= AT_FIX_S * 1000:
        return True, ship.lat[i], ship.lon[i], 0.0
    return False, 0.0, 0.0, 0.0
