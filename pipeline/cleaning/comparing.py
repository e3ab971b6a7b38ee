"""What a chain of an MMSI's fixes is beside a ship found in them: the same, another, or a fault."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.motion import (
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
PATH_SHARE = 0.8  # of a chain's fixes on a ship's path: the same ship by another clock
STRAY_SHARE = 0.2  # of a chain's fixes out of the ship's reach: strays that it picked up
UNREACHED_SHARE = 0.2  # of alternations that one ship cannot have made: two ships
STRAYS = 2  # faults that a run may have picked up at either end
HANDOVERS = 2  # away and back; who alternates more often may be two
NO_SHIP, BESIDE_SHIP, JOINS_SHIP, ANOTHER_SHIP, BY_CLOCK = 0, 1, 2, 3, 4


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
    number: npt.NDArray[np.int64],
    ship: int,
    previous: npt.NDArray[np.int64],
    window_ms: float,
) -> float:
    """How far row `i` is from where the ship sailed within the window, m.

    Infinite where it was not heard, or where the row lies beyond either end of what was heard.
    """
    nearest, at = np.inf, 0.0
    earliest, latest = np.inf, -np.inf
    time_ms = rows.time_ms
    for step in (-1, 1):
        j = i + step
        while begin <= j < end and abs(time_ms[j] - time_ms[i]) <= window_ms:
            if label[j] >= 0 and number[label[j]] == ship:
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
def _joins(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    this: int,
    number: npt.NDArray[np.int64],
    ship: int,
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> int:
    """The verdict on a chain that is not heard together with the ship, by how they alternate.

    Each run of the chain's fixes between the ship's must be reached from the ship and left for
    it. Runs that are not, and that begin or end at the minute at which the ship's do, were sent
    by her transponder from where she was not.
    """
    t = rows.time_ms
    total, stray, handed_over, by_clock, away = 0, 0, 0, False, 0
    before, first, last, fixes = -1, -1, -1, 0
    for i in range(begin, end + 1):
        own = i < end and label[i] >= 0 and number[label[i]] == ship
        if fixes and (own or i == end):
            after = i if own else -1
            good, soon = True, False
            for own_row, end_row, step in ((before, first, 1), (after, last, -1)):
                if own_row < 0:
                    continue
                # A run may begin or end with a stray.
                skipped, j, reached = 0, end_row, False
                while first <= j <= last and skipped <= min(STRAYS, fixes // 4):
                    if label[j] == this:
                        a, b = min(own_row, j), max(own_row, j)
                        _, _, reached = compare(rows, a, b, speed_bound, bounds)
                        if reached:
                            break
                        skipped += 1
                    j += step
                if not reached:
                    a, b = min(own_row, end_row), max(own_row, end_row)
                    near = t[b] - t[a] <= verdicts.handover_ms
                    if near and _continues(rows, a, b, speed_bound, bounds, verdicts.clock_ms):
                        by_clock = True
                    else:
                        good, soon = False, soon or near
            total += fixes
            if not good:
                stray += fixes
                away += 1
                handed_over += fixes if soon else 0
            fixes = 0
        if own:
            before = i
        elif i < end and label[i] == this:
            if fixes == 0:
                first = i
            last = i
            fixes += 1
    if stray <= STRAY_SHARE * total:
        return BESIDE_SHIP if by_clock or stray else JOINS_SHIP
    led_astray = away <= HANDOVERS and 2 * handed_over > stray
    return NO_SHIP if led_astray else ANOTHER_SHIP


@njit(cache=True, nogil=True)
def beside(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    this: int,
    number: npt.NDArray[np.int64],
    ship: int,
    previous: npt.NDArray[np.int64],
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> int:
    """What the chain `this` is beside a ship.

    Parameters
    ----------
    rows : Fixes
        All reports.
    label : array of int32
        The chain of each row, or below zero.
    begin, end : int
        The rows of the MMSI.
    this : int
        A chain.
    number : array of int64
        The ship of each chain; -1: none.
    ship : int
        A ship.
    previous : array of int64
        The row before each row of the MMSI in the same chain; -1: none.
    speed_bound : float
        The speed that the MMSI's ships cannot exceed, m/s.
    bounds, verdicts : Motion, Verdicts
        The bounds configured.

    Returns
    -------
    int
        JOINS_SHIP: more of the ship, when nothing else was heard of her. BY_CLOCK: the ship on her
        own path, by another clock. BESIDE_SHIP: the ship, off by a clock or noise. NO_SHIP: her
        transponder, led astray. ANOTHER_SHIP: none of these.
    """
    time_ms = rows.time_ms
    after = np.full(end - begin, -1, np.int64)  # the next row of the ship
    following = -1
    for i in range(end - 1, begin - 1, -1):
        after[i - begin] = following
        if label[i] >= 0 and number[label[i]] == ship:
            following = i

    amid, unreached, heard, on_path, near = 0, 0, 0, 0, 0
    before, last_amid, together_ms = -1, -1, 0.0
    apart = np.empty(end - begin)
    for i in range(begin, end):
        if label[i] >= 0 and number[label[i]] == ship:
            before = i
        if label[i] != this:
            continue
        next_row = after[i - begin]
        if (
            before >= 0
            and next_row >= 0
            and time_ms[i] - time_ms[before] <= verdicts.handover_ms
            and time_ms[next_row] - time_ms[i] <= verdicts.handover_ms
        ):
            if last_amid >= 0 and time_ms[i] - time_ms[last_amid] <= verdicts.handover_ms:
                together_ms += time_ms[i] - time_ms[last_amid]
            amid += 1
            last_amid = i
            if time_ms[i] > time_ms[before]:
                _, _, reached = compare(rows, before, i, speed_bound, bounds)
                unreached += not reached
        off = _off_path_m(rows, label, begin, end, i, number, ship, previous, verdicts.clock_ms)
        if off < np.inf:
            heard += 1
            on_path += off <= PATH_ERRORS * bounds.position_error_m
        fresh_ms = verdicts.fresh_ms
        apart[near] = _apart_m(rows, before, i, next_row, fresh_ms, speed_bound, bounds)
        near += apart[near] < np.inf

    if heard >= SIDE_BY_SIDE and on_path >= PATH_SHARE * heard:
        return BY_CLOCK
    if near >= SIDE_BY_SIDE and np.median(apart[:near]) < verdicts.separation_min_m:
        return BESIDE_SHIP
    if amid >= SIDE_BY_SIDE and together_ms >= verdicts.together_ms:
        return ANOTHER_SHIP if unreached >= UNREACHED_SHARE * amid else BESIDE_SHIP
    return _joins(rows, label, begin, end, this, number, ship, speed_bound, bounds, verdicts)
