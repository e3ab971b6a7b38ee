"""How far a ship may be from the straight line between two of its fixes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from pipeline.rendezvous.runs import KNOT_M_S

if TYPE_CHECKING:
    from pipeline.rendezvous.sampling import Ship

TURN_S = 300.0
"""Between two fixes nearer than this in time a lashed pair, which turns slowly, leaves the straight
line by less than positions err."""


@njit(cache=True)
def drift_m(share: float, dt_s: float, k: float) -> float:
    """How far a ship whose velocity changes by k m/s2 leaves the straight line; see `bend_m`."""
    return 0.5 * k * share * (1.0 - share) * dt_s * dt_s


@njit(cache=True)
def bend_m(ship: Ship, i: int, share: float, east_m_s: float, north_m_s: float, k: float) -> float:
    """How far from the straight line between two fixes a ship may be: a standard error, metres.

    Parameters
    ----------
    ship : Ship
        The track.
    i : int
        The fix before; there is one after.
    share : float
        Of the time between the two, 0 to 1.
    east_m_s, north_m_s : float
        Velocity on the straight line.
    k : float
        How fast the velocity of a drifting ship changes, m/s2.

    Notes
    -----
    A velocity that changes by `k` bends the way by k t (T - t) / 2. A ship that turns at speed goes
    much further out: by as much as the cubic through both fixes with the velocities that were
    reported there (Hermite's) leaves the line.
    """
    dt = (ship.time_ms[i + 1] - ship.time_ms[i]) / 1000.0
    drift = drift_m(share, dt, k)
    if dt < TURN_S:
        return drift
    off_east = off_north = 0.0
    for fix, weight in ((i, share * (1.0 - share) ** 2), (i + 1, -(share**2) * (1.0 - share))):
        speed = float(ship.sog_kn[fix]) * KNOT_M_S
        course = math.radians(float(ship.cog_deg[fix]))
        if np.isnan(speed) or (np.isnan(course) and speed > 0.0):
            return drift
        if np.isnan(course):
            course = 0.0
        off_east += weight * dt * (speed * math.sin(course) - east_m_s)
        off_north += weight * dt * (speed * math.cos(course) - north_m_s)
    return drift + math.sqrt(off_east * off_east + off_north * off_north)
