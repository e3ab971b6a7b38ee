"""From each MMSI's reports in order of time to tracklets: runs of fixes that one ship sent.

One pass over the fixes of an MMSI keeps a few hypotheses alive: places where a ship of this
number was last heard, and its motion. Each fix joins the hypothesis that explains it best, or
opens a new one: when none does (a jump, a second ship) or when two do about equally (two ships
of one number that fall silent and return: which is which is decided later, over all pieces, by
``pipeline.cleaning.linking``). Repeats of a transmission and stuck positions are dropped first.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from pipeline.cleaning.motion import (
    BASELINE_MIN_S,
    FRESH_S,
    M_PER_DEG,
    M_S_PER_KN,
    Fixes,
    Motion,
    displacement_m,
    farthest_m,
    misfit,
    speed_bound_m_s,
    velocity_m_s,
)

DUPLICATE = -1  # equal in all to another row
REPEAT = -2  # one transmission heard by several receivers, or late
STUCK = -3  # an old position sent again by a ship that has moved on
SAME_TIME = -4  # another fix of the same ship and second
JUMP = -5  # given by the judgement over all tracklets

HYPOTHESES = 16  # more ships under one number at once than any feed was seen to hold (999999999)
RECENT = 16  # reports looked back for repeats: a minute and a half of the fastest reporting
CONFIRMED = 3  # fixes from which a hypothesis is more than a fault
SIGMAS = 3.0  # the allowance of `misfit` in standard deviations
CLEAR_COST = 6.0  # two hypotheses are told apart when one is exp(3) = 20 times likelier


@njit(cache=True, nogil=True)
def _same(a: float, b: float) -> bool:
    return bool(a == b) or bool(a != a and b != b)


@njit(cache=True, nogil=True)
def _follow(
    begin: int,
    end: int,
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    sog: npt.NDArray[np.float32],
    cog: npt.NDArray[np.float32],
    heading: npt.NDArray[np.float32],
    status: npt.NDArray[np.int8],
    bounds: Motion,
    label: npt.NDArray[np.int32],
) -> int:
    """Label the rows of one MMSI with tracklet numbers from 0, or with why they are dropped."""
    speed_bound = speed_bound_m_s(sog, begin, end, bounds)
    recent = np.empty(RECENT, np.int64)  # kept rows
    n_recent = 0

    h_row = np.empty(HYPOTHESES, np.int64)
    h_cos = np.empty(HYPOTHESES)
    h_vx = np.empty(HYPOTHESES)
    h_vy = np.empty(HYPOTHESES)
    h_made_x = np.empty(HYPOTHESES)
    h_made_y = np.empty(HYPOTHESES)
    h_fixes = np.empty(HYPOTHESES, np.int64)
    h_label = np.empty(HYPOTHESES, np.int32)
    h_since = np.empty(HYPOTHESES, np.int64)  # when it came to the very place where it is
    live = 0
    tracklets = 0
    nan = np.nan

    for i in range(begin, end):
        speed = sog[i] * M_S_PER_KN
        moving = speed >= bounds.moving_m_s

        verdict = 0
        for back in range(min(n_recent, RECENT)):
            j = recent[(n_recent - 1 - back) % RECENT]
            dt_ms = time_ms[i] - time_ms[j]
            if dt_ms > bounds.repeat_window_ms:
                break
            if (
                lat[i] == lat[j]
                and lon[i] == lon[j]
                and _same(sog[i], sog[j])
                and _same(cog[i], cog[j])
                and _same(heading[i], heading[j])
                and status[i] == status[j]
            ):
                if dt_ms == 0:
                    verdict = DUPLICATE
                elif moving or dt_ms <= 1000.0 * bounds.time_error_s:
                    verdict = REPEAT
                if verdict != 0:
                    break
        if verdict != 0:
            label[i] = verdict
            continue

        vx, vy = velocity_m_s(sog[i], cog[i])
        best, best_cost, other_cost = -1, np.inf, np.inf
        best_dx, best_dy = 0.0, 0.0
        latest, latest_dt, latest_dx, latest_dy = -1, np.inf, 0.0, 0.0
        for h in range(live):
            j = h_row[h]
            if lat[i] == lat[j] and lon[i] == lon[j] and moving:
                way = min(speed, sog[j] * M_S_PER_KN) * 0.001 * (time_ms[i] - h_since[h])
                if way > bounds.stuck_distance_m:
                    verdict = STUCK
                    break
            dt = 0.001 * (time_ms[i] - time_ms[j])
            reach = farthest_m(dt, speed_bound, bounds)
            if abs(lat[i] - lat[j]) * M_PER_DEG > reach:
                continue
            dx, dy = displacement_m(lat[j], lon[j], h_cos[h], lat[i], lon[i])
            if dx * dx + dy * dy > reach * reach:
                continue
            if BASELINE_MIN_S <= dt < latest_dt:
                latest, latest_dt, latest_dx, latest_dy = h, dt, dx, dy
            q, allowance = misfit(
                dx,
                dy,
                dt,
                sog[j] * M_S_PER_KN,
                h_vx[h],
                h_vy[h],
                speed,
                vx,
                vy,
                h_made_x[h],
                h_made_y[h],
                nan,
                nan,
                speed_bound,
                bounds,
            )
            if q > 1.0:
                continue
            cost = 0.0 if live == 1 else (SIGMAS * q) ** 2 + 4.0 * math.log(allowance)
            if cost < best_cost:
                if best >= 0 and h_fixes[best] >= CONFIRMED:
                    other_cost = min(other_cost, best_cost)
                best, best_cost, best_dx, best_dy = h, cost, dx, dy
            elif h_fixes[h] >= CONFIRMED:
                other_cost = min(other_cost, cost)

        if verdict != 0:
            label[i] = verdict
            continue
        if best >= 0 and other_cost - best_cost >= CLEAR_COST:
            j = h_row[best]
            dt = 0.001 * (time_ms[i] - time_ms[j])
            if dt == 0.0:
                label[i] = SAME_TIME
                continue
            if dt >= BASELINE_MIN_S:
                h_made_x[best], h_made_y[best] = best_dx / dt, best_dy / dt
            h_fixes[best] += 1
            if lat[i] != lat[j] or lon[i] != lon[j]:
                h_since[best] = time_ms[i]
        else:
            if live < HYPOTHESES:
                best = live
                live += 1
            else:
                best = 0
                for h in range(1, live):
                    if h_row[h] < h_row[best]:
                        best = h
            h_fixes[best] = 1
            h_since[best] = time_ms[i]
            h_label[best] = tracklets
            tracklets += 1
            # How it would have moved, had it come from the hypothesis heard last: what lets a
            # ship that reports no true speed be followed from its second fix on.
            h_made_x[best], h_made_y[best] = nan, nan
            if latest >= 0 and latest != best and latest_dt <= FRESH_S:
                h_made_x[best] = latest_dx / latest_dt
                h_made_y[best] = latest_dy / latest_dt
        h_row[best] = i
        h_cos[best] = math.cos(math.radians(lat[i]))
        h_vx[best], h_vy[best] = vx, vy
        label[i] = h_label[best]

        recent[n_recent % RECENT] = i
        n_recent += 1
    return tracklets


@njit(cache=True, nogil=True, parallel=True)
def _follow_all(
    starts: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    sog: npt.NDArray[np.float32],
    cog: npt.NDArray[np.float32],
    heading: npt.NDArray[np.float32],
    status: npt.NDArray[np.int8],
    bounds: Motion,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    label = np.empty(lat.size, np.int32)
    tracklets = np.zeros(starts.size - 1, np.int64)
    for s in prange(starts.size - 1):
        tracklets[s] = _follow(
            starts[s],
            starts[s + 1],
            time_ms,
            lat,
            lon,
            sog,
            cog,
            heading,
            status,
            bounds,
            label,
        )
    return label, tracklets


def follow(
    starts: npt.NDArray[np.int64], rows: Fixes, bounds: Motion
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Label each sorted row with its tracklet.

    Parameters
    ----------
    starts : array of int64
        Where each MMSI begins in the sorted rows; one more entry for the end.
    rows : Fixes
        Reports sorted by MMSI, time and content.
    bounds : Motion
        Errors and accelerations.

    Returns
    -------
    label : array of int32
        Number of the tracklet within its MMSI, or DUPLICATE, REPEAT, STUCK, SAME_TIME.
    counts : array of int64
        Tracklets of each MMSI.
    """
    return _follow_all(
        starts,
        rows.time_ms,
        rows.lat,
        rows.lon,
        rows.sog,
        rows.cog,
        rows.heading,
        rows.status,
        bounds,
    )
