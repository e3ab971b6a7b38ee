"""Ships of one number that keep company: who is who after both were silent.

Links of one ship's pieces are weighed each for itself by `pipeline.cleaning.linking`. Two ships
that sail or lie together, and of which one falls silent before the other returns, each may be taken
for the other: after hours, some kilometres say little. Yet ships in company keep their places: the
one to port before the silence is to port after it. So, once the ships of a number are known, every
stretch in which two of them were not both heard is looked at again: where they stood to each other
before it and after it, both as they are now and with all that follows exchanged between them.
Places are compared by the compass and relative to the course, for a formation may turn as one or
each ship by herself.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.linking import step_cost
from pipeline.cleaning.motion import (
    SIGMAS,
    Fixes,
    Motion,
    report_variance_m2,
    reported_m_s,
    way_m,
)

COMPANY_MS = 3_600_000.0  # looked back and ahead: a ship met or overtaken has moved on by then
EACH_MIN = 3  # fixes of each beside the other: one may be given to the wrong ship
KEPT_SHARE = 0.25  # of their distance by which ships in company may come nearer or part in the hour
LOOSE_SHARE = 0.1  # of their distance: what keeping station errs by
COURSE_M_S = 1.0  # 2 kn: below, the course of two ships is no course
UNKNOWN = (math.nan, math.nan)  # velocity made good
EVIDENCE_MAX = 40.0  # what their places may say against links: more than a link alone (30) costs

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@njit(cache=True, nogil=True)
def _offsets(
    rows: Fixes, label: npt.NDArray[np.int32], which: Ints, p: int, fresh_ms: float
) -> tuple[npt.NDArray[np.bool_], Floats, Floats]:
    """At each row of the two, whether both are heard, and the way from the other to ship `p`.

    The other's last place is carried on by the velocity that she reports.
    """
    n = which.size
    both = np.zeros(n, np.bool_)
    x, y = np.zeros(n), np.zeros(n)
    last_p, last_q = -1, -1
    for k in range(n):
        i = which[k]
        is_p = label[i] == p
        j = last_q if is_p else last_p
        if is_p:
            last_p = i
        else:
            last_q = i
        if j < 0:
            continue
        dt_ms = rows.time_ms[i] - rows.time_ms[j]
        if dt_ms > fresh_ms:
            continue
        _, vx, vy = reported_m_s(rows, j)
        dx, dy = way_m(rows, j, i)
        if not np.isnan(vx):
            dx, dy = dx - vx * 0.001 * dt_ms, dy - vy * 0.001 * dt_ms
        sign = 1.0 if is_p else -1.0
        both[k], x[k], y[k] = True, sign * dx, sign * dy
    return both, x, y


@njit(cache=True, nogil=True)
def _place(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    which: Ints,
    both: npt.NDArray[np.bool_],
    x: Floats,
    y: Floats,
    at: int,
    step: int,
    fresh_ms: float,
) -> tuple[float, float, float, float, float, float]:
    """How two ships stood to each other before (`step` -1) or after (1) row `at` of theirs.

    The way from one to the other east and north, m; how fast it changed, m/s (infinite where they
    were no company, NaN where too little of either was heard to tell); their mean velocity east and
    north, their greater speed, m/s.
    """
    n = which.size
    t0 = rows.time_ms[which[at]]
    count, same, end, last = 0, 0, at, t0
    k = at
    while 0 <= k < n:
        t = rows.time_ms[which[k]]
        if abs(t - t0) > COMPANY_MS or abs(t - last) > fresh_ms:
            break
        if both[k]:
            count += 1
            same += label[which[k]] == label[which[at]]
            end = k
            last = t
        k += step
    if min(same, count - same) < EACH_MIN:
        return 0.0, 0.0, np.nan, 0.0, 0.0, 0.0
    mean = np.zeros((2, 3))  # of the nearer and the farther half: east, north, time
    half = np.zeros(2, np.int64)
    vx, vy, speed, known = 0.0, 0.0, 0.0, 0
    seen, k = 0, at
    while k != end + step:
        if both[k]:
            h = 0 if 2 * seen < count else 1
            mean[h, 0] += x[k]
            mean[h, 1] += y[k]
            mean[h, 2] += 0.001 * (rows.time_ms[which[k]] - t0)
            half[h] += 1
            seen += 1
            of, east, north = reported_m_s(rows, which[k])
            if not np.isnan(east):
                vx, vy, known = vx + east, vy + north, known + 1
                speed = max(speed, of)
        k += step
    for h in range(2):
        mean[h] /= half[h]
    apart = math.hypot(mean[0, 0] - mean[1, 0], mean[0, 1] - mean[1, 1])
    over = abs(mean[0, 2] - mean[1, 2])
    distance = math.hypot(mean[0, 0], mean[0, 1])
    if over <= 0.0 or apart > KEPT_SHARE * distance:
        return 0.0, 0.0, np.inf, 0.0, 0.0, 0.0
    if known:
        vx, vy = vx / known, vy / known
    return mean[0, 0], mean[0, 1], apart / over, vx, vy, speed


@njit(cache=True, nogil=True)
def _for_exchange(
    before: tuple[float, float, float, float, float, float],
    after: tuple[float, float, float, float, float, float],
    gap_s: float,
    bounds: Motion,
) -> float:
    """What the places of two ships say for their having been exchanged (below zero: against)."""
    if not (before[2] < np.inf and after[2] < np.inf):
        return 0.0
    x0, y0, x1, y1 = before[0], before[1], after[0], after[1]
    kept = math.hypot(x1 - x0, y1 - y0)
    exchanged = math.hypot(x1 + x0, y1 + y0)
    v0, v1 = math.hypot(before[3], before[4]), math.hypot(after[3], after[4])
    if min(v0, v1) >= COURSE_M_S:
        # The places before, turned by as much as the course.
        cos = (before[3] * after[3] + before[4] * after[4]) / (v0 * v1)
        sin = (before[3] * after[4] - before[4] * after[3]) / (v0 * v1)
        x, y = cos * x0 - sin * y0, sin * x0 + cos * y0
        kept = min(kept, math.hypot(x1 - x, y1 - y))
        exchanged = min(exchanged, math.hypot(x1 + x, y1 + y))
    drift = min(before[2], after[2]) * gap_s
    loose = LOOSE_SHARE * math.hypot(x0, y0)
    variance = 2.0 * report_variance_m2(max(before[5], after[5]), bounds)
    variance += drift * drift + loose * loose
    nearer = min(kept, exchanged)
    if nearer * nearer > SIGMAS * SIGMAS * variance:  # neither: they kept no company
        return 0.0
    evidence = (kept * kept - exchanged * exchanged) / variance
    return min(EVIDENCE_MAX, max(-EVIDENCE_MAX, evidence))


@njit(cache=True, nogil=True)
def _cheapest_exchange(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    which: Ints,
    p: int,
    begin: int,
    end: int,
    speed_bound: float,
    bounds: Motion,
) -> tuple[float, int]:
    """What exchanging two ships costs in links between rows `begin` and `end` of theirs, and where.

    All rows of theirs after the place are exchanged.
    """
    last = np.full(2, -1, np.int64)
    for k in range(begin + 1):
        last[0 if label[which[k]] == p else 1] = which[k]
    after = np.full((2, end - begin), -1, np.int64)  # the next row of each after every place
    following = np.full(2, -1, np.int64)
    for k in range(which.size - 1, begin, -1):
        following[0 if label[which[k]] == p else 1] = which[k]
        if k <= end:
            after[:, k - begin - 1] = following
    best, place = np.inf, -1
    for k in range(begin, end):
        last[0 if label[which[k]] == p else 1] = which[k]
        a, b = last[0], last[1]
        a1, b1 = after[0, k - begin], after[1, k - begin]
        if a < 0 or b < 0 or a1 < 0 or b1 < 0:
            continue
        if rows.time_ms[b1] <= rows.time_ms[a] or rows.time_ms[a1] <= rows.time_ms[b]:
            continue
        cost = (
            step_cost(rows, a, b1, UNKNOWN, UNKNOWN, speed_bound, bounds)
            + step_cost(rows, b, a1, UNKNOWN, UNKNOWN, speed_bound, bounds)
            - step_cost(rows, a, a1, UNKNOWN, UNKNOWN, speed_bound, bounds)
            - step_cost(rows, b, b1, UNKNOWN, UNKNOWN, speed_bound, bounds)
        )
        if cost < best:  # never of links that cannot be: not a number
            best, place = cost, k
    return best, place


@njit(cache=True, nogil=True)
def part_company(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    p: int,
    q: int,
    fresh_ms: float,
    speed_bound: float,
    bounds: Motion,
) -> None:
    """Exchange what follows a silence between ships `p` and `q` where their places say so.

    Parameters
    ----------
    rows : Fixes
        All reports.
    label : array of int32
        The ship of each row, or below zero; changed in place.
    begin, end : int
        The rows of the MMSI.
    p, q : int
        Two of its ships.
    fresh_ms : float
        Within which two fixes are neighbours.
    speed_bound : float
        The speed that the MMSI's ships cannot exceed, m/s.
    bounds : Motion
        Errors and accelerations.
    """
    count = 0
    for i in range(begin, end):
        count += label[i] == p or label[i] == q
    which = np.empty(count, np.int64)
    count = 0
    for i in range(begin, end):
        if label[i] == p or label[i] == q:
            which[count] = i
            count += 1
    both, x, y = _offsets(rows, label, which, p, fresh_ms)
    first = -1  # the last row of the stretch before in which both were heard
    for k in range(count):
        if not both[k]:
            continue
        gap_ms = rows.time_ms[which[k]] - rows.time_ms[which[first]] if first >= 0 else 0
        if first >= 0 and (k > first + 1 or gap_ms > fresh_ms):
            after = _place(rows, label, which, both, x, y, k, 1, fresh_ms)
            if np.isnan(after[2]):
                continue  # a fix given to the wrong ship may stand in the midst of a silence
            before = _place(rows, label, which, both, x, y, first, -1, fresh_ms)
            said = _for_exchange(before, after, 0.001 * gap_ms, bounds)
            if said > 0.0:
                cost, place = _cheapest_exchange(
                    rows, label, which, p, first, k, speed_bound, bounds
                )
                if cost < said:
                    for j in range(place + 1, count):
                        label[which[j]] = q if label[which[j]] == p else p
                        x[j], y[j] = -x[j], -y[j]
        first = k
