"""Whether a ship stood fixed to the ground: moored at a berth, or free to swing and drift."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from pipeline.ranks import median_of, put_in_place
from pipeline.rendezvous.geometry import (
    metres_per_degree,
    offset_m,
    short_way_deg,
    wrap_degrees,
)
from pipeline.rendezvous.runs import F8, I8
from pipeline.rendezvous.sampling import Ship

STAY_M = 60.0
"""Fixes within this of the event's middle place belong to the same stay at a berth: noise of GNSS
in a harbour, surge along the quay; an anchored ship swings out of it, a drifting one leaves it."""
STRAYS = 2
"""So many fixes on end outside are still noise."""
CIRCLE_ARC_DEG = 60.0
"""A circle through places alone, without headings, is believed over this arc and more: over 60
degrees 10 m of noise leave the radius right to a tenth."""
PLACE_FIXES = 64
"""So many fixes of an event tell its middle place to a tenth of their scatter."""
LOOK_S = 24 * 3600
"""How far before and after the event a stay is followed."""


@njit(cache=True)
def heading_spread_deg(headings: np.ndarray) -> float:
    """Angle that holds nine in ten of the headings; NaN for fewer than three."""
    known = headings[~np.isnan(headings)]
    if len(known) < 3:
        return np.nan
    s, c = 0.0, 0.0
    for h in known:
        s += math.sin(math.radians(h))
        c += math.cos(math.radians(h))
    mean = math.degrees(math.atan2(s, c))
    off = np.empty(len(known))
    for i in range(len(known)):
        off[i] = wrap_degrees(known[i] - mean)
    cut = int(0.05 * (len(off) - 1))
    high = put_in_place(off, len(off) - 1 - cut)  # what is lower now stands before it
    return high - put_in_place(off[: len(off) - cut], cut)


@njit(cache=True)
def _median_of_some(values: np.ndarray, lo: int, hi: int) -> float:
    """Median of at most twice `PLACE_FIXES` values from lo to hi - 1, evenly taken."""
    step = max(1, (hi - lo) // PLACE_FIXES)
    return median_of(values[lo:hi:step].copy())


@njit(cache=True)
def _follow(ship: Ship, i: int, step: int, lat: float, lon: float, until_ms: int) -> int:
    """The last fix, going on from fix i by steps of 1 or -1, before the ship leaves a place."""
    north_m, east_m = metres_per_degree(lat)
    there, strays = i, 0
    while 0 <= i + step < len(ship.time_ms):
        i += step
        if (ship.time_ms[i] - until_ms) * step > 0:
            break
        dx = short_way_deg(ship.lon[i] - lon) * east_m
        dy = (ship.lat[i] - lat) * north_m
        if dx * dx + dy * dy > STAY_M * STAY_M:
            strays += 1
            if strays > STRAYS:
                break
            continue
        strays = 0
        there = i
    return there


@njit(cache=True)
def _stay(ship: Ship, first: int, last: int) -> tuple[float, float]:
    """Radius about the middle place that holds nine in ten fixes; angle that holds the headings."""
    n = last - first + 1
    north_m, east_m = metres_per_degree(ship.lat[first])
    x, y = np.empty(n), np.empty(n)
    for i in range(n):
        x[i] = short_way_deg(ship.lon[first + i] - ship.lon[first]) * east_m
        y[i] = (ship.lat[first + i] - ship.lat[first]) * north_m
    mx, my = median_of(x.copy()), median_of(y.copy())
    for i in range(n):
        dx, dy = x[i] - mx, y[i] - my
        x[i] = math.sqrt(dx * dx + dy * dy)
    spread = heading_spread_deg(ship.heading_deg[first : last + 1].astype(np.float64))
    return put_in_place(x, int(0.9 * (n - 1))), spread


@njit(cache=True)
def stay_of(ship: Ship, from_ms: int, to_ms: int, known: F8) -> tuple[float, float, float]:
    """The stay at one place that an event lies in.

    Parameters
    ----------
    ship : Ship
        The track.
    from_ms, to_ms : int
        The event.
    known : array, shape (4)
        The ship's stay looked at last: first and last fix (-1: none yet), radius, spread; kept up
        to date, for a ship meets many others during one stay.

    Returns
    -------
    hours : float
        Length of the stay about the event's middle place, at most a day before and after.
    radius_m : float
        Nine in ten of the stay's fixes lie within this of its middle; NaN without fixes.
    spread_deg : float
        Angle that holds nine in ten of its headings; NaN where headings are unknown.
    """
    lo = int(np.searchsorted(ship.time_ms, from_ms))
    hi = int(np.searchsorted(ship.time_ms, to_ms, side="right"))
    if hi <= lo:
        return 0.0, np.nan, np.nan
    lat = _median_of_some(ship.lat, lo, hi)
    if abs(ship.lon[lo]) < 179.0:
        lon = _median_of_some(ship.lon, lo, hi)
    else:  # about the antimeridian
        lon = wrap_degrees(_median_of_some(ship.lon % 360.0, lo, hi))
    first = _follow(ship, lo, -1, lat, lon, from_ms - LOOK_S * 1000)
    last = _follow(ship, hi - 1, 1, lat, lon, to_ms + LOOK_S * 1000)
    if known[0] != first or known[1] != last:
        known[0], known[1] = first, last
        known[2], known[3] = _stay(ship, first, last)
    hours = (ship.time_ms[last] - ship.time_ms[first]) / 3_600_000.0
    return hours, known[2], known[3]


@njit(cache=True)
def _circle_m(lat: F8, lon: F8) -> tuple[float, float, float]:
    """Radius, residual and arc of the circle through places: the algebraic least squares (Kasa)."""
    n = len(lat)
    if n < 8:
        return np.nan, np.nan, np.nan
    x, y = np.empty(n), np.empty(n)
    for i in range(n):
        x[i], y[i] = offset_m(lat[0], lon[0], lat[i], lon[i])
    x -= x.mean()
    y -= y.mean()
    z = x * x + y * y
    sxx, syy, sxy = (x * x).sum(), (y * y).sum(), (x * y).sum()
    det = sxx * syy - sxy * sxy
    if det <= 1e-3 * sxx * syy:  # along a line: no circle
        return np.nan, np.nan, np.nan
    cx = 0.5 * ((x * z).sum() * syy - (y * z).sum() * sxy) / det
    cy = 0.5 * ((y * z).sum() * sxx - (x * z).sum() * sxy) / det
    radius = math.sqrt(cx * cx + cy * cy + z.mean())
    off = np.sort(np.abs(np.hypot(x - cx, y - cy) - radius))
    arc = heading_spread_deg(np.degrees(np.arctan2(x - cx, y - cy)))
    # a short arc fits any circle: half of what is needed with headings does not do
    return radius, off[int(2.0 / 3.0 * (n - 1))], arc if arc >= CIRCLE_ARC_DEG else 0.0


@njit(cache=True)
def pivot_m(
    time_ms: I8,
    lat: F8,
    lon: F8,
    heading_deg: np.ndarray,
    from_ms: int,
    to_ms: int,
) -> tuple[float, float, float]:
    """The fixed point that a ship swings about, seen from its antenna.

    A ship that rides to an anchor or a buoy lies with the bow toward it: its antenna goes round a
    circle as the heading turns. Least squares of the antenna's place on the heading give the
    circle's radius.

    Parameters
    ----------
    time_ms, lat, lon, heading_deg : array
        The track.
    from_ms, to_ms : int
        The spell.

    Returns
    -------
    radius_m : float
        From antenna to the fixed point; NaN without headings.
    residual_m : float
        Two thirds of the places lie within this of the circle.
    turned_deg : float
        Angle that holds nine in ten headings: what the fit rests on.
    """
    lo = int(np.searchsorted(time_ms, from_ms))
    hi = int(np.searchsorted(time_ms, to_ms, side="right"))
    turned = heading_spread_deg(heading_deg[lo:hi].astype(np.float64))
    if np.isnan(turned):
        return _circle_m(lat[lo:hi], lon[lo:hi])
    n = 0
    x, y = np.empty(hi - lo), np.empty(hi - lo)
    s, c = np.empty(hi - lo), np.empty(hi - lo)
    for i in range(lo, hi):
        if np.isnan(heading_deg[i]):
            continue
        x[n], y[n] = offset_m(lat[lo], lon[lo], lat[i], lon[i])
        h = math.radians(heading_deg[i])
        s[n], c[n] = math.sin(h), math.cos(h)
        n += 1
    x, y, s, c = x[:n], y[:n], s[:n], c[:n]
    ds, dc = s - s.mean(), c - c.mean()
    spread = (ds * ds + dc * dc).sum()
    if spread <= 0.0:
        return np.nan, np.nan, turned
    radius = -((x - x.mean()) * ds + (y - y.mean()) * dc).sum() / spread
    off = np.sort(np.hypot(x - x.mean() + radius * ds, y - y.mean() + radius * dc))
    return radius, off[int(2.0 / 3.0 * (n - 1))], turned
