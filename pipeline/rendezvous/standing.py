"""Whether a ship stood fixed to the ground: moored at a berth, or free to swing and drift."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from pipeline.rendezvous.geometry import offset_m, wrap_degrees
from pipeline.rendezvous.sampling import Ship

STAY_M = 60.0
"""Fixes within this of the event's middle place belong to the same stay at a berth: noise of GNSS
in a harbour, surge along the quay; an anchored ship swings out of it, a drifting one leaves it."""
STRAYS = 2
"""So many fixes on end outside are still noise."""
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
    off.sort()
    cut = int(0.05 * (len(off) - 1))
    return off[len(off) - 1 - cut] - off[cut]


@njit(cache=True)
def stay_of(ship: Ship, from_ms: int, to_ms: int) -> tuple[float, float, float]:
    """The stay at one place that an event lies in.

    Parameters
    ----------
    ship : Ship
        The track.
    from_ms, to_ms : int
        The event.

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
    lat0, lon0 = ship.lat[lo], ship.lon[lo]
    n = hi - lo
    x, y = np.empty(n), np.empty(n)
    for i in range(lo, hi):
        x[i - lo], y[i - lo] = offset_m(lat0, lon0, ship.lat[i], ship.lon[i])
    mx, my = np.median(x), np.median(y)
    first, last = lo, hi - 1
    for step in (-1, 1):
        i = lo if step < 0 else hi - 1
        strays = 0
        while 0 <= i + step < len(ship.time_ms):
            i += step
            if ship.time_ms[i] < from_ms - LOOK_S * 1000 or ship.time_ms[i] > to_ms + LOOK_S * 1000:
                break
            dx, dy = offset_m(lat0, lon0, ship.lat[i], ship.lon[i])
            if math.hypot(dx - mx, dy - my) > STAY_M:
                strays += 1
                if strays > STRAYS:
                    break
                continue
            strays = 0
            if step < 0:
                first = i
            else:
                last = i
    r = np.empty(last - first + 1)
    xs, ys = np.empty(len(r)), np.empty(len(r))
    for i in range(first, last + 1):
        xs[i - first], ys[i - first] = offset_m(lat0, lon0, ship.lat[i], ship.lon[i])
    mx, my = np.median(xs), np.median(ys)
    for i in range(len(r)):
        r[i] = math.hypot(xs[i] - mx, ys[i] - my)
    r.sort()
    hours = (ship.time_ms[last] - ship.time_ms[first]) / 3_600_000.0
    spread = heading_spread_deg(ship.heading_deg[first : last + 1].astype(np.float64))
    return hours, r[int(0.9 * (len(r) - 1))], spread
