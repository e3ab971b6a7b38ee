"""From tracklets to chains: which pieces of one MMSI's reports are one ship's.

Every tracklet of an MMSI has at most one predecessor and one successor. Which, is decided for all
of them together: the links with the least total cost win (a minimum-cost matching of ends with
beginnings), the cost of a link being what its misfit says against one ship, the cost of no link
growing with the fixes of the piece left alone. So two ships that fall silent and return are told
apart by both their returns at once, a ship that was away for a day is one chain, and a burst of
false positions is left out where the ship's own pieces fit better without it.

A piece may also begin shortly before another ends, ahead of it or behind it on its course: the
clock of a receiver was set, and for as long as it was off the ship is heard twice.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.costs import link_cost
from pipeline.cleaning.labels import CLOCK
from pipeline.cleaning.motion import (
    M_S_PER_KN,
    PATH_ERRORS,
    SIGMAS,
    TURN_SHARE,
    Fixes,
    Motion,
    farthest_m,
    greater,
    misfit,
    reported_m_s,
    way_m,
    within_reach,
)
from pipeline.cleaning.pieces import Pieces

# An end or a beginning left alone costs from FAULT_COST for a single fix (it is likelier a fault)
# to SHIP_COST for a long piece: more than the longest silence (4 ln 1,000 = 28).
FAULT_COST, SHIP_COST, COST_PER_LOG = 6.0, 30.0, 8.0
REGULAR = 4.0  # a ship sends at least a quarter of her MMSI's reports; less may be stray faults
CLOCK_COST = 14.0  # a link over which a receiver's clock was set: as for a silence of as long
OTHER_IDENTITY_COST = 60.0  # a link over which the ship would have changed its transceiver
SUCCESSORS = 8  # next pieces looked at in each class of size
SIZES = (1, 3, 10, 100)  # classes of size: a burst of faults must not hide the ship's next piece


@njit(cache=True, nogil=True)
def _on_course(rows: Fixes, i: int, j: int, clock_ms: float, bounds: Motion) -> bool:
    """Whether row `j`, before row `i` by its stamp or soon after, continues it by another clock.

    It is then ahead of it or behind it on its course, by no more than clocks can be off.
    """
    dx, dy = way_m(rows, i, j)
    distance = math.hypot(dx, dy)
    margin = PATH_ERRORS * bounds.position_error_m
    if distance <= margin:
        return True
    speed, vx, vy = reported_m_s(rows, i)
    speed1, vx1, vy1 = reported_m_s(rows, j)
    if np.isnan(vx) or speed1 > speed:
        speed, vx, vy = speed1, vx1, vy1
    if np.isnan(vx) or speed == 0.0:
        return False
    off_s = 0.001 * (abs(rows.time_ms[i] - rows.time_ms[j]) + clock_ms)
    aside = abs(dx * vy - dy * vx) / speed
    return distance <= margin + speed * off_s and aside <= margin + TURN_SHARE * distance


@njit(cache=True, nogil=True)
def step_cost(
    rows: Fixes,
    i: int,
    j: int,
    made0: tuple[float, float],
    made1: tuple[float, float],
    speed_bound: float,
    bounds: Motion,
) -> float:
    """The cost of one ship's having sent row `i` and then row `j`; infinite where she cannot.

    `made0`, `made1`: the velocity made good before the one and after the other, as for `misfit`.
    """
    dt = 0.001 * (rows.time_ms[j] - rows.time_ms[i])
    dx, dy = way_m(rows, i, j)
    left_x, left_y, sigma, steady = misfit(
        dx,
        dy,
        dt,
        reported_m_s(rows, i),
        reported_m_s(rows, j),
        made0,
        made1,
        np.nan,
        speed_bound,
        bounds,
    )
    left = math.hypot(left_x, left_y)
    speed = greater(rows.sog[i], rows.sog[j]) * M_S_PER_KN
    if not within_reach(math.hypot(dx, dy), left, dt, speed, speed_bound, bounds):
        return np.inf
    unit = SIGMAS / bounds.position_error_m
    cost = link_cost(left * unit, sigma * unit, steady * unit, dt)
    if rows.class_b[i] >= 0 and rows.class_b[j] >= 0 and rows.class_b[i] != rows.class_b[j]:
        cost += OTHER_IDENTITY_COST
    return cost


@njit(cache=True, nogil=True)
def _cost(
    pieces: Pieces, k: int, a: int, b: int, rows: Fixes, clock_ms: float, bounds: Motion
) -> float:
    """The cost of linking piece `a` to piece `b` of ship `k`; infinite where it cannot be."""
    i, j = pieces.last[a], pieces.first[b]
    dt = 0.001 * (rows.time_ms[j] - rows.time_ms[i])
    if dt <= 0.0:
        return CLOCK_COST if _on_course(rows, i, j, clock_ms, bounds) else np.inf
    made = (pieces.made_last[a, 0], pieces.made_last[a, 1])
    made1 = (pieces.made_first[b, 0], pieces.made_first[b, 1])
    cost = step_cost(rows, i, j, made, made1, pieces.speed_bound[k], bounds)
    if cost == np.inf and 1000.0 * dt <= clock_ms and _on_course(rows, i, j, clock_ms, bounds):
        return 2.0 * CLOCK_COST
    return cost


@njit(cache=True, nogil=True)
def _links(
    pieces: Pieces, rows: Fixes, clock_ms: float, bounds: Motion
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """All links worth weighing: from, to, cost."""
    room = 1024
    source = np.empty(room, np.int64)
    target = np.empty(room, np.int64)
    cost = np.empty(room)
    found = 0
    seen = np.zeros(len(SIZES), np.int64)
    time_ms, first, last = rows.time_ms, pieces.first, pieces.last
    for k in range(pieces.ships.size):
        for a in range(pieces.offsets[k], pieces.offsets[k + 1]):
            seen[:] = 0
            for b in range(a + 1, pieces.offsets[k + 1]):
                overlap_ms = time_ms[last[a]] - time_ms[first[b]]
                if overlap_ms >= 0:
                    if overlap_ms > clock_ms or time_ms[last[b]] <= time_ms[last[a]]:
                        continue
                else:
                    wanted = False
                    for c in range(len(SIZES)):
                        if pieces.fixes[b] >= SIZES[c] and seen[c] < SUCCESSORS:
                            seen[c] += 1
                            wanted = True
                    if not wanted:
                        if seen[len(SIZES) - 1] >= SUCCESSORS:
                            break
                        continue
                this = _cost(pieces, k, a, b, rows, clock_ms, bounds)
                if this == np.inf:
                    continue
                if found == room:
                    source = np.concatenate((source, np.empty(room, np.int64)))
                    target = np.concatenate((target, np.empty(room, np.int64)))
                    cost = np.concatenate((cost, np.empty(room)))
                    room *= 2
                source[found], target[found], cost[found] = a, b, this
                found += 1
    return source[:found], target[:found], cost[:found]


def _match(
    n: int,
    source: npt.NDArray[np.int64],
    target: npt.NDArray[np.int64],
    cost: npt.NDArray[np.float64],
    alone: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """The predecessor of each tracklet (-1: none) with the least total cost.

    Each end is a row, each beginning a column of a matching; for each there is a stand-in that it
    is matched with at the cost of being alone, and where a pair is matched, its stand-ins are.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    pieces = np.arange(n)
    rows = np.concatenate((source, pieces, pieces + n, target + n))
    columns = np.concatenate((target, pieces + n, pieces, source + n))
    # The matching reads zero as no edge: one more on every edge changes no order, for every full
    # matching has as many.
    weights = np.concatenate((cost, alone, alone, np.zeros(source.size)))
    weights += 1.0 - min(0.0, float(weights.min()))
    matrix = coo_array((weights, (rows, columns)), shape=(2 * n, 2 * n)).tocsr()
    of_row, of_column = min_weight_full_bipartite_matching(matrix)
    before = np.full(n, -1)
    linked = (of_row < n) & (of_column < n)
    before[of_column[linked]] = of_row[linked]
    return before


