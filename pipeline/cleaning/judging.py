"""Which chains of an MMSI are ships.

The chain with most fixes is the ship. Another chain is a second ship under the same number when
it keeps good order for long enough and is not, beside any ship found so far, more of that ship:
her later or earlier fixes, her own path by another clock, or her transponder led astray.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.comparing import (
    ANOTHER_SHIP,
    BESIDE_SHIP,
    BY_CLOCK,
    JOINS_SHIP,
    Verdicts,
    beside,
    compare,
)
from pipeline.cleaning.motion import BASELINE_S, M_S_PER_KN, Fixes, Motion, way_m

GOOD_ORDER_SHARE = 0.5  # of a chain's fixes that must follow closely on the one before
NEIGHBOURS = 3.0  # usual intervals within which two fixes are neighbours
USUAL_MAX_MS = 3_600_000.0  # an interval of more than an hour is a silence


@njit(cache=True, nogil=True)
def _keeps_order(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    this: int,
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> bool:
    """Whether a chain was sent by a ship: it travels in good order, or lies still and says so.

    What stays where it is and says that it sails is an old place that a ship under way repeats.
    """
    fixes, good, sails, last, anchor = 0, 0, 0, -1, -1
    x, y, good_ms, sailed_ms = 0.0, 0.0, 0.0, 0.0  # made good, and how long, in good order
    for i in range(begin, end):
        if label[i] != this:
            continue
        fixes += 1
        sails += rows.sog[i] * M_S_PER_KN >= bounds.moving_m_s
        share = np.inf
        if last >= 0 and rows.time_ms[i] - rows.time_ms[last] <= verdicts.fresh_ms:
            _, share, _ = compare(rows, last, i, speed_bound, bounds)
        if share <= 1.0:
            good += 1
            good_ms += rows.time_ms[i] - rows.time_ms[last]
            dt_ms = rows.time_ms[i] - rows.time_ms[anchor]
            if dt_ms >= 1000.0 * BASELINE_S:
                dx, dy = way_m(rows, anchor, i)
                way = max(2.0 * bounds.position_error_m, 0.001 * dt_ms * bounds.moving_m_s)
                if math.hypot(dx, dy) >= way:
                    x, y, sailed_ms = x + dx, y + dy, sailed_ms + dt_ms
                anchor = i
        else:
            anchor = i
        last = i
    if good < GOOD_ORDER_SHARE * (fixes - 1):
        return False
    travels = math.hypot(x, y) >= verdicts.travel_min_m and sailed_ms >= verdicts.moving_ms
    return travels or (good_ms >= verdicts.still_ms and 2 * sails <= fixes)


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
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_], int, float]:
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
        The ship that each chain is, 0 the one with most fixes; -1: none.
    host : array of int64
        The ship beside which a chain that is none is heard, by another clock or noise; -1: none.
    by_clock : array of bool
        Whether it is that ship on her own path, by another clock.
    ships : int
        How many there are.
    fresh_ms : float
        Within which two fixes of this MMSI, heard as often as it is, are neighbours.
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
    number = np.full(chains, -1, np.int64)
    host = np.full(chains, -1, np.int64)
    by_clock = np.zeros(chains, np.bool_)
    number[order[0]] = 0
    ships = 1
    scaled = _scaled(rows, label, begin, end, order[0], previous, verdicts)
    for o in range(1, chains):
        c = order[o]
        if fixes[c] < verdicts.fixes_min:
            break
        another = True
        for k in range(ships):
            verdict = beside(
                rows, label, begin, end, c, number, k, previous, speed_bound, bounds, scaled
            )
            if verdict == JOINS_SHIP:
                number[c] = k
            elif verdict in (BESIDE_SHIP, BY_CLOCK):
                host[c] = k
                by_clock[c] = verdict == BY_CLOCK
            another &= verdict == ANOTHER_SHIP
            if verdict in (JOINS_SHIP, BESIDE_SHIP, BY_CLOCK):
                break
        if another and _keeps_order(rows, label, begin, end, c, speed_bound, bounds, scaled):
            number[c] = ships
            ships += 1
    return number, host, by_clock, ships, scaled.fresh_ms
