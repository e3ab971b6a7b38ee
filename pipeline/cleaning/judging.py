"""Which chains of an MMSI are ships, and which are jumps.

The chain with most fixes is the ship. Another chain is a second ship under the same number when
it keeps good order for long enough, lies well apart from the ships found so far, and was not
sent by the same transponder: one whose positions begin at the minute the ship's end and end at
the minute they return is a receiver that was led astray (jamming, a fault). The fixes of the
chains that are no ship return to the ship where they fit it from both sides and are set aside as
jumps where they do not.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.cleaning.labels import JUMP
from pipeline.cleaning.motion import (
    FRESH_S,
    M_S_PER_KN,
    PATH_ERRORS,
    SIGMAS,
    Fixes,
    Motion,
    displacement_m,
    greater_known,
    misfit,
    velocity_m_s,
    within_reach,
)
from pipeline.config import CleaningConfig

RETURN_MISFIT = 2.0  # up to twice what ordinary motion explains, a fix still counts as the ship's
SIDE_BY_SIDE = 3  # fixes between a ship's that say anything of both
GOOD_ORDER_SHARE = 0.5  # of a chain's fixes that must follow closely on the one before
PATH_SHARE = 0.8  # of a chain's fixes on a ship's path: the same ship by another clock
NO_SHIP, SAME_SHIP, ANOTHER_SHIP = 0, 1, 2
NEIGHBOUR_MS = 3_600_000  # a ship's place an hour ago or more says little about where it is


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
    )


@njit(cache=True, nogil=True)
def _pair_misfit(
    i: int,
    j: int,
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    sog: npt.NDArray[np.float32],
    cog: npt.NDArray[np.float32],
    speed_bound: float,
    bounds: Motion,
) -> tuple[float, float, bool]:
    """Misfit of two rows, their distance, and whether one ship can have sent both."""
    nan = np.nan
    dt = 0.001 * (time_ms[j] - time_ms[i])
    cos0 = math.cos(math.radians(lat[i]))
    dx, dy = displacement_m(lat[i], lon[i], cos0, lat[j], lon[j])
    speed0, speed1 = sog[i] * M_S_PER_KN, sog[j] * M_S_PER_KN
    vx0, vy0 = velocity_m_s(sog[i], cog[i])
    vx1, vy1 = velocity_m_s(sog[j], cog[j])
    left_x, left_y, sigma = misfit(
        dx, dy, dt, speed0, vx0, vy0, speed1, vx1, vy1, nan, nan, nan, nan, nan, speed_bound, bounds
    )
    distance, left = math.hypot(dx, dy), math.hypot(left_x, left_y)
    reached = within_reach(
        distance, left, dt, greater_known(speed0, speed1), speed_bound, bounds
    )
    return left / (SIGMAS * sigma), distance, reached


@njit(cache=True, nogil=True)
def _off_path_m(
    i: int,
    chain: npt.NDArray[np.int64],
    accepted: npt.NDArray[np.bool_],
    previous: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    window_ms: float,
) -> float:
    """How far row `i` is from where accepted ships sailed within the window, m.

    Infinite where no ship was heard, or where the row lies beyond either end of what was heard.
    """
    nearest, at = np.inf, 0.0
    earliest, latest = np.inf, -np.inf
    cos_i = math.cos(math.radians(lat[i]))
    for step in (-1, 1):
        j = i + step
        while 0 <= j < chain.size and abs(time_ms[j] - time_ms[i]) <= window_ms:
            if chain[j] >= 0 and accepted[chain[j]]:
                x1, y1 = displacement_m(lat[i], lon[i], cos_i, lat[j], lon[j])
                share, x0, y0 = 1.0, x1, y1
                earliest = min(earliest, float(time_ms[j]))
                latest = max(latest, float(time_ms[j]))
                k = previous[j]
                if k >= 0 and time_ms[j] - time_ms[k] <= 1000.0 * FRESH_S:
                    earliest = min(earliest, float(time_ms[k]))
                    x0, y0 = displacement_m(lat[i], lon[i], cos_i, lat[k], lon[k])
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
    i: int,
    j: int,
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    sog: npt.NDArray[np.float32],
    cog: npt.NDArray[np.float32],
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> bool:
    """Whether row `j` continues row `i` if a clock was set between them."""
    q, distance, _ = _pair_misfit(i, j, time_ms, lat, lon, sog, cog, speed_bound, bounds)
    if q <= 1.0:
        return True
    speed = greater_known(sog[i], sog[j]) * M_S_PER_KN
    off = 0.001 * (abs(time_ms[j] - time_ms[i]) + verdicts.clock_ms)
    return distance <= PATH_ERRORS * bounds.position_error_m + speed * off


@njit(cache=True, nogil=True)
def _verdict(
    chain: npt.NDArray[np.int64],
    this: int,
    accepted: npt.NDArray[np.bool_],
    previous: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    sog: npt.NDArray[np.float32],
    cog: npt.NDArray[np.float32],
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> int:
    """What the chain `this` is beside the accepted ones: ANOTHER_SHIP, SAME_SHIP or NO_SHIP."""
    n = chain.size
    after = np.full(n, -1, np.int64)  # the next row of an accepted chain
    following = -1
    for i in range(n - 1, -1, -1):
        after[i] = following
        if chain[i] >= 0 and accepted[chain[i]]:
            following = i

    fixes, good, amid, heard, on_path = 0, 0, 0, 0, 0
    first, last, first_amid, last_amid = -1, -1, -1, -1
    first_before, last_after, before = -1, -1, -1
    distances = np.empty(n)
    near = 0
    for i in range(n):
        c = chain[i]
        if c >= 0 and accepted[c]:
            before = i
        if c != this:
            continue
        fixes += 1
        if first < 0:
            first, first_before = i, before
        else:
            q, _, _ = _pair_misfit(last, i, time_ms, lat, lon, sog, cog, speed_bound, bounds)
            good += q <= 1.0 and time_ms[i] - time_ms[last] <= 1000.0 * FRESH_S
        last, last_after = i, after[i]
        close_before = before >= 0 and time_ms[i] - time_ms[before] <= verdicts.handover_ms
        close_after = after[i] >= 0 and time_ms[after[i]] - time_ms[i] <= verdicts.handover_ms
        if close_before and close_after:
            amid += 1
            last_amid = i
            if first_amid < 0:
                first_amid = i
        off = _off_path_m(i, chain, accepted, previous, time_ms, lat, lon, verdicts.clock_ms)
        if off < np.inf:
            heard += 1
            on_path += off <= PATH_ERRORS * bounds.position_error_m
        if before >= 0 and time_ms[i] - time_ms[before] <= NEIGHBOUR_MS:
            _, distances[near], _ = _pair_misfit(
                before, i, time_ms, lat, lon, sog, cog, speed_bound, bounds
            )
            near += 1

    if heard >= SIDE_BY_SIDE and on_path >= PATH_SHARE * heard:
        return SAME_SHIP
    if near and np.median(distances[:near]) < verdicts.separation_min_m:
        return SAME_SHIP
    together = amid >= SIDE_BY_SIDE and (
        time_ms[last_amid] - time_ms[first_amid] >= verdicts.together_ms
    )
    if not together:
        begins = first_before >= 0 and (
            time_ms[first] - time_ms[first_before] <= verdicts.handover_ms
        )
        ends = last_after >= 0 and time_ms[last_after] - time_ms[last] <= verdicts.handover_ms
        if begins or ends:
            joined = True
            if begins:
                joined = _continues(
                    first_before,
                    first,
                    time_ms,
                    lat,
                    lon,
                    sog,
                    cog,
                    speed_bound,
                    bounds,
                    verdicts,
                )
            if ends and joined:
                joined = _continues(
                    last, last_after, time_ms, lat, lon, sog, cog, speed_bound, bounds, verdicts
                )
            return SAME_SHIP if joined else NO_SHIP
    if good < GOOD_ORDER_SHARE * (fixes - 1):
        return NO_SHIP
    duration = time_ms[last] - time_ms[first]
    _, net, _ = _pair_misfit(first, last, time_ms, lat, lon, sog, cog, speed_bound, bounds)
    travels = net >= verdicts.travel_min_m and duration >= verdicts.moving_ms
    return ANOTHER_SHIP if travels or duration >= verdicts.still_ms else NO_SHIP


@njit(cache=True, nogil=True)
def _judge(
    ships: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    heads: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    label: npt.NDArray[np.int32],
    time_ms: npt.NDArray[np.int64],
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    sog: npt.NDArray[np.float32],
    cog: npt.NDArray[np.float32],
    bounds: Motion,
    verdicts: Verdicts,
) -> npt.NDArray[np.int64]:
    """Replace the labels by ship numbers within the MMSI (0: most fixes) or JUMP.

    Returns how many ships each MMSI of `ships` is.
    """
    n_ships = np.ones(ships.size, np.int64)
    for k in range(ships.size):
        begin, end = starts[ships[k]], starts[ships[k] + 1]
        offset, pieces = offsets[k], offsets[k + 1] - offsets[k]
        chain = np.full(end - begin, -1, np.int64)
        fixes = np.zeros(pieces, np.int64)
        first = np.full(pieces, end, np.int64)
        for i in range(begin, end):
            if label[i] >= 0:
                c = heads[offset + label[i]] - offset
                chain[i - begin] = c
                if fixes[c] == 0:
                    first[c] = i
                fixes[c] += 1
        t, y, x = time_ms[begin:end], lat[begin:end], lon[begin:end]
        s, d = sog[begin:end], cog[begin:end]
        previous = np.full(end - begin, -1, np.int64)  # the row before of the same chain
        latest = np.full(pieces, -1, np.int64)
        for i in range(end - begin):
            if chain[i] >= 0:
                previous[i] = latest[chain[i]]
                latest[chain[i]] = i
        order = np.argsort(-fixes * (end - begin + 1) + first - begin, kind="mergesort")
        accepted = np.zeros(pieces, np.bool_)
        number = np.full(pieces, -1, np.int64)
        same = np.zeros(pieces, np.bool_)
        accepted[order[0]], number[order[0]] = True, 0
        for o in range(1, pieces):
            c = order[o]
            if fixes[c] < verdicts.fixes_min:
                break
            verdict = _verdict(
                chain, c, accepted, previous, t, y, x, s, d, speed_bounds[k], bounds, verdicts
            )
            if verdict == ANOTHER_SHIP:
                accepted[c] = True
                number[c] = n_ships[k]
                n_ships[k] += 1
            same[c] = verdict == SAME_SHIP
        _settle(
            begin,
            end,
            chain,
            number,
            same,
            n_ships[k],
            label,
            t,
            y,
            x,
            s,
            d,
            speed_bounds[k],
            bounds,
            verdicts,
        )
    return n_ships


@njit(cache=True, nogil=True)
def _settle(
    begin: int,
    end: int,
    chain: npt.NDArray[np.int64],
    number: npt.NDArray[np.int64],
    same: npt.NDArray[np.bool_],
    ships: int,
    label: npt.NDArray[np.int32],
    t: npt.NDArray[np.int64],
    y: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    s: npt.NDArray[np.float32],
    d: npt.NDArray[np.float32],
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> None:
    """Give each row its ship; rows of no ship return to one that they fit, or are jumps.

    Rows of a ship by another clock need not fit it once it is not heard itself for as long as
    clocks are off.
    """
    n = end - begin
    following = np.full((ships, n), -1, np.int64)  # each ship's next own row, from the right
    for k in range(ships):
        after = -1
        for i in range(n - 1, -1, -1):
            following[k, i] = after
            if chain[i] >= 0 and number[chain[i]] == k:
                after = i
    own_row = np.full(ships, -1, np.int64)  # each ship's last own row
    last_row = np.full(ships, -1, np.int64)  # and last row in all
    for i in range(n):
        c = chain[i]
        if c < 0:
            continue
        own = number[c]
        if own >= 0:
            own_row[own] = i
        else:
            best_q = np.inf
            for k in range(ships):
                worst = 0.0
                clear = True  # of the ship's own rows
                for j in (last_row[k], following[k, i]):
                    if j < 0:
                        continue
                    if t[j] == t[i]:
                        worst, clear = np.inf, False
                        break
                    a, b = min(i, j), max(i, j)
                    q, _, reached = _pair_misfit(a, b, t, y, x, s, d, speed_bound, bounds)
                    worst = max(worst, q if reached else np.inf)
                    if j != last_row[k] or j == own_row[k]:
                        clear &= abs(t[j] - t[i]) > verdicts.clock_ms
                if worst <= RETURN_MISFIT or (same[c] and clear):
                    if worst < best_q or own < 0:
                        own, best_q = k, worst
        label[begin + i] = own if own >= 0 else JUMP
        if own >= 0:
            last_row[own] = i


def judge(
    ships: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    heads: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    label: npt.NDArray[np.int32],
    rows: Fixes,
    bounds: Motion,
    verdicts: Verdicts,
) -> npt.NDArray[np.int64]:
    """Decide which chains are ships; `label` becomes the ship's number or JUMP, in place.

    Returns
    -------
    array of int64
        How many ships each MMSI of `ships` is.
    """
    return _judge(
        ships,
        offsets,
        heads,
        starts,
        speed_bounds,
        label,
        rows.time_ms,
        rows.lat,
        rows.lon,
        rows.sog,
        rows.cog,
        bounds,
        verdicts,
    )