@njit(cache=True, nogil=True)
def _heads(before: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    heads = np.arange(before.size)
    for a in range(before.size):  # what comes before has the lower number
        if before[a] >= 0:
            heads[a] = heads[before[a]]
    return heads


@njit(cache=True, nogil=True)
def _drop_overlaps(
    pieces: Pieces,
    before: npt.NDArray[np.int64],
    label: npt.NDArray[np.int32],
    rows: Fixes,
    clock_ms: float,
    bounds: Motion,
) -> None:
    """Label the first fixes of pieces that begin before the one before them ends, as CLOCK.

    Up to the first that can be reached from the other's end.
    """
    for k in range(pieces.ships.size):
        for b in range(pieces.offsets[k], pieces.offsets[k + 1]):
            if before[b] < 0:
                continue
            end = pieces.last[before[b]]
            if rows.time_ms[pieces.first[b]] > rows.time_ms[end]:
                continue
            for i in range(pieces.first[b], pieces.last[b]):
                if label[i] != b - pieces.offsets[k]:
                    continue
                dt_ms = rows.time_ms[i] - rows.time_ms[end]
                if dt_ms > clock_ms:
                    break
                if dt_ms > 0:
                    reach = farthest_m(0.001 * dt_ms, pieces.speed_bound[k], bounds)
                    dx, dy = way_m(rows, end, i)
                    if math.hypot(dx, dy) <= reach:
                        break
                label[i] = CLOCK


def chain(
    pieces: Pieces,
    label: npt.NDArray[np.int32],
    rows: Fixes,
    clock_ms: float,
    bounds: Motion,
) -> npt.NDArray[np.int64]:
    """Which tracklets are one ship's; fixes heard twice by two clocks are labelled, in place.

    Parameters
    ----------
    pieces : Pieces
        From `describe_pieces`.
    label : array of int32
        Labels of the rows; some become CLOCK.
    rows : Fixes
        All reports.
    clock_ms : float
        By how much clocks of receivers may be off.
    bounds : Motion
        Errors and accelerations.

    Returns
    -------
    array of int64
        The chain of each tracklet: the number of the tracklet that begins it.
    """
    source, target, cost = _links(pieces, rows, clock_ms, bounds)
    heard = pieces.last - pieces.first + 1  # of the MMSI, while the piece lasted
    regular = np.minimum(1.0, REGULAR * pieces.fixes / heard)
    weight = np.maximum(1.0, pieces.fixes * regular)
    alone = np.minimum(SHIP_COST, FAULT_COST + COST_PER_LOG * np.log(weight))
    before = _match(pieces.first.size, source, target, cost, alone)
    _drop_overlaps(pieces, before, label, rows, clock_ms, bounds)
    return _heads(before)
