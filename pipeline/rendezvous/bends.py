"""How far a ship may be from the straight line between two of its fixes."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from pipeline.rendezvous.runs import KNOT_M_S

TURN_S = 300.0
"""Between two fixes nearer than this in time a lashed pair, which turns slowly, leaves the straight
line by less than positions err."""


@njit(cache=True)
def drift_m(share: float, dt_s: float, k: float) -> float:
    """How far a ship whose velocity changes by k m/s2 leaves the straight line; see `bend_m`."""
    return 0.5 * k * share * (1.0 - share) * dt_s * dt_s


@njit(cache=True)
def bend_m(
    share: float,
    dt_s: float,
    k: float,
    east_m_s: float,
    north_m_s: float,
    before_kn: tuple[float, float],
    after_kn: tuple[float, float],
) -> float:
    """How far from the straight line between two fixes a ship may be: a standard error, metres.

    Parameters
    ----------
    share : float
        Of the time between the two, 0 to 1.
    dt_s : float
        That time.
    k : float
        How fast the velocity of a drifting ship changes, m/s2.
    east_m_s, north_m_s : float
        Velocity on the straight line.
    before_kn, after_kn : tuple of float
        Velocity reported at either fix, to east and north; NaN where it is not known.

    Notes
    -----
    A velocity that changes by `k` bends the way by k t (T - t) / 2. A ship that turns at speed goes
    much further out: by as much as the cubic through both fixes with the velocities that were
    reported there (Hermite's) leaves the line.
    """
    drift = drift_m(share, dt_s, k)
    if dt_s < TURN_S:
        return drift
    rest = 1.0 - share
    before, after = share * rest * rest * dt_s, -share * share * rest * dt_s
    off_east = before * (before_kn[0] * KNOT_M_S - east_m_s)
    off_east += after * (after_kn[0] * KNOT_M_S - east_m_s)
    if np.isnan(off_east):
        return drift
    off_north = before * (before_kn[1] * KNOT_M_S - north_m_s)
    off_north += after * (after_kn[1] * KNOT_M_S - north_m_s)
    return drift + math.sqrt(off_east * off_east + off_north * off_north)
