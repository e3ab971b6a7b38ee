"""From chains to ships: each fix gets its ship or is set aside as a jump."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit, prange

from pipeline.cleaning.company import part_company
from pipeline.cleaning.comparing import Verdicts, compare
from pipeline.cleaning.judging import judge
from pipeline.cleaning.labels import CLOCK, JUMP
from pipeline.cleaning.motion import FRESH_S, Fixes, Motion
from pipeline.cleaning.pieces import Pieces

RETURN_MISFIT = 2.0  # up to twice what ordinary motion explains, a fix still counts as the ship's


@njit(cache=True, nogil=True)
def _settle(
    rows: Fixes,
    label: npt.NDArray[np.int32],
    begin: int,
    end: int,
    number: npt.NDArray[np.int64],
    host: npt.NDArray[np.int64],
    by_clock: npt.NDArray[np.bool_],
    ships: int,
    fresh_ms: float,
    speed_bound: float,
    bounds: Motion,
    verdicts: Verdicts,
) -> None:
    """Replace chains by ships; fixes of chains that are none return to a ship that they fit.

    From both sides, that is; those of a ship by another clock need not fit it once it is not
    heard itself for as long as clocks are off. Where a number is several ships, a fix beyond either
    end of what one sent, and not soon, could be any ship's, or a fault that nothing contradicts.
    """
    t = rows.time_ms
    following = np.full((ships, end - begin), -1, np.int64)  # each ship's next own row
    for k in range(ships):
        after = -1
        for i in range(end - 1, begin - 1, -1):
            following[k, i - begin] = after
            if label[i] >= 0 and number[label[i]] == k:
                after = i
    own_row = np.full(ships, -1, np.int64)  # each ship's last own row
    last_row = np.full(ships, -1, np.int64)  # and last row in all
    for i in range(begin, end):
        c = label[i]
        if c < 0:
            continue
        own = number[c]
        if own >= 0:
            own_row[own] = i
        else:
            nearest = np.inf
            for k in range(ships):
                worst, off = 0.0, 0.0
                clear = True  # of the ship's own rows
                before, after = last_row[k], following[k, i - begin]
                beyond = before < 0 or after < 0
                if ships > 1 and beyond and abs(t[max(before, after)] - t[i]) > fresh_ms:
                    continue
                for j in (before, after):
                    if j < 0:
                        continue
                    if t[j] == t[i]:
                        worst, clear = np.inf, False
                        break
                    left, share, reached = compare(rows, min(i, j), max(i, j), speed_bound, bounds)
                    worst, off = max(worst, share if reached else np.inf), max(off, left)
                    if j != last_row[k] or j == own_row[k]:
                        clear &= abs(t[j] - t[i]) > verdicts.clock_ms
                fits = worst <= RETURN_MISFIT or (host[c] == k and clear)
                # By metres: what fits a ship long unheard fits almost anything.
                if fits and (off < nearest or own < 0):
                    own, nearest = k, off
        if own < 0:
            own = CLOCK if by_clock[c] else JUMP
        label[i] = own
        if own >= 0:
            last_row[own] = i


@njit(cache=True, nogil=True)
def _settle_all(
    pieces: Pieces,
    heads: npt.NDArray[np.int64],
    label: npt.NDArray[np.int32],
    rows: Fixes,
    bounds: Motion,
    verdicts: Verdicts,
) -> npt.NDArray[np.int64]:
    ships = np.ones(pieces.ships.size, np.int64)
    for k in range(pieces.ships.size):
        begin, end, offset = pieces.begin[k], pieces.end[k], pieces.offsets[k]
        for i in range(begin, end):
            if label[i] >= 0:
                label[i] = heads[offset + label[i]] - offset
        bound = pieces.speed_bound[k]
        number, host, by_clock, ships[k], fresh_ms = judge(
            rows, label, begin, end, pieces.offsets[k + 1] - offset, bound, bounds, verdicts
        )
        _settle(
            rows,
            label,
            begin,
            end,
            number,
            host,
            by_clock,
            ships[k],
            fresh_ms,
            bound,
            bounds,
            verdicts,
        )
        for p in range(ships[k]):
            for q in range(p + 1, ships[k]):
                part_company(rows, label, begin, end, p, q, fresh_ms, bound, bounds)
    return ships


def settle(
    pieces: Pieces,
    heads: npt.NDArray[np.int64],
    label: npt.NDArray[np.int32],
    rows: Fixes,
    bounds: Motion,
    verdicts: Verdicts,
) -> npt.NDArray[np.int64]:
    """Decide which chains are ships; `label` becomes the ship's number, JUMP or CLOCK, in place.

    Parameters
    ----------
    pieces : Pieces
        From `describe_pieces`.
    heads : array of int64
        From `chain`.
    label : array of int32
        Tracklets of the rows.
    rows : Fixes
        All reports.
    bounds, verdicts : Motion, Verdicts
        The bounds configured.

    Returns
    -------
    array of int64
        How many ships each MMSI of `pieces` is.
    """
    return _settle_all(pieces, heads, label, rows, bounds, verdicts)


@njit(cache=True, nogil=True, parallel=True)
def _drop_spikes(
    starts: npt.NDArray[np.int64],
    ships: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    label: npt.NDArray[np.int32],
    odd: npt.NDArray[np.bool_],
    rows: Fixes,
    bounds: Motion,
) -> None:
    t = rows.time_ms
    for s in prange(starts.size - 1):
        last = np.full(max(ships[s], 1), -1, np.int64)
        for i in range(starts[s], starts[s + 1]):
            k = label[i]
            if k < 0:
                continue
            a = last[k]
            last[k] = i
            if not odd[i] or a < 0 or t[i] - t[a] > 1000.0 * FRESH_S:
                continue
            _, _, reached = compare(rows, a, i, speed_bounds[s], bounds)
            if reached:
                continue
            b = i + 1
            while b < starts[s + 1] and label[b] != k:
                b += 1
            if b == starts[s + 1]:
                continue
            _, _, on = compare(rows, i, b, speed_bounds[s], bounds)
            _, _, over = compare(rows, a, b, speed_bounds[s], bounds)
            # After a silence the ship may have got anywhere: that the next is reached from a spike
            # as well says nothing for it.
            if over and (not on or t[b] - t[i] > 1000.0 * FRESH_S):
                label[i] = JUMP
                last[k] = a


def drop_spikes(
    starts: npt.NDArray[np.int64],
    ships: npt.NDArray[np.int64],
    speed_bounds: npt.NDArray[np.float64],
    label: npt.NDArray[np.int32],
    odd: npt.NDArray[np.bool_],
    rows: Fixes,
    bounds: Motion,
) -> None:
    """Label single fixes that a ship cannot have reached from her fix before nor left for the next.

    Where these two fit each other, that is; where nothing fits, the position is poor and kept.

    Parameters
    ----------
    starts : array of int64
        Where each MMSI begins in the rows; one more entry for the end.
    ships : array of int64
        How many ships each MMSI is.
    speed_bounds : array of float64
        The speed that each MMSI cannot exceed, m/s.
    label : array of int32
        The ship of each row; some become JUMP.
    odd : array of bool
        The rows to look at.
    rows : Fixes
        All reports.
    bounds : Motion
        Errors and accelerations.
    """
    _drop_spikes(starts, ships, speed_bounds, label, odd, rows, bounds)
