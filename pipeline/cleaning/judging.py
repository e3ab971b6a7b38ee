"""Which chains of an MMSI are ships.

The chain with most fixes is the ship. Another chain is a second ship under the same number when
it keeps good order for long enough, lies well apart from the ships found so far, and was not
sent by the same transponder: one whose positions begin at the minute the ship's end and end at
the minute they return is a receiver that was led astray (jamming, a fault), and one that follows
the ship's own path is the ship by another clock.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.motion import (
    BASELINE_S,
    FRESH_S,
    M_S_PER_KN,
    PATH_ERRORS,
    SIGMAS,
    Fixes,
    Motion,
    greater,
    greater_known,
    misfit,
    reported_m_s,
    way_m,
    within_reach,
)
from pipeline.config import CleaningConfig

SIDE_BY_SIDE = 3  # fixes between a ship's that say anything of both
GOOD_ORDER_SHARE = 0.5  # of a chain's fixes that must follow closely on the one before
PATH_SHARE = 0.8  # of a chain's fixes on a ship's path: the same ship by another clock
NEIGHBOURS = 3.0  # usual intervals within which two fixes are neighbours
USUAL_MAX_MS = 3_600_000.0  # an interval of more than an hour is a silence
NO_SHIP, SAME_SHIP, ANOTHER_SHIP = 0, 1, 2


class Verdicts(NamedTuple):
    """The bounds of `CleaningConfig` in metres and milliseconds."""

    fixes_min: int
    moving_ms: float
    travel_min_m: float
    still_ms: float
    separation_min_m: float
    together_ms: float
    clock_ms: float
    handover_ms: float
    fresh_ms: float


def verdict_bounds(config: CleaningConfig) -> Verdicts:
    """The configured bounds in the units of the kernels."""
    return Verdicts(
        fixes_min=config.second_ship_fixes_min,
        moving_ms=config.second_ship_moving_min * 60_000.0,
        travel_min_m=config.second_ship_travel_min_m,
        still_ms=config.second_ship_still_h * 3_600_000.0,
        separation_min_m=config.second_ship_separation_min_m,
        together_ms=config.second_ship_together_min * 60_000.0,
        clock_ms=config.clock_error_max_min * 60_000.0,
        handover_ms=config.handover_max_min * 60_000.0,
        fresh_ms=1000.0 * FRESH_S,
    )


@njit(cache=True, nogil=True)
def compare(
    rows: Fixes, i: int, j: int, speed_bound: float, bounds: Motion
) -> tuple[float, float, bool]:
    """Two rows of one ship, the earlier first: what is unexplained of their way.

    In metres and in three standard deviations; and whether the ship can have got there.
    """
    nothing = (np.nan, np.nan)
    dt = 0.001 * (rows.time_ms[j] - rows.time_ms[i])
    dx, dy = way_m(rows, i, j)
    left_x, left_y, sigma, _ = misfit(
        dx,
        dy,
        dt,
        reported_m_s(rows, i),
        reported_m_s(rows, j),
        nothing,
        nothing,
        np.nan,
        speed_bound,
        bounds,
    )
    left = math.hypot(left_x, left_y)
    speed = greater(rows.sog[i], rows.sog[j]) * M_S_PER_KN
    reached = within_reach(math.hypot(dx, dy), left, dt, speed, speed_bound, bounds)
    return left, left / (SIGMAS * sigma), reached


@njit(cache=True, nogil=True)
def _off_path_m(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    i: int,
    accepted: npt.NDArray[np.bool_],
    previous: npt.NDArray[np.int64],
    window_ms: float,
) -> float:
    """How far row `i` is from where accepted ships sailed within the window, m.

    Infinite where no ship was heard, or where the row lies beyond either end of what was heard.
    """
    nearest, at = np.inf, 0.0
    earliest, latest = np.inf, -np.inf
    time_ms = rows.time_ms
    for step in (-1, 1):
        j = i + step
        while begin <= j < end and abs(time_ms[j] - time_ms[i]) <= window_ms:
            if label[j] >= 0 and accepted[label[j]]:
                x1, y1 = way_m(rows, i, j)
                share, x0, y0 = 1.0, x1, y1
                earliest = min(earliest, float(time_ms[j]))
                latest = max(latest, float(time_ms[j]))
                k = previous[j - begin]
                if k >= 0 and time_ms[j] - time_ms[k] <= 1000.0 * FRESH_S:
                    earliest = min(earliest, float(time_ms[k]))
                    x0, y0 = way_m(rows, i, k)
                    ux, uy = x1 - x0, y1 - y0
                    length = ux * ux + uy * uy
                    if length > 0.0:
                        share = min(1.0, max(0.0, -(x0 * ux + y0 * uy) / length))
                distance = math.hypot(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
                if distance < nearest:
                    nearest = distance
                    at = float(time_ms[j])
                    if share < 1.0:
                        at = time_ms[k] + share * (time_ms[j] - time_ms[k])
            j += step
    return nearest if earliest < at < latest else np.inf


@njit(cache=True, nogil=True)
def _continues(
    rows: Fixes, i: int, j: int, speed_bound: float, bounds: Motion, clock_ms: float
) -> bool:
    """Whether row `j` continues row `i` if a clock was set between them."""
    _, share, _ = compare(rows, i, j, speed_bound, bounds)
    if share <= 1.0:
        return True
    speed = greater_known(rows.sog[i], rows.sog[j]) * M_S_PER_KN
    off_s = 0.001 * (abs(rows.time_ms[j] - rows.time_ms[i]) + clock_ms)
    dx, dy = way_m(rows, i, j)
    return math.hypot(dx, dy) <= PATH_ERRORS * bounds.position_error_m + speed * off_s


@njit(cache=True, nogil=True)
def _one_transponder(
    rows: Fixes,
    ends: tuple[int, int, int, int],
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> int:
    """The verdict on a chain that is not heard beside a ship, by how it follows on the ship.

    `ends` are the ship's last row before it, its first, its last, the ship's next.
    """
    before, first, last, after = ends
    joined, handed_over = True, False
    for i, j in ((before, first), (last, after)):
        if i < 0 or j < 0:
            continue
        soon = rows.time_ms[j] - rows.time_ms[i] <= verdicts.handover_ms
        _, _, reached = compare(rows, i, j, speed_bound, bounds)
        if not reached:
            joined &= soon and _continues(rows, i, j, speed_bound, bounds, verdicts.clock_ms)
            handed_over |= soon
    if joined:
        return SAME_SHIP
    return NO_SHIP if handed_over else ANOTHER_SHIP


@njit(cache=True, nogil=True)
def _apart_m(
    rows: Fixes,
    before: int,
    i: int,
    after: int,
    fresh_ms: float,
    speed_bound: float,
    bounds: Motion,
) -> float:
    """How far row `i` is from where a ship was then; infinite where it was not heard soon enough.

    `before` and `after` are the ship's rows about it.
    """
    t = rows.time_ms
    if before < 0 or t[i] - t[before] > fresh_ms:
        return np.inf
    if after >= 0 and t[after] - t[i] <= fresh_ms and t[after] > t[before]:
        x0, y0 = way_m(rows, i, before)
        x1, y1 = way_m(rows, i, after)
        share = (t[i] - t[before]) / (t[after] - t[before])
        return math.hypot(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
    left, _, _ = compare(rows, before, i, speed_bound, bounds)
    return left


@njit(cache=True, nogil=True)
def _verdict(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    this: int,
    accepted: npt.NDArray[np.bool_],
    previous: npt.NDArray[np.int64],
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> int:
    """What the chain `this` is beside the accepted ones: ANOTHER_SHIP, SAME_SHIP or NO_SHIP."""
    time_ms = rows.time_ms
    after = np.full(end - begin, -1, np.int64)  # the next row of an accepted chain
    following = -1
    for i in range(end - 1, begin - 1, -1):
        after[i - begin] = following
        if label[i] >= 0 and accepted[label[i]]:
            following = i

    fixes, good, amid, heard, on_path, near = 0, 0, 0, 0, 0, 0
    first, last, last_amid, first_before = -1, -1, -1, -1
    last_after, before, anchor, together_ms = -1, -1, -1, 0.0
    x, y, good_ms, sailed_ms = 0.0, 0.0, 0.0, 0.0  # made good, and how long, in good order
    apart = np.empty(end - begin)
    for i in range(begin, end):
        if label[i] >= 0 and accepted[label[i]]:
            before = i
        if label[i] != this:
            continue
        fixes += 1
        share = np.inf
        if first < 0:
            first, first_before = i, before
        elif time_ms[i] - time_ms[last] <= verdicts.fresh_ms:
            _, share, _ = compare(rows, last, i, speed_bound, bounds)
        if share <= 1.0:
            good += 1
            good_ms += time_ms[i] - time_ms[last]
            dt_ms = time_ms[i] - time_ms[anchor]
            if dt_ms >= 1000.0 * BASELINE_S:
                dx, dy = way_m(rows, anchor, i)
                way = math.hypot(dx, dy)
                if way >= max(2.0 * bounds.position_error_m, 0.001 * dt_ms * bounds.moving_m_s):
                    x, y, sailed_ms = x + dx, y + dy, sailed_ms + dt_ms
                anchor = i
        else:
            anchor = i
        last, last_after = i, after[i - begin]
        if (
            before >= 0
            and last_after >= 0
            and time_ms[i] - time_ms[before] <= verdicts.handover_ms
            and time_ms[last_after] - time_ms[i] <= verdicts.handover_ms
        ):
            if last_amid >= 0 and time_ms[i] - time_ms[last_amid] <= verdicts.handover_ms:
                together_ms += time_ms[i] - time_ms[last_amid]
            amid += 1
            last_amid = i
        off = _off_path_m(rows, label, begin, end, i, accepted, previous, verdicts.clock_ms)
        if off < np.inf:
            heard += 1
            on_path += off <= PATH_ERRORS * bounds.position_error_m
        apart[near] = _apart_m(
            rows, before, i, last_after, verdicts.fresh_ms, speed_bound, bounds
        )
        near += apart[near] < np.inf

    if heard >= SIDE_BY_SIDE and on_path >= PATH_SHARE * heard:
        return SAME_SHIP
    if near and np.median(apart[:near]) < verdicts.separation_min_m:
        return SAME_SHIP
    if amid < SIDE_BY_SIDE or together_ms < verdicts.together_ms:
        ends = (first_before, first, last, last_after)
        verdict = _one_transponder(rows, ends, speed_bound, bounds, verdicts)
        if verdict != ANOTHER_SHIP:
            return verdict
    if good < GOOD_ORDER_SHARE * (fixes - 1):
        return NO_SHIP
    travels = math.hypot(x, y) >= verdicts.travel_min_m and sailed_ms >= verdicts.moving_ms
    return ANOTHER_SHIP if travels or good_ms >= verdicts.still_ms else NO_SHIP


@njit(cache=True, nogil=True)
def _scaled(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    main: int,
    previous: npt.NDArray[np.int64],
    verdicts: Verdicts,
) -> Verdicts:
    """The bounds for an MMSI heard seldom: neighbouring fixes are hours apart on satellites."""
    gaps = np.empty(end - begin)
    n = 0
    for i in range(begin, end):
        if label[i] == main and previous[i - begin] >= 0:
            gaps[n] = rows.time_ms[i] - rows.time_ms[previous[i - begin]]
            n += 1
    usual = min(np.median(gaps[:n]), USUAL_MAX_MS) if n else 0.0
    return Verdicts(
        verdicts.fixes_min,
        verdicts.moving_ms,
        verdicts.travel_min_m,
        verdicts.still_ms,
        verdicts.separation_min_m,
        verdicts.together_ms,
        verdicts.clock_ms,
        max(verdicts.handover_ms, NEIGHBOURS * usual),
        max(verdicts.fresh_ms, NEIGHBOURS * usual),
    )


@njit(cache=True, nogil=True)
def judge(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    chains: int,
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], int]:
    """Which chains of one MMSI are ships.

    Parameters
    ----------
    rows : Fixes
        All reports.
    label : array of int32
        The chain of each row, 0 <= chain < `chains`, or below zero.
    begin, end : int
        The rows of the MMSI.
    chains : int
        One more than the greatest label.
    speed_bound : float
        The speed that the MMSI's ships cannot exceed, m/s.
    bounds, verdicts : Motion, Verdicts
        The bounds configured.

    Returns
    -------
    number : array of int64
        The ship that each chain is, 0 the one with most fixes; -1: none of its own.
    same : array of bool
        Whether a chain that is no ship of its own is one's by another clock.
    ships : int
        How many there are.
    """
    fixes = np.zeros(chains, np.int64)
    first = np.full(chains, end, np.int64)
    latest = np.full(chains, -1, np.int64)
    previous = np.full(end - begin, -1, np.int64)  # the row before of the same chain
    for i in range(begin, end):
        c = label[i]
        if c >= 0:
            if fixes[c] == 0:
                first[c] = i
            fixes[c] += 1
            previous[i - begin] = latest[c]
            latest[c] = i
    order = np.argsort(first - begin - fixes * (end - begin + 1), kind="mergesort")
    accepted = np.zeros(chains, np.bool_)
    number = np.full(chains, -1, np.int64)
    same = np.zeros(chains, np.bool_)
    main = order[0]
    accepted[main], number[main] = True, 0
    ships = 1
    scaled = _scaled(rows, label, begin, end, main, previous, verdicts)
    for o in range(1, chains):
        c = order[o]
        if fixes[c] < verdicts.fixes_min:
            break
        verdict = _verdict(
            rows, label, begin, end, c, accepted, previous, speed_bound, bounds, scaled
        )
        same[c] = verdict == SAME_SHIP
        if verdict == ANOTHER_SHIP:
            accepted[c], number[c] = True, ships
            ships += 1
    return number, same, ships
