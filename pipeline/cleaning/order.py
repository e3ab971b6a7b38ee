"""Sorting reports by ship and time, so that the order of the input's rows does not matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from numba import njit, prange

_DIGIT_BITS = 10  # three passes cover the 30 bits of an MMSI; 1,024 counters stay in the cache
_DIGITS = 1 << _DIGIT_BITS


@njit(cache=True, nogil=True)
def _order_by_mmsi(mmsi: npt.NDArray[np.int32]) -> npt.NDArray[np.uint32]:
    """The stable order by MMSI (radix sort): three passes, whatever the order of the rows."""
    n = mmsi.size
    order = np.empty(n, np.uint32)
    for i in range(n):
        order[i] = i
    other = np.empty(n, np.uint32)
    for digit in range(3):
        shift = digit * _DIGIT_BITS
        begin = np.zeros(_DIGITS + 1, np.int64)
        for i in range(n):
            begin[((mmsi[i] >> shift) & (_DIGITS - 1)) + 1] += 1
        for d in range(_DIGITS):
            begin[d + 1] += begin[d]
        for k in range(n):
            row = order[k]
            d = (mmsi[row] >> shift) & (_DIGITS - 1)
            other[begin[d]] = row
            begin[d] += 1
        order, other = other, order
    return order


@njit(cache=True, nogil=True)
def _ship_starts(
    mmsi: npt.NDArray[np.int32], order: npt.NDArray[np.uint32]
) -> npt.NDArray[np.int64]:
    n = order.size
    ships = 0
    for k in range(n):
        if k == 0 or mmsi[order[k]] != mmsi[order[k - 1]]:
            ships += 1
    starts = np.empty(ships + 1, np.int64)
    ships = 0
    for k in range(n):
        if k == 0 or mmsi[order[k]] != mmsi[order[k - 1]]:
            starts[ships] = k
            ships += 1
    starts[ships] = n
    return starts


@njit(cache=True, nogil=True, parallel=True)
def _order_within_ships(
    order: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
) -> None:
    """Sort each ship's rows by time, in place."""
    for s in prange(starts.size - 1):
        begin, end = starts[s], starts[s + 1]
        for k in range(begin + 1, end):
            if time_ms[order[k]] < time_ms[order[k - 1]]:
                rows = order[begin:end].copy()
                by_time = np.argsort(time_ms[rows], kind="mergesort")
                for j in range(rows.size):
                    order[begin + j] = rows[by_time[j]]
                break


@njit(cache=True, nogil=True)
def _tied_runs(
    order: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    time_ms: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """First positions of the runs of one ship's rows with one time, and their ends."""
    found = 0
    runs = np.empty((64, 2), np.int64)
    for s in range(starts.size - 1):
        k = starts[s]
        while k < starts[s + 1]:
            end = k + 1
            while end < starts[s + 1] and time_ms[order[end]] == time_ms[order[k]]:
                end += 1
            if end - k > 1:
                if found == runs.shape[0]:
                    grown = np.empty((2 * found, 2), np.int64)
                    grown[:found] = runs
                    runs = grown
                runs[found, 0], runs[found, 1] = k, end
                found += 1
            k = end
    return runs[:found]


def order_by_ship_and_time(
    mmsi: npt.NDArray[np.int32],
    time_ms: npt.NDArray[np.int64],
    contents: Callable[[npt.NDArray[np.uint32]], list[npt.NDArray[np.float64]]],
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The order of the rows by MMSI, time and content: the same for any order of equal rows.

    Parameters
    ----------
    mmsi : array of int32
        0 to 2**30 - 1.
    time_ms : array of int64
        Milliseconds since 1970.
    contents : callable
        Gives, for row numbers, what decides between rows of one ship and time: one array a
        column, most important first. Asked only for the rows that need it.

    Returns
    -------
    order : array of uint32
        Row numbers in order.
    starts : array of int64
        Where in `order` each ship begins; one more entry for the end.
    """
    order = _order_by_mmsi(mmsi)
    starts = _ship_starts(mmsi, order)
    _order_within_ships(order, starts, time_ms)
    runs = _tied_runs(order, starts, time_ms)
    if runs.size:
        _order_ties(order, runs, contents)
    return order, starts


def _order_ties(
    order: npt.NDArray[np.uint32],
    runs: npt.NDArray[np.int64],
    contents: Callable[[npt.NDArray[np.uint32]], list[npt.NDArray[np.float64]]],
) -> None:
    """Sort the rows of each run by content, in place. Unknown (NaN) comes last."""
    lengths = runs[:, 1] - runs[:, 0]
    run = np.repeat(np.arange(lengths.size), lengths)
    offset = np.arange(run.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    places = runs[run, 0] + offset
    rows = order[places]
    order[places] = rows[np.lexsort((*reversed(contents(rows)), run))]
