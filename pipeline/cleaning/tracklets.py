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

from pipeline.cleaning.costs import near_cost
from pipeline.cleaning.labels import REPEAT, SAME_TIME, STUCK
from pipeline.cleaning.motion import (
    BASELINE_MIN_S,
    BASELINE_S,
    FRESH_S,
    M_PER_DEG,
    M_S_PER_KN,
    SIGMAS,
    Fixes,
    Motion,
    displacement_m,
    farthest_m,
    greater_known,
    misfit,
    report_variance_m2,
    reported_m_s,
    speed_bound_m_s,
)

DISTINCT_COST = 15.0  # beyond, a hypothesis is out of the question
COALESCED = 5  # times that the staler of two explained a fix that the fresher explains too
ODD_SIGMAS = 1.5  # from what was expected: one fix in three, and all spikes among them
FORECAST_MIN = 0.05  # of a report's variance: the filter must not grow deaf
SAME_COSINE_DEG = 0.01  # the cosine of a latitude so near is off by 0.1 % in latitude 80
HYPOTHESES = 16  # more ships under one number at once than any feed was seen to hold (999999999)
RECENT = 16  # reports looked back for repeats: a minute and a half of the fastest reporting
CONFIRMED = 3  # fixes from which a hypothesis is more than a fault
FORGOTTEN = 20  # others of the MMSI's reports after which a fix opens a new piece all the same
CLEAR_COST = 6.0  # two hypotheses are told apart when one is exp(3) = 20 times likelier


@njit(cache=True, nogil=True)
def _says_no_more(later: float, earlier: float) -> bool:
    return bool(later == earlier) or bool(np.isnan(later))


# inlined: handing all columns over takes longer than the comparison
@njit(cache=True, nogil=True, inline="always")
def _repeat(
    rows: Fixes, i: int, recent: npt.NDArray[np.int64], n_recent: int, bounds: Motion
) -> int:
    """REPEAT if row `i` is a transmission already heard, or as little as part of one, else 0."""
    speed = rows.sog[i] * M_S_PER_KN
    for back in range(min(n_recent, RECENT)):
        j = recent[(n_recent - 1 - back) % RECENT]
        dt_ms = rows.time_ms[i] - rows.time_ms[j]
        if dt_ms > bounds.repeat_window_ms:
            break
        if (
            rows.lat[i] == rows.lat[j]
            and rows.lon[i] == rows.lon[j]
            and _says_no_more(rows.sog[i], rows.sog[j])
            and _says_no_more(rows.cog[i], rows.cog[j])
            and _says_no_more(rows.heading[i], rows.heading[j])
            and (rows.status[i] == rows.status[j] or rows.status[i] < 0)
            and (speed >= bounds.moving_m_s or dt_ms <= 1000.0 * bounds.time_error_s)
        ):
            return REPEAT
    return 0


