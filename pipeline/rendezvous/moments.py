"""At which moments a pair is looked at.

The times of the fixes of both, thinned; while both lie still, far fewer: errors of GNSS last for
tens of minutes, so of two ships that stay where they are a day's thousand fixes tell no more than
some dozens. Where either begins or ceases to lie still every fix counts, so that no arrival or
departure is timed by the coarser step.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.rendezvous.geometry import metres_per_degree, short_way_deg
from pipeline.rendezvous.meetings import GUESS_S, HEARD_BEFORE_S
from pipeline.rendezvous.runs import F8, I8
from pipeline.rendezvous.sampling import Ship

I4 = NDArray[np.int32]

STILL_BOX_M = 60.0
"""A ship lies still while its antenna stays within a box of this size: moored, or on a short
cable; noise of 8 m makes a box of 50 m in a day. One that drifts at 0.1 knots leaves it within
twenty minutes, one that swings at anchor within an hour."""
STILL_TURN_DEG = 20.0
"""And while its headings stay within so much: a moored ship's do to some degrees."""
STILL_LEAST_S = 3600.0
"""Shorter stays are looked at fix by fix: there is little to save."""
STILL_ENDS_S = 900.0
"""So long after it came and before it goes a ship is looked at fix by fix."""
STILL_STEP_S = GUESS_S
"""While both lie still they are looked at so often: the longest after which a moment counts as
seen. Errors of GNSS last longer."""
APART_STEP_S = HEARD_BEFORE_S
"""And so often where no look finds hulls that could touch: the longest that is no silence."""


@njit(cache=True, nogil=True)
def still_until(
    start: I8, time_ms: I8, lat: F8, lon: F8, heading_deg: NDArray[np.float32], gap_max_ms: int
) -> I4:
    """Until when ships lie still.

    Parameters
    ----------
    start, time_ms, lat, lon, heading_deg : array
        As in `Tracks`.
    gap_max_ms : int
        Between two fixes further apart a ship's place is not known.

    Returns
    -------
    array of int, shape (fixes)
        For each fix the last one, counted from the track's first, up to which the ship has lain and
        will lie still, its coming and going apart; -1 where it does not lie still.
    """
    until = np.full(len(time_ms), -1, np.int32)
    for k in range(len(start) - 1):
        i = start[k]
        while i < start[k + 1]:
            per_north, per_east = metres_per_degree(lat[i])
            high, wide = STILL_BOX_M / per_north, STILL_BOX_M / max(per_east, 1e-9)
            south = north = lat[i]
            west = east = left = right = 0.0
            first_heading = np.nan
            j = i
            while j + 1 < start[k + 1] and time_ms[j + 1] - time_ms[j] <= gap_max_ms:
                x = short_way_deg(lon[j + 1] - lon[i])
                west, east = min(west, x), max(east, x)
                south, north = min(south, lat[j + 1]), max(north, lat[j + 1])
                if not np.isnan(heading_deg[j]):
                    if np.isnan(first_heading):
                        first_heading = heading_deg[j]
                    turn = short_way_deg(heading_deg[j] - first_heading)
                    left, right = min(left, turn), max(right, turn)
                if north - south > high or east - west > wide or right - left > STILL_TURN_DEG:
                    break
                j += 1
            if time_ms[j] - time_ms[i] >= STILL_LEAST_S * 1000.0:
                lo, hi = i, j
                while time_ms[lo] - time_ms[i] < STILL_ENDS_S * 1000.0:
                    lo += 1
                while time_ms[j] - time_ms[hi] < STILL_ENDS_S * 1000.0:
                    hi -= 1
                for f in range(lo, hi + 1):
                    until[f] = hi - start[k]
            i = j + 1
    return until


@njit(cache=True)
def moments_of(
    a: Ship,
    b: Ship,
    still_a: I4,
    still_b: I4,
    begin_ms: I8,
    end_ms: I8,
    every_ms: int,
    step_ms: int,
) -> tuple[I8, bool]:
    """Moments at which a pair is looked at.

    Parameters
    ----------
    a, b : Ship
        The two tracks.
    still_a, still_b : array of int
        Of each track, from `still_until`; empty: look at every fix.
    begin_ms, end_ms : array of int
        The pair's windows, in order.
    every_ms : int
        At most one fix of each ship in so long.
    step_ms : int
        How often while both lie still.

    Returns
    -------
    moments : array of int, shape (moments, 3)
        In order: the time of a fix of either ship, and the index of the last fix of a and of b at
        or before it; -1 before the first.
    thinned : bool
        Whether the step left out any.
    """
    total = 0
    bounds = np.empty((len(begin_ms), 4), np.int64)
    for w in range(len(begin_ms)):
        bounds[w, 0] = np.searchsorted(a.time_ms, begin_ms[w])
        bounds[w, 1] = np.searchsorted(a.time_ms, end_ms[w], side="right")
        bounds[w, 2] = np.searchsorted(b.time_ms, begin_ms[w])
        bounds[w, 3] = np.searchsorted(b.time_ms, end_ms[w], side="right")
        total += bounds[w, 1] - bounds[w, 0] + bounds[w, 3] - bounds[w, 2]
    out = np.empty((total, 3), np.int64)
    n = 0
    thinned = False
    thin = len(still_a) > 0 and len(still_b) > 0
    for w in range(len(begin_ms)):
        i, i_end, j, j_end = bounds[w, 0], bounds[w, 1], bounds[w, 2], bounds[w, 3]
        last_a = last_b = begin_ms[w] - every_ms
        while i < i_end or j < j_end:
            t_a = a.time_ms[i] if i < i_end else end_ms[w] + 1
            t_b = b.time_ms[j] if j < j_end else end_ms[w] + 1
            t = min(t_a, t_b)
            keep = False
            if t_a == t:
                if t - last_a >= every_ms:
                    keep, last_a = True, t
                i += 1
            if t_b == t:
                if t - last_b >= every_ms:
                    keep, last_b = True, t
                j += 1
            if not keep:
                continue
            out[n, 0], out[n, 1], out[n, 2] = t, i - 1, j - 1
            n += 1
            if not thin or i == 0 or j == 0 or still_a[i - 1] < 0 or still_b[j - 1] < 0:
                continue
            # on to the last fix within the step, and within both stays
            limit = min(
                t + step_ms, a.time_ms[still_a[i - 1]], b.time_ms[still_b[j - 1]], end_ms[w]
            )
            ahead = i + j
            while i < i_end and a.time_ms[i] <= limit:
                i += 1
            while j < j_end and b.time_ms[j] <= limit:
                j += 1
            if i + j == ahead:
                continue
            thinned = thinned or i + j > ahead + 1
            # back before the last of them, which is looked at next
            t_a, t_b = a.time_ms[i - 1], b.time_ms[j - 1]
            if t_a >= t_b:
                i -= 1
                last_a = t_a - every_ms
            if t_b >= t_a:
                j -= 1
                last_b = t_b - every_ms
    return out[:n], thinned
