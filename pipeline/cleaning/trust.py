"""Which MMSIs report a motion that is not their own: a broken sensor, a speed of zero all day.

Three reports in a row that make good nearly one velocity were sent by one ship under way (two
ships of one number, sending in turn, make good nothing like it). Where most such threes say
something else than they do, the reported speed and course are not believed.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from pipeline.cleaning.motion import M_PER_DEG, Fixes, Motion, reported_m_s, way_m

STEP_MIN_S, STEP_MAX_S = (
    10.0,
    600.0,
)  # between reports: long enough to tell, short enough to be straight
ALIKE_SHARE = 0.25  # of the velocity made good by which the two halves of a three may differ
THREES_MIN = 6  # fewer decide nothing
THREES_MAX = 400  # looked at, spread evenly over the MMSI's reports: more would tell no more


@njit(cache=True, nogil=True)
def _is_false(rows: Fixes, begin: int, end: int, bounds: Motion) -> bool:
    told_true, told_false = 0, 0
    step = max(1, (end - begin) // THREES_MAX)
    for i in range(begin + 1, end - 1, step):
        dt0 = 0.001 * (rows.time_ms[i] - rows.time_ms[i - 1])
        dt1 = 0.001 * (rows.time_ms[i + 1] - rows.time_ms[i])
        if not (STEP_MIN_S <= dt0 <= STEP_MAX_S and STEP_MIN_S <= dt1 <= STEP_MAX_S):
            continue
        north = abs(rows.lat[i + 1] - rows.lat[i - 1])
        east = abs(rows.lon[i + 1] - rows.lon[i - 1])
        if (north + east) * M_PER_DEG < bounds.moving_m_s * (dt0 + dt1):
            continue  # still, whatever the latitude
        _, vx, vy = reported_m_s(rows, i)
        if np.isnan(vx):
            continue
        x0, y0 = way_m(rows, i - 1, i)
        x1, y1 = way_m(rows, i, i + 1)
        ux, uy = (x0 + x1) / (dt0 + dt1), (y0 + y1) / (dt0 + dt1)
        made = math.hypot(ux, uy)
        if not bounds.moving_m_s <= made <= bounds.speed_ceiling_m_s:
            continue
        uneven = math.hypot(x0 / dt0 - x1 / dt1, y0 / dt0 - y1 / dt1)
        if uneven > ALIKE_SHARE * made:
            continue
        if math.hypot(ux - vx, uy - vy) <= max(0.5 * made, bounds.moving_m_s):
            told_true += 1
        else:
            told_false += 1
    return told_false >= THREES_MIN and told_false > told_true


@njit(cache=True, nogil=True, parallel=True)
def _find_false(
    rows: Fixes, starts: npt.NDArray[np.int64], bounds: Motion
) -> npt.NDArray[np.bool_]:
    false = np.zeros(starts.size - 1, np.bool_)
    for s in prange(starts.size - 1):
        false[s] = _is_false(rows, starts[s], starts[s + 1], bounds)
    return false


def false_motion(
    rows: Fixes, starts: npt.NDArray[np.int64], bounds: Motion
) -> npt.NDArray[np.bool_]:
    """Whether each MMSI's reported speed and course contradict its positions.

    Parameters
    ----------
    rows : Fixes
        Reports sorted by MMSI and time.
    starts : array of int64
        Where each MMSI begins; one more entry for the end.
    bounds : Motion
        From which speed on ships move, and which they never exceed.
    """
    return _find_false(rows, starts, bounds)