@njit(cache=True, nogil=True)
def _follow(
    begin: int,
    end: int,
    rows: Fixes,
    bounds: Motion,
    label: npt.NDArray[np.int32],
    odd: npt.NDArray[np.bool_],
) -> int:
    """Label the rows of one MMSI with tracklet numbers from 0, or with why they are dropped.

    Rows that lie off what was expected, as a spike would, are marked `odd`.
    """
    time_ms, lat, lon, sog = rows.time_ms, rows.lat, rows.lon, rows.sog
    speed_bound = speed_bound_m_s(sog, begin, end, bounds)
    recent = np.empty(RECENT, np.int64)  # kept rows
    n_recent = 0

    h_row = np.empty(HYPOTHESES, np.int64)
    h_lat = np.empty(HYPOTHESES)  # where it was then by all its fixes (filtered), and the cosine
    h_lon = np.empty(HYPOTHESES)
    h_cos = np.empty(HYPOTHESES)
    h_cos_lat = np.empty(HYPOTHESES)  # the latitude that the cosine is of
    h_variance = np.empty(HYPOTHESES)
    left_x = np.empty(HYPOTHESES)
    left_y = np.empty(HYPOTHESES)
    sigma = np.empty(HYPOTHESES)
    h_vx = np.empty(HYPOTHESES)
    h_vy = np.empty(HYPOTHESES)
    h_made_x = np.empty(HYPOTHESES)
    h_made_y = np.empty(HYPOTHESES)
    h_fixes = np.empty(HYPOTHESES, np.int64)
    h_label = np.empty(HYPOTHESES, np.int32)
    h_since = np.empty(HYPOTHESES, np.int64)  # when it came to the very place where it is
    h_anchor = np.empty(HYPOTHESES, np.int64)  # where its velocity made good is measured from
    h_parents = np.zeros(HYPOTHESES, np.int64)  # bits: those it may be the continuation of
    h_cut = np.zeros(HYPOTHESES, np.int64)  # bits: its possible continuations that it was cut for
    h_closed = np.zeros(HYPOTHESES, np.bool_)
    forgotten = np.zeros(HYPOTHESES, np.bool_)
    cost = np.empty(HYPOTHESES)
    alike = np.zeros((HYPOTHESES, HYPOTHESES), np.int64)  # fixes in a row that both explained
    live = 0
    tracklets = 0
    nan = np.nan

    for i in range(begin, end):
        verdict = _repeat(rows, i, recent, n_recent, bounds)
        if verdict != 0:
            label[i] = verdict
            continue

        reported = reported_m_s(rows, i)
        speed = reported[0]
        moving = speed >= bounds.moving_m_s
        best = -1
        latest, latest_dt, latest_dx, latest_dy = -1, np.inf, 0.0, 0.0
        for h in range(live):
            cost[h] = np.inf
            j = h_row[h]
            if lat[i] == lat[j] and lon[i] == lon[j] and moving:  # however long ago
                way = min(speed, sog[j] * M_S_PER_KN) * 0.001 * (time_ms[i] - h_since[h])
                if way > bounds.stuck_distance_m:
                    verdict = STUCK
                    break
            if h_closed[h]:
                continue
            forgotten[h] = i - j > FORGOTTEN and time_ms[i] - time_ms[j] > 1000.0 * FRESH_S
            if forgotten[h] and h_fixes[h] < CONFIRMED:
                continue
            dt = 0.001 * (time_ms[i] - time_ms[j])
            reach = farthest_m(dt, speed_bound, bounds)
            if abs(lat[i] - lat[j]) * M_PER_DEG > reach:
                continue
            dx, dy = displacement_m(h_lat[h], h_lon[h], h_cos[h], lat[i], lon[i])
            if dx * dx + dy * dy > reach * reach:
                continue
            if BASELINE_MIN_S <= dt < latest_dt:
                latest, latest_dt, latest_dx, latest_dy = h, dt, dx, dy
            left_x[h], left_y[h], sigma[h], steady = misfit(
                dx,
                dy,
                dt,
                (sog[j] * M_S_PER_KN, h_vx[h], h_vy[h]),
                reported,
                (h_made_x[h], h_made_y[h]),
                (nan, nan),
                h_variance[h],
                speed_bound,
                bounds,
            )
            left = math.hypot(left_x[h], left_y[h])
            if left > max(SIGMAS * sigma[h], bounds.one_place_m):
                continue
            cost[h] = near_cost(left, sigma[h], steady, dt) if live > 1 else 0.0
            if best < 0 or cost[h] < cost[best]:
                best = h
        if verdict != 0:
            label[i] = verdict
            continue

        clear = best >= 0
        parents = 0
        if live > 1 and best >= 0:
            if h_fixes[best] < CONFIRMED:  # a fault rather than a ship, where a ship will do
                for h in range(live):
                    if h_fixes[h] >= CONFIRMED and cost[h] - cost[best] < CLEAR_COST:
                        best = h
                        break
            for h in range(live):  # what was opened between this one and another has its place
                if h_parents[h] >> best & 1 and cost[h] - cost[best] < DISTINCT_COST:
                    best = h
                    break
            for h in range(live):
                near = cost[h] - cost[best]
                if near < DISTINCT_COST:
                    parents |= 1 << h
                if h == best or h_fixes[h] < CONFIRMED or h_parents[best] >> h & 1:
                    continue
                clear &= near >= CLEAR_COST
                if h_row[h] > h_row[best]:  # its place is known better, yet the other was chosen
                    low, high = min(h, best), max(h, best)
                    alike[low, high] = max(0, alike[low, high] + (1 if near < np.inf else -1))
                    if alike[low, high] >= COALESCED:
                        clear = False
                        alike[low, high] = 0
                        h_closed[low] = h_closed[high] = True
        if clear and not forgotten[best]:
            j = h_row[best]
            if time_ms[i] == time_ms[j]:
                label[i] = SAME_TIME
                continue
            a = h_anchor[best]
            dt = 0.001 * (time_ms[i] - time_ms[a])
            if dt >= BASELINE_S or (h_fixes[best] == 1 and dt >= BASELINE_MIN_S):
                dx, dy = displacement_m(lat[a], lon[a], h_cos[best], lat[i], lon[i])
                h_made_x[best], h_made_y[best] = dx / dt, dy / dt
                if dt >= BASELINE_S:
                    h_anchor[best] = i
            for h in range(live):
                if (
                    h_parents[h] >> best & 1
                    and h_fixes[h] >= CONFIRMED
                    and not h_cut[best] >> h & 1
                ):
                    # Another may go on from here: what comes now is a piece of its own.
                    h_cut[best] |= 1 << h
                    h_label[best] = tracklets
                    tracklets += 1
            h_fixes[best] += 1
            odd[i] = math.hypot(left_x[best], left_y[best]) > ODD_SIGMAS * sigma[best]
            one = report_variance_m2(greater_known(speed, sog[j] * M_S_PER_KN), bounds)
            forecast = max(sigma[best] * sigma[best] - one, one * FORECAST_MIN)
            gain = forecast / (forecast + one)
            h_variance[best] = gain * one
            if abs(lat[i] - h_cos_lat[best]) > SAME_COSINE_DEG:
                h_cos_lat[best], h_cos[best] = lat[i], math.cos(math.radians(lat[i]))
            h_lat[best] = lat[i] - (1.0 - gain) * left_y[best] / M_PER_DEG
            h_lon[best] = lon[i] - (1.0 - gain) * left_x[best] / (
                M_PER_DEG * max(h_cos[best], 1e-6)
            )
            if lat[i] != lat[j] or lon[i] != lon[j]:
                h_since[best] = time_ms[i]
        else:
            if live < HYPOTHESES:
                best = live
                live += 1
            else:
                best = 0
                for h in range(1, live):
                    if (not h_closed[h], h_row[h]) < (not h_closed[best], h_row[best]):
                        best = h
                for h in range(live):
                    h_parents[h] &= ~(1 << best)
                    h_cut[h] &= ~(1 << best)
                    alike[min(h, best), max(h, best)] = 0
                parents &= ~(1 << best)
            odd[i] = True
            h_closed[best] = False
            h_cut[best] = 0
            h_parents[best] = parents
            h_lat[best], h_lon[best] = lat[i], lon[i]
            h_cos_lat[best], h_cos[best] = lat[i], math.cos(math.radians(lat[i]))
            h_variance[best] = report_variance_m2(greater_known(speed, nan), bounds)
            h_anchor[best] = i
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
        h_vx[best], h_vy[best] = reported[1], reported[2]
        label[i] = h_label[best]

        recent[n_recent % RECENT] = i
        n_recent += 1
    return tracklets


@njit(cache=True, nogil=True, parallel=True)
def _follow_all(
    starts: npt.NDArray[np.int64], rows: Fixes, bounds: Motion
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    label = np.empty(rows.lat.size, np.int32)
    odd = np.zeros(rows.lat.size, np.bool_)
    tracklets = np.zeros(starts.size - 1, np.int64)
    for s in prange(starts.size - 1):
        tracklets[s] = _follow(starts[s], starts[s + 1], rows, bounds, label, odd)
    return label, tracklets, odd


def follow(
    starts: npt.NDArray[np.int64], rows: Fixes, bounds: Motion
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
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
        Number of the tracklet within its MMSI, or REPEAT, STUCK, SAME_TIME.
    counts : array of int64
        Tracklets of each MMSI.
    odd : array of bool
        Rows that may be spikes: off what was expected of their tracklet, or its first.
    """
    return _follow_all(starts, rows, bounds)
